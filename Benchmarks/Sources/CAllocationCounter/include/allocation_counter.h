// Counts what one thread allocates and frees between two calls.
#pragma once
#include <stdint.h>

typedef struct {
  uint64_t allocations; // malloc, calloc, realloc, memalign, posix_memalign, aligned_alloc
  uint64_t frees;       // free of anything but NULL
} allocation_counts;

// Starts at zero and counts the calling thread from here on.
void allocation_counter_begin(void);

// Stops counting and returns what came since begin.
allocation_counts allocation_counter_end(void);

// Under callgrind: forgets the instructions counted so far between begin and end.
void allocation_counter_forget_instructions(void);
