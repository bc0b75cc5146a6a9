#include "cpu/logit_rules.h"

#include <algorithm>
#include <limits>

namespace llmserve {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr float kMaxBias = 100.0f;

// The slot's logits by token id. Ids outside the vocabulary (an eos id of another tokenizer, say)
// name no token that could be drawn, so that there is nothing to do for them.
class Row {
 public:
  explicit Row(std::span<float> values) : values_(values) {}
  bool has(int32_t token) const {
    return token >= 0 && static_cast<size_t>(token) < values_.size();
  }
  float& operator[](int32_t token) const { return values_[static_cast<size_t>(token)]; }
  void mask(int32_t token) const {
    if (has(token)) (*this)[token] = kMasked;
  }

 private:
  std::span<float> values_;
};

void keep_allowed(const std::vector<int32_t>& allowed, std::span<float> values,
                  std::span<float> scratch) {
  std::copy(values.begin(), values.end(), scratch.begin());
  std::fill(values.begin(), values.end(), kMasked);
  const Row from(scratch), to(values);
  for (const int32_t token : allowed) {
    if (from.has(token)) to[token] = from[token];
  }
}

void apply_penalties(const SamplingParams& params, const TokenCounts& counts, const Row& row) {
  for (const TokenCounts::Entry& entry : counts.entries()) {
    if (!row.has(entry.token)) continue;
    float& value = row[entry.token];
    value = value > 0.0f ? value / params.repetition_penalty : value * params.repetition_penalty;
    if (entry.in_output == 0) continue;
    value -= params.frequency_penalty * static_cast<float>(entry.in_output);
    value -= params.presence_penalty;
  }
}

}  // namespace

bool has_logit_rules(const SlotState& state) {
  const SamplingParams& params = state.params();
  return params.allowed_token_ids || !params.bad_words.empty() || state.stop_is_masked() ||
         !params.logit_bias.empty() || params.has_penalties();
}

void apply_logit_rules(const SlotState& state, std::span<float> values, std::span<float> scratch) {
  const SamplingParams& params = state.params();
  const Row row(values);
  if (params.allowed_token_ids) keep_allowed(*params.allowed_token_ids, values, scratch);
  for (const std::vector<int32_t>& word : params.bad_words) {
    if (!word.empty() && state.ends_with_prefix(word)) row.mask(word.back());
  }
  if (state.stop_is_masked()) {
    for (const int32_t token : state.stop_ids()) row.mask(token);
  }
  for (const auto& [token, bias] : params.logit_bias) {
    if (row.has(token)) row[token] += std::clamp(bias, -kMaxBias, kMaxBias);
  }
  if (params.has_penalties()) apply_penalties(params, state.counts(), row);
}

}  // namespace llmserve
