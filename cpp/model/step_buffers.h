// StepBuffers: everything a step writes on the device, at fixed addresses: the slot table, the
// expanded plan, activations, logits and results. Sized once for the largest step.
#pragma once

#include <vector>

#include "model/arena.h"
#include "spec/model_spec.h"

namespace llmserve {

class StepBuffers {
 public:
  // `logprobs_stride`: the most best tokens any row may ask for.
  StepBuffers(const ModelSpec& spec, int32_t size, const StepLimits& limits,
              int32_t logprobs_stride, DType activation_dtype);

  int64_t bytes() const { return arena_.size(); }
  void allocate(Backend& backend);

  const SlotTable& slots() const { return slots_; }
  StepView& step() { return step_; }

  // Activations of the present step: views of its first rows.
  Tensor hidden(int64_t tokens) const { return rows(hidden_, tokens, spec_hidden_); }
  Tensor qkv(int64_t tokens, int64_t width) const { return rows(qkv_, tokens, width); }
  Tensor attention(int64_t tokens, int64_t width) const { return rows(attention_, tokens, width); }
  Tensor ffn(int64_t tokens, int64_t width) const { return rows(ffn_, tokens, width); }
  Tensor logit_hidden(int64_t count) const { return rows(logit_hidden_, count, spec_hidden_); }
  Tensor logits(int64_t count) const;      // [count, shard width] of this rank
  Tensor all_logits(int64_t count) const;  // [size, count, shard width]
  float* cos_sin(size_t table) const { return arena_.at<float>(cos_sin_[table]); }

  // Results.
  int32_t* tokens() const { return arena_.at<int32_t>(tokens_); }
  uint8_t* finite() const { return arena_.at<uint8_t>(finite_); }
  const LogprobsView& sample_logprobs() const { return sample_logprobs_; }
  const LogprobsView& score_logprobs() const { return score_logprobs_; }

  // The distinct ropes of the model, and which of them each layer uses (-1: none).
  const std::vector<RopeSpec>& ropes() const { return ropes_; }
  int32_t rope_of_layer(size_t layer) const { return rope_of_layer_[layer]; }

 private:
  struct LogprobsPlace {
    int64_t logprob, rank, top_ids, top_logprobs;
  };
  Tensor rows(int64_t place, int64_t count, int64_t width) const {
    return Tensor(arena_.at(place), activation_dtype_, {count, width}, device_);
  }
  void find_ropes(const ModelSpec& spec);
  LogprobsPlace add_logprobs(int64_t rows, int32_t stride);
  LogprobsView logprobs_at(const LogprobsPlace& place, int32_t stride) const;

  const int64_t spec_hidden_;
  const int64_t shard_width_;
  const int32_t size_;
  const StepLimits limits_;
  const int32_t logprobs_stride_;
  const DType activation_dtype_;
  Device device_;
  Arena arena_;
  std::vector<RopeSpec> ropes_;
  std::vector<int32_t> rope_of_layer_;

  int64_t last_token_, pages_;
  int64_t token_ids_, positions_, token_slots_, row_slots_, row_starts_, row_begins_;
  int64_t hidden_, qkv_, attention_, ffn_, logit_hidden_, logits_, all_logits_;
  std::vector<int64_t> cos_sin_;
  int64_t tokens_, finite_;
  LogprobsPlace sample_place_, score_place_;

  SlotTable slots_;
  StepView step_;
  LogprobsView sample_logprobs_;
  LogprobsView score_logprobs_;
};

}  // namespace llmserve
