// Harness: a scheduler on a fake device with all its requests and what each is owed. Every event is
// checked as it comes: the right token, once, in order, and one ending per sample.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "fake_device.h"
#include "sched/scheduler.h"

namespace llmserve::test {

// A scheduler, its device, and all requests with what they are owed.
class Harness {
 public:
  struct Sample {
    Expected expected;
    size_t num_tokens = 0;
    bool ended = false;
    FinishReason reason = FinishReason::kNone;
    std::string error;
    int32_t num_cached_tokens = 0;
    int32_t num_preemptions = 0;
  };
  struct Tracked {
    std::shared_ptr<const Request> request;
    std::vector<Sample> samples;
    size_t num_scores = 0;
    bool aborted = false;
    std::optional<Time> deadline;
    int64_t arrival_step = 0;
    bool ended() const {
      return std::all_of(samples.begin(), samples.end(), [](const Sample& s) { return s.ended; });
    }
  };

  Harness(const SchedulerConfig& config, const FakeModel& model = {})
      : config_(config), model_(model), scheduler_(config), device_(config, model) {}

  AdmissionLimits limits() const {
    return {.vocab_size = model_.vocab_size,
            .max_model_len = config_.max_model_len,
            .max_logprobs = 20,
            .seed = 7};
  }

  uint64_t add(Submission submission) {
    submission.id = ++last_request_;
    const Admitted admitted = admit(std::move(submission), limits());
    Tracked tracked;
    tracked.request = admitted.request();
    for (int32_t i = 0; i < tracked.request->params->n; ++i) {
      tracked.samples.emplace_back().expected = expected_output(model_, *tracked.request, i);
    }
    if (tracked.request->timeout) {
      tracked.deadline = now_ + std::min(*tracked.request->timeout, Time::max() - now_);
    }
    tracked.arrival_step = num_steps_;
    scheduler_.add(admitted, now_);
    requests_.emplace(last_request_, std::move(tracked));
    return last_request_;
  }

  void abort(uint64_t id) {
    if (const auto found = requests_.find(id); found != requests_.end()) {
      found->second.aborted = true;
    }
    scheduler_.abort(id);
    take_events();
  }

  void stop(uint64_t id, int32_t index) {
    scheduler_.stop(id, index);
    Sample& sample = requests_.at(id).samples.at(static_cast<size_t>(index));
    if (!sample.ended) sample.reason = FinishReason::kStop;
    sample.ended = true;
  }

  // Plans a step and launches it. False: nothing to do now.
  bool schedule() {
    last_plan_ = scheduler_.schedule(now_);
    take_events();
    if (last_plan_.empty()) return false;
    ++num_steps_;
    results_.push_back(device_.run(last_plan_));
    CHECK_LE(results_.size(), static_cast<size_t>(config_.max_steps_in_flight));
    return true;
  }

  bool commit() {
    if (results_.empty()) return false;
    scheduler_.commit(results_.front(), now_);
    results_.pop_front();
    take_events();
    return true;
  }

  // Until nothing is left. Throws where work is left that no step takes up.
  void drain() {
    while (scheduler_.has_unfinished() || !results_.empty()) {
      const bool scheduled = schedule();
      const bool committed = commit();
      CHECK(scheduled || committed, "stuck: work is left and no step takes it up");
    }
  }

  void check_idle() {
    scheduler_.check_invariants();
    const SchedulerStats stats = scheduler_.stats();
    CHECK_EQ(stats.num_running, 0);
    CHECK_EQ(stats.num_waiting, 0);
    CHECK_EQ(stats.num_waiting_tokens, 0);
    CHECK_EQ(stats.num_free_blocks, stats.num_blocks, "pages leaked");
    CHECK(!scheduler_.next_deadline(), "a deadline outlived its request");
    for (const auto& [id, tracked] : requests_) {
      for (const Sample& sample : tracked.samples) CHECK(sample.ended, "request ", id, " is lost");
    }
  }

  void forget_ended() {
    std::erase_if(requests_, [](const auto& item) { return item.second.ended(); });
  }

  uint64_t digest() const {
    uint64_t hash = combine(device_.digest(), results_.size());
    const SchedulerStats stats = scheduler_.stats();
    hash = combine(hash, static_cast<uint64_t>(stats.num_running * 64 + stats.num_waiting));
    hash = combine(hash, static_cast<uint64_t>(stats.num_free_blocks));
    for (const auto& [id, tracked] : requests_) {
      hash = combine(hash, id + (tracked.aborted ? 1000 : 0) + tracked.num_scores * 2000);
      for (const Sample& sample : tracked.samples) {
        hash = combine(hash, sample.num_tokens * 2 + static_cast<uint64_t>(sample.ended));
      }
    }
    for (const StepResult& result : results_) hash = combine(hash, result.samples.size());
    return hash;
  }

  Scheduler& scheduler() { return scheduler_; }
  const StepPlan& last_plan() const { return last_plan_; }
  const SchedulerConfig& config() const { return config_; }
  std::map<uint64_t, Tracked>& requests() { return requests_; }
  Tracked& request(uint64_t id) { return requests_.at(id); }
  size_t num_results() const { return results_.size(); }
  int64_t num_steps() const { return num_steps_; }
  Time now() const { return now_; }
  void advance(Time by) { now_ += by; }
  void take_events() {
    for (const SequenceEvent& event : scheduler_.take_events()) take(event);
  }

 private:
  void take(const SequenceEvent& event) {
    const auto found = requests_.find(event.request_id);
    CHECK(found != requests_.end(), "an event of no request");
    Tracked& tracked = found->second;
    Sample& sample = tracked.samples.at(static_cast<size_t>(event.index));
    CHECK(!sample.ended, "an event after the end");
    take_scores(tracked, event);
    if (event.token) {
      CHECK_LT(sample.num_tokens, sample.expected.tokens.size(), "a token too many");
      CHECK_EQ(*event.token, sample.expected.tokens[sample.num_tokens], "request ",
               event.request_id, " sample ", event.index, " token ", sample.num_tokens);
      CHECK_EQ(event.scheduled_at.has_value(), sample.num_tokens == 0);
      if (sample.num_tokens == 0) {
        const bool scored = tracked.request->params->prompt_logprobs.has_value();
        CHECK(tracked.samples.front().ended || !scored ||
                  tracked.num_scores + 1 == tracked.request->prompt->size(),
              "the first token came before the scores of the prompt");
        sample.num_cached_tokens = event.num_cached_tokens;
      }
      ++sample.num_tokens;
    }
    sample.num_preemptions = event.num_preemptions;
    if (event.finish_reason == FinishReason::kNone) return;
    sample.ended = true;
    sample.reason = event.finish_reason;
    sample.error = event.error;
    check_ending(tracked, sample, event);
  }

  static void take_scores(Tracked& tracked, const SequenceEvent& event) {
    const std::vector<uint64_t> prefixes = event.prompt_logprobs.empty()
                                               ? std::vector<uint64_t>()
                                               : prefixes_of(*tracked.request->prompt);
    for (const TokenLogprobs& score : event.prompt_logprobs) {
      CHECK_EQ(event.index, 0);
      const size_t position = tracked.num_scores++;
      CHECK_LT(position + 1, prefixes.size(), "a prompt token is scored twice");
      const int32_t target = (*tracked.request->prompt)[position + 1];
      CHECK_EQ(score.logprob, FakeModel::score(prefixes[position], target));
    }
  }

  void check_ending(const Tracked& tracked, const Sample& sample, const SequenceEvent& event) {
    if (event.finish_reason == FinishReason::kAbort) {
      CHECK(tracked.aborted, "an abort that nobody asked for");
      return;
    }
    if (event.error.find("timeout") != std::string::npos) {
      CHECK(event.finish_reason == FinishReason::kError);
      CHECK(tracked.deadline && *tracked.deadline <= now_, "a request timed out early");
      return;
    }
    CHECK_EQ(sample.num_tokens, sample.expected.tokens.size(), "ended early");
    CHECK_EQ(static_cast<int>(event.finish_reason), static_cast<int>(sample.expected.reason));
    CHECK(event.stop_token == sample.expected.stop_token, "a wrong stop token");
    CHECK_EQ(event.error.empty(), event.finish_reason != FinishReason::kError);
  }

  SchedulerConfig config_;
  FakeModel model_;
  Scheduler scheduler_;
  FakeDevice device_;
  std::map<uint64_t, Tracked> requests_;
  std::deque<StepResult> results_;
  StepPlan last_plan_;
  Time now_{0};
  uint64_t last_request_ = 0;
  int64_t num_steps_ = 0;
};

inline std::vector<int32_t> tokens_from(Rng& rng, int32_t count, int32_t vocab_size) {
  std::vector<int32_t> tokens(static_cast<size_t>(count));
  for (int32_t& token : tokens) token = rng.range(0, vocab_size - 1);
  return tokens;
}

inline SchedulerConfig small() {
  SchedulerConfig config;
  config.num_blocks = 32;
  config.block_size = 4;
  config.max_num_seqs = 8;
  config.max_num_batched_tokens = 64;
  config.max_logit_rows = 16;
  config.max_model_len = 64;
  config.hash_seed = 11;
  return config;
}

inline Submission prompt_of(int32_t size, int32_t max_tokens, uint64_t text = 1) {
  Rng rng(text);
  Submission s;
  s.prompt = tokens_from(rng, size, 40);
  s.params.max_tokens = max_tokens;
  s.params.seed = 5;
  return s;
}

}  // namespace llmserve::test
