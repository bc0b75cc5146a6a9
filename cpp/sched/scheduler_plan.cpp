// What a step computes: decode rows first, oldest first; what is left of the budgets goes to
// prompts, in rank order across those that run and those that wait.
#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "sched/scheduler_impl.h"

namespace llmserve {

StepPlan Scheduler::Impl::schedule(Time now) {
  expire(now);
  StepPlan plan;
  if (num_steps_ == steps_.size()) return plan;
  InFlightStep& record = steps_[(oldest_step_ + num_steps_) % steps_.size()];
  record.rows.clear();
  PlanBuilder builder{.plan = plan,
                      .record = record,
                      .now = now,
                      .tokens_left = config_.max_num_batched_tokens,
                      .logit_rows_left = config_.max_logit_rows,
                      .num_tokens = 0};
  plan.rows.reserve(running_.size() + 1);
  plan.logit_tokens.reserve(running_.size() + 1);
  plan.samples.reserve(running_.size() + 1);
  if (config_.policy == SchedulingPolicy::kPriority) make_room_for_head();
  schedule_decodes(builder);
  schedule_prefills(builder);
  if (plan.empty()) {
    CHECK(plan.page_copies.empty() && plan.slot_inits.empty() && plan.page_updates.empty());
    return plan;
  }
  plan.id = record.id = ++last_plan_id_;
  record.num_samples = plan.samples.size();
  record.num_scores = plan.scores.size();
  ++num_steps_;
  counters_.step_sizes.add(builder.num_tokens);
  return plan;
}

void Scheduler::Impl::schedule_decodes(PlanBuilder& builder) {
  // Victims come from what is not yet in this plan, so a row once given is never taken back.
  for (size_t i = 0; i < running_.size();) {
    Sequence& sequence = *running_[i];
    if (!sequence.decodes() || sequence.fully_scheduled()) {
      ++i;
    } else if (ensure_page(builder, sequence, i)) {
      push_decode(builder, sequence);
      ++i;
    }
  }
}

void Scheduler::Impl::schedule_prefills(PlanBuilder& builder) {
  prefills_.clear();
  for (Sequence* sequence : running_) {
    if (sequence->num_scheduled < sequence->known_size() && !sequence->decodes()) {
      prefills_.push_back(sequence);
    }
  }
  auto prefill = prefills_.begin();
  bool may_admit = true;
  while (builder.tokens_left > 0) {
    // The head of the queue is never overtaken: where it cannot start, no one behind it does.
    Sequence* waiting = may_admit ? waiting_.head() : nullptr;
    if (prefill == prefills_.end() && waiting == nullptr) return;
    if (waiting == nullptr || (prefill != prefills_.end() && (*prefill)->rank < waiting->rank)) {
      Sequence& sequence = **prefill++;
      const int32_t size = chunk_size(builder, sequence, sequence.num_scheduled);
      if (size > 0) push_chunk(builder, sequence, size);
    } else {
      may_admit = try_admit(builder, *waiting);
    }
  }
}

bool Scheduler::Impl::try_admit(PlanBuilder& builder, Sequence& sequence) {
  // After a preemption its late tokens belong before the tokens it recomputes.
  if (sequence.rows_in_flight > 0 || slots_.num_free() == 0) return false;
  const PrefixHit hit = find_prefix(sequence);
  const int32_t size = chunk_size(builder, sequence, hit.num_blocks * config_.block_size);
  if (size == 0 || !fits(sequence, hit)) return false;
  place(builder, sequence, hit);
  push_chunk(builder, sequence, size);
  return true;
}

int32_t Scheduler::Impl::chunk_size(const PlanBuilder& builder, const Sequence& sequence,
                                    int32_t start) const {
  const int32_t remaining = sequence.known_size() - start;
  const Group& group = *sequence.group;
  const int32_t end_of_scores = group.num_scores();
  const bool has_scores = group.num_scored < end_of_scores;
  int32_t size = std::min(remaining, builder.tokens_left);
  if (config_.long_prefill_token_threshold > 0) {
    size = std::min(size, config_.long_prefill_token_threshold);
  }
  const auto logit_rows = [&](int32_t count) {
    const int32_t first = std::max(start, group.num_scored);
    const int32_t scores = std::max(0, std::min(start + count, end_of_scores) - first);
    return scores + static_cast<int32_t>(count == remaining);
  };
  // Each token has at most one logit row, so this cuts no more than it must.
  while (size > 0 && logit_rows(size) > builder.logit_rows_left) {
    size -= logit_rows(size) - builder.logit_rows_left;
  }
  // A prompt with scores may have more of them than a step has logit rows: it alone is split.
  if (whole_prompts() && !has_scores && size < remaining) return 0;
  return std::max(size, 0);
}

void Scheduler::Impl::push_decode(PlanBuilder& builder, Sequence& sequence) {
  const auto logit_row = static_cast<int32_t>(builder.plan.logit_tokens.size());
  builder.plan.rows.push_back({.slot = sequence.slot.id(),
                               .start = sequence.num_scheduled,
                               .num_tokens = 1,
                               .token_offset = PlanRow::kFromSlot});
  builder.plan.logit_tokens.push_back(builder.num_tokens);
  ++builder.num_tokens;
  --builder.tokens_left;
  ++sequence.num_scheduled;
  ++sequence.rows_in_flight;
  ++sequence.group->rows_in_flight;
  const int32_t sample = push_sample(builder, sequence, logit_row);
  builder.record.rows.push_back(
      {.sequence = &sequence, .end = sequence.num_scheduled, .sample = sample});
}

void Scheduler::Impl::push_chunk(PlanBuilder& builder, Sequence& sequence, int32_t num_tokens) {
  StepPlan& plan = builder.plan;
  Group& group = *sequence.group;
  const int32_t start = sequence.num_scheduled;
  const int32_t end = start + num_tokens;
  const bool is_last = end == sequence.known_size();
  // The last output token alone lies in the slot already: SlotInit brought it.
  const bool from_slot = num_tokens == 1 && is_last && start >= sequence.prompt_size();
  const auto offset = static_cast<int32_t>(plan.tokens.size());
  plan.rows.push_back({.slot = sequence.slot.id(),
                       .start = start,
                       .num_tokens = num_tokens,
                       .token_offset = from_slot ? PlanRow::kFromSlot : offset});
  if (!from_slot) {
    plan.tokens.resize(plan.tokens.size() + static_cast<size_t>(num_tokens));
    sequence.copy_tokens(start, std::span(plan.tokens).subspan(static_cast<size_t>(offset)));
  }
  InFlightRow row{.sequence = &sequence, .end = end};
  push_scores(builder, sequence, row, start);
  builder.num_tokens += num_tokens;
  builder.tokens_left -= num_tokens;
  sequence.num_scheduled = end;
  ++sequence.rows_in_flight;
  ++group.rows_in_flight;
  if (!is_last) {
    builder.record.rows.push_back(row);
    return;
  }
  const auto logit_row = static_cast<int32_t>(plan.logit_tokens.size());
  plan.logit_tokens.push_back(builder.num_tokens - 1);
  row.sample = push_sample(builder, sequence, logit_row);
  builder.record.rows.push_back(row);
  if (!group.prompt_scheduled) fork_samples(builder, sequence, logit_row);
}

// Each prompt position is scored once, whatever is recomputed after a preemption.
void Scheduler::Impl::push_scores(PlanBuilder& builder, Sequence& sequence, InFlightRow& row,
                                  int32_t start) {
  Group& group = *sequence.group;
  const int32_t first = std::max(start, group.num_scored);
  const int32_t end = std::min(row.end, group.num_scores());
  if (first >= end) return;
  CHECK_EQ(first, group.num_scored, "a prompt position would go without its score");
  StepPlan& plan = builder.plan;
  row.first_score = static_cast<int32_t>(plan.scores.size());
  row.num_scores = end - first;
  const Request& request = sequence.request();
  for (int32_t position = first; position < end; ++position) {
    plan.scores.push_back({.logit_row = static_cast<int32_t>(plan.logit_tokens.size()),
                           .target = (*request.prompt)[static_cast<size_t>(position) + 1],
                           .num_logprobs = *request.params->prompt_logprobs});
    plan.logit_tokens.push_back(builder.num_tokens + position - start);
  }
  builder.logit_rows_left -= row.num_scores;
  group.num_scored = end;
}

int32_t Scheduler::Impl::push_sample(PlanBuilder& builder, Sequence& sequence, int32_t logit_row) {
  const auto sample = static_cast<int32_t>(builder.plan.samples.size());
  builder.plan.samples.push_back(
      {.logit_row = logit_row,
       .slot = sequence.slot.id(),
       .num_logprobs = sequence.request().params->logprobs.value_or(SampleRow::kNoLogprobs)});
  --builder.logit_rows_left;
  ++sequence.samples_in_flight;
  return sample;
}

void Scheduler::Impl::push_slot_init(PlanBuilder& builder, Sequence& sequence) {
  const Request& request = sequence.request();
  builder.plan.slot_inits.push_back(
      {.slot = sequence.slot.id(),
       .params = request.params,
       .seed = request.seed + static_cast<uint64_t>(sequence.rank.index),
       .prompt = request.prompt,
       .output = sequence.output,
       .stop_ids = request.stop_ids});
  for (size_t index = 0; index < sequence.blocks.size(); ++index) {
    builder.plan.page_updates.push_back({.slot = sequence.slot.id(),
                                         .index = static_cast<int32_t>(index),
                                         .block = sequence.blocks[index].id()});
  }
}

// The other samples of the request start from the leader's pages and its very logits. Those that
// find no slot, logit row or page wait in the queue and run by themselves.
void Scheduler::Impl::fork_samples(PlanBuilder& builder, Sequence& leader, int32_t logit_row) {
  Group& group = *leader.group;
  group.prompt_scheduled = true;
  int32_t num_forks = 0;
  for (Sequence& sequence : group.samples) {
    if (sequence.state != SequenceState::kHeld) continue;
    --num_held_;
    // Each fork will need a page of its own for its next token.
    if (slots_.num_free() == 0 || builder.logit_rows_left == 0 ||
        allocator_.num_free() <= watermark_ + num_forks) {
      enqueue(sequence);
      continue;
    }
    ++num_forks;
    sequence.slot = slots_.take();
    sequence.blocks.reserve(leader.blocks.size() + 1);
    for (const BlockRef& block : leader.blocks) {
      sequence.blocks.push_back(allocator_.share(block.id()));
    }
    sequence.num_scheduled = leader.num_scheduled;
    sequence.num_computed = leader.num_computed;
    sequence.num_published = leader.num_published;
    sequence.chain = leader.chain;
    sequence.cache_epoch = leader.cache_epoch;
    sequence.num_cached_tokens = leader.num_cached_tokens;
    sequence.scheduled_at = builder.now;
    insert_running(sequence);
    push_slot_init(builder, sequence);
    ++sequence.rows_in_flight;
    ++group.rows_in_flight;
    const int32_t sample = push_sample(builder, sequence, logit_row);
    builder.record.rows.push_back(
        {.sequence = &sequence, .end = sequence.num_scheduled, .sample = sample});
  }
}

}  // namespace llmserve
