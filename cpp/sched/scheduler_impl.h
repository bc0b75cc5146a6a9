// Scheduler::Impl: the whole state and how it moves. scheduler.cpp: requests in and out;
// scheduler_plan.cpp: what a step computes; scheduler_memory.cpp: pages, slots and preemption;
// scheduler_commit.cpp: results.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sched/block_allocator.h"
#include "sched/prefix_cache.h"
#include "sched/scheduler.h"
#include "sched/sequence.h"
#include "sched/slot_pool.h"
#include "sched/waiting_queue.h"

namespace llmserve {

// What the result of one row, or of one more sample of a row, is for.
struct InFlightRow {
  Sequence* sequence = nullptr;
  int32_t end = 0;      // its KV is computed up to here
  int32_t sample = -1;  // into StepPlan::samples; -1: none
  int32_t first_score = 0;
  int32_t num_scores = 0;
};

struct InFlightStep {
  int64_t id = 0;
  size_t num_samples = 0;
  size_t num_scores = 0;
  std::vector<InFlightRow> rows;
};

// A plan under construction, with what is left of its budgets.
struct PlanBuilder {
  StepPlan& plan;
  InFlightStep& record;
  Time now;
  int32_t tokens_left = 0;
  int32_t logit_rows_left = 0;
  int32_t num_tokens = 0;
};

struct Scheduler::Impl {
  explicit Impl(const SchedulerConfig& config);

  // Requests: scheduler.cpp.
  void add(const Admitted& admitted, Time now);
  void abort(uint64_t request_id);
  void stop(uint64_t request_id, int32_t index);
  void expire(Time now);
  void reset_prefix_cache();
  SchedulerStats stats() const;
  Group* find(uint64_t request_id);
  void enqueue(Sequence& sequence) noexcept;
  void dequeue(Sequence& sequence) noexcept;
  // Takes the sample out of wherever it is and gives back all it holds; its event is the caller's.
  void end_sample(Sequence& sequence) noexcept;
  // From the last sample on, so that no held one is made leader on the way.
  void end_all(Group& group) noexcept;
  // Forgets the request once it has ended and no row of it is in flight.
  void retire(Group& group) noexcept;
  void reserve_events(size_t num_more);
  SequenceEvent& push_event(const Sequence& sequence);

  // Plans: scheduler_plan.cpp.
  StepPlan schedule(Time now);
  void schedule_decodes(PlanBuilder& builder);
  void schedule_prefills(PlanBuilder& builder);
  bool try_admit(PlanBuilder& builder, Sequence& sequence);
  // How many of the sequence's next tokens this step can take from `start` on; 0: none.
  int32_t chunk_size(const PlanBuilder& builder, const Sequence& sequence, int32_t start) const;
  void push_decode(PlanBuilder& builder, Sequence& sequence);
  void push_chunk(PlanBuilder& builder, Sequence& sequence, int32_t num_tokens);
  void push_scores(PlanBuilder& builder, Sequence& sequence, InFlightRow& row, int32_t start);
  int32_t push_sample(PlanBuilder& builder, Sequence& sequence, int32_t logit_row);
  void push_slot_init(PlanBuilder& builder, Sequence& sequence);
  void fork_samples(PlanBuilder& builder, Sequence& leader, int32_t logit_row);

  // Memory: scheduler_memory.cpp.
  struct PrefixHit {
    int32_t num_blocks = 0;  // in hit_blocks_
    int32_t num_idle = 0;    // of those, held by nobody
    Hash128 chain;
  };
  PrefixHit find_prefix(const Sequence& sequence);
  bool fits(const Sequence& sequence, const PrefixHit& hit) const;
  void place(PlanBuilder& builder, Sequence& sequence, const PrefixHit& hit);
  BlockRef take_block() noexcept;
  // Makes the page of the next decode row exist and belong to the sequence alone; preempts from
  // `first_candidate` of running_ on if it must. False: the sequence itself was preempted.
  bool ensure_page(PlanBuilder& builder, Sequence& sequence, size_t first_candidate);
  bool try_page(PlanBuilder& builder, Sequence& sequence);
  Sequence* choose_victim(size_t first_candidate) const;
  void preempt(Sequence& sequence) noexcept;
  // Under the priority policy: clears the way for a waiting sequence at the cost of less important
  // ones, if that suffices.
  void make_room_for_head();
  int32_t num_exclusive_blocks(const Sequence& sequence) const;
  void insert_running(Sequence& sequence);
  void publish(Sequence& sequence);

  // Results: scheduler_commit.cpp.
  void commit(const StepResult& result);
  void commit_row(const InFlightRow& row, const StepResult& result);
  bool deliver_scores(const InFlightRow& row, const StepResult& result);
  void take_token(Sequence& sequence, const SampleResult& sample);
  void fail_non_finite(Sequence& sequence, const std::string& message);

  // scheduler_invariants.cpp.
  void check_invariants() const;

  bool whole_prompts() const { return !config_.enable_chunked_prefill; }

  const SchedulerConfig config_;
  const int32_t watermark_;  // free blocks kept from newcomers, for those who run
  BlockAllocator allocator_;
  PrefixCache cache_;
  SlotPool slots_;
  std::unordered_map<uint64_t, std::unique_ptr<Group>> groups_;
  std::set<std::pair<Time, uint64_t>> deadlines_;
  WaitingQueue waiting_;
  std::vector<Sequence*> running_;   // by rank; its capacity is max_num_seqs
  std::vector<InFlightStep> steps_;  // ring of max_steps_in_flight
  size_t oldest_step_ = 0;
  size_t num_steps_ = 0;
  std::vector<SequenceEvent> events_;
  uint64_t num_arrivals_ = 0;
  int64_t last_plan_id_ = 0;
  int64_t num_live_ = 0;  // samples
  int64_t num_held_ = 0;
  uint64_t cache_epoch_ = 0;
  bool failed_ = false;
  SchedulerStats counters_;  // only what only grows, and num_waiting_tokens

  // Scratch, kept for its capacity; void between calls.
  std::vector<int32_t> hit_blocks_;
  std::vector<Sequence*> prefills_;
  mutable std::vector<int32_t> block_tokens_;  // [block_size]
};

}  // namespace llmserve
