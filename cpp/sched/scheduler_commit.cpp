// Results: each row of the oldest step is counted once; tokens, scores and endings become events,
// and pages that proved sound are published.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "sched/scheduler_impl.h"

namespace llmserve {

void Scheduler::Impl::commit(const StepResult& result) {
  CHECK_GT(num_steps_, 0u, "no step is in flight");
  InFlightStep& step = steps_[oldest_step_];
  CHECK_EQ(result.id, step.id, "results come in the order of their plans");
  CHECK_EQ(result.samples.size(), step.num_samples);
  CHECK_EQ(result.scores.size(), step.num_scores);
  reserve_events(step.rows.size());
  for (const InFlightRow& row : step.rows) commit_row(row, result);
  step.rows.clear();
  oldest_step_ = (oldest_step_ + 1) % steps_.size();
  --num_steps_;
}

void Scheduler::Impl::commit_row(const InFlightRow& row, const StepResult& result) {
  Sequence& sequence = *row.sequence;
  Group& group = *sequence.group;
  --sequence.rows_in_flight;
  --group.rows_in_flight;
  if (row.sample >= 0) --sequence.samples_in_flight;
  // A preempted one takes its late token along; an ended one drops it.
  if (sequence.state != SequenceState::kEnded) {
    if (sequence.state == SequenceState::kRunning) sequence.num_computed = row.end;
    if (deliver_scores(row, result) && row.sample >= 0) {
      take_token(sequence, result.samples[static_cast<size_t>(row.sample)]);
    }
  }
  retire(group);
}

bool Scheduler::Impl::deliver_scores(const InFlightRow& row, const StepResult& result) {
  if (row.num_scores == 0) return true;
  const auto begin = result.scores.begin() + row.first_score;
  const auto end = begin + row.num_scores;
  Sequence& sequence = *row.sequence;
  const bool sound = std::none_of(
      begin, end, [](const TokenLogprobs& score) { return std::isnan(score.logprob); });
  if (!sound) {
    fail_non_finite(sequence, "the model produced non-finite logits for a prompt token");
    return false;
  }
  const Sequence& first = sequence.group->samples.front();
  if (first.state != SequenceState::kEnded) push_event(first).prompt_logprobs.assign(begin, end);
  return true;
}

void Scheduler::Impl::take_token(Sequence& sequence, const SampleResult& sample) {
  if (!sample.finite) {
    fail_non_finite(sequence, "the model produced non-finite logits for this request");
    return;
  }
  const Request& request = sequence.request();
  sequence.output.push_back(sample.token);
  publish(sequence);
  ++counters_.num_generation_tokens;
  SequenceEvent& event = push_event(sequence);
  event.token = sample.token;
  event.logprobs = sample.logprobs;
  if (sequence.output.size() == 1) {
    event.num_cached_tokens = sequence.num_cached_tokens;
    event.scheduled_at = sequence.scheduled_at;
    if (!std::exchange(sequence.group->prompt_counted, true)) {
      counters_.num_prompt_tokens += sequence.prompt_size();
    }
  }
  const auto holds = [&](const std::vector<int32_t>& ids) {
    return std::find(ids.begin(), ids.end(), sample.token) != ids.end();
  };
  const auto num_output = static_cast<int32_t>(sequence.output.size());
  const bool may_stop = num_output >= request.params->min_tokens;
  if (may_stop && holds(request.eos_ids)) {
    event.finish_reason = FinishReason::kStop;
  } else if (may_stop && holds(request.params->stop_token_ids)) {
    event.finish_reason = FinishReason::kStop;
    event.stop_token = sample.token;
  } else if (num_output >= request.max_tokens) {
    event.finish_reason = FinishReason::kLength;
  }
  if (event.finish_reason != FinishReason::kNone) end_sample(sequence);
}

void Scheduler::Impl::fail_non_finite(Sequence& sequence, const std::string& message) {
  SequenceEvent& event = push_event(sequence);
  event.finish_reason = FinishReason::kError;
  event.error_cause = ErrorCause::kNonFinite;
  event.error = message;
  end_sample(sequence);
}

}  // namespace llmserve
