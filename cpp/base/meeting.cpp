#include "base/meeting.h"

#include "base/error.h"

namespace llmserve {
namespace {

[[noreturn]] void throw_aborted() {
  throw_error(ErrorKind::kUnavailable, "the tensor-parallel group was aborted");
}

}  // namespace

void Meeting::begin() {
  std::unique_lock lock(mutex_);
  if (aborted_) throw_aborted();
  if (!arrive(lock, begun_, [this] { return aborted_; })) throw_aborted();
}

void Meeting::end() {
  std::unique_lock lock(mutex_);
  arrive(lock, ended_, [] { return false; });
}

void Meeting::abort() {
  {
    std::lock_guard lock(mutex_);
    aborted_ = true;
  }
  changed_.notify_all();
}

template <typename Broken>
bool Meeting::arrive(std::unique_lock<std::mutex>& lock, Count& count, const Broken& broken) {
  const uint64_t round = count.round;
  if (++count.arrived == size_) {
    count.arrived = 0;
    ++count.round;
    lock.unlock();
    changed_.notify_all();
    return true;
  }
  changed_.wait(lock, [&] { return count.round != round || broken(); });
  return count.round != round;
}

}  // namespace llmserve
