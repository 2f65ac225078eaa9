#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int load_socket(uint16_t port, int buffer_bytes) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  int one = 1;
  // Beyond net.core.rmem_max where we may: what the generator loses would count as the relay's loss.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (struct sockaddr *)&any, sizeof any) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

uint16_t load_port(int fd) {
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  getsockname(fd, (struct sockaddr *)&address, &length);
  return ntohs(address.sin_port);
}

// Room for an in_pktinfo and a timespec.
#define CONTROL_BYTES (CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)))

int load_receive(int fd, struct load_datagram *datagrams, int count) {
  static __thread struct mmsghdr messages[LOAD_BATCH];
  static __thread struct iovec vectors[LOAD_BATCH];
  static __thread struct sockaddr_in peers[LOAD_BATCH];
  static __thread _Alignas(struct cmsghdr) char controls[LOAD_BATCH][CONTROL_BYTES];
  if (count > LOAD_BATCH) count = LOAD_BATCH;
  for (int i = 0; i < count; i++) {
    vectors[i] = (struct iovec){datagrams[i].bytes, datagrams[i].capacity};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &vectors[i],
        .msg_iovlen = 1, .msg_control = controls[i], .msg_controllen = CONTROL_BYTES};
  }
  int received = recvmmsg(fd, messages, (unsigned)count, MSG_DONTWAIT, 0);
  if (received <= 0) return 0;
  for (int i = 0; i < received; i++) {
    struct load_datagram *datagram = &datagrams[i];
    struct msghdr *header = &messages[i].msg_hdr;
    datagram->length = messages[i].msg_len;
    datagram->remote = ntohl(peers[i].sin_addr.s_addr);
    datagram->remote_port = ntohs(peers[i].sin_port);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
      if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        datagram->local = ntohl(info.ipi_addr.s_addr);
      } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec time;
        memcpy(&time, CMSG_DATA(c), sizeof time);
        datagram->nanoseconds = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
      }
    }
  }
  return received;
}

int load_send(int fd, const struct load_datagram *datagrams, int count) {
  static __thread struct mmsghdr messages[LOAD_BATCH];
  static __thread struct iovec vectors[LOAD_BATCH];
  static __thread struct sockaddr_in peers[LOAD_BATCH];
  static __thread _Alignas(struct cmsghdr)
      char controls[LOAD_BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
  int refused = 0;
  for (int next = 0; next < count;) {
    int part = count - next < LOAD_BATCH ? count - next : LOAD_BATCH;
    for (int i = 0; i < part; i++) {
      const struct load_datagram *datagram = &datagrams[next + i];
      vectors[i] = (struct iovec){datagram->bytes, datagram->length};
      peers[i] = (struct sockaddr_in){
          .sin_family = AF_INET, .sin_port = htons(datagram->remote_port),
          .sin_addr.s_addr = htonl(datagram->remote)};
      messages[i].msg_hdr = (struct msghdr){
          .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &vectors[i],
          .msg_iovlen = 1, .msg_control = controls[i], .msg_controllen = sizeof controls[i]};
      struct cmsghdr *control = (struct cmsghdr *)controls[i];
      control->cmsg_level = IPPROTO_IP;
      control->cmsg_type = IP_PKTINFO;
      control->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
      struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(datagram->local)};
      memcpy(CMSG_DATA(control), &info, sizeof info);
    }
    int sent = sendmmsg(fd, messages, (unsigned)part, MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {
      // The first one was refused, the others may not be.
      refused++;
      sent = 1;
    }
    next += sent;
  }
  return refused;
}
