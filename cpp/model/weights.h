// WeightStore: the weights of one rank. Slots are computed from the ModelSpec; a checkpoint's
// tensors are handed over whole, by slot name, and the store takes its rank's part of each and has
// the backend pack it, so that nobody else knows how the model is split or fused.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/arena.h"
#include "spec/model_spec.h"

namespace llmserve {

struct LayerWeights {
  const float* attention_norm = nullptr;  // [hidden]
  LinearWeight qkv;                       // [(heads + 2 kv_heads) * head_dim, hidden]
  const float* q_norm = nullptr;          // [head_dim] or null
  const float* k_norm = nullptr;
  LinearWeight o;                   // [hidden, heads * head_dim]
  const float* ffn_norm = nullptr;  // [hidden]
  LinearWeight up;    // [intermediate, hidden]; gated: gate and up, [2 intermediate, hidden]
  LinearWeight down;  // [hidden, intermediate]
};

struct DecoderWeights {
  LinearWeight embedding;  // [vocab shard width, hidden]
  LinearWeight head;       // the same, or the embedding itself
  VocabShard vocab{};
  const float* final_norm = nullptr;  // [hidden]
  std::vector<LayerWeights> layers;
};

struct WeightSlot {
  std::string name;
  Shape shape;  // of the whole model
};

class WeightStore {
 public:
  // Lays everything out; allocates nothing.
  WeightStore(const ModelSpec& spec, int32_t rank, int32_t size, Backend& backend);

  int64_t bytes() const { return arena_.size(); }
  void allocate();

  const std::vector<WeightSlot>& slots() const { return names_; }
  // A whole host tensor. Throws InvalidArgument that names slot, shape and dtype on a mismatch. May
  // be called from several threads at once, for different slots.
  void load(const std::string& slot, const Tensor& tensor);
  // Random values that depend on seed, slot and row alone, of a size that keeps activations finite.
  void load_dummy(uint64_t seed);
  std::vector<std::string> missing() const;

  const DecoderWeights& weights() const { return weights_; }

 private:
  // Where this rank's part of a slot's tensor goes: rows [source_row, source_row + count) of it,
  // from column source_col on, to rows from to_row on of a linear, or to elements of a float
  // vector.
  struct Target {
    LinearWeight* linear = nullptr;
    int64_t vector_offset = 0;  // in the arena, when there is no linear
    int64_t source_row = 0;
    int64_t count = 0;  // 0: another rank keeps this tensor
    int64_t to_row = 0;
    int64_t source_col = 0;
  };
  struct Slot {
    Shape shape;
    Target target;
    bool filled = false;
  };

  void place_linear(LinearWeight& weight, const LinearShape& shape);
  int64_t place_vector(const float*& pointer, int64_t count);
  void add_slot(const std::string& name, Shape shape, const Target& target);
  void lay_out_attention(const std::string& name, const AttentionSpec& spec, LayerWeights& layer);
  void lay_out_ffn(const std::string& name, const FfnSpec& spec, LayerWeights& layer);
  const Slot& slot(const std::string& name) const;
  // Loads rows [first_row, first_row + rows.dim(0)) of the slot's tensor.
  void load_part(const Slot& slot, int64_t first_row, const Tensor& rows);
  void load_dummy_slot(const std::string& name, uint64_t seed);

  const ModelSpec spec_;
  const int32_t rank_;
  const int32_t size_;
  Backend& backend_;
  Arena arena_;
  DecoderWeights weights_;
  std::vector<WeightSlot> names_;
  std::unordered_map<std::string, Slot> slots_;
  std::vector<std::pair<LinearWeight*, int64_t>> linear_places_;
  std::vector<std::pair<const float**, int64_t>> vector_places_;
  mutable std::mutex mutex_;  // of the slots' `filled`, and of the backend's queue while loading
};

}  // namespace llmserve
