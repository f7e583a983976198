// Memory that a step gives back is taken again by the next one. Left to itself, glibc maps each large tensor anew and
// unmaps it afterwards, and the processor then spends as long on page faults as on some of the products.
#if defined(__GLIBC__) || __has_include(<gnu/libc-version.h>)
#include <malloc.h>

namespace {

// The largest threshold that glibc takes on a 64-bit machine.
constexpr int kMappedFrom = 32 << 20;
// Free memory at the heap's end that is kept rather than given back to the system.
constexpr int kKept = 512 << 20;

// Heaps that threads choose from. Tensors are made by one thread; others would keep what they have used once for good.
constexpr int kHeaps = 1;

const bool tuned = mallopt(M_MMAP_THRESHOLD, kMappedFrom) == 1 && mallopt(M_TRIM_THRESHOLD, kKept) == 1 &&
                   mallopt(M_TOP_PAD, 16 << 20) == 1 && mallopt(M_ARENA_MAX, kHeaps) == 1;

}  // namespace
#endif
