// Linux calls that Swift cannot make by itself. Each says why it is here.
//
// Swift imports the C library without _GNU_SOURCE, so recvmmsg, sendmmsg, accept4, struct ucred and
// POSIX_SPAWN_SETSID do not exist there; CMSG_* and W* are macros; epoll_event is a packed union.
// Everything is static inline: there is no object file behind this module.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <malloc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sandbox.h"

// MARK: Datagrams

// udp(7). Not from <netinet/udp.h>: its struct udphdr looks different with and without _GNU_SOURCE,
// and a Swift module that imports NIO as well as this one may not see two of them.
#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

// The most datagrams one system call moves: UIO_MAXIOV allows 1024, but past 64 the saving is nil.
#define CLINUX_BATCH 64

// The most messages a worker receives in one call, and datagrams it sends in one. What is received, and what
// waits to be sent, has to stay in the processor's second cache until it is sealed and the kernel has it:
// a message may be five packets of picture. What is sent at 64 packets of media (`OutgoingQueue`) has the
// feedback that rides behind them, too, and still goes in one call.
#define CLINUX_INBOX 32
#define CLINUX_SEND 96

// One datagram and its peer. The address is in host order, IPv4 in its mapped form, exactly as
// Wire's SocketAddress holds it, so that Swift copies three integers and never sees a sockaddr.
struct clinux_datagram {
  void *bytes;
  uint32_t capacity;
  uint32_t length;
  uint64_t high;
  uint64_t low;
  uint16_t port;
};

// struct mmsghdr is hidden without _GNU_SOURCE; the kernel's layout is fixed.
struct clinux_mmsghdr {
  struct msghdr header;
  unsigned int length;
};

union clinux_address {
  struct sockaddr generic;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static inline uint64_t clinux_load64(const uint8_t *p) {
  uint64_t value;
  memcpy(&value, p, 8);
  return __builtin_bswap64(value);
}

static inline void clinux_store64(uint8_t *p, uint64_t value) {
  value = __builtin_bswap64(value);
  memcpy(p, &value, 8);
}

// Mapped form of any socket address; returns 0 for a family that is not IP.
static inline int clinux_from_sockaddr(
    const struct sockaddr *address, uint64_t *high, uint64_t *low, uint16_t *port) {
  if (address->sa_family == AF_INET) {
    struct sockaddr_in v4;
    memcpy(&v4, address, sizeof v4);
    *high = 0;
    *low = 0x0000FFFF00000000ull | ntohl(v4.sin_addr.s_addr);
    *port = ntohs(v4.sin_port);
    return 1;
  }
  if (address->sa_family == AF_INET6) {
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    *high = clinux_load64(v6.sin6_addr.s6_addr);
    *low = clinux_load64(v6.sin6_addr.s6_addr + 8);
    *port = ntohs(v6.sin6_port);
    return 1;
  }
  return 0;
}

// Socket address for a socket of `family`; returns its length, 0 where the family cannot reach it.
static inline socklen_t clinux_to_sockaddr(
    int family, uint64_t high, uint64_t low, uint16_t port, union clinux_address *out) {
  memset(out, 0, sizeof *out);
  if (family == AF_INET) {
    if (high != 0 || low >> 32 != 0xFFFF) return 0;
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    out->v4.sin_addr.s_addr = htonl((uint32_t)low);
    return sizeof out->v4;
  }
  out->v6.sin6_family = AF_INET6;
  out->v6.sin6_port = htons(port);
  clinux_store64(out->v6.sin6_addr.s6_addr, high);
  clinux_store64(out->v6.sin6_addr.s6_addr + 8, low);
  return sizeof out->v6;
}

// Receives up to `count` datagrams without blocking; returns how many, or -errno. A datagram longer
// than its buffer comes back with length 0: truncated bytes are of no use to anyone above.
static inline int clinux_receive(int fd, struct clinux_datagram *datagrams, int count) {
  struct clinux_mmsghdr messages[CLINUX_BATCH];
  struct iovec vectors[CLINUX_BATCH];
  union clinux_address peers[CLINUX_BATCH];
  if (count > CLINUX_BATCH) count = CLINUX_BATCH;
  for (int i = 0; i < count; i++) {
    vectors[i].iov_base = datagrams[i].bytes;
    vectors[i].iov_len = datagrams[i].capacity;
    memset(&messages[i], 0, sizeof messages[i]);
    messages[i].header.msg_name = &peers[i];
    messages[i].header.msg_namelen = sizeof peers[i];
    messages[i].header.msg_iov = &vectors[i];
    messages[i].header.msg_iovlen = 1;
  }
  long received = syscall(SYS_recvmmsg, fd, messages, (unsigned)count, MSG_DONTWAIT, (void *)0);
  if (received < 0) return -errno;
  for (int i = 0; i < received; i++) {
    struct clinux_datagram *d = &datagrams[i];
    int truncated = (messages[i].header.msg_flags & MSG_TRUNC) != 0;
    int known = clinux_from_sockaddr(&peers[i].generic, &d->high, &d->low, &d->port);
    d->length = truncated || !known ? 0 : messages[i].length;
  }
  return (int)received;
}

// Where many datagrams are received at once, again and again: the kernel's lists are made once, and only
// what a call has changed is made new, since most calls bring but a few datagrams.
struct clinux_inbox {
  struct clinux_mmsghdr messages[CLINUX_INBOX];
  struct iovec vectors[CLINUX_INBOX];
  union clinux_address peers[CLINUX_INBOX];
  // One UDP_GRO control message each, an int.
  size_t controls[CLINUX_INBOX][(CMSG_SPACE(sizeof(int)) + sizeof(size_t) - 1) / sizeof(size_t)];
  uint8_t *bytes;
  int used;
};

// 65 535 bytes is the most that the kernel puts together. The odd lines behind keep the slots' first
// bytes, which are most of what is ever used, out of each other's way in the processor's caches.
#define CLINUX_INBOX_SLOT (65536 + 1600)

static inline void clinux_inbox_prepare(struct clinux_inbox *inbox, int count) {
  for (int i = 0; i < count; i++) {
    struct msghdr *header = &inbox->messages[i].header;
    header->msg_namelen = sizeof inbox->peers[i];
    header->msg_controllen = sizeof inbox->controls[i];
    header->msg_flags = 0;
  }
}

// An inbox, or null where there is no memory. Pages of it are taken as they are written to.
static inline struct clinux_inbox *clinux_inbox_make(void) {
  struct clinux_inbox *inbox = calloc(1, sizeof *inbox);
  if (!inbox) return 0;
  inbox->bytes = aligned_alloc(64, (size_t)CLINUX_INBOX * CLINUX_INBOX_SLOT);
  if (!inbox->bytes) {
    free(inbox);
    return 0;
  }
  for (int i = 0; i < CLINUX_INBOX; i++) {
    inbox->vectors[i].iov_base = inbox->bytes + (size_t)i * CLINUX_INBOX_SLOT;
    inbox->vectors[i].iov_len = 65536;
    inbox->messages[i].header.msg_name = &inbox->peers[i];
    inbox->messages[i].header.msg_iov = &inbox->vectors[i];
    inbox->messages[i].header.msg_iovlen = 1;
    inbox->messages[i].header.msg_control = inbox->controls[i];
  }
  clinux_inbox_prepare(inbox, CLINUX_INBOX);
  return inbox;
}

static inline void clinux_inbox_free(struct clinux_inbox *inbox) {
  free(inbox->bytes);
  free(inbox);
}

// Receives without blocking; returns how many messages came, or -errno.
static inline int clinux_inbox_receive(struct clinux_inbox *inbox, int fd) {
  clinux_inbox_prepare(inbox, inbox->used);
  inbox->used = 0;
  long received = syscall(
      SYS_recvmmsg, fd, inbox->messages, (unsigned)CLINUX_INBOX, MSG_DONTWAIT, (void *)0);
  if (received < 0) return -errno;
  inbox->used = (int)received;
  return (int)received;
}

// What came as message `index`: one datagram, or with UDP_GRO several of one peer put together, each
// `*segment` bytes long but for a shorter last one. Length 0 is to be ignored.
static inline struct clinux_datagram clinux_inbox_message(
    struct clinux_inbox *inbox, int index, uint32_t *segment) {
  struct clinux_datagram datagram;
  struct msghdr *header = &inbox->messages[index].header;
  memset(&datagram, 0, sizeof datagram);
  datagram.bytes = inbox->vectors[index].iov_base;
  int truncated = (header->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  int known = clinux_from_sockaddr(
      &inbox->peers[index].generic, &datagram.high, &datagram.low, &datagram.port);
  datagram.length = truncated || !known ? 0 : inbox->messages[index].length;
  *segment = datagram.length;
  struct cmsghdr *control = CMSG_FIRSTHDR(header);
  if (control && control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO
      && control->cmsg_len >= CMSG_LEN(sizeof(int))) {
    int size = 0;
    memcpy(&size, CMSG_DATA(control), sizeof size);
    if (size > 0 && (uint32_t)size < datagram.length) *segment = (uint32_t)size;
  }
  return datagram;
}

// Who sent message `index`.
static inline void clinux_inbox_source(
    struct clinux_inbox *inbox, int index, struct clinux_datagram *datagram) {
  clinux_from_sockaddr(
      &inbox->peers[index].generic, &datagram->high, &datagram->low, &datagram->port);
}

// Lets the kernel put datagrams of one peer together on their way in (udp(7)); best effort.
static inline void clinux_udp_gather(int fd) {
  int one = 1;
  setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one);
}

// Sends `count` datagrams without blocking from a socket of `family`; returns how many were taken
// from the front of the list, or -errno where the first one was refused. With `segment`, adjacent
// datagrams to one peer go as one UDP_SEGMENT send (udp(7)): all of one length, the last may be
// shorter.
static inline int clinux_send(
    int fd, int family, const struct clinux_datagram *datagrams, int count, int segment) {
  struct clinux_mmsghdr messages[CLINUX_SEND];
  struct iovec vectors[CLINUX_SEND];
  union clinux_address peers[CLINUX_SEND];
  // One UDP_SEGMENT control message each, aligned as cmsghdr wants.
  size_t controls[CLINUX_SEND]
                 [(CMSG_SPACE(sizeof(uint16_t)) + sizeof(size_t) - 1) / sizeof(size_t)];
  int runs[CLINUX_SEND];
  int messageCount = 0;
  if (count > CLINUX_SEND) count = CLINUX_SEND;
  for (int i = 0; i < count;) {
    const struct clinux_datagram *first = &datagrams[i];
    struct clinux_mmsghdr *message = &messages[messageCount];
    memset(message, 0, sizeof *message);
    socklen_t length = clinux_to_sockaddr(
        family, first->high, first->low, first->port, &peers[messageCount]);
    if (length == 0) {
      if (messageCount == 0) return -EAFNOSUPPORT;
      break;
    }
    message->header.msg_name = &peers[messageCount];
    message->header.msg_namelen = length;
    message->header.msg_iov = &vectors[i];
    vectors[i].iov_base = first->bytes;
    vectors[i].iov_len = first->length;
    int run = 1;
    uint32_t total = first->length;
    while (segment && i + run < count) {
      const struct clinux_datagram *next = &datagrams[i + run];
      // 65 507 bytes is the largest UDP payload; a shorter segment ends the run.
      if (next->low != first->low || next->high != first->high || next->port != first->port
          || next->length > first->length || total + next->length > 65507
          || datagrams[i + run - 1].length != first->length)
        break;
      vectors[i + run].iov_base = next->bytes;
      vectors[i + run].iov_len = next->length;
      total += next->length;
      run++;
    }
    message->header.msg_iovlen = (size_t)run;
    if (run > 1) {
      message->header.msg_control = controls[messageCount];
      message->header.msg_controllen = CMSG_SPACE(sizeof(uint16_t));
      struct cmsghdr *control = CMSG_FIRSTHDR(&message->header);
      uint16_t size = (uint16_t)first->length;
      control->cmsg_level = SOL_UDP;
      control->cmsg_type = UDP_SEGMENT;
      control->cmsg_len = CMSG_LEN(sizeof size);
      memcpy(CMSG_DATA(control), &size, sizeof size);
    }
    runs[messageCount++] = run;
    i += run;
  }
  long sent = syscall(SYS_sendmmsg, fd, messages, (unsigned)messageCount, MSG_DONTWAIT);
  if (sent < 0) return -errno;
  int taken = 0;
  for (int i = 0; i < sent; i++) taken += runs[i];
  return taken;
}

// Opens a non-blocking UDP socket bound to an address; returns the descriptor or -errno. `family`
// AF_INET6 with all-zero halves is the dual-stack wildcard.
static inline int clinux_udp_socket(
    int family, uint64_t high, uint64_t low, uint16_t port, int bufferBytes) {
  int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  int zero = 0;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  // Best effort: the kernel clamps these to net.core.{r,w}mem_max.
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bufferBytes, sizeof bufferBytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bufferBytes, sizeof bufferBytes);
  union clinux_address address;
  socklen_t length = clinux_to_sockaddr(family, high, low, port, &address);
  if (length == 0 || bind(fd, &address.generic, length) != 0) {
    int error = length == 0 ? EAFNOSUPPORT : errno;
    close(fd);
    return -error;
  }
  return fd;
}

// The port a socket is bound to, or -errno.
static inline int clinux_local_port(int fd) {
  union clinux_address address;
  socklen_t length = sizeof address;
  uint64_t high, low;
  uint16_t port = 0;
  if (getsockname(fd, &address.generic, &length) != 0) return -errno;
  clinux_from_sockaddr(&address.generic, &high, &low, &port);
  return port;
}

// The machine's addresses on interfaces that are up; returns how many were written. Link-local
// IPv6 is left out: it means nothing without a scope.
static inline int clinux_interface_addresses(
    struct clinux_datagram *out, int capacity, int wantLoopback) {
  struct ifaddrs *list = 0;
  int count = 0;
  if (getifaddrs(&list) != 0) return 0;
  for (struct ifaddrs *i = list; i && count < capacity; i = i->ifa_next) {
    if (!i->ifa_addr || !(i->ifa_flags & IFF_UP)) continue;
    if (((i->ifa_flags & IFF_LOOPBACK) != 0) != (wantLoopback != 0)) continue;
    struct clinux_datagram *d = &out[count];
    if (!clinux_from_sockaddr(i->ifa_addr, &d->high, &d->low, &d->port)) continue;
    if (d->high >> 54 == 0x3FA) continue;  // fe80::/10
    d->port = 0;
    count++;
  }
  freeifaddrs(list);
  return count;
}

// Lets this thread's timers be on time: by default the kernel may be 50 microseconds late.
static inline void clinux_tighten_timers(void) { prctl(PR_SET_TIMERSLACK, 1000ul, 0, 0, 0); }

// Sleeps so long, or less where a signal comes.
static inline void clinux_sleep(int64_t nanoseconds) {
  struct timespec span = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&span, 0);
}

// MARK: epoll. epoll_event is packed with a union inside; Swift cannot take its field's address.

static inline int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t tag) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = tag;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static inline int clinux_epoll_change(int epoll, int fd, uint32_t events, uint64_t tag) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = tag;
  return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : -errno;
}

// A ready descriptor's tag and events.
struct clinux_ready {
  uint64_t tag;
  uint32_t events;
};

// Waits with nanosecond precision where the kernel has epoll_pwait2 (5.11), else milliseconds
// rounded up; `nanoseconds` < 0 waits for ever. Returns how many are ready, or -errno.
static inline int clinux_epoll_wait(
    int epoll, struct clinux_ready *ready, int capacity, int64_t nanoseconds) {
  struct epoll_event events[16];
  if (capacity > 16) capacity = 16;
  int count = -1;
  errno = ENOSYS;
#ifdef SYS_epoll_pwait2
  struct { int64_t seconds; int64_t nanoseconds; } timeout = {
      nanoseconds / 1000000000, nanoseconds % 1000000000};
  count = (int)syscall(
      SYS_epoll_pwait2, epoll, events, capacity, nanoseconds < 0 ? (void *)0 : (void *)&timeout,
      (void *)0, (size_t)8);
#endif
  if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
    int64_t milliseconds = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
    if (milliseconds > 60000) milliseconds = 60000;
    count = epoll_wait(epoll, events, capacity, (int)milliseconds);
  }
  if (count < 0) return -errno;
  for (int i = 0; i < count; i++) {
    ready[i].tag = events[i].data.u64;
    ready[i].events = events[i].events;
  }
  return count;
}

static inline uint32_t clinux_epollin(void) { return EPOLLIN; }
static inline uint32_t clinux_epollout(void) { return EPOLLOUT; }
static inline uint32_t clinux_epoll_broken(void) { return EPOLLERR | EPOLLHUP | EPOLLRDHUP; }

// MARK: Unix sockets

// Fills sockaddr_un from a path; 0 where it does not fit (108 bytes with its NUL).
static inline socklen_t clinux_unix_address(const char *path, struct sockaddr_un *out) {
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof out->sun_path) return 0;
  memset(out, 0, sizeof *out);
  out->sun_family = AF_UNIX;
  memcpy(out->sun_path, path, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

// Listens on a path as mode 0600, replacing a dead socket there; the descriptor or -errno. The mode
// is set on the descriptor before bind, so that the path never exists with a wider one.
static inline int clinux_unix_listen(const char *path) {
  struct sockaddr_un address;
  socklen_t length = clinux_unix_address(path, &address);
  if (length == 0) return -ENAMETOOLONG;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  unlink(path);
  if (fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&address, length) != 0
      || listen(fd, 4) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// Connects to a path; a non-blocking descriptor or -errno.
static inline int clinux_unix_connect(const char *path) {
  struct sockaddr_un address;
  socklen_t length = clinux_unix_address(path, &address);
  if (length == 0) return -ENAMETOOLONG;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  if (connect(fd, (struct sockaddr *)&address, length) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// Accepts without blocking; the descriptor or -errno. accept4 is hidden without _GNU_SOURCE.
static inline int clinux_accept(int fd) {
  long accepted = syscall(SYS_accept4, fd, (void *)0, (void *)0, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return accepted < 0 ? -errno : (int)accepted;
}

// The peer's process and user (unix(7), SO_PEERCRED); 0 or -errno. struct ucred is hidden.
static inline int clinux_peer(int fd, int32_t *processID, uint32_t *userID) {
  struct { int32_t process; uint32_t user; uint32_t group; } credentials;
  socklen_t length = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -errno;
  *processID = credentials.process;
  *userID = credentials.user;
  return 0;
}

// Takes a file's lock, held until the descriptor is closed or the process ends; the descriptor or
// -errno, -EWOULDBLOCK where another process holds it. In Swift, flock is only the struct.
static inline int clinux_lock(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// MARK: Processes

// glibc 2.34; hidden without _GNU_SOURCE.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

// Starts a program in a session of its own, so that a terminal's Ctrl-C and the death of this
// process leave it running. It inherits stderr (also as its stdout) and nothing else: descriptors
// from 3 up are closed, signals are back to default. Returns its process id or -errno.
static inline int32_t clinux_spawn(
    const char *path, char *const *arguments, char *const *environment) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t process = 0;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 2, 1);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // 0x80 is POSIX_SPAWN_SETSID (POSIX 2024), hidden without _GNU_SOURCE.
  posix_spawnattr_setflags(
      &attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80));
  int error = posix_spawn(&process, path, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error ? -error : process;
}

// Reaps one child without waiting: 1 when it has ended, 0 when not, -errno when it is no child.
static inline int clinux_reap(int32_t process) {
  int status = 0;
  pid_t reaped = waitpid(process, &status, WNOHANG);
  return reaped < 0 ? -errno : reaped == process;
}

// A write to a closed control socket or log pipe must return EPIPE, not end the process. SIG_IGN is
// a cast macro.
static inline void clinux_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

// Has `count` bytes from `start` on fetched into the cache: Swift has no word for it. Only a hint: the
// address may be anything, and is not read from.
static inline void clinux_fetch(const void *start, size_t count) {
  const char *byte = (const char *)start;
  for (size_t offset = 0; offset < count; offset += 64) __builtin_prefetch(byte + offset);
}

// Large memory comes from the kernel and goes back there as soon as it is freed, 12 KiB and more being
// large: what a handshake needs, and a history that grew for a while, must not stay behind as holes
// between what stays. M_MMAP_THRESHOLD also stops glibc from moving it up.
static inline void clinux_return_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 12 << 10);
  mallopt(M_TRIM_THRESHOLD, 64 << 10);
}

// Gives whole free pages inside the heap back to the kernel (malloc_trim(3)): a tenth of a millisecond to half
// of one for some hundred participants.
static inline void clinux_trim_heap(void) { malloc_trim(0); }

// Threads begin no further heaps than two. glibc otherwise gives up to eight to a core, and each keeps the
// most that was ever taken from it at once.
static inline void clinux_share_heaps(void) { mallopt(M_ARENA_MAX, 2); }

// Names the calling thread for top and gdb (15 bytes).
static inline void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// A descriptor that becomes readable when this process is asked to end (SIGTERM or SIGINT), instead
// of its being ended at once. For programs of one thread: others are ended all the same.
// sigset_t helpers are macros.
static inline int clinux_termination_descriptor(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, 0) != 0) return -errno;
  int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

// Sends a datagram to a Unix socket; a path that begins with @ is in the abstract namespace (unix(7)).
// 0 or -errno.
static inline int clinux_notify(const char *path, const char *text) {
  struct sockaddr_un address;
  if (clinux_unix_address(path, &address) == 0) return -ENAMETOOLONG;
  size_t length = offsetof(struct sockaddr_un, sun_path) + strlen(path);
  if (path[0] == '@') address.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  ssize_t sent = sendto(
      fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, (socklen_t)length);
  int error = sent < 0 ? errno : 0;
  close(fd);
  return -error;
}

// Runs another program in place of this one, under the same process id: descriptors from 3 up are
// closed, no signal is blocked or handled. SIGHUP stays ignored, so that one that comes too early
// ends nothing. Returns -errno only where it fails.
static inline int clinux_replace(const char *path, char *const *arguments) {
  sigset_t none;
  sigemptyset(&none);
  signal(SIGHUP, SIG_IGN);
  for (int number = SIGHUP + 1; number < 32; number++) signal(number, SIG_DFL);
  // CLOSE_RANGE_CLOEXEC, Linux 5.11: should the call fail, what is open can still be closed here.
  syscall(SYS_close_range, 3u, ~0u, 4u);
  sigprocmask(SIG_SETMASK, &none, 0);
  execv(path, arguments);
  return -errno;
}

// MARK: A client's ways out. TCP_NODELAY's header has a struct that looks different with and without
// _GNU_SOURCE (see SOL_UDP above); struct sockaddr_nl and NLMSG_NEXT are out of Swift's reach.

// tcp(7). Bytes that the kernel holds beyond what is on its way: the less, the later a packet is
// chosen that is worth sending.
#ifndef TCP_NODELAY
#define TCP_NODELAY 1
#endif
#ifndef TCP_NOTSENT_LOWAT
#define TCP_NOTSENT_LOWAT 25
#endif

// Asks for BBR, best effort. The usual congestion control (CUBIC) takes every lost packet for a full path:
// where 5 % are lost at 100 ms round trip it carries less than a call needs, and its queue is a second
// long (Benchmarks/stream-loss).
static inline void clinux_prefer_bbr(int fd) {
  setsockopt(fd, IPPROTO_TCP, 13 /* TCP_CONGESTION */, "bbr", 3);
}

// Starts a TCP connection without waiting for it; the descriptor or -errno.
static inline int clinux_tcp_connect(
    uint64_t high, uint64_t low, uint16_t port, int unsentBytes) {
  int family = high == 0 && low >> 32 == 0xFFFF ? AF_INET : AF_INET6;
  union clinux_address address;
  socklen_t length = clinux_to_sockaddr(family, high, low, port, &address);
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd < 0) return -errno;
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsentBytes, sizeof unsentBytes);
  clinux_prefer_bbr(fd);
  if (connect(fd, &address.generic, length) != 0 && errno != EINPROGRESS) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// What became of a socket: 0, or the errno that it failed with.
static inline int clinux_socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

// The address that this machine would send from to reach another one now; 0 or -errno. Connecting a
// datagram socket sends nothing.
static inline int clinux_source_address(
    uint64_t high, uint64_t low, uint64_t *sourceHigh, uint64_t *sourceLow) {
  int family = high == 0 && low >> 32 == 0xFFFF ? AF_INET : AF_INET6;
  union clinux_address address;
  socklen_t length = clinux_to_sockaddr(family, high, low, 9, &address);
  int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  uint16_t port;
  int error = 0;
  if (connect(fd, &address.generic, length) != 0) error = errno;
  length = sizeof address;
  if (error == 0 && getsockname(fd, &address.generic, &length) != 0) error = errno;
  close(fd);
  if (error == 0 && !clinux_from_sockaddr(&address.generic, sourceHigh, sourceLow, &port))
    error = EAFNOSUPPORT;
  return -error;
}

// A descriptor that becomes readable when the machine's addresses or routes change (rtnetlink(7));
// -errno where there is none.
static inline int clinux_route_watch(void) {
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR
      | RTMGRP_IPV6_ROUTE;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// Empties that descriptor; 1 where something changed. Only the kernel is believed.
static inline int clinux_route_changed(int fd) {
  _Alignas(struct nlmsghdr) char bytes[8192];
  int changed = 0;
  for (;;) {
    struct sockaddr_nl sender;
    socklen_t length = sizeof sender;
    ssize_t count =
        recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&sender, &length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == ENOBUFS) {  // There was more than it could hold.
      changed = 1;
      continue;
    }
    if (count <= 0) return changed;
    if (sender.nl_pid != 0) continue;
    struct nlmsghdr *message = (struct nlmsghdr *)bytes;
    for (size_t rest = (size_t)count; NLMSG_OK(message, rest); message = NLMSG_NEXT(message, rest))
      switch (message->nlmsg_type) {
        case RTM_NEWLINK: case RTM_DELLINK: case RTM_NEWADDR: case RTM_DELADDR: case RTM_NEWROUTE:
        case RTM_DELROUTE: changed = 1;
      }
  }
}

// MARK: Byte streams handed to a worker. CMSG_* are macros; struct msghdr's union of alignment and
// bytes is not expressible in Swift. Socket options of tcp(7) newer than the headers are numbers.

// Sends `length` bytes with a copy of `descriptor` (none where it is -1); how many were taken or -errno.
static inline int clinux_send_with_descriptor(
    int fd, const void *bytes, size_t length, int descriptor) {
  size_t control[(CMSG_SPACE(sizeof(int)) + sizeof(size_t) - 1) / sizeof(size_t)];
  struct iovec vector = {(void *)bytes, length};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  memset(control, 0, sizeof control);
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof descriptor);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t sent;
  do sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : (int)sent;
}

// Receives up to `length` bytes and the descriptor that comes with them, -1 where none does; how many
// bytes, 0 at the end, or -errno. Only one descriptor is taken: more are closed by the kernel, which
// finds no room for them.
static inline int clinux_receive_with_descriptor(
    int fd, void *bytes, size_t length, int *descriptor) {
  size_t control[(CMSG_SPACE(sizeof(int)) + sizeof(size_t) - 1) / sizeof(size_t)];
  struct iovec vector = {bytes, length};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_LEN(sizeof *descriptor);
  *descriptor = -1;
  ssize_t received;
  // 0x40000000 is MSG_CMSG_CLOEXEC, hidden without _GNU_SOURCE.
  do received = recvmsg(fd, &message, MSG_DONTWAIT | 0x40000000);
  while (received < 0 && errno == EINTR);
  if (received < 0) return -errno;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
       header = CMSG_NXTHDR(&message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len >= CMSG_LEN(sizeof *descriptor))
      memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  return (int)received;
}

// Makes a stream fit for media: not blocking, no Nagle, no more than `unsentBytes` waiting in the
// kernel behind what is on its way, dead after `deadMilliseconds` without an acknowledgement. What a
// kind of socket (a Unix one) or an older kernel does not know is left out.
static inline int clinux_tune_stream(int fd, int unsentBytes, unsigned deadMilliseconds) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return -errno;
  int one = 1;
  int longest = 1000;
  setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, 25 /* TCP_NOTSENT_LOWAT */, &unsentBytes, sizeof unsentBytes);
  setsockopt(fd, IPPROTO_TCP, 18 /* TCP_USER_TIMEOUT */, &deadMilliseconds, sizeof deadMilliseconds);
  clinux_prefer_bbr(fd);
  // Linux 6.15: retransmissions at most a second apart, so that an outage of 30 s is over when it is.
  setsockopt(fd, IPPROTO_TCP, 44 /* TCP_RTO_MAX_MS */, &longest, sizeof longest);
  // A Unix socket knows none of the above: there the send buffer is the bound.
  int domain = 0;
  socklen_t length = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &unsentBytes, sizeof unsentBytes);
  return 0;
}

// MARK: The front: TCP listeners and connections. SO_ and EPOLL constants that are casts or hidden
// without _GNU_SOURCE.

// Listens on a TCP address without blocking; the descriptor or -errno. An IPv6 address is IPv6 only,
// so that both wildcards can be listened on side by side.
static inline int clinux_tcp_listen(uint64_t high, uint64_t low, uint16_t port, int backlog) {
  int family = high == 0 && low >> 32 == 0xFFFF ? AF_INET : AF_INET6;
  union clinux_address address;
  socklen_t length = clinux_to_sockaddr(family, high, low, port, &address);
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd < 0) return -errno;
  int one = 1;
  // Connections of the listener before us may still be there.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (bind(fd, &address.generic, length) != 0 || listen(fd, backlog) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// Accepts without blocking, with the client's address; the descriptor or -errno.
static inline int clinux_tcp_accept(int fd, uint64_t *high, uint64_t *low, uint16_t *port) {
  union clinux_address address;
  socklen_t length = sizeof address;
  long accepted =
      syscall(SYS_accept4, fd, &address.generic, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return -errno;
  if (!clinux_from_sockaddr(&address.generic, high, low, port)) {
    close((int)accepted);
    return -EAFNOSUPPORT;
  }
  return (int)accepted;
}

// Takes a descriptor out of an epoll set. Closing it is not enough where another process holds the
// same socket.
static inline int clinux_epoll_remove(int epoll, int fd) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, (struct epoll_event *)0) == 0 ? 0 : -errno;
}

// One event for all that has come so far: for bytes that are looked at and left where they are.
static inline uint32_t clinux_epoll_edge(void) { return EPOLLET; }
