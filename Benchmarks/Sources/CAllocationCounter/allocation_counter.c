// The process's own malloc family: counts, then lets glibc do it.
//
// A symbol that the executable defines comes before libc's for every library in the process, so the
// Swift runtime's allocations, OpenSSL's and libsrtp2's are counted as well as our own. glibc also
// exports each function as __libc_*, and forwarding to those needs no dlsym (which would itself
// allocate before we are ready) and keeps one heap: memory from a function that is not interposed,
// such as strdup inside libc, may be freed here. Counting in another way fits worse: malloc hooks
// are gone since glibc 2.34, and LD_PRELOAD would need a second file and a way to switch it on.
//
// The counter belongs to a thread, so another thread's work is never ours. The initial-exec model
// keeps it in the thread's static block: the other models may call malloc to reach it.
#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

// callgrind counts instructions of the same parts of the run as we count allocations of. Its requests
// are a few instructions that do nothing outside of it.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_ZERO_STATS
#endif

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

#define THREAD_OWN static __thread __attribute__((tls_model("initial-exec")))

THREAD_OWN int is_counting;
THREAD_OWN allocation_counts counts;

void allocation_counter_begin(void) {
  counts = (allocation_counts){0, 0};
  is_counting = 1;
  CALLGRIND_TOGGLE_COLLECT;
}

allocation_counts allocation_counter_end(void) {
  CALLGRIND_TOGGLE_COLLECT;
  is_counting = 0;
  return counts;
}

void allocation_counter_forget_instructions(void) { CALLGRIND_ZERO_STATS; }

void *malloc(size_t size) {
  counts.allocations += is_counting;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  counts.allocations += is_counting;
  return __libc_calloc(count, size);
}

// Counted even where the block stays in place: whether it can is the heap's luck.
void *realloc(void *memory, size_t size) {
  counts.allocations += is_counting;
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  counts.allocations += is_counting;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  // POSIX: a power of two that is a multiple of a pointer's size.
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) {
    return EINVAL;
  }
  void *made = memalign(alignment, size);
  if (made == NULL) return ENOMEM;
  *memory = made;
  return 0;
}

void free(void *memory) {
  counts.frees += is_counting & (memory != NULL);
  __libc_free(memory);
}
