// What the load generator and the floor need of Linux and OpenSSL and Swift cannot say: control
// messages, recvmmsg and sendmmsg, processor sets, another process's clock; and SRTP under preset keys.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// MARK: Datagrams

// The most datagrams one call moves.
#define LOAD_BATCH 64

// One datagram. Addresses are IPv4 in host order. `local` is the address on our side: one socket is
// a thousand participants, each with a loopback address of its own (127.0.0.0/8 is all ours).
struct load_datagram {
  void *bytes;
  uint32_t length;
  uint32_t capacity;
  uint32_t local;
  uint32_t remote;
  uint16_t remote_port;
  // When the kernel had it, CLOCK_REALTIME in nanoseconds; received ones only.
  int64_t nanoseconds;
};

// A UDP socket on `port` of every address, with destination addresses and arrival times; or -errno.
int load_socket(uint16_t port, int buffer_bytes);

// The port that a socket is bound to.
uint16_t load_port(int fd);

// Receives without blocking; how many, 0 where there is none.
int load_receive(int fd, struct load_datagram *datagrams, int count);

// Sends all of them, each as a datagram of its own; how many the kernel refused.
int load_send(int fd, const struct load_datagram *datagrams, int count);

// MARK: SRTP with AES-128-GCM under preset keys (RFC 7714), for the floor and its clients. Rollover
// counters stay 0: no run lasts that long.

// A key for one direction of one participant.
struct load_key {
  void *context;
  uint8_t salt[12];
};

// The key under which participant `index` sends (`to_floor` 1) or receives (0).
void load_key_make(struct load_key *key, uint32_t index, int to_floor, int seals);
void load_key_free(struct load_key *key);

// Seals an RTP packet in place; its new length, 0 where it is none.
int load_seal(struct load_key *key, uint8_t *packet, int length);

// Opens an SRTP packet in place; its new length, 0 where it is not authentic.
int load_open(struct load_key *key, uint8_t *packet, int length);

// MARK: The floor

// Passes packets on between participants 2n and 2n+1, whose addresses are `first + index`, for ever:
// receive, open, seal, send, and nothing else. `batched`: recvmmsg, and sendmmsg with UDP_SEGMENT for
// runs to one peer; else recvfrom and sendto. Returns only where the port cannot be bound.
int load_floor(uint16_t port, uint32_t first, int participants, int batched);

// MARK: Processes

// Runs a program on one core (any where it is -1), in a session of its own, with its output in `log`; its process id or
// -errno. It ends when the thread that started it does.
pid_t load_spawn(const char *path, char *const *arguments, int core, const char *log);

// Keeps a running process, with all threads it has and will have, on one core; 0 or -errno.
int load_pin_process(pid_t process, int core);

// Keeps the calling thread, and what it starts, on one core; 0 or -errno.
int load_pin(int core);

// Lines reach a pipe or a file as they are printed. In Swift, stdout is nobody's to use.
void load_print_lines(void);

// Puts the calling thread, and what it starts, before others on its core, where we may: what else
// runs on the machine is not what is measured.
void load_hurry(int nice);

// Ends this process when its parent does.
void load_end_with_parent(void);

// Processor time that a process has used, in nanoseconds; -1 where it is gone.
int64_t load_cpu(pid_t process);

// Processor time that the calling thread has used, in nanoseconds.
int64_t load_thread_cpu(void);

// CLOCK_REALTIME and CLOCK_MONOTONIC in nanoseconds.
int64_t load_realtime(void);
int64_t load_monotonic(void);

// Sleeps until a time of CLOCK_MONOTONIC, to the microsecond.
void load_sleep_until(int64_t nanoseconds);

// Kills a process that we started and reaps it.
void load_kill(pid_t process);

// Connects a SOCK_SEQPACKET Unix socket, blocking with `milliseconds` of patience; or -errno.
int load_connect(const char *path, int milliseconds);

// The machine's first IPv4 address that is not loopback, in host order; 0 where it has none.
uint32_t load_address(void);
