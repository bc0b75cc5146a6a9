// ModelSpec: a decoder described as a list of parts per layer, without a family's name. Python
// builds it from a Hugging Face config (python/llmserve/models/); the core builds weight slots and
// the Decoder from it. A new kind of part (another norm, soft-caps, experts) is a field or a spec
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"

namespace llmserve {

enum class RopeType { kNone, kDefault, kLinear, kDynamic, kLlama3, kYarn, kLongrope };

// Rotary position embedding. Formulas: cpp/spec/rope.h.
struct RopeSpec {
  RopeType type = RopeType::kDefault;
  double theta = 10000.0;
  int32_t rotary_dim = 0;    // leading part of head_dim that is rotated; even
  bool interleaved = false;  // pairs (2i, 2i+1) instead of (i, i + rotary_dim / 2)
  double factor = 1.0;
  int32_t max_position = 0;           // max_position_embeddings of the config
  int32_t original_max_position = 0;  // llama3, yarn, longrope
  double low_freq_factor = 1.0;       // llama3
  double high_freq_factor = 4.0;      // llama3
  double beta_fast = 32.0;            // yarn
  double beta_slow = 1.0;             // yarn
  std::optional<double> mscale;       // yarn
  std::optional<double> mscale_all_dim;
  std::optional<double> attention_factor;  // yarn, longrope
  bool truncate = true;                    // yarn: round the correction range to whole dims
  std::vector<double> short_factor;        // longrope, rotary_dim / 2 each
  std::vector<double> long_factor;

  bool operator==(const RopeSpec&) const = default;
};

enum class NormType { kRms };

struct NormSpec {
  NormType type = NormType::kRms;
  float eps = 1e-6f;

  bool operator==(const NormSpec&) const = default;
};

struct AttentionSpec {
  int32_t num_heads = 0;
  int32_t num_kv_heads = 0;
  int32_t head_dim = 0;
  bool qkv_bias = false;
  bool o_bias = false;
  std::optional<NormSpec> qk_norm;  // per head, before RoPE
  float scale = 0.0f;               // of the scores; 1 / sqrt(head_dim) for most
  int32_t sliding_window = 0;       // a token sees itself and the window - 1 before it; 0: all
  RopeSpec rope;
};

enum class Activation { kSilu, kGelu, kGeluTanh, kRelu };

struct FfnSpec {
  int64_t intermediate_size = 0;
  Activation activation = Activation::kSilu;
  bool gated = true;  // act(gate(x)) * up(x); otherwise act(up(x))
  bool bias = false;
};

struct LayerSpec {
  NormSpec attention_norm;
  AttentionSpec attention;
  NormSpec ffn_norm;
  FfnSpec ffn;
};

struct ModelSpec {
  int64_t vocab_size = 0;  // rows of the output head: the width of the logits
  int64_t hidden_size = 0;
  int32_t max_position = 0;        // the longest context the checkpoint was made for
  bool tied_head = false;          // the output head is the embedding
  DType dtype = DType::kBFloat16;  // of weights and KV cache
  NormSpec final_norm;
  std::vector<LayerSpec> layers;

  // Throws InvalidArgument that names the field. Every product is checked against overflow.
  void validate() const;
  // Whether the parts can be split over so many ranks; throws with the reason.
  void validate_tensor_parallel(int32_t tensor_parallel_size) const;
};

// The heads of one rank. Where there are fewer kv heads than ranks, ranks share a copy of one.
struct HeadShard {
  int32_t num_heads;
  int32_t num_kv_heads;
  int32_t first_head;
  int32_t first_kv_head;
};
HeadShard shard_heads(const AttentionSpec& attention, int32_t rank, int32_t size);

// The rows of the vocabulary of one rank: [begin, begin + count), each rank's table padded to
// `width` rows, so that the shards of all ranks side by side are indexed by token id.
struct VocabShard {
  int64_t begin;
  int64_t count;
  int64_t width;
};
VocabShard shard_vocab(int64_t vocab_size, int32_t rank, int32_t size);

}  // namespace llmserve
