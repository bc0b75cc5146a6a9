#include "sched/scheduler.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "sched/scheduler_impl.h"

namespace llmserve {

namespace {

const SchedulerConfig& validated(const SchedulerConfig& c) {
  require(c.num_blocks >= 1, "num_blocks is ", c.num_blocks, "; at least 1 is needed");
  require(c.block_size >= 1, "block_size is ", c.block_size, "; at least 1 is needed");
  require(c.max_num_seqs >= 1, "max_num_seqs is ", c.max_num_seqs, "; at least 1 is needed");
  require(c.max_model_len >= 2, "max_model_len is ", c.max_model_len,
          "; at least 2 is needed: a prompt token and a new one");
  require(c.max_steps_in_flight >= 1, "max_steps_in_flight is ", c.max_steps_in_flight,
          "; at least 1 is needed");
  require(int64_t{c.num_blocks} * c.block_size >= c.max_model_len, "max_model_len is ",
          c.max_model_len, ", but ", c.num_blocks, " KV blocks of ", c.block_size,
          " tokens hold only ", int64_t{c.num_blocks} * c.block_size);
  require(c.max_num_batched_tokens >= c.max_num_seqs, "max_num_batched_tokens is ",
          c.max_num_batched_tokens, "; it must be at least max_num_seqs, which is ", c.max_num_seqs,
          ", or running sequences would starve");
  require(c.max_logit_rows >= c.max_num_seqs, "max_logit_rows is ", c.max_logit_rows,
          "; it must be at least max_num_seqs, which is ", c.max_num_seqs);
  require(c.long_prefill_token_threshold >= 0, "long_prefill_token_threshold is ",
          c.long_prefill_token_threshold, "; it must be 0 (off) or more");
  if (!c.enable_chunked_prefill) {
    require(c.max_model_len <= c.max_num_batched_tokens, "max_model_len is ", c.max_model_len,
            " and max_num_batched_tokens is ", c.max_num_batched_tokens,
            "; without enable_chunked_prefill the longest prompt must fit one step");
    require(c.long_prefill_token_threshold == 0,
            "long_prefill_token_threshold needs enable_chunked_prefill");
  }
  return c;
}

// Not through a stream: one that finds no memory swallows the exception and cuts the text.
std::string timeout_message(Time timeout) {
  char text[96];
  std::snprintf(text, sizeof(text), "the request did not finish within its timeout of %g seconds",
                std::chrono::duration<double>(timeout).count());
  return text;
}

// After an exception in the middle of a change there is no telling what is whole: the scheduler
// then refuses all but destruction. The guard is disarmed when the change is complete.
class FailureGuard {
 public:
  explicit FailureGuard(bool& failed) : failed_(failed) { failed_ = true; }
  ~FailureGuard() { failed_ = !done_; }
  void done() { done_ = true; }

 private:
  bool& failed_;
  bool done_ = false;
};

void check_usable(bool failed) {
  if (failed) {
    throw_error(ErrorKind::kUnavailable,
                "the scheduler failed in an earlier call and can only be destroyed");
  }
}

}  // namespace

Scheduler::Impl::Impl(const SchedulerConfig& config)
    : config_(validated(config)),
      watermark_(std::max(1, config.num_blocks / 100)),
      allocator_(config.num_blocks),
      cache_(config.num_blocks, config.block_size, config.hash_seed),
      slots_(config.max_num_seqs),
      steps_(static_cast<size_t>(config.max_steps_in_flight)),
      block_tokens_(static_cast<size_t>(config.block_size)) {
  running_.reserve(static_cast<size_t>(config.max_num_seqs));
  prefills_.reserve(static_cast<size_t>(config.max_num_seqs));
  counters_.num_blocks = config.num_blocks;
}

// Strong: what throws comes before the first change that stays.
void Scheduler::Impl::add(const Admitted& admitted, Time now) {
  const std::shared_ptr<const Request>& request = admitted.request();
  CHECK(!groups_.contains(request->id), "request id ", request->id, " is in use");
  const int64_t longest = static_cast<int64_t>(request->prompt->size()) + request->max_tokens;
  CHECK_LE(longest, config_.max_model_len, "a request was admitted for a longer context");
  const int32_t priority = config_.policy == SchedulingPolicy::kPriority ? request->priority : 0;
  const auto place =
      groups_.emplace(request->id, std::make_unique<Group>(request, priority, num_arrivals_)).first;
  Group& added = *place->second;
  if (request->timeout) {
    const int64_t left = Time::max().count() - std::max<int64_t>(now.count(), 0);
    const Time deadline = now + Time(std::min(request->timeout->count(), left));
    try {
      deadlines_.emplace(deadline, request->id);
    } catch (...) {
      groups_.erase(place);
      throw;
    }
    added.deadline = deadline;
  }
  ++num_arrivals_;
  num_live_ += added.num_live;
  num_held_ += added.num_live - 1;
  enqueue(added.samples.front());
}

Group* Scheduler::Impl::find(uint64_t request_id) {
  const auto found = groups_.find(request_id);
  return found == groups_.end() || found->second->num_live == 0 ? nullptr : found->second.get();
}

void Scheduler::Impl::abort(uint64_t request_id) {
  Group* group = find(request_id);
  if (group == nullptr) return;
  reserve_events(static_cast<size_t>(group->num_live));
  for (Sequence& sequence : group->samples) {
    if (sequence.state == SequenceState::kEnded) continue;
    push_event(sequence).finish_reason = FinishReason::kAbort;
  }
  end_all(*group);
  retire(*group);
}

void Scheduler::Impl::stop(uint64_t request_id, int32_t index) {
  Group* group = find(request_id);
  if (group == nullptr || index < 0 || index >= static_cast<int32_t>(group->samples.size())) return;
  Sequence& sequence = group->samples[static_cast<size_t>(index)];
  if (sequence.state == SequenceState::kEnded) return;
  end_sample(sequence);
  retire(*group);
}

void Scheduler::Impl::expire(Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Group* group = find(deadlines_.begin()->second);
    CHECK(group != nullptr, "an ended request has a deadline");
    const std::string message = timeout_message(*group->request->timeout);
    reserve_events(static_cast<size_t>(group->num_live));
    for (Sequence& sequence : group->samples) {
      if (sequence.state == SequenceState::kEnded) continue;
      SequenceEvent& event = push_event(sequence);
      event.finish_reason = FinishReason::kError;
      event.error_cause = ErrorCause::kDeadline;
      event.error = message;
    }
    end_all(*group);
    retire(*group);
  }
}

void Scheduler::Impl::enqueue(Sequence& sequence) noexcept {
  sequence.state = SequenceState::kWaiting;
  waiting_.push(std::move(sequence.node));
  counters_.num_waiting_tokens += sequence.prompt_size();
}

void Scheduler::Impl::dequeue(Sequence& sequence) noexcept {
  sequence.node = waiting_.remove(sequence.rank);
  counters_.num_waiting_tokens -= sequence.prompt_size();
}

void Scheduler::Impl::end_sample(Sequence& sequence) noexcept {
  Group& group = *sequence.group;
  const SequenceState old_state = sequence.state;
  switch (old_state) {
    case SequenceState::kHeld:
      --num_held_;
      break;
    case SequenceState::kWaiting:
      dequeue(sequence);
      break;
    case SequenceState::kRunning:
      std::erase(running_, &sequence);
      sequence.release();
      break;
    case SequenceState::kEnded:
      return;
  }
  sequence.state = SequenceState::kEnded;
  --group.num_live;
  --num_live_;
  if (group.num_live == 0 && group.deadline) {
    deadlines_.erase({*group.deadline, group.request->id});
    group.deadline.reset();
  }
  if (old_state == SequenceState::kHeld || group.prompt_scheduled || group.num_live == 0) return;
  // It led: the next one does.
  for (Sequence& next : group.samples) {
    if (next.state != SequenceState::kHeld) continue;
    --num_held_;
    enqueue(next);
    return;
  }
}

void Scheduler::Impl::end_all(Group& group) noexcept {
  for (auto sequence = group.samples.rbegin(); sequence != group.samples.rend(); ++sequence) {
    end_sample(*sequence);
  }
}

void Scheduler::Impl::retire(Group& group) noexcept {
  if (group.num_live == 0 && group.rows_in_flight == 0) groups_.erase(group.request->id);
}

void Scheduler::Impl::reserve_events(size_t num_more) {
  const size_t needed = events_.size() + num_more;
  if (needed > events_.capacity()) events_.reserve(std::max(needed, events_.capacity() * 2));
}

SequenceEvent& Scheduler::Impl::push_event(const Sequence& sequence) {
  SequenceEvent& event = events_.emplace_back();
  event.request_id = sequence.request().id;
  event.index = sequence.rank.index;
  event.num_preemptions = sequence.num_preemptions;
  return event;
}

void Scheduler::Impl::reset_prefix_cache() {
  // Those who run keep their pages but publish them no more: nothing from before is ever hit.
  ++cache_epoch_;
  for (int32_t block = 0; block < allocator_.num_blocks(); ++block) {
    cache_.forget(block);
    allocator_.set_retained(block, false);
  }
}

SchedulerStats Scheduler::Impl::stats() const {
  SchedulerStats stats = counters_;
  stats.num_running = static_cast<int32_t>(running_.size());
  stats.num_waiting = static_cast<int32_t>(static_cast<int64_t>(waiting_.size()) + num_held_);
  stats.num_free_blocks = allocator_.num_free();
  return stats;
}

Scheduler::Scheduler(const SchedulerConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Scheduler::~Scheduler() = default;

void Scheduler::add(const Admitted& admitted, Time now) {
  check_usable(impl_->failed_);
  impl_->add(admitted, now);
}

void Scheduler::abort(uint64_t request_id) {
  check_usable(impl_->failed_);
  impl_->abort(request_id);
}

void Scheduler::stop(uint64_t request_id, int32_t index) {
  check_usable(impl_->failed_);
  impl_->stop(request_id, index);
}

StepPlan Scheduler::schedule(Time now) {
  check_usable(impl_->failed_);
  FailureGuard guard(impl_->failed_);
  StepPlan plan = impl_->schedule(now);
  guard.done();
  return plan;
}

void Scheduler::commit(const StepResult& result, Time /*now*/) {
  check_usable(impl_->failed_);
  FailureGuard guard(impl_->failed_);
  impl_->commit(result);
  guard.done();
}

std::vector<SequenceEvent> Scheduler::take_events() { return std::exchange(impl_->events_, {}); }

bool Scheduler::has_unfinished() const { return impl_->num_live_ > 0; }

int32_t Scheduler::num_in_flight() const { return static_cast<int32_t>(impl_->num_steps_); }

std::optional<Time> Scheduler::next_deadline() const {
  if (impl_->deadlines_.empty()) return std::nullopt;
  return impl_->deadlines_.begin()->first;
}

SchedulerStats Scheduler::stats() const { return impl_->stats(); }

void Scheduler::reset_prefix_cache() {
  check_usable(impl_->failed_);
  impl_->reset_prefix_cache();
}

void Scheduler::check_invariants() const {
  check_usable(impl_->failed_);
  impl_->check_invariants();
}

}  // namespace llmserve
