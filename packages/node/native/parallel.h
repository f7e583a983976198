// Work shared by the threads of one pool, which lives as long as the process.
#pragma once

#include <cstdint>
#include <functional>

namespace ptl {

// Calls work(begin, end) on ranges that together are [0, count), the calling thread among the workers, and returns when
// all are done. Ranges are at least `grain` long, so small work stays on the calling thread.
void ParallelFor(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)> &work);

}  // namespace ptl
