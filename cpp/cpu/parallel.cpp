// ThreadPool: one 64-bit word holds the job's number and the next item to take, so that a worker
// that wakes late can neither take from a job that is over nor read one that is being written.
#include "cpu/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

#include "base/checked.h"
#include "base/error.h"

namespace llmserve {
namespace {

// Longer than the gap between two loops of a step, shorter than anyone would notice when idle.
constexpr std::chrono::microseconds kSpinTime(40);

int available_cores() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

inline void cpu_pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins until done() or the time is over; true if done.
template <typename Done>
bool spin_until(std::chrono::nanoseconds time, const Done& done) {
  if (done()) return true;
  if (time.count() == 0) return false;
  const auto deadline = std::chrono::steady_clock::now() + time;
  do {
    for (int i = 0; i < 16; ++i) {
      cpu_pause();
      if (done()) return true;
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

}  // namespace

struct ThreadPool::Impl {
  // What a job's items are. Written by the caller before the job is published; read only by
  // threads that hold an unfinished item of it.
  struct Job {
    const std::function<void(int64_t, int64_t, int)>* ranges = nullptr;
    const std::function<void(int64_t, int)>* items = nullptr;
    int64_t count = 0;
    int64_t part = 0;  // length of a range

    void run(int64_t item, int thread) const {
      if (items) {
        (*items)(item, thread);
      } else {
        (*ranges)(item * part, std::min(count, (item + 1) * part), thread);
      }
    }
  };

  explicit Impl(int num_threads)
      : spin_time(num_threads <= available_cores() ? kSpinTime : std::chrono::microseconds(0)) {
    CHECK_GE(num_threads, 1);
    workers.reserve(num_threads - 1);
    try {
      for (int i = 1; i < num_threads; ++i) workers.emplace_back([this, i] { work(i); });
    } catch (...) {
      stop();
      throw;
    }
  }

  ~Impl() { stop(); }

  void stop() {
    stopping.store(true);
    wake(sleeping_workers, work_ready);
    for (std::thread& worker : workers) worker.join();
  }

  void run(const Job& new_job, int64_t num_items) {
    CHECK(!busy.exchange(true), "the thread pool is not reentrant and has one caller at a time");
    job = new_job;
    job_items = num_items;
    unfinished.store(num_items, std::memory_order_relaxed);
    const uint64_t number = (next.load(std::memory_order_relaxed) >> 32) + 1;
    next.store(number << 32 | (0xffffffffu - static_cast<uint64_t>(num_items)));
    wake(sleeping_workers, work_ready);
    take_items(0);
    const auto done = [this] { return unfinished.load() == 0; };
    if (!spin_until(spin_time, done)) {
      std::unique_lock lock(mutex);
      sleeping_callers.fetch_add(1);
      work_done.wait(lock, done);
      sleeping_callers.fetch_sub(1);
    }
    std::exception_ptr error;
    std::swap(error, first_error);
    busy.store(false);
    if (error) std::rethrow_exception(error);
  }

  // Takes items of the present job until there are none.
  void take_items(int thread) {
    int64_t taken = 0;
    uint64_t word = next.load();
    while ((word & 0xffffffffu) != 0xffffffffu) {
      if (!next.compare_exchange_weak(word, word + 1)) continue;
      const int64_t item = job_items - (0xffffffffu - static_cast<int64_t>(word & 0xffffffffu));
      try {
        job.run(item, thread);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!first_error) first_error = std::current_exception();
      }
      ++taken;
      word = next.load();
      // The job cannot end while what was taken here is unfinished, so `word` is still of it.
    }
    if (taken > 0 && unfinished.fetch_sub(taken) == taken) wake(sleeping_callers, work_done);
  }

  void work(int thread) {
    uint64_t seen = 0;
    const auto ready = [this, &seen] { return stopping.load() || (next.load() >> 32) != seen; };
    while (true) {
      if (!spin_until(spin_time, ready)) {
        std::unique_lock lock(mutex);
        sleeping_workers.fetch_add(1);
        work_ready.wait(lock, ready);
        sleeping_workers.fetch_sub(1);
      }
      if (stopping.load()) return;
      seen = next.load() >> 32;
      take_items(thread);
    }
  }

  // The sleeper counts itself and then looks at the condition; the waker changes the condition and
  // then looks at the count. In the one order of all these operations, one of them sees the other.
  void wake(const std::atomic<int>& sleepers, std::condition_variable& condition) {
    if (sleepers.load() == 0) return;
    { std::lock_guard lock(mutex); }
    condition.notify_all();
  }

  const std::chrono::nanoseconds spin_time;
  std::atomic<bool> busy{false};
  std::atomic<bool> stopping{false};
  // High half: the job's number. Low half: counts up to 0xffffffff, where no item is left.
  alignas(64) std::atomic<uint64_t> next{0xffffffffu};
  alignas(64) std::atomic<int64_t> unfinished{0};
  std::atomic<int> sleeping_workers{0};
  std::atomic<int> sleeping_callers{0};
  Job job;
  int64_t job_items = 0;
  std::mutex mutex;  // of first_error and of falling asleep
  std::condition_variable work_ready;
  std::condition_variable work_done;
  std::exception_ptr first_error;
  std::vector<std::thread> workers;
};

ThreadPool::ThreadPool(int num_threads) : impl_(std::make_unique<Impl>(num_threads)) {}

ThreadPool::~ThreadPool() = default;

int ThreadPool::num_threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::parallel_for(int64_t count, int64_t grain,
                              const std::function<void(int64_t, int64_t, int)>& body) {
  CHECK_GE(count, 0);
  CHECK_GE(grain, 1);
  if (count == 0) return;
  const int64_t part = ceil_div(ceil_div(count, grain), num_threads()) * grain;
  if (part >= count) {
    body(0, count, 0);
    return;
  }
  impl_->run({.ranges = &body, .count = count, .part = part}, ceil_div(count, part));
}

void ThreadPool::parallel_each(int64_t count, const std::function<void(int64_t, int)>& body) {
  CHECK(count >= 0 && count < std::numeric_limits<uint32_t>::max(), "items: ", count);
  if (count <= 1 || num_threads() == 1) {
    for (int64_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  impl_->run({.items = &body, .count = count}, count);
}

}  // namespace llmserve
