// The arithmetic of one tile: 16 query rows of a warp against 64 keys, and how the sums of chunks
// are folded. The decode and the prefill kernel call these same functions in the same order of
// keys, and every rounding is spelt out, so that a query's result is the same bits in both:
// - its scores are sums over the head's features in steps of 16, from the first on;
// - its tiles and chunks begin at fixed positions of the sequence (attention_layout.h);
// - within a chunk, maximum, sum and values run on from tile to tile; a tile none of whose keys the
//   query sees changes nothing, to the bit;
// - the sum's four parts, one per lane of a quad, are added when the chunk ends;
// - chunks are folded one by one from the first, whether by the block that made them or later.
#pragma once

#include "attention_keys.cuh"

namespace llmserve {

inline constexpr int kKeyColumns = kTileKeys / 8;  // score tiles of eight keys
inline constexpr int kKeySteps = kTileKeys / 16;   // steps of the product with the values

// Scores of 16 query rows, as multiply_add() lays them out.
using Scores = float[kKeyColumns][4];
// The same rounded to 16 bits, as first factor of multiply_add().
using Weights = uint32_t[kKeySteps][4];
// 16 features of 16 query rows.
using Values = float[2][4];

// Greatest score (in powers of two) and sum of weights of one query row over some keys.
struct RowState {
  float max;
  float sum;
};

inline constexpr float kNoScore = -__builtin_huge_valf();

__device__ inline RowState empty_state() { return {kNoScore, 0.0f}; }

// A row that has seen nothing has no maximum to subtract: its weights shall be 0, not NaN.
__device__ inline float exponent_base(float max) { return max == kNoScore ? 0.0f : max; }

// Powers of e become powers of two.
__device__ inline float score_scale(float scale) { return __fmul_rn(scale, 1.44269504f); }

template <int kCount>
__device__ __forceinline__ void clear_values(Values (&values)[kCount]) {
#pragma unroll
  for (int v = 0; v < kCount; ++v) {
#pragma unroll
    for (int i = 0; i < 8; ++i) values[v][i / 4][i % 4] = 0.0f;
  }
}

// Where a lane begins to read a matrix load. Keys as second factor: 16 keys x 16 features.
template <int kPitch>
__device__ inline int32_t key_offset() {
  const int32_t lane = threadIdx.x & 31;
  return ((lane & 7) + ((lane >> 4) << 3)) * kPitch + ((lane >> 3) & 1) * 8;
}

// Values as second factor, transposed (16 keys x 16 features); also queries as first factor.
template <int kPitch>
__device__ inline int32_t row_offset() {
  const int32_t lane = threadIdx.x & 31;
  return (lane & 15) * kPitch + (lane >> 4) * 8;
}

// 16 keys of a KeyTile from column `column` on, features [16 * step, 16 * step + 16), as second
// factor. `base`: of key_offset() in the tile.
template <typename T, int kDim>
__device__ __forceinline__ void load_keys(uint32_t (&k)[4], uint32_t base, int column, int step) {
  load_matrices(k, base + (column * 8 * KeyTile<kDim>::kPitch + step * 16) * sizeof(T));
}

// scores = queries * keys, for kBlocks times 16 query rows and kColumns times eight keys.
// load_queries(to, block, step) and load_keys(to, column, step) give the features
// [16 * step, 16 * step + 16) of 16 rows as first and of 16 keys as second factor.
template <typename T, int kDim, int kBlocks, int kColumns, typename LoadQueries, typename LoadKeys>
__device__ __forceinline__ void score_keys(float (&scores)[kBlocks][kColumns][4],
                                           LoadQueries load_queries, LoadKeys load_keys) {
#pragma unroll
  for (int b = 0; b < kBlocks; ++b) {
#pragma unroll
    for (int n = 0; n < kColumns; ++n) {
      scores[b][n][0] = scores[b][n][1] = scores[b][n][2] = scores[b][n][3] = 0.0f;
    }
  }
#pragma unroll
  for (int step = 0; step < kDim / 16; ++step) {
    uint32_t q[kBlocks][4];
#pragma unroll
    for (int b = 0; b < kBlocks; ++b) load_queries(q[b], b, step);
#pragma unroll
    for (int n = 0; n < kColumns; n += 2) {
      uint32_t k[4];
      load_keys(k, n, step);
#pragma unroll
      for (int b = 0; b < kBlocks; ++b) {
        multiply_add<T>(scores[b][n], q[b], k[0], k[1]);
        multiply_add<T>(scores[b][n + 1], q[b], k[2], k[3]);
      }
    }
  }
}

// The keys that one query row sees: [begin, end).
struct Sight {
  int32_t begin;
  int32_t end;

  __device__ bool holds(int32_t key) const { return key >= begin && key < end; }
  __device__ bool holds_tile(int32_t tile) const {
    return tile * kTileKeys >= begin && (tile + 1) * kTileKeys <= end;
  }
};

__device__ inline Sight sight_of(int32_t position, int32_t window) {
  return {window_begin(position, window), position + 1};
}

// A lane's rows are lane / 4 and that eight below. Where there are no more than eight, the
// functions with kHalves leave out the second, whose results are then void.

// sight[0] is that of the rows lane / 4, sight[1] of those eight below.
template <int kHalves = 2>
__device__ __forceinline__ void mask_scores(Scores& scores, int32_t tile, const Sight (&sight)[2]) {
  const int32_t first = tile * kTileKeys + static_cast<int32_t>(threadIdx.x & 3) * 2;
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
#pragma unroll
    for (int i = 0; i < 2 * kHalves; ++i) {
      if (!sight[i / 2].holds(first + n * 8 + i % 2)) scores[n][i] = kNoScore;
    }
  }
}

// Scores become weights relative to the greatest score so far. `old_scale` is what multiplies that
// which was summed before. `scale` > 0 makes powers of two of scores. Both rows go side by side, so
// that neither waits for its own last result.
template <int kHalves = 2>
__device__ __forceinline__ void softmax_tile(Scores& scores, RowState (&state)[2], float scale,
                                             float (&old_scale)[2]) {
  float best[2] = {kNoScore, kNoScore};
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      best[h] = fmaxf(best[h], fmaxf(scores[n][2 * h], scores[n][2 * h + 1]));
    }
  }
#pragma unroll
  for (int by = 1; by <= 2; ++by) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      best[h] = fmaxf(best[h], __shfl_xor_sync(0xffffffffu, best[h], by));
    }
  }
  float base[2], sum[2];
#pragma unroll
  for (int h = 0; h < kHalves; ++h) {
    const float max = fmaxf(state[h].max, __fmul_rn(best[h], scale));
    base[h] = exponent_base(max);
    old_scale[h] = power_of_two(__fsub_rn(state[h].max, base[h]));
    sum[h] = __fmul_rn(state[h].sum, old_scale[h]);
    state[h].max = max;
  }
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      const float p0 = power_of_two(__fmaf_rn(scores[n][2 * h], scale, -base[h]));
      const float p1 = power_of_two(__fmaf_rn(scores[n][2 * h + 1], scale, -base[h]));
      scores[n][2 * h] = p0;
      scores[n][2 * h + 1] = p1;
      sum[h] = __fadd_rn(sum[h], __fadd_rn(p0, p1));
    }
  }
#pragma unroll
  for (int h = 0; h < kHalves; ++h) state[h].sum = sum[h];
}

// Most tiles bring no greater score; multiplying by 1 is then left out.
template <int kHalves = 2, int kCount>
__device__ __forceinline__ void rescale(Values (&values)[kCount], const float (&old_scale)[2]) {
  const bool same = old_scale[0] == 1.0f && (kHalves == 1 || old_scale[1] == 1.0f);
  if (__all_sync(0xffffffffu, same)) return;
#pragma unroll
  for (int v = 0; v < kCount; ++v) {
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      if (i % 4 / 2 >= kHalves) continue;
      values[v][i / 4][i % 4] = __fmul_rn(values[v][i / 4][i % 4], old_scale[i % 4 / 2]);
    }
  }
}

template <typename T, int kHalves = 2>
__device__ __forceinline__ void pack_weights(Weights& weights, const Scores& scores) {
#pragma unroll
  for (int step = 0; step < kKeySteps; ++step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float* pair = scores[2 * step + i / 2] + i % 2 * 2;
      weights[step][i] = i % 2 < kHalves ? pack<T>(pair[0], pair[1]) : 0;
    }
  }
}

// The weight of a broken key becomes NaN for the rows that see it: their results are then NaN, and
// those of other rows are as if it were not there.
__device__ __forceinline__ void break_weights(Weights& weights, int32_t tile,
                                              const Sight (&sight)[2], const uint32_t* broken) {
#pragma unroll
  for (int step = 0; step < kKeySteps; ++step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int32_t key = step * 16 + i / 2 * 8 + static_cast<int32_t>(threadIdx.x & 3) * 2;
      const uint32_t bits = broken[key / 32] >> (key % 32);
      if ((bits & 1) && sight[i % 2].holds(tile * kTileKeys + key)) weights[step][i] |= 0x7fffu;
      if ((bits & 2) && sight[i % 2].holds(tile * kTileKeys + key + 1)) {
        weights[step][i] |= 0x7fff0000u;
      }
    }
  }
}

// The values of 16 keys at 16 features, for add_weighted(). `base`: of row_offset() in the tile.
template <typename T, int kDim>
__device__ __forceinline__ void load_values(uint32_t (&v)[4], uint32_t base, int step,
                                            int feature) {
  const int32_t offset = step * 16 * KeyTile<kDim>::kPitch + feature;
  load_matrices_transposed(v, base + offset * sizeof(T));
}

template <typename T>
__device__ __forceinline__ void add_weighted(Values& values, const uint32_t (&weights)[4],
                                             const uint32_t (&v)[4]) {
  multiply_add<T>(values[0], weights, v[0], v[1]);
  multiply_add<T>(values[1], weights, v[2], v[3]);
}

// The end of a chunk: a quad's lanes each hold a part of the sum.
__device__ __forceinline__ void complete_sums(RowState (&state)[2]) {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    float sum = state[h].sum;
    sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffffu, sum, 1));
    state[h].sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffffu, sum, 2));
  }
}

// How a row's next chunk is added to all before it.
struct Fold {
  float old_scale;
  float new_scale;

  __device__ float apply(float total, float part) const {
    return __fmaf_rn(total, old_scale, __fmul_rn(part, new_scale));
  }
};

__device__ __forceinline__ Fold fold_state(RowState& total, const RowState& part) {
  const float max = fmaxf(total.max, part.max);
  const float base = exponent_base(max);
  const Fold fold = {power_of_two(__fsub_rn(total.max, base)),
                     power_of_two(__fsub_rn(part.max, base))};
  total = {max, fold.apply(total.sum, part.sum)};
  return fold;
}

}  // namespace llmserve
