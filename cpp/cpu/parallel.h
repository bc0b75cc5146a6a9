// ThreadPool: the CPU backend's own workers. A fixed set of threads that spin for a moment and then
// sleep, so that the many small loops of a decode step start fast and an idle engine costs nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace llmserve {

class ThreadPool {
 public:
  // `num_threads` counts the caller, who always works too; 1: no thread is made.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const;

  // Calls body(begin, end, thread) over a static partition of [0, count) into contiguous parts of a
  // multiple of `grain` items each; returns when all are done. `thread` is in [0, num_threads).
  // Not reentrant; one caller at a time. An exception in a part is thrown here once all have ended.
  void parallel_for(int64_t count, int64_t grain,
                    const std::function<void(int64_t begin, int64_t end, int thread)>& body);

  // The same, but parts are single items taken one after another by whoever is free: for items of
  // unequal cost. The result must not depend on who does which.
  void parallel_each(int64_t count, const std::function<void(int64_t item, int thread)>& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmserve
