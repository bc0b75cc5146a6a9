// Outbox: outputs on their way to the caller. What the caller has not taken yet is merged with what
// follows, so that a slow caller gets fewer and larger outputs, never a longer queue. An eventfd is
// readable while anything waits: one write when the first output comes, however many follow.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

#include "engine/output.h"

namespace llmserve {

class Outbox {
 public:
  Outbox();
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  int event_fd() const { return event_fd_; }
  // Takes the outputs out of the vector, in order. Where it throws, it has taken some, and the rest
  // can be put again.
  void put(std::vector<Output>& outputs);
  // Everything that waits; waits at most `timeout` for the first. Empty also when closed.
  std::vector<Output> take(std::chrono::nanoseconds timeout);
  // Wakes all waiters; what waits can still be taken.
  void close();

 private:
  void put_one(Output&& output);

  const int event_fd_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool closed_ = false;
  std::vector<Output> waiting_;
  std::map<std::pair<uint64_t, int32_t>, size_t> place_;  // (request, sample) -> in waiting_
};

}  // namespace llmserve
