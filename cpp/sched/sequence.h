// Sequence: one sample of a request on its way through the scheduler. Group: the samples of one
// request and what they share. Both are state; what moves them is in scheduler_*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sched/block_allocator.h"
#include "sched/request.h"
#include "sched/siphash.h"
#include "sched/slot_pool.h"
#include "sched/waiting_queue.h"

namespace llmserve {

enum class SequenceState : uint8_t {
  kHeld,     // behind the leader that computes the prompt for all samples
  kWaiting,  // in the queue
  kRunning,  // has a slot and pages
  kEnded,    // may still have rows in flight, whose results are dropped
};

struct Group;

struct Sequence {
  Sequence(Group* owner, const Rank& owner_rank);

  Group* group;
  Rank rank;
  SequenceState state = SequenceState::kHeld;
  WaitingQueue::Node node;  // empty while in the queue
  Slot slot;
  std::vector<BlockRef> blocks;
  std::vector<int32_t> output;  // tokens the host knows

  int32_t num_scheduled = 0;  // tokens whose KV is computed by the steps given out so far
  int32_t num_computed = 0;   // the same, of the steps committed
  int32_t rows_in_flight = 0;
  int32_t samples_in_flight = 0;

  int32_t num_published = 0;  // leading blocks offered to the prefix cache, or taken from it
  Hash128 chain;              // hash of the last of those, or the root
  uint64_t cache_epoch = 0;   // of the prefix cache when it was admitted

  int32_t num_preemptions = 0;
  int32_t num_cached_tokens = 0;  // of the prompt, at the first admission
  std::optional<Time> scheduled_at;

  const Request& request() const;
  int32_t prompt_size() const;
  int32_t known_size() const { return prompt_size() + static_cast<int32_t>(output.size()); }
  // With the tokens that are sampled by steps in flight.
  int32_t size() const { return known_size() + samples_in_flight; }
  int32_t num_remaining() const { return size() - num_scheduled; }
  // The steps given out sample all tokens it may have: it only waits for their results.
  bool fully_scheduled() const;
  // Its next row is its last token, which the slot holds already.
  bool decodes() const { return num_remaining() == 1 && num_scheduled >= prompt_size(); }
  int32_t token(int32_t position) const;
  void copy_tokens(int32_t begin, std::span<int32_t> out) const;
  // Gives back pages and slot. Last pages first: of a chain, children are reused before parents.
  void release() noexcept;
};

struct Group {
  Group(std::shared_ptr<const Request> of, int32_t priority, uint64_t arrival);
  Group(const Group&) = delete;  // the samples point to it
  Group& operator=(const Group&) = delete;

  std::shared_ptr<const Request> request;
  std::optional<Time> deadline;
  std::vector<Sequence> samples;  // never resized
  int32_t num_live = 0;
  int32_t rows_in_flight = 0;     // of all samples
  bool prompt_scheduled = false;  // to its end, by the leader; no sample is held any more
  bool prompt_counted = false;    // in the statistics
  int32_t num_scored = 0;         // prompt positions with a score row given out; from 0 on, no gaps

  // Positions that prompt_logprobs wants: each but the last, whose row is the first sample.
  int32_t num_scores() const {
    return request->params->prompt_logprobs ? static_cast<int32_t>(request->prompt->size()) - 1 : 0;
  }
};

inline const Request& Sequence::request() const { return *group->request; }
inline int32_t Sequence::prompt_size() const {
  return static_cast<int32_t>(group->request->prompt->size());
}
inline bool Sequence::fully_scheduled() const {
  return static_cast<int32_t>(output.size()) + samples_in_flight >= group->request->max_tokens;
}

}  // namespace llmserve
