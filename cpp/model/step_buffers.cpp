#include "model/step_buffers.h"

#include <algorithm>

namespace llmserve {
namespace {

struct Widths {  // of one rank's activations, the largest of all layers
  int64_t qkv = 0;
  int64_t attention = 0;
  int64_t ffn = 0;
};

Widths find_widths(const ModelSpec& spec, int32_t size) {
  Widths widths;
  for (const LayerSpec& layer : spec.layers) {
    const HeadShard shard = shard_heads(layer.attention, 0, size);
    const int64_t dim = layer.attention.head_dim;
    widths.qkv = std::max(widths.qkv, (shard.num_heads + 2 * shard.num_kv_heads) * dim);
    widths.attention = std::max(widths.attention, shard.num_heads * dim);
    widths.ffn = std::max(widths.ffn, layer.ffn.intermediate_size / size);
  }
  return widths;
}

}  // namespace

StepBuffers::StepBuffers(const ModelSpec& spec, int32_t size, const StepLimits& limits,
                         int32_t logprobs_stride, DType activation_dtype)
    : spec_hidden_(spec.hidden_size),
      shard_width_(shard_vocab(spec.vocab_size, 0, size).width),
      size_(size),
      limits_(limits),
      logprobs_stride_(logprobs_stride),
      activation_dtype_(activation_dtype) {
  const int64_t tokens = limits.max_tokens;
  const int64_t rows = limits.max_rows;
  const int64_t logit_rows = limits.max_logit_rows;
  const int64_t element = dtype_size(activation_dtype);
  const Widths widths = find_widths(spec, size);
  slots_.num_slots = limits.max_rows;
  slots_.max_pages = static_cast<int32_t>(ceil_div(limits.max_model_len, limits.page_size));

  last_token_ = arena_.add<int32_t>(rows);
  pages_ = arena_.add<int32_t>(rows * slots_.max_pages);
  token_ids_ = arena_.add<int32_t>(tokens);
  positions_ = arena_.add<int32_t>(tokens);
  token_slots_ = arena_.add<int32_t>(tokens);
  row_slots_ = arena_.add<int32_t>(rows);
  row_starts_ = arena_.add<int32_t>(rows);
  row_begins_ = arena_.add<int32_t>(rows + 1);
  hidden_ = arena_.add(tokens * spec.hidden_size * element);
  qkv_ = arena_.add(tokens * widths.qkv * element);
  attention_ = arena_.add(tokens * widths.attention * element);
  ffn_ = arena_.add(tokens * widths.ffn * element);
  logit_hidden_ = arena_.add(logit_rows * spec.hidden_size * element);
  logits_ = arena_.add<float>(logit_rows * shard_width_);
  all_logits_ = size == 1 ? logits_ : arena_.add<float>(size * logit_rows * shard_width_);
  find_ropes(spec);
  for (const RopeSpec& rope : ropes_) {
    cos_sin_.push_back(arena_.add<float>(tokens * rope.rotary_dim));
  }
  tokens_ = arena_.add<int32_t>(rows);
  finite_ = arena_.add<uint8_t>(rows);
  sample_place_ = add_logprobs(rows, logprobs_stride);
  score_place_ = add_logprobs(logit_rows, logprobs_stride);
}

void StepBuffers::find_ropes(const ModelSpec& spec) {
  for (const LayerSpec& layer : spec.layers) {
    const RopeSpec& rope = layer.attention.rope;
    if (rope.type == RopeType::kNone) {
      rope_of_layer_.push_back(-1);
      continue;
    }
    const auto found = std::find(ropes_.begin(), ropes_.end(), rope);
    rope_of_layer_.push_back(static_cast<int32_t>(found - ropes_.begin()));
    if (found == ropes_.end()) ropes_.push_back(rope);
  }
}

StepBuffers::LogprobsPlace StepBuffers::add_logprobs(int64_t rows, int32_t stride) {
  return {arena_.add<float>(rows), arena_.add<int32_t>(rows), arena_.add<int32_t>(rows * stride),
          arena_.add<float>(rows * stride)};
}

LogprobsView StepBuffers::logprobs_at(const LogprobsPlace& place, int32_t stride) const {
  return {arena_.at<float>(place.logprob), arena_.at<int32_t>(place.rank),
          arena_.at<int32_t>(place.top_ids), arena_.at<float>(place.top_logprobs), stride};
}

void StepBuffers::allocate(Backend& backend) {
  arena_.commit(backend);
  device_ = backend.device();
  slots_.last_token = arena_.at<int32_t>(last_token_);
  slots_.pages = arena_.at<int32_t>(pages_);
  step_.token_ids = arena_.at<int32_t>(token_ids_);
  step_.positions = arena_.at<int32_t>(positions_);
  step_.token_slots = arena_.at<int32_t>(token_slots_);
  step_.row_slots = arena_.at<int32_t>(row_slots_);
  step_.row_starts = arena_.at<int32_t>(row_starts_);
  step_.row_begins = arena_.at<int32_t>(row_begins_);
  sample_logprobs_ = logprobs_at(sample_place_, logprobs_stride_);
  score_logprobs_ = logprobs_at(score_place_, logprobs_stride_);
}

Tensor StepBuffers::logits(int64_t count) const {
  return Tensor(arena_.at(logits_), DType::kFloat32, {count, shard_width_}, device_);
}

Tensor StepBuffers::all_logits(int64_t count) const {
  return Tensor(arena_.at(all_logits_), DType::kFloat32, {size_, count, shard_width_}, device_);
}

}  // namespace llmserve
