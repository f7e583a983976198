#include "parallel.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace ptl {
namespace {

using Work = std::function<void(int64_t, int64_t)>;

int ThreadCount() {
  const char *chosen = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int threads = chosen == nullptr ? 0 : std::atoi(chosen);
  return threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
}

class Pool {
 public:
  static Pool &Get() {
    // Never destroyed: its threads may outlive static objects at the end of the process.
    static Pool *pool = new Pool(ThreadCount() - 1);
    return *pool;
  }

  int workers() const { return workers_; }

  // One caller at a time; a second one works alone.
  bool TryRun(int64_t count, int64_t ranges, const Work &work) {
    std::unique_lock<std::mutex> caller(caller_, std::try_to_lock);
    if (!caller.owns_lock()) return false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      ranges_ = ranges;
      next_ = 0;
      left_ = ranges;
    }
    wake_.notify_all();
    Help();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return left_ == 0; });
    work_ = nullptr;
    return true;
  }

 private:
  explicit Pool(int workers) : workers_(workers) {
    for (int index = 0; index < workers; index++) {
      std::thread([this] { Serve(); }).detach();
    }
  }

  void Serve() {
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [this] { return work_ != nullptr && next_ < ranges_; });
      }
      Help();
    }
  }

  // Takes ranges until none is left.
  void Help() {
    for (;;) {
      const Work *work;
      int64_t begin, end;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (work_ == nullptr || next_ >= ranges_) return;
        work = work_;
        begin = count_ * next_ / ranges_;
        end = count_ * (next_ + 1) / ranges_;
        next_++;
      }
      (*work)(begin, end);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--left_ == 0) done_.notify_all();
    }
  }

  const int workers_;
  std::mutex caller_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const Work *work_ = nullptr;
  int64_t count_ = 0;
  int64_t ranges_ = 0;
  int64_t next_ = 0;
  int64_t left_ = 0;
};

}  // namespace

void ParallelFor(int64_t count, int64_t grain, const Work &work) {
  if (count <= 0) return;
  const int64_t most = std::max<int64_t>(1, count / std::max<int64_t>(1, grain));
  if (most > 1) {
    Pool &pool = Pool::Get();
    const int64_t ranges = std::min<int64_t>(most, pool.workers() + 1);
    if (ranges > 1 && pool.TryRun(count, ranges, work)) return;
  }
  work(0, count);
}

}  // namespace ptl
