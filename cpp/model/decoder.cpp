#include "model/decoder.h"

namespace llmserve {

Decoder::Decoder(const ModelSpec& spec, const DecoderWeights& weights, const KvCache& cache,
                 StepBuffers& buffers, Backend& backend, Communicator* communicator)
    : spec_(spec),
      weights_(weights),
      cache_(cache),
      buffers_(buffers),
      backend_(backend),
      communicator_(communicator),
      rank_(communicator ? communicator->rank() : 0),
      size_(communicator ? communicator->size() : 1) {}

void Decoder::make_rope_tables(int32_t max_model_len) {
  for (const RopeSpec& rope : buffers_.ropes()) {
    rope_tables_.push_back(make_rope_table(rope, max_model_len));
  }
}

void Decoder::forward() {
  const StepView& step = buffers_.step();
  const Tensor x = buffers_.hidden(step.num_tokens);
  backend_.embedding(weights_.embedding, weights_.vocab.begin, step.token_ids, x);
  if (communicator_) communicator_->all_reduce(x);
  for (size_t i = 0; i < rope_tables_.size(); ++i) {
    backend_.rope_table(rope_tables_[i], step, buffers_.cos_sin(i));
  }
  for (size_t layer = 0; layer < spec_.layers.size(); ++layer) {
    attention_block(layer, x);
    ffn_block(layer, x);
  }
}

void Decoder::attention_block(size_t layer, const Tensor& x) {
  const AttentionSpec& spec = spec_.layers[layer].attention;
  const LayerWeights& weights = weights_.layers[layer];
  const StepView& step = buffers_.step();
  const HeadShard shard = shard_heads(spec, rank_, size_);
  const Tensor qkv = buffers_.qkv(step.num_tokens, weights.qkv.shape.out_features);
  const Tensor out = buffers_.attention(step.num_tokens, shard.num_heads * spec.head_dim);

  backend_.linear({.x = x,
                   .norm_weight = weights.attention_norm,
                   .norm_eps = spec_.layers[layer].attention_norm.eps,
                   .weight = weights.qkv,
                   .out = qkv});
  const int32_t rope = buffers_.rope_of_layer(layer);
  backend_.rope_and_cache({.qkv = qkv,
                           .q_norm = weights.q_norm,
                           .k_norm = weights.k_norm,
                           .norm_eps = spec.qk_norm ? spec.qk_norm->eps : 0.0f,
                           .cos_sin = rope >= 0 ? buffers_.cos_sin(rope) : nullptr,
                           .rotary_dim = spec.rope.rotary_dim,
                           .interleaved = spec.rope.interleaved,
                           .num_heads = shard.num_heads,
                           .kv = cache_.layer(layer)},
                          step, buffers_.slots());
  backend_.attention({.qkv = qkv,
                      .out = out,
                      .kv = cache_.layer(layer),
                      .num_heads = shard.num_heads,
                      .scale = spec.scale,
                      .sliding_window = spec.sliding_window},
                     step, buffers_.slots());
  add_projection(weights.o, out, x);
}

void Decoder::ffn_block(size_t layer, const Tensor& x) {
  const LayerWeights& weights = weights_.layers[layer];
  const FfnSpec& spec = spec_.layers[layer].ffn;
  const Tensor mid = buffers_.ffn(x.dim(0), spec.intermediate_size / size_);
  backend_.linear({.x = x,
                   .norm_weight = weights.ffn_norm,
                   .norm_eps = spec_.layers[layer].ffn_norm.eps,
                   .weight = weights.up,
                   .out = mid,
                   .epilogue = Epilogue::kActivation,
                   .activation = spec.activation});
  add_projection(weights.down, mid, x);
}

void Decoder::add_projection(const LinearWeight& weight, const Tensor& in, const Tensor& x) {
  // One rank carries the residual into the sum.
  const Epilogue epilogue = rank_ == 0 ? Epilogue::kAdd : Epilogue::kStore;
  backend_.linear({.x = in, .weight = weight, .out = x, .epilogue = epilogue});
  if (communicator_) communicator_->all_reduce(x);
}

LogitsView Decoder::logits(std::span<const int32_t> tokens) {
  const Tensor x = buffers_.hidden(buffers_.step().num_tokens);
  const Tensor rows = buffers_.logit_hidden(std::ssize(tokens));
  backend_.gather_rows(x, tokens, rows);
  return project(rows);
}

LogitsView Decoder::all_logits() { return project(buffers_.hidden(buffers_.step().num_tokens)); }

LogitsView Decoder::project(const Tensor& x) {
  const int64_t count = x.dim(0);
  const Tensor rows = buffers_.logit_hidden(count);
  const Tensor shard = buffers_.logits(count);
  backend_.rms_norm(x, weights_.final_norm, spec_.final_norm.eps, rows);
  backend_.linear({.x = rows, .weight = weights_.head, .out = shard});
  if (communicator_) communicator_->all_gather(shard, buffers_.all_logits(count));
  return logits_view(count);
}

LogitsView Decoder::logits_view(int64_t count) const {
  const Tensor all = buffers_.all_logits(count);
  return {.data = all.data<float>(),
          .num_shards = size_,
          .num_rows = static_cast<int32_t>(count),
          .shard_width = all.dim(2),
          .vocab_size = spec_.vocab_size};
}

}  // namespace llmserve
