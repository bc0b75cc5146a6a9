// What the sampling kernels share: the order of tokens, reductions of a block, random words and the
// race for the greatest score, and the end of a row.
#pragma once

#include <cuda_runtime.h>

#include <cfloat>
#include <cstdint>

#include "sampling_state.h"

namespace llmserve {

constexpr uint32_t kAllLanes = 0xffffffffu;

// --- Places: a token of a row as a number, the best token's the smallest: by value, then by id.
// All places of a row differ, so that ties need no rule of their own.
constexpr uint64_t kBrokenPlace = 0;  // NaN or +inf; before every place
constexpr uint64_t kNoPlace = ~0ull;  // after every place

__device__ inline uint64_t place_of(float value, int32_t id) {
  const uint32_t bits = __float_as_uint(__fadd_rn(value, 0.0f));  // -0 and 0 are one value
  const uint32_t ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return static_cast<uint64_t>(~ordered) << 32 | static_cast<uint32_t>(id);
}

__device__ inline float value_of(uint64_t place) {
  const uint32_t ordered = ~static_cast<uint32_t>(place >> 32);
  return __uint_as_float(ordered & 0x80000000u ? ordered ^ 0x80000000u : ~ordered);
}

__device__ inline int32_t id_of(uint64_t place) {
  return static_cast<int32_t>(static_cast<uint32_t>(place));
}

__device__ inline bool is_broken(float value) { return !(value <= FLT_MAX); }

__host__ __device__ inline DrawKind draw_kind(const SlotSampling& state, int64_t vocab_size) {
  if (state.temperature == 0.0f) return DrawKind::kGreedy;
  if (state.top_k > 0 && state.top_k < vocab_size) return DrawKind::kCount;
  return state.top_p < 1.0f ? DrawKind::kMass : DrawKind::kRace;
}

// --- Reductions in a fixed order. Every thread of the block calls them and gets the result.
template <typename T>
__device__ T exchange_lanes(T value, int mask) {
  return __shfl_xor_sync(kAllLanes, value, mask);
}

__device__ inline RaceBest exchange_lanes(const RaceBest& value, int mask) {
  return {__shfl_xor_sync(kAllLanes, value.score, mask),
          __shfl_xor_sync(kAllLanes, value.id, mask)};
}

template <int kThreads, typename T, typename Combine>
__device__ T reduce_block(T value, Combine combine) {
  constexpr int kWarps = kThreads / 32;
  __shared__ T warps[kWarps];
  for (int mask = 16; mask > 0; mask /= 2) value = combine(value, exchange_lanes(value, mask));
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  T all = warps[0];
  for (int warp = 1; warp < kWarps; ++warp) all = combine(all, warps[warp]);
  __syncthreads();  // the next call writes the same memory
  return all;
}

template <int kThreads, typename T>
__device__ T sum_block(T value) {
  return reduce_block<kThreads>(value, [](T a, T b) { return a + b; });
}

template <int kThreads>
__device__ uint64_t min_block(uint64_t value) {
  return reduce_block<kThreads>(value, [](uint64_t a, uint64_t b) { return a < b ? a : b; });
}

__device__ inline bool wins(const RaceBest& a, const RaceBest& b) {
  return a.score > b.score || (a.score == b.score && a.id < b.id);
}

template <int kThreads>
__device__ RaceBest best_of_block(const RaceBest& value) {
  return reduce_block<kThreads>(
      value, [](const RaceBest& a, const RaceBest& b) { return wins(b, a) ? b : a; });
}

// What the threads before this one hold.
template <int kThreads>
__device__ uint64_t sum_before(uint64_t value) {
  constexpr int kWarps = kThreads / 32;
  __shared__ uint64_t warps[kWarps];
  const int lane = threadIdx.x % 32, own_warp = threadIdx.x / 32;
  uint64_t sum = value;
  for (int step = 1; step < 32; step *= 2) {
    const uint64_t other = __shfl_up_sync(kAllLanes, sum, step);
    if (lane >= step) sum += other;
  }
  if (lane == 31) warps[own_warp] = sum;
  __syncthreads();
  uint64_t before = sum - value;
  for (int warp = 0; warp < own_warp; ++warp) before += warps[warp];
  __syncthreads();
  return before;
}

// Where a running sum reaches a mark.
struct Reach {
  int32_t index;
  uint64_t before;  // sum of all before the index
};

// Each thread holds the next kEach weights. Where `need` is never reached: the last index.
template <int kThreads, int kEach>
__device__ Reach find_reach(const uint64_t (&weights)[kEach], uint64_t need) {
  __shared__ Reach found;
  uint64_t own = 0;
  for (int i = 0; i < kEach; ++i) own += weights[i];
  uint64_t before = sum_before<kThreads>(own);
  if (threadIdx.x == kThreads - 1) {
    found = {kThreads * kEach - 1, before + own - weights[kEach - 1]};
  }
  __syncthreads();
  if (before < need && need <= before + own) {
    for (int i = 0; i < kEach; ++i) {
      if (need <= before + weights[i]) {
        found = {static_cast<int32_t>(threadIdx.x) * kEach + i, before};
        break;
      }
      before += weights[i];
    }
  }
  __syncthreads();
  const Reach result = found;
  __syncthreads();
  return result;
}

// Whether this block is the last of `count` to come here; what the others wrote before can then be
// read (past the L1 cache). The counter is left as it was.
__device__ inline bool is_last_to_arrive(uint32_t* counter, uint32_t count) {
  __shared__ bool last;
  __syncthreads();
  if (threadIdx.x == 0) {
    // One fence for what all have stored: it covers what this thread knows of by the barrier.
    __threadfence();
    last = atomicAdd(counter, 1u) == count - 1;
    if (last) *counter = 0;
    __threadfence();
  }
  __syncthreads();
  return last;
}

// --- Philox4x32-10 (Salmon et al., 2011), as the CPU's: token id t of the token drawn at
// `position` has word t % 4 of the block with counter {t / 4, position, 0, 0} and key `seed`.
__device__ inline uint4 token_words(uint64_t seed, int32_t position, int32_t token_block) {
  constexpr uint32_t kMultiplier0 = 0xd2511f53u, kMultiplier1 = 0xcd9e8d57u;
  uint4 c = make_uint4(static_cast<uint32_t>(token_block), static_cast<uint32_t>(position), 0, 0);
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    c = make_uint4(__umulhi(kMultiplier1, c.z) ^ c.y ^ key0, kMultiplier1 * c.z,
                   __umulhi(kMultiplier0, c.x) ^ c.w ^ key1, kMultiplier0 * c.x);
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  return c;
}

__device__ inline uint32_t token_word(uint64_t seed, int32_t position, int32_t token) {
  const uint4 words = token_words(seed, position, token / 4);
  const uint32_t low = token % 2 == 0 ? words.x : words.y;
  const uint32_t high = token % 2 == 0 ? words.z : words.w;
  return token % 4 < 2 ? low : high;
}

// -log(-log(u)) of the uniform number in (0, 1) that a random word stands for. In double as on the
// CPU: the two may differ in the last bit, which matters only where two scores are as close.
__device__ inline double gumbel(uint32_t word) {
  const double uniform = (static_cast<double>(word) + 0.5) * 0x1p-32;
  return -log(-log(uniform));
}

// Past this distance from the best score no word can win: 2^32 exp(-23) is below one half.
constexpr float kHopeless = 23.0f;

__device__ inline bool is_hopeless(const RaceBest& best, float value) {
  return static_cast<float>(best.score) - value >= kHopeless;
}

// Most tokens are turned away without a logarithm: to make up for being d below the best score a
// token's uniform number u must exceed exp(-exp(-d)), so 1 - u < exp(-d). A hundredth of slack is
// far more than the rounding of this test, which only has to let every possible winner through.
__device__ inline void offer(RaceBest& best, float value, int32_t id, uint32_t word) {
  const float distance = static_cast<float>(best.score) - value;
  if (distance >= kHopeless) return;
  if (distance > 0.0f && __uint2float_rn(~word) > 0x1p32f * 1.01f * expf(-distance)) return;
  const RaceBest other{static_cast<double>(value) + gumbel(word), id};
  if (wins(other, best)) best = other;
}

// --- The scaled value of a token, (value - max) / temperature, and its weight exp(scaled) as a
// whole number: sums of weights are then exact and the same in any order.
struct Scaling {
  float max;
  float temperature;
  float least;      // min_p
  float mass_unit;  // a power of two: the row's weights together stay below 2^63

  __device__ float scale(float value) const {
    return __fdiv_rn(__fsub_rn(value, max), temperature);
  }
  __device__ uint64_t mass(float scaled) const {
    return static_cast<uint64_t>(expf(scaled) * mass_unit);
  }
};

// `state` is null for raw logits.
__device__ inline Scaling make_scaling(const SlotSampling* state, float max, int64_t vocab_size) {
  const int bits = 32 - __clz(static_cast<int>(vocab_size));
  const float unit = __uint_as_float(static_cast<uint32_t>(127 + 62 - bits) << 23);
  if (!state) return {max, 1.0f, -INFINITY, unit};
  return {max, state->temperature, state->min_scaled, unit};
}

// Offers four tokens, from one that is a multiple of four: they share a block of random words.
__device__ inline void race_group(RaceBest& best, const float (&values)[4], int32_t token,
                                  const SlotSampling& state, const Scaling& scaling) {
  float scaled[4];
  float greatest = -INFINITY;
  for (int i = 0; i < 4; ++i) {
    scaled[i] = values[i] > -INFINITY ? scaling.scale(values[i]) : -INFINITY;
    if (!(scaled[i] >= scaling.least)) scaled[i] = -INFINITY;
    greatest = fmaxf(greatest, scaled[i]);
  }
  if (is_hopeless(best, greatest)) return;
  const uint4 words = token_words(state.seed, state.num_tokens, token / 4);
  offer(best, scaled[0], token, words.x);
  offer(best, scaled[1], token + 1, words.y);
  offer(best, scaled[2], token + 2, words.z);
  offer(best, scaled[3], token + 3, words.w);
}

// The weight at which top_p is reached.
__device__ inline uint64_t mass_needed(uint64_t total, float top_p) {
  const auto need = static_cast<uint64_t>(ceil(static_cast<double>(total) * top_p));
  return need < 1 ? 1 : need < total ? need : total;
}

__device__ inline int32_t bin_of(const RowHead& head, float value, float scaled) {
  const float distance = head.kind == DrawKind::kMass ? -scaled : __fsub_rn(head.max, value);
  return static_cast<int32_t>(fminf(distance * kBinsPerUnit, kNumBins - 1.0f));
}

// --- The end of a row, by one thread.
__device__ inline void reject_row(const SamplingCall& call, int32_t row) {
  call.tokens[row] = 0;
  call.finite[row] = 0;
}

__device__ inline void finish_row(const SamplingCall& call, int32_t row, int32_t token) {
  const SamplingMemory& memory = call.memory;
  const int32_t slot = memory.rows[row].slot;
  SlotSampling& state = memory.states[slot];
  call.tokens[row] = token;
  call.finite[row] = 1;
  call.last_token[slot] = token;
  state.recent[state.num_output % SamplingLimits::kMaxBadWordTokens] = token;
  ++state.num_output;
  ++state.num_tokens;
  if (state.has_penalties) ++memory.counts[slot * memory.counts_stride + token];
}

}  // namespace llmserve
