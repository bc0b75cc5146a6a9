// Meeting: where the threads of a group wait for each other, until somebody calls it off.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace llmserve {

class Meeting {
 public:
  explicit Meeting(int size) : size_(size) {}

  // Returns when all have come. Throws Unavailable, for all or for none of those who have come,
  // once it is aborted.
  void begin();
  // A second meeting of those who are past begin(): nobody leaves before all have come. abort()
  // does not end it, as everybody is on the way.
  void end();
  void abort();

 private:
  struct Count {
    int arrived = 0;
    uint64_t round = 0;
  };

  // True when all have come; false when `broken` before that.
  template <typename Broken>
  bool arrive(std::unique_lock<std::mutex>& lock, Count& count, const Broken& broken);

  const int size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool aborted_ = false;
  Count begun_;
  Count ended_;
};

}  // namespace llmserve
