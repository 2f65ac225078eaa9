#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define SLOT 2048

// A participant: the keys of its two directions, and where it last sent from.
struct participant {
  struct load_key incoming, outgoing;
  struct sockaddr_in address;
};

// Opens a packet, seals it for the other one of the visit; its new length, 0 where it goes nowhere.
static int pass(
    struct participant *all, uint32_t first, int count, const struct sockaddr_in *from,
    uint8_t *packet, int length, struct participant **peer) {
  uint32_t index = ntohl(from->sin_addr.s_addr) - first;
  if (index >= (uint32_t)count) return 0;
  all[index].address = *from;
  *peer = &all[index ^ 1];
  length = load_open(&all[index].incoming, packet, length);
  if (length == 0 || (*peer)->address.sin_port == 0) return 0;
  return load_seal(&(*peer)->outgoing, packet, length);
}

static void plain(int fd, struct participant *all, uint32_t first, int count) {
  static uint8_t packet[SLOT];
  for (;;) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct participant *peer;
    ssize_t length = recvfrom(fd, packet, SLOT - 16, 0, (struct sockaddr *)&from, &size);
    if (length <= 0) continue;
    int sealed = pass(all, first, count, &from, packet, (int)length, &peer);
    if (sealed > 0)
      sendto(fd, packet, (size_t)sealed, 0, (struct sockaddr *)&peer->address, sizeof peer->address);
  }
}

static void batched(int fd, struct participant *all, uint32_t first, int count) {
  static uint8_t packets[LOAD_BATCH][SLOT];
  static struct mmsghdr in[LOAD_BATCH], out[LOAD_BATCH];
  static struct iovec inside[LOAD_BATCH], outside[LOAD_BATCH];
  static struct sockaddr_in from[LOAD_BATCH];
  static _Alignas(struct cmsghdr) char controls[LOAD_BATCH][CMSG_SPACE(sizeof(uint16_t))];
  for (;;) {
    for (int i = 0; i < LOAD_BATCH; i++) {
      inside[i] = (struct iovec){packets[i], SLOT - 16};
      in[i].msg_hdr = (struct msghdr){
          .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &inside[i],
          .msg_iovlen = 1};
    }
    int received = recvmmsg(fd, in, LOAD_BATCH, MSG_WAITFORONE, 0);
    int vectors = 0, messages = 0;
    size_t segment = 0;
    int closed = 1;
    for (int i = 0; i < received; i++) {
      struct participant *peer;
      int length =
          pass(all, first, count, &from[i], packets[i], (int)in[i].msg_len, &peer);
      if (length == 0) continue;
      struct msghdr *last = messages ? &out[messages - 1].msg_hdr : 0;
      // One UDP_SEGMENT send: one peer, one length, the last one may be shorter (udp(7)).
      if (last && !closed && last->msg_name == &peer->address && (size_t)length <= segment
          && last->msg_iovlen < 40) {
        outside[vectors++] = (struct iovec){packets[i], (size_t)length};
        last->msg_iovlen++;
        struct cmsghdr *control = (struct cmsghdr *)controls[messages - 1];
        control->cmsg_level = IPPROTO_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        uint16_t size = (uint16_t)segment;
        memcpy(CMSG_DATA(control), &size, sizeof size);
        last->msg_control = control;
        last->msg_controllen = CMSG_SPACE(sizeof(uint16_t));
        closed = (size_t)length < segment;
        continue;
      }
      outside[vectors] = (struct iovec){packets[i], (size_t)length};
      out[messages++].msg_hdr = (struct msghdr){
          .msg_name = &peer->address, .msg_namelen = sizeof peer->address,
          .msg_iov = &outside[vectors++], .msg_iovlen = 1};
      segment = (size_t)length;
      closed = 0;
    }
    for (int next = 0; next < messages;) {
      int sent = sendmmsg(fd, out + next, (unsigned)(messages - next), 0);
      next += sent > 0 ? sent : 1;
    }
  }
}

int load_floor(uint16_t port, uint32_t first, int participants, int is_batched) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int bytes = 8 << 20;
  if (fd < 0) return -errno;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  struct sockaddr_in own = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0) return -errno;
  struct participant *all = calloc((size_t)participants, sizeof *all);
  for (int i = 0; i < participants; i++) {
    load_key_make(&all[i].incoming, (uint32_t)i, 1, 0);
    load_key_make(&all[i].outgoing, (uint32_t)i, 0, 1);
  }
  if (is_batched)
    batched(fd, all, first, participants);
  else
    plain(fd, all, first, participants);
  return 0;
}
