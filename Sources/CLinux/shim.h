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
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
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
#include <unistd.h>

// MARK: Datagrams

// udp(7). Not from <netinet/udp.h>: its struct udphdr looks different with and without _GNU_SOURCE,
// and a Swift module that imports NIO as well as this one may not see two of them.
#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

// The most datagrams one system call moves: UIO_MAXIOV allows 1024, but past 64 the saving is nil.
#define CLINUX_BATCH 64

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

// Sends `count` datagrams without blocking from a socket of `family`; returns how many were taken
// from the front of the list, or -errno where the first one was refused. With `segment`, adjacent
// datagrams to one peer go as one UDP_SEGMENT send (udp(7)): all of one length, the last may be
// shorter.
static inline int clinux_send(
    int fd, int family, const struct clinux_datagram *datagrams, int count, int segment) {
  struct clinux_mmsghdr messages[CLINUX_BATCH];
  struct iovec vectors[CLINUX_BATCH];
  union clinux_address peers[CLINUX_BATCH];
  // One UDP_SEGMENT control message each, aligned as cmsghdr wants.
  size_t controls[CLINUX_BATCH]
                 [(CMSG_SPACE(sizeof(uint16_t)) + sizeof(size_t) - 1) / sizeof(size_t)];
  int runs[CLINUX_BATCH];
  int messageCount = 0;
  if (count > CLINUX_BATCH) count = CLINUX_BATCH;
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

// No core dumps and no ptrace by others: this process holds the keys of people's calls.
static inline void clinux_protect_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// A write to a closed control socket or log pipe must return EPIPE, not end the process. SIG_IGN is
// a cast macro.
static inline void clinux_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

// Names the calling thread for top and gdb (15 bytes).
static inline void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// A descriptor that becomes readable when this process is asked to end (SIGTERM or SIGINT), instead
// of its being ended at once; call before any thread is started. sigset_t helpers are macros.
static inline int clinux_termination_descriptor(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, 0) != 0) return -errno;
  int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}
