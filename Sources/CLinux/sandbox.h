// What a process may still ask of the kernel once it has opened what it needs: a seccomp filter
// (seccomp(2)) and Landlock rules (landlock(7)). Filters are programs in memory of the kernel's own
// layout, and Landlock's newer fields are not in Debian 12's headers: neither can be said in Swift.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// No core file, whatever the shell's limits are, and no ptrace or /proc/PID/mem by others of our
// user: this process holds the keys of people's calls.
static inline void clinux_protect_memory(void) {
  struct rlimit none = {0, 0};
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  setrlimit(RLIMIT_CORE, &none);
}

// Whether others of our user may read this process's memory; PR_GET_DUMPABLE, which tests look at.
static inline int clinux_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

// Neither this process nor any it might start ever gains a privilege; 0 or -errno.
static inline int clinux_no_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

// MARK: seccomp

// Which kinds of socket may still be made.
#define CLINUX_SOCKET_DATAGRAM 1  // UDP over IPv4 and IPv6
#define CLINUX_SOCKET_STREAM 2    // TCP over IPv4 and IPv6
#define CLINUX_SOCKET_UNIX 4      // AF_UNIX
#define CLINUX_SOCKET_ROUTE 8     // AF_NETLINK: the machine's addresses

// Calls that are allowed whatever their arguments: what an event loop over sockets that exist needs,
// memory, time, randomness, and an orderly or disorderly end. Those of the packet path come first:
// older kernels than 5.11 walk the list.
static const int clinux_allowed_calls[] = {
    SYS_recvmmsg, SYS_sendmmsg, SYS_read, SYS_write, SYS_recvmsg, SYS_sendmsg, SYS_recvfrom,
    SYS_sendto, SYS_readv, SYS_writev, SYS_epoll_pwait, SYS_epoll_ctl, SYS_clock_gettime, SYS_futex,
#ifdef SYS_epoll_pwait2
    SYS_epoll_pwait2,
#endif
#ifdef SYS_epoll_wait
    SYS_epoll_wait, SYS_poll, SYS_unlink, SYS_stat, SYS_lstat, SYS_readlink, SYS_access,
#endif
    SYS_accept4, SYS_accept, SYS_bind, SYS_connect, SYS_listen, SYS_shutdown, SYS_getsockname,
    SYS_getpeername, SYS_getsockopt, SYS_setsockopt, SYS_close, SYS_fcntl, SYS_dup, SYS_ppoll,
    SYS_epoll_create1, SYS_eventfd2, SYS_timerfd_create, SYS_timerfd_settime, SYS_signalfd4,
    SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_membarrier, SYS_getrandom,
    SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_clock_getres, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid,
    SYS_getgid, SYS_getegid, SYS_getrusage, SYS_sysinfo, SYS_uname, SYS_fstat, SYS_newfstatat,
#ifdef SYS_statx
    SYS_statx,
#endif
    SYS_lseek, SYS_getdents64, SYS_readlinkat, SYS_faccessat, SYS_unlinkat, SYS_rt_sigaction,
    SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
    SYS_set_robust_list,
#ifdef SYS_rseq
    SYS_rseq,
#endif
    SYS_exit, SYS_exit_group,
};

#if defined(__x86_64__)
#define CLINUX_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CLINUX_AUDIT_ARCH AUDIT_ARCH_AARCH64
#endif

// A filter under construction; room for the list above and the rules below.
struct clinux_filter {
  struct sock_filter code[256];
  unsigned short count;
};

static inline void clinux_emit(
    struct clinux_filter *f, uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
  struct sock_filter one = {code, yes, no, k};
  if (f->count < 256) f->code[f->count++] = one;
}

// Loads a word of the call's description.
static inline void clinux_load(struct clinux_filter *f, size_t offset) {
  clinux_emit(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static inline void clinux_return(struct clinux_filter *f, uint32_t action) {
  clinux_emit(f, BPF_RET | BPF_K, action, 0, 0);
}

// The low word of an argument; all that are looked at are 32 bits wide, or tested by their low bits.
#define CLINUX_ARGUMENT(i) (offsetof(struct seccomp_data, args) + 8 * (i))
#define CLINUX_REFUSED (SECCOMP_RET_ERRNO | EPERM)

// Call `number` is allowed where none of the bits of `mask` is set in argument `index`.
static inline void clinux_allow_without(
    struct clinux_filter *f, int number, int index, uint32_t mask) {
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 4);
  clinux_load(f, CLINUX_ARGUMENT(index));
  clinux_emit(f, BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1);
  clinux_return(f, CLINUX_REFUSED);
  clinux_return(f, SECCOMP_RET_ALLOW);
}

// Call `number` is allowed where argument `index` is `value`.
static inline void clinux_allow_value(
    struct clinux_filter *f, int number, int index, uint32_t value) {
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 4);
  clinux_load(f, CLINUX_ARGUMENT(index));
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
  clinux_return(f, CLINUX_REFUSED);
  clinux_return(f, SECCOMP_RET_ALLOW);
}

// socket() of one family, and of one type where `type` is not 0 (its flags do not count).
static inline void clinux_allow_socket(struct clinux_filter *f, int family, int type) {
  clinux_load(f, CLINUX_ARGUMENT(0));
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)family, 0, type ? 4 : 1);
  if (type) {
    clinux_load(f, CLINUX_ARGUMENT(1));
    clinux_emit(f, BPF_ALU | BPF_AND | BPF_K, 0xF, 0, 0);
    clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)type, 0, 1);
  }
  clinux_return(f, SECCOMP_RET_ALLOW);
}

// From here on only what is listed works, in every thread; the rest fails with EPERM. 0 or -errno.
static inline int clinux_seccomp(unsigned sockets) {
#ifndef CLINUX_AUDIT_ARCH
  (void)sockets;
  return -ENOSYS;
#else
  struct clinux_filter filter;
  struct clinux_filter *f = &filter;
  f->count = 0;
  clinux_load(f, offsetof(struct seccomp_data, arch));
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, CLINUX_AUDIT_ARCH, 1, 0);
  clinux_return(f, SECCOMP_RET_KILL_PROCESS);
  clinux_load(f, offsetof(struct seccomp_data, nr));
  for (size_t i = 0; i < sizeof clinux_allowed_calls / sizeof *clinux_allowed_calls; i++) {
    clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)clinux_allowed_calls[i], 0, 1);
    clinux_return(f, SECCOMP_RET_ALLOW);
  }
  // Memory, but none that can be executed.
  clinux_allow_without(f, SYS_mmap, 2, PROT_EXEC);
  clinux_allow_without(f, SYS_mprotect, 2, PROT_EXEC);
  // Files are read only. Which ones is Landlock's to say.
  clinux_allow_without(f, SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
#ifdef SYS_open
  clinux_allow_without(f, SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
#endif
  // A signal to ourselves is how abort() and a trap end.
  clinux_allow_value(f, SYS_tgkill, 0, (uint32_t)getpid());
  // A thread's name; limits are read and not set (the new limit's pointer is NULL).
  clinux_allow_value(f, SYS_prctl, 0, PR_SET_NAME);
  clinux_allow_value(f, SYS_prlimit64, 2, 0);
  // socket(2); the last rule, since it leaves the call's number behind.
  clinux_emit(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
  clinux_return(f, CLINUX_REFUSED);
  if (sockets & CLINUX_SOCKET_DATAGRAM) {
    clinux_allow_socket(f, AF_INET, SOCK_DGRAM);
    clinux_allow_socket(f, AF_INET6, SOCK_DGRAM);
  }
  if (sockets & CLINUX_SOCKET_STREAM) {
    clinux_allow_socket(f, AF_INET, SOCK_STREAM);
    clinux_allow_socket(f, AF_INET6, SOCK_STREAM);
  }
  if (sockets & CLINUX_SOCKET_UNIX) clinux_allow_socket(f, AF_UNIX, 0);
  if (sockets & CLINUX_SOCKET_ROUTE) clinux_allow_socket(f, AF_NETLINK, 0);
  clinux_return(f, CLINUX_REFUSED);
  struct sock_fprog program = {f->count, f->code};
  // 1 is SECCOMP_FILTER_FLAG_TSYNC: every thread. 4 is ..._SPEC_ALLOW: this process runs no code of
  // others, whom the processor's guesses would have to be kept from, and the guard is dear.
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1 | 4, &program);
  if (result < 0) return -errno;
  return result == 0 ? 0 : -ESRCH;  // A thread could not be made to follow.
#endif
}

// MARK: Landlock. Numbers from landlock(7): Debian 12's header ends at the second version.

struct clinux_landlock_rules {
  uint64_t files;
  uint64_t network;
  uint64_t scopes;
};

struct __attribute__((packed)) clinux_landlock_path {
  uint64_t allowed;
  int32_t parent;
};

struct clinux_landlock_port {
  uint64_t allowed;
  uint64_t port;
};

#define CLINUX_LANDLOCK_READ 4u          // LANDLOCK_ACCESS_FS_READ_FILE
#define CLINUX_LANDLOCK_REMOVE (1u << 5)  // LANDLOCK_ACCESS_FS_REMOVE_FILE

// The version of Landlock that the kernel has; 0 where it has none.
static inline int clinux_landlock_version(void) {
  long version = syscall(444, (void *)0, (size_t)0, 1u);
  return version < 0 ? 0 : (int)version;
}

// Begins a set of rules: no file can be touched at all, no TCP port bound or connected to, and nobody
// outside signalled, as far as the kernel's version goes. The set's descriptor or -errno.
static inline int clinux_landlock_begin(void) {
  int version = clinux_landlock_version();
  if (version < 1) return -ENOSYS;
  // One bit for each right to files: 13 in the first version, one more in 2, 3 and 5.
  int rights = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  struct clinux_landlock_rules rules = {
      (1u << rights) - 1, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0};
  size_t size = version >= 6 ? sizeof rules : version >= 4 ? 16 : 8;
  long set = syscall(444, &rules, size, 0u);
  return set < 0 ? -errno : (int)set;
}

// Allows `rights` to everything beneath `path`, or to it where it is a file; 0 or -errno.
static inline int clinux_landlock_allow(int set, const char *path, uint64_t rights) {
  int fd = open(path, 010000000 /* O_PATH, hidden */ | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct clinux_landlock_path rule = {rights, fd};
  int result = syscall(445, set, 1, &rule, 0u) == 0 ? 0 : -errno;
  close(fd);
  return result;
}

// Allows TCP connections to `port`; 0, or -errno where the kernel does not rule over ports.
static inline int clinux_landlock_allow_port(int set, uint16_t port) {
  struct clinux_landlock_port rule = {2, port};
  return syscall(445, set, 2, &rule, 0u) == 0 ? 0 : -errno;
}

// Puts the rules in force for this thread and those it starts, for ever; 0 or -errno.
static inline int clinux_landlock_enforce(int set) {
  int result = syscall(446, set, 0u) == 0 ? 0 : -errno;
  close(set);
  return result;
}
