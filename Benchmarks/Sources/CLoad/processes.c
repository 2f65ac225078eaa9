#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t load_spawn(const char *path, char *const *arguments, int core, const char *log) {
  pid_t process = fork();
  if (process < 0) return -errno;
  if (process > 0) return process;
  // Only what is safe between fork and exec.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  if (core >= 0) load_pin(core);
  load_hurry(-10);
  int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(out, 2);
  close_range(3, ~0u, 0);
  execv(path, arguments);
  _exit(127);
}

int load_pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : -errno;
}

int load_pin_process(pid_t process, int core) {
  char path[64];
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  snprintf(path, sizeof path, "/proc/%d/task", (int)process);
  DIR *tasks = opendir(path);
  if (!tasks) return -errno;
  for (struct dirent *task; (task = readdir(tasks));)
    if (task->d_name[0] != '.') sched_setaffinity(atoi(task->d_name), sizeof set, &set);
  closedir(tasks);
  return 0;
}

void load_print_lines(void) { setvbuf(stdout, 0, _IOLBF, 0); }

void load_hurry(int nice) { setpriority(PRIO_PROCESS, (id_t)gettid(), nice); }

void load_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static int64_t clock_of(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -1;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t load_cpu(pid_t process) {
  clockid_t clock;
  return clock_getcpuclockid(process, &clock) == 0 ? clock_of(clock) : -1;
}

int64_t load_thread_cpu(void) { return clock_of(CLOCK_THREAD_CPUTIME_ID); }
int64_t load_realtime(void) { return clock_of(CLOCK_REALTIME); }
int64_t load_monotonic(void) { return clock_of(CLOCK_MONOTONIC); }

void load_sleep_until(int64_t nanoseconds) {
  // The default slack of 50 µs is a third of a tick.
  static __thread int is_set = 0;
  if (!is_set) {
    prctl(PR_SET_TIMERSLACK, 1UL);
    is_set = 1;
  }
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0);
}

void load_kill(pid_t process) {
  if (process <= 0) return;
  kill(process, SIGKILL);
  waitpid(process, 0, 0);
}

int load_connect(const char *path, int milliseconds) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  struct timeval patience = {milliseconds / 1000, milliseconds % 1000 * 1000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

uint32_t load_address(void) {
  struct ifaddrs *list = 0;
  uint32_t found = 0;
  if (getifaddrs(&list) != 0) return 0;
  for (struct ifaddrs *i = list; i && !found; i = i->ifa_next)
    if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_UP)
        && !(i->ifa_flags & IFF_LOOPBACK))
      found = ntohl(((struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr);
  freeifaddrs(list);
  return found;
}
