#include "engine/engine.h"

#include <algorithm>
#include <random>

namespace llmserve {
namespace {

// A list of missing weights is cut after so many names.
constexpr size_t kMaxNamesInError = 20;

SchedulerConfig scheduler_config(const EngineConfig& config, const MemoryPlan& plan) {
  SchedulerConfig scheduler;
  scheduler.num_blocks = plan.num_blocks;
  scheduler.block_size = config.block_size;
  scheduler.max_num_seqs = config.max_num_seqs;
  scheduler.max_num_batched_tokens = config.max_num_batched_tokens;
  scheduler.max_logit_rows = plan.limits.max_logit_rows;
  scheduler.max_model_len = plan.max_model_len;
  scheduler.enable_prefix_caching = config.enable_prefix_caching;
  scheduler.enable_chunked_prefill = config.enable_chunked_prefill;
  scheduler.long_prefill_token_threshold = config.long_prefill_token_threshold;
  scheduler.policy = config.scheduling_policy;
  std::random_device device;
  scheduler.hash_seed = (uint64_t{device()} << 32) | device();
  return scheduler;
}

}  // namespace

Engine::Engine(const ModelSpec& spec, const EngineConfig& config,
               std::shared_ptr<const TokenTable> table, const BackendMaker& maker)
    : spec_(spec), config_(config), table_(std::move(table)) {
  spec_.validate();
  config_.validate();
  spec_.validate_tensor_parallel(config_.tensor_parallel_size);
  workers_ = std::make_unique<WorkerGroup>(spec_, config_, maker);
  const MemoryPlan& plan = workers_->memory_plan();
  scheduler_ = std::make_unique<Scheduler>(scheduler_config(config_, plan));
  admission_.vocab_size = spec_.vocab_size;
  admission_.max_model_len = plan.max_model_len;
  admission_.max_logprobs = config_.max_logprobs;
  admission_.seed = config_.seed;
}

Engine::~Engine() = default;

void Engine::start() {
  const std::vector<std::string> missing = workers_->missing_weights();
  if (!missing.empty()) {
    std::string names;
    for (size_t i = 0; i < std::min(missing.size(), kMaxNamesInError); ++i) {
      names += (i ? ", " : "") + missing[i];
    }
    if (missing.size() > kMaxNamesInError) names += ", ...";
    throw_error(ErrorKind::kInvalidArgument, missing.size(), " weights are missing: ", names);
  }
  workers_->start();
}

void Engine::add(const Admitted& admitted, Time now) {
  const std::shared_ptr<const Request>& request = admitted.request();
  Active active;
  active.request = request;
  active.samples.resize(request->params->n);
  active.live = request->params->n;
  const SamplingParams& params = *request->params;
  const bool has_text = table_ && params.detokenize;
  std::shared_ptr<const StopSet> stops;
  if (has_text) stops = std::make_shared<const StopSet>(params.stop);
  for (Sample& sample : active.samples) {
    const auto index = static_cast<int32_t>(&sample - active.samples.data());
    sample.pending.request_id = request->id;
    sample.pending.index = index;
    if (!has_text) continue;
    sample.text =
        std::make_unique<TextStream>(table_, *request->prompt, params.skip_special_tokens, stops,
                                     params.include_stop_str_in_output, params.min_tokens);
  }
  const auto place = active_.emplace(request->id, std::move(active)).first;
  try {
    scheduler_->add(admitted, now);
  } catch (...) {
    active_.erase(place);
    throw;
  }
}

void Engine::abort(uint64_t request_id) { scheduler_->abort(request_id); }

void Engine::stop(uint64_t request_id, int32_t index) {
  const auto found = active_.find(request_id);
  if (found == active_.end() || index < 0 ||
      index >= static_cast<int32_t>(found->second.samples.size())) {
    return;
  }
  Active& active = found->second;
  Sample& sample = active.samples[index];
  if (sample.done) return;
  scheduler_->stop(request_id, index);
  sample.done = true;
  if (--active.live == 0) active_.erase(found);
}

bool Engine::launch(Time now) {
  StepPlan plan = scheduler_->schedule(now);
  const bool launched = !plan.empty();
  if (launched) workers_->submit(std::move(plan));
  for (SequenceEvent& event : scheduler_->take_events()) take_event(event, now);
  return launched;
}

void Engine::finish_step(Time (*clock)()) {
  const StepResult result = workers_->wait();
  const Time now = clock();
  num_corrupted_ += std::count_if(result.samples.begin(), result.samples.end(),
                                  [](const SampleResult& sample) { return !sample.finite; });
  scheduler_->commit(result, now);
  for (SequenceEvent& event : scheduler_->take_events()) take_event(event, now);
}

void Engine::take_event(SequenceEvent& event, Time now) {
  const auto found = active_.find(event.request_id);
  if (found == active_.end()) return;
  Active& active = found->second;
  Sample& sample = active.samples[event.index];
  if (sample.done) return;
  Output& pending = sample.pending;
  if (event.scheduled_at) {
    pending.scheduled_at = *event.scheduled_at;
    pending.num_cached_tokens = event.num_cached_tokens;
  }
  pending.num_preemptions = event.num_preemptions;
  for (TokenLogprobs& token : event.prompt_logprobs) {
    pending.prompt_logprobs.push_back(std::move(token));
  }
  const bool met_stop = event.token && take_token(*active.request, sample, event, now);
  FinishReason reason = event.finish_reason;
  if (met_stop) {
    if (reason == FinishReason::kNone) scheduler_->stop(event.request_id, event.index);
    reason = FinishReason::kStop;
  }
  if (reason != FinishReason::kNone) {
    if (!met_stop) pending.stop_token = event.stop_token;
    pending.error_cause = event.error_cause;
    pending.error = std::move(event.error);
    end_sample(event.request_id, event.index, reason);
  } else if (!sample.touched) {
    sample.touched = true;
    touched_.emplace_back(event.request_id, event.index);
  }
}

bool Engine::take_token(const Request& request, Sample& sample, SequenceEvent& event, Time now) {
  Output& pending = sample.pending;
  if (pending.first_token_at.count() == 0) pending.first_token_at = now;
  pending.last_token_at = now;
  pending.token_ids.push_back(*event.token);
  if (request.params->logprobs) pending.logprobs.push_back(std::move(event.logprobs));
  if (!sample.text) return false;
  // A token that ends the text is no part of it, unless the caller wants what stopped it.
  const bool is_end = event.finish_reason == FinishReason::kStop;
  if (is_end && !request.params->include_stop_str_in_output) return false;
  const int met = sample.text->push(*event.token, pending.text);
  if (met < 0) return false;
  pending.stop_string = sample.text->stop_string(met);
  return true;
}

void Engine::end_sample(uint64_t request_id, int32_t index, FinishReason reason) {
  Active& active = active_.at(request_id);
  Sample& sample = active.samples[index];
  if (sample.text) sample.text->finish(sample.pending.text);
  sample.pending.finish_reason = reason;
  ended_.push_back(std::move(sample.pending));
  sample.done = true;
  if (--active.live == 0) active_.erase(request_id);
}

void Engine::take_outputs(std::vector<Output>& to) {
  to.reserve(to.size() + touched_.size() + ended_.size());  // nothing below throws
  for (const auto& [request_id, index] : touched_) {
    const auto found = active_.find(request_id);
    if (found == active_.end()) continue;
    Sample& sample = found->second.samples[index];
    sample.touched = false;
    if (sample.done || found->second.request->params->output_kind == OutputKind::kFinalOnly) {
      continue;
    }
    Output next;
    next.request_id = request_id;
    next.index = index;
    next.num_cached_tokens = sample.pending.num_cached_tokens;
    next.num_preemptions = sample.pending.num_preemptions;
    next.scheduled_at = sample.pending.scheduled_at;
    next.first_token_at = sample.pending.first_token_at;
    next.last_token_at = sample.pending.last_token_at;
    to.push_back(std::exchange(sample.pending, std::move(next)));
  }
  touched_.clear();
  for (Output& output : ended_) to.push_back(std::move(output));
  ended_.clear();
}

void Engine::end_all(FinishReason reason, const std::string& error) {
  while (!active_.empty()) {
    const auto& [request_id, active] = *active_.begin();
    const auto live = std::find_if(active.samples.begin(), active.samples.end(),
                                   [](const Sample& sample) { return !sample.done; });
    CHECK(live != active.samples.end(), "an ended request is still active");
    Output& pending = active_.begin()->second.samples[live - active.samples.begin()].pending;
    pending.error_cause = ErrorCause::kEngine;
    pending.error = error;
    end_sample(request_id, pending.index, reason);
  }
}

}  // namespace llmserve
