#include "model/sampler.h"

#include <algorithm>

namespace llmserve {

int64_t Sampler::host_bytes(const StepLimits& limits, int32_t logprobs_stride) {
  const int64_t rows = int64_t{limits.max_rows} + limits.max_logit_rows;
  const int64_t row_bytes = (int64_t{logprobs_stride} + 1) * (sizeof(float) + sizeof(int32_t));
  const int64_t token_bytes = limits.max_rows * int64_t{sizeof(int32_t) + sizeof(uint8_t)};
  return checked_mul(kRing, checked_add(checked_mul(rows, row_bytes), token_bytes));
}

Sampler::Sampler(Backend& backend, const StepBuffers& buffers, const StepLimits& limits, bool keep)
    : backend_(backend), buffers_(buffers), stride_(buffers.sample_logprobs().stride), keep_(keep) {
  if (!keep) return;
  const auto reserve = [this](HostLogprobs& host, int64_t rows) {
    host.logprob.resize(rows);
    host.rank.resize(rows);
    host.top_ids.resize(rows * stride_);
    host.top_logprobs.resize(rows * stride_);
  };
  for (HostResults& results : ring_) {
    results.tokens.resize(limits.max_rows);
    results.finite.resize(limits.max_rows);
    reserve(results.samples, limits.max_rows);
    reserve(results.scores, limits.max_logit_rows);
  }
}

uint64_t Sampler::launch(const StepPlan& plan, const LogitsView& logits) {
  HostResults& results = host(plan);
  if (!plan.samples.empty()) {
    backend_.sample(logits, plan.samples, buffers_.slots(), buffers_.tokens(), buffers_.finite(),
                    buffers_.sample_logprobs());
  }
  if (!plan.scores.empty()) backend_.score(logits, plan.scores, buffers_.score_logprobs());
  if (keep_ && !plan.samples.empty()) {
    const size_t count = plan.samples.size();
    backend_.download(results.tokens.data(), buffers_.tokens(), count * sizeof(int32_t));
    backend_.download(results.finite.data(), buffers_.finite(), count);
    const bool wanted = std::any_of(plan.samples.begin(), plan.samples.end(), [](const auto& row) {
      return row.num_logprobs != SampleRow::kNoLogprobs;
    });
    if (wanted) download(results.samples, buffers_.sample_logprobs(), count);
  }
  if (keep_ && !plan.scores.empty()) {
    download(results.scores, buffers_.score_logprobs(), plan.scores.size());
  }
  return backend_.record();
}

void Sampler::download(HostLogprobs& to, const LogprobsView& from, size_t count) {
  backend_.download(to.logprob.data(), from.logprob, count * sizeof(float));
  backend_.download(to.rank.data(), from.rank, count * sizeof(int32_t));
  backend_.download(to.top_ids.data(), from.top_ids, count * stride_ * sizeof(int32_t));
  backend_.download(to.top_logprobs.data(), from.top_logprobs, count * stride_ * sizeof(float));
}

TokenLogprobs Sampler::read(const HostLogprobs& from, size_t row, int32_t token_id,
                            int32_t num_top) const {
  TokenLogprobs token{token_id, from.logprob[row], from.rank[row], {}};
  token.top.reserve(num_top);
  for (int32_t i = 0; i < num_top; ++i) {
    const size_t place = row * stride_ + i;
    token.top.emplace_back(from.top_ids[place], from.top_logprobs[place]);
  }
  return token;
}

StepResult Sampler::collect(const StepPlan& plan) const {
  const HostResults& results = ring_[plan.id % kRing];
  StepResult result{.id = plan.id, .samples = {}, .scores = {}};
  result.samples.resize(plan.samples.size());
  for (size_t i = 0; i < plan.samples.size(); ++i) {
    SampleResult& sample = result.samples[i];
    sample.token = results.tokens[i];
    sample.finite = results.finite[i] != 0;
    const int32_t wanted = plan.samples[i].num_logprobs;
    if (sample.finite && wanted != SampleRow::kNoLogprobs) {
      sample.logprobs = read(results.samples, i, sample.token, wanted);
    }
  }
  result.scores.reserve(plan.scores.size());
  for (size_t i = 0; i < plan.scores.size(); ++i) {
    const ScoreRow& row = plan.scores[i];
    result.scores.push_back(read(results.scores, i, row.target, row.num_logprobs));
  }
  return result;
}

}  // namespace llmserve
