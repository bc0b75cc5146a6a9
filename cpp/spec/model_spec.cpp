#include "spec/model_spec.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/checked.h"

namespace llmserve {
namespace {

// No model comes near these; they keep every later product of two of them inside 64 bits.
constexpr int64_t kMaxSize = int64_t{1} << 24;
constexpr int64_t kMaxLayers = 4096;

void require_size(const std::string& field, int64_t value) {
  require(value >= 1 && value <= kMaxSize, field, " is ", value, "; allowed: 1 to ", kMaxSize);
}

void validate_norm(const std::string& where, const NormSpec& norm) {
  require(std::isfinite(norm.eps) && norm.eps >= 0.0f, where, ".eps is ", norm.eps,
          "; allowed: a finite number >= 0");
}

void validate_rope(const std::string& where, const RopeSpec& rope, int32_t head_dim) {
  if (rope.type == RopeType::kNone) return;
  require(rope.rotary_dim >= 2 && rope.rotary_dim <= head_dim && rope.rotary_dim % 2 == 0, where,
          ".rotary_dim is ", rope.rotary_dim, "; allowed: an even number from 2 to head_dim ",
          head_dim);
  require(std::isfinite(rope.theta) && rope.theta > 0.0, where, ".theta is ", rope.theta,
          "; allowed: a finite number > 0");
  require(std::isfinite(rope.factor) && rope.factor > 0.0, where, ".factor is ", rope.factor,
          "; allowed: a finite number > 0");
  const bool scaled_from_original = rope.type == RopeType::kLlama3 ||
                                    rope.type == RopeType::kYarn ||
                                    rope.type == RopeType::kLongrope;
  require(!scaled_from_original || rope.original_max_position >= 1, where,
          ".original_max_position is ", rope.original_max_position, "; allowed: >= 1");
  require(rope.type != RopeType::kDynamic || (rope.max_position >= 1 && rope.rotary_dim > 2), where,
          ": dynamic needs max_position >= 1 and rotary_dim > 2");
  require(rope.type != RopeType::kLlama3 || rope.high_freq_factor > rope.low_freq_factor, where,
          ".high_freq_factor is ", rope.high_freq_factor, "; allowed: above low_freq_factor ",
          rope.low_freq_factor);
  if (rope.type == RopeType::kLongrope) {
    const size_t want = static_cast<size_t>(rope.rotary_dim / 2);
    require(rope.short_factor.size() == want && rope.long_factor.size() == want, where,
            ": short_factor and long_factor have ", rope.short_factor.size(), " and ",
            rope.long_factor.size(), " entries; rotary_dim / 2 is ", want);
  }
}

void validate_attention(const std::string& where, const AttentionSpec& a) {
  require_size(where + ".num_heads", a.num_heads);
  require_size(where + ".num_kv_heads", a.num_kv_heads);
  require_size(where + ".head_dim", a.head_dim);
  require(a.head_dim <= 1024, where, ".head_dim is ", a.head_dim, "; allowed: 1 to 1024");
  require(a.num_heads % a.num_kv_heads == 0, where, ".num_heads is ", a.num_heads,
          "; allowed: a multiple of num_kv_heads ", a.num_kv_heads);
  require_size(where + ": num_heads * head_dim", checked_mul(a.num_heads, a.head_dim));
  require(std::isfinite(a.scale) && a.scale > 0.0f, where, ".scale is ", a.scale,
          "; allowed: a finite number > 0");
  require(a.sliding_window >= 0, where, ".sliding_window is ", a.sliding_window, "; allowed: >= 0");
  if (a.qk_norm) validate_norm(where + ".qk_norm", *a.qk_norm);
  validate_rope(where + ".rope", a.rope, a.head_dim);
}

}  // namespace

void ModelSpec::validate() const {
  require_size("vocab_size", vocab_size);
  require_size("hidden_size", hidden_size);
  require_size("max_position", max_position);
  require(dtype == DType::kFloat32 || dtype == DType::kBFloat16 || dtype == DType::kFloat16,
          "dtype is ", dtype_name(dtype), "; allowed: float32, bfloat16, float16");
  require(!layers.empty() && static_cast<int64_t>(layers.size()) <= kMaxLayers, "num layers is ",
          layers.size(), "; allowed: 1 to ", kMaxLayers);
  validate_norm("final_norm", final_norm);
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string where = "layers." + std::to_string(i);
    validate_norm(where + ".attention_norm", layers[i].attention_norm);
    validate_attention(where + ".attention", layers[i].attention);
    validate_norm(where + ".ffn_norm", layers[i].ffn_norm);
    require_size(where + ".ffn.intermediate_size", layers[i].ffn.intermediate_size);
  }
}

void ModelSpec::validate_tensor_parallel(int32_t size) const {
  require(size >= 1 && size <= 64, "tensor_parallel_size is ", size, "; allowed: 1 to 64");
  for (const LayerSpec& layer : layers) {
    const AttentionSpec& a = layer.attention;
    require(a.num_heads % size == 0, "tensor_parallel_size is ", size,
            "; it must divide the number of attention heads, ", a.num_heads);
    require(a.num_kv_heads % size == 0 || size % a.num_kv_heads == 0, "tensor_parallel_size is ",
            size, "; it must divide the number of kv heads, ", a.num_kv_heads,
            ", or be a multiple of it");
    require(layer.ffn.intermediate_size % size == 0, "tensor_parallel_size is ", size,
            "; it must divide intermediate_size, ", layer.ffn.intermediate_size);
  }
}

HeadShard shard_heads(const AttentionSpec& a, int32_t rank, int32_t size) {
  const int32_t num_heads = a.num_heads / size;
  const int32_t num_kv_heads = std::max(1, a.num_kv_heads / size);
  // Ranks outnumbering kv heads: neighbours share one, as their query heads do.
  const int32_t first_kv_head =
      a.num_kv_heads >= size ? rank * num_kv_heads : rank / (size / a.num_kv_heads);
  return {num_heads, num_kv_heads, rank * num_heads, first_kv_head};
}

VocabShard shard_vocab(int64_t vocab_size, int32_t rank, int32_t size) {
  const int64_t width = ceil_div(vocab_size, size);
  const int64_t begin = std::min(rank * width, vocab_size);
  return {begin, std::min(width, vocab_size - begin), width};
}

}  // namespace llmserve
