// A tile of a row of logits in registers: read from the shards, then changed by the rules of a slot
// in the order of the CPU (masks commute with what comes after them: -inf stays -inf).
#pragma once

#include "sampling_device.cuh"

namespace llmserve {

class LogitsRow {
 public:
  __device__ LogitsRow(const LogitsView& view, int32_t row)
      : data_(view.data + row * view.shard_width),
        shard_stride_(view.num_rows * view.shard_width),
        width_(static_cast<uint32_t>(view.shard_width)),
        vocab_size_(static_cast<int32_t>(view.vocab_size)),
        one_shard_(view.num_shards == 1),
        vectors_(view.shard_width % 4 == 0 && reinterpret_cast<uintptr_t>(data_) % 16 == 0) {}

  __device__ int32_t vocab_size() const { return vocab_size_; }
  __device__ float operator[](int32_t token) const { return *address(token); }

  // Four tokens from one that is a multiple of four. -inf past the vocabulary.
  __device__ void load(int32_t token, float (&values)[4]) const {
    if (vectors_ && token < vocab_size_) {
      const float4 four = *reinterpret_cast<const float4*>(address(token));
      values[0] = four.x;
      values[1] = four.y;
      values[2] = four.z;
      values[3] = four.w;
    } else {
      for (int i = 0; i < 4; ++i) {
        if (token + i < vocab_size_) values[i] = *address(token + i);
      }
    }
    for (int i = 0; i < 4; ++i) {
      if (token + i >= vocab_size_) values[i] = -INFINITY;
    }
  }

 private:
  __device__ const float* address(int32_t token) const {
    if (one_shard_) return data_ + token;
    const uint32_t shard = static_cast<uint32_t>(token) / width_;
    return data_ + shard * shard_stride_ + (static_cast<uint32_t>(token) - shard * width_);
  }

  const float* data_;
  int64_t shard_stride_;
  uint32_t width_;
  int32_t vocab_size_;
  bool one_shard_;
  bool vectors_;
};

// The rules in force for the next token of a slot; null where there is none.
struct SlotRules {
  const SlotSampling* state = nullptr;
  const LogitBias* bias = nullptr;
  const BadWord* bad_words = nullptr;
  const uint32_t* allowed = nullptr;
  const uint32_t* stops = nullptr;
  const uint32_t* counts = nullptr;

  __device__ bool single() const { return bias || bad_words; }  // tokens here and there
  __device__ bool any() const { return single() || allowed || stops || counts; }
};

__device__ inline SlotRules rules_of(const SamplingMemory& memory, int32_t slot) {
  SlotRules rules;
  const SlotSampling& state = memory.states[slot];
  const auto place = static_cast<int64_t>(slot);
  rules.state = &state;
  if (state.num_bias > 0) rules.bias = memory.bias + place * SamplingLimits::kMaxLogitBias;
  if (state.num_bad_words > 0) {
    rules.bad_words = memory.bad_words + place * SamplingLimits::kMaxBadWords;
  }
  if (state.has_allowed) rules.allowed = memory.allowed + place * memory.mask_words;
  if (state.has_stops && state.num_output < state.min_tokens) {
    rules.stops = memory.stops + place * memory.mask_words;
  }
  if (state.has_penalties) rules.counts = memory.counts + place * memory.counts_stride;
  return rules;
}

__device__ inline bool ends_with_prefix(const SlotSampling& state, const BadWord& word) {
  constexpr int32_t kRecent = SamplingLimits::kMaxBadWordTokens;
  if (word.prefix_size > state.num_output) return false;
  for (int32_t i = 0; i < word.prefix_size; ++i) {
    const int32_t at = (state.num_output - word.prefix_size + i) % kRecent;
    if (state.recent[at] != word.prefix[i]) return false;
  }
  return true;
}

// The CPU rounds after every operation: none may be contracted here.
__device__ inline float penalise(const SlotSampling& state, float value, uint32_t count) {
  if (count == 0) return value;
  value = value > 0.0f ? __fdiv_rn(value, state.repetition_penalty)
                       : __fmul_rn(value, state.repetition_penalty);
  const uint32_t in_output = count & ~kInPrompt;
  if (in_output == 0) return value;
  value = __fsub_rn(value, __fmul_rn(state.frequency_penalty, static_cast<float>(in_output)));
  return __fsub_rn(value, state.presence_penalty);
}

// Tokens [first, first + kTokens) of a row: thread t has kGroups times four neighbours.
template <int kThreads, int kGroups>
class Tile {
 public:
  static constexpr int32_t kTokens = 4 * kThreads * kGroups;

  __device__ Tile(const LogitsRow& row, int32_t first)
      : first_(first), vocab_size_(row.vocab_size()) {
#pragma unroll
    for (int g = 0; g < kGroups; ++g) row.load(token(g), values[g]);
  }

  __device__ int32_t token(int group) const {
    return first_ + 4 * (group * kThreads + static_cast<int32_t>(threadIdx.x));
  }

  // All threads of the block together. `shared`: [kTokens].
  __device__ void apply(const SlotRules& rules, float* shared) {
    if (rules.allowed) mask(rules.allowed, 0u);
    if (rules.stops) mask(rules.stops, 15u);
    if (rules.single()) apply_single(rules, shared);
    if (rules.counts) apply_penalties(rules);
  }

  float values[kGroups][4];

 private:
  // Tokens whose bit, xor `flip`, is not set become -inf.
  __device__ void mask(const uint32_t* bits, uint32_t flip) {
#pragma unroll
    for (int g = 0; g < kGroups; ++g) {
      const int32_t t = token(g);
      if (t >= vocab_size_) continue;
      const uint32_t keep = (bits[t / 32] >> (t % 32)) ^ flip;
      for (int i = 0; i < 4; ++i) {
        if (!(keep >> i & 1)) values[g][i] = -INFINITY;
      }
    }
  }

  // Bias and bad words name tokens of any thread, so that the values pass through shared memory.
  __device__ void apply_single(const SlotRules& rules, float* shared) {
    auto* fours = reinterpret_cast<float4*>(shared);
    __syncthreads();  // the last tile has been read
#pragma unroll
    for (int g = 0; g < kGroups; ++g) {
      fours[g * kThreads + threadIdx.x] =
          make_float4(values[g][0], values[g][1], values[g][2], values[g][3]);
    }
    __syncthreads();
    if (rules.bias) add_bias(rules, shared);
    __syncthreads();
    if (rules.bad_words) ban_words(rules, shared);
    __syncthreads();
#pragma unroll
    for (int g = 0; g < kGroups; ++g) {
      const float4 four = fours[g * kThreads + threadIdx.x];
      values[g][0] = four.x;
      values[g][1] = four.y;
      values[g][2] = four.z;
      values[g][3] = four.w;
    }
  }

  // Where a token has several entries, one thread adds them in their order.
  __device__ void add_bias(const SlotRules& rules, float* shared) const {
    const int32_t count = rules.state->num_bias;
    for (int32_t i = threadIdx.x; i < count; i += kThreads) {
      const int32_t token = rules.bias[i].token;
      if (!holds(token) || (i > 0 && rules.bias[i - 1].token == token)) continue;
      float value = shared[token - first_];
      for (int32_t j = i; j < count && rules.bias[j].token == token; ++j) {
        value = __fadd_rn(value, rules.bias[j].bias);
      }
      shared[token - first_] = value;
    }
  }

  __device__ void ban_words(const SlotRules& rules, float* shared) const {
    for (int32_t i = threadIdx.x; i < rules.state->num_bad_words; i += kThreads) {
      const BadWord& word = rules.bad_words[i];
      if (holds(word.last) && ends_with_prefix(*rules.state, word)) {
        shared[word.last - first_] = -INFINITY;
      }
    }
  }

  __device__ void apply_penalties(const SlotRules& rules) {
#pragma unroll
    for (int g = 0; g < kGroups; ++g) {
      if (token(g) >= vocab_size_) continue;
      const uint4 count = *reinterpret_cast<const uint4*>(rules.counts + token(g));
      values[g][0] = penalise(*rules.state, values[g][0], count.x);
      values[g][1] = penalise(*rules.state, values[g][1], count.y);
      values[g][2] = penalise(*rules.state, values[g][2], count.z);
      values[g][3] = penalise(*rules.state, values[g][3], count.w);
    }
  }

  // Any int32 may come: an id below first_ wraps to a great one.
  __device__ bool holds(int32_t token) const {
    return static_cast<uint32_t>(token) - static_cast<uint32_t>(first_) <
           static_cast<uint32_t>(kTokens);
  }

  int32_t first_;
  int32_t vocab_size_;
};

// The tile of this block where a block has kTileTokens.
constexpr int kTileThreads = 256;
using BlockTile = Tile<kTileThreads, kTileTokens / kTileThreads / 4>;
static_assert(BlockTile::kTokens == kTileTokens);

}  // namespace llmserve
