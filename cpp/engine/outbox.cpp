#include "engine/outbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace llmserve {
namespace {

int make_event_fd() {
  const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw_error(ErrorKind::kInternal, "eventfd: ", std::strerror(errno));
  return fd;
}

}  // namespace

Outbox::Outbox() : event_fd_(make_event_fd()) {}

Outbox::~Outbox() { ::close(event_fd_); }

void Outbox::put(std::vector<Output>& outputs) {
  if (outputs.empty()) return;
  std::lock_guard lock(mutex_);
  auto next = outputs.begin();
  try {
    for (; next != outputs.end(); ++next) put_one(std::move(*next));
  } catch (...) {
    outputs.erase(outputs.begin(), next);
    throw;
  }
  outputs.clear();
}

void Outbox::put_one(Output&& output) {
  const auto [place, is_new] =
      place_.try_emplace({output.request_id, output.index}, waiting_.size());
  if (!is_new) {
    waiting_[place->second].merge(std::move(output));
    return;
  }
  try {
    waiting_.push_back(std::move(output));
  } catch (...) {
    place_.erase(place);
    throw;
  }
  if (waiting_.size() > 1) return;
  // Fails only when the counter is full, and then it is readable anyway.
  (void)!eventfd_write(event_fd_, 1);
  ready_.notify_all();
}

std::vector<Output> Outbox::take(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  if (timeout.count() > 0) {
    ready_.wait_for(lock, timeout, [this] { return closed_ || !waiting_.empty(); });
  }
  if (!waiting_.empty()) {
    eventfd_t count;
    (void)!eventfd_read(event_fd_, &count);
  }
  std::vector<Output> taken;
  taken.swap(waiting_);
  place_.clear();
  return taken;
}

void Outbox::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

}  // namespace llmserve
