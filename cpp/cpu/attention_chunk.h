// The body of attention_chunk_*, over a vector type Simd that each of these files defines for
// itself. All is static, so that no code made for one instruction set is linked into another.
//
// Every lane belongs to one key (scores) or one feature (values), and its sum runs over features or
// keys one by one. So a row's result is the same however many rows are computed beside it.
#pragma once

#include "cpu/attention_kernels.h"

namespace llmserve {
namespace {

// Cached elements as the vector types see them.
struct Bf16Bits {
  uint16_t bits;
};
struct F16Bits {
  uint16_t bits;
};

// exp(x) for x <= 0, within 2 ulp: 2^n * P(r), |r| <= ln 2 / 2. Below the smallest normal: 0.
template <typename Simd>
typename Simd::V exp_nonpositive(typename Simd::V x) {
  using V = typename Simd::V;
  constexpr float kLowest = -87.33654f;
  // As the second operand a NaN goes through.
  const V clamped = Simd::max(Simd::set1(kLowest), x);
  const V n = Simd::round(Simd::mul(clamped, Simd::set1(1.44269504f)));
  // ln 2 in two parts: the first has few bits, so that n times it is exact.
  V r = Simd::fma(n, Simd::set1(-0.693359375f), clamped);
  r = Simd::fma(n, Simd::set1(2.12194440e-4f), r);
  constexpr float kTaylor[] = {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f,
                               0.5f,          1.0f,          1.0f};
  V p = Simd::set1(1.0f / 5040.0f);
  for (const float c : kTaylor) p = Simd::fma(p, r, Simd::set1(c));
  return Simd::zero_below(x, kLowest, Simd::mul(p, Simd::pow2(n)));
}

// panel [head_dim, 2 * width] = the transpose of keys [key, key + 2 * width); zero where no row of
// the tile looks.
template <typename Simd, typename T>
void fill_panel(const AttentionChunk& c, int32_t key) {
  constexpr int kWidth = Simd::kWidth;
  for (int half = 0; half < 2; ++half) {
    const int32_t first = key + half * kWidth;
    for (int32_t d = 0; d < c.head_dim; d += kWidth) {
      typename Simd::V tile[kWidth];
      for (int i = 0; i < kWidth; ++i) {
        const int32_t j = first + i;
        const bool seen = j >= c.first_key && j < c.last_key;
        if (!seen) {
          tile[i] = Simd::set1(0.0f);
        } else if (d + kWidth <= c.head_dim) {
          tile[i] = Simd::load(static_cast<const T*>(c.k[j]) + d);
        } else {
          tile[i] = Simd::load_partial(static_cast<const T*>(c.k[j]) + d, c.head_dim - d);
        }
      }
      Simd::transpose(tile);
      float* to = c.panel + static_cast<int64_t>(d) * 2 * kWidth + half * kWidth;
      for (int i = 0; i < kWidth; ++i)
        Simd::store(to + static_cast<int64_t>(i) * 2 * kWidth, tile[i]);
    }
  }
}

// Scores of R rows from `row` on against the panel that starts at `key`.
template <typename Simd, int R>
void score_rows(const AttentionChunk& c, int32_t row, int32_t key) {
  using V = typename Simd::V;
  constexpr int kWidth = Simd::kWidth;
  const float* q = c.q + static_cast<int64_t>(row) * c.head_dim;
  V acc[R][2];
  for (int r = 0; r < R; ++r) acc[r][0] = acc[r][1] = Simd::set1(0.0f);
  for (int32_t d = 0; d < c.head_dim; ++d) {
    const V k0 = Simd::load(c.panel + static_cast<int64_t>(d) * 2 * kWidth);
    const V k1 = Simd::load(c.panel + static_cast<int64_t>(d) * 2 * kWidth + kWidth);
    for (int r = 0; r < R; ++r) {
      const V factor = Simd::set1(q[static_cast<int64_t>(r) * c.head_dim + d]);
      acc[r][0] = Simd::fma(factor, k0, acc[r][0]);
      acc[r][1] = Simd::fma(factor, k1, acc[r][1]);
    }
  }
  for (int r = 0; r < R; ++r) {
    float* to = c.scores + static_cast<int64_t>(row + r) * kAttentionChunk + key;
    Simd::store(to, acc[r][0]);
    Simd::store(to + kWidth, acc[r][1]);
  }
}

template <typename Simd, typename T>
void score_chunk(const AttentionChunk& c) {
  constexpr int32_t kKeys = 2 * Simd::kWidth;
  for (int32_t key = c.first_key / kKeys * kKeys; key < c.last_key; key += kKeys) {
    fill_panel<Simd, T>(c, key);
    int32_t row = 0;
    if constexpr (Simd::kScoreRows == 8) {
      for (; row + 8 <= c.num_rows; row += 8) score_rows<Simd, 8>(c, row, key);
    }
    for (; row + 4 <= c.num_rows; row += 4) score_rows<Simd, 4>(c, row, key);
    for (; row + 2 <= c.num_rows; row += 2) score_rows<Simd, 2>(c, row, key);
    for (; row < c.num_rows; ++row) score_rows<Simd, 1>(c, row, key);
  }
}

// Turns a row's scores into weights, in place; writes max and sum.
template <typename Simd>
void softmax_row(const AttentionChunk& c, int32_t row) {
  using V = typename Simd::V;
  constexpr int kWidth = Simd::kWidth;
  const int32_t begin = c.begin[row], end = c.end[row];
  float* scores = c.scores + static_cast<int64_t>(row) * kAttentionChunk;
  const int32_t first = begin / kWidth * kWidth;

  V best = Simd::set1(-__builtin_inff());
  for (int32_t key = first; key < end; key += kWidth) {
    V s = Simd::load(scores + key);
    if (key < begin || key + kWidth > end) {
      s = Simd::keep_range(s, begin - key, end - key);
      Simd::store(scores + key, s);
    }
    best = Simd::max(best, s);
  }
  float lanes[kWidth];
  Simd::store(lanes, best);
  float max = lanes[0];
  for (int i = 1; i < kWidth; ++i) max = lanes[i] > max ? lanes[i] : max;

  V total = Simd::set1(0.0f);
  for (int32_t key = first; key < end; key += kWidth) {
    const V p = exp_nonpositive<Simd>(Simd::sub(Simd::load(scores + key), Simd::set1(max)));
    Simd::store(scores + key, p);
    total = Simd::add(total, p);
  }
  Simd::store(lanes, total);
  float sum = 0.0f;
  for (int i = 0; i < kWidth; ++i) sum += lanes[i];
  c.max[row] = max;
  c.sum[row] = sum;
}

// acc of R rows += weights of keys [begin, end) times N vectors of the values at feature d.
template <typename Simd, typename T, int R, int N, bool kPartial>
void add_values(const AttentionChunk& c, int32_t row, int32_t begin, int32_t end, int32_t d) {
  using V = typename Simd::V;
  constexpr int kWidth = Simd::kWidth;
  const int64_t pitch = (c.head_dim + kAttentionPad - 1) / kAttentionPad * kAttentionPad;
  float* out = c.acc + row * pitch + d;
  const float* weights = c.scores + static_cast<int64_t>(row) * kAttentionChunk;
  V acc[R][N];
  for (int r = 0; r < R; ++r) {
    for (int n = 0; n < N; ++n) acc[r][n] = Simd::load(out + r * pitch + n * kWidth);
  }
  for (int32_t key = begin; key < end; ++key) {
    const T* values = static_cast<const T*>(c.v[key]) + d;
    V v[N];
    for (int n = 0; n < N; ++n) {
      if constexpr (kPartial) {
        v[n] = Simd::load_partial(values, c.head_dim - d);
      } else {
        v[n] = Simd::load(values + n * kWidth);
      }
    }
    for (int r = 0; r < R; ++r) {
      const V weight = Simd::set1(weights[static_cast<int64_t>(r) * kAttentionChunk + key]);
      for (int n = 0; n < N; ++n) acc[r][n] = Simd::fma(weight, v[n], acc[r][n]);
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int n = 0; n < N; ++n) Simd::store(out + r * pitch + n * kWidth, acc[r][n]);
  }
}

template <typename Simd, typename T, int R>
void add_value_rows(const AttentionChunk& c, int32_t row, int32_t begin, int32_t end) {
  constexpr int kWidth = Simd::kWidth;
  constexpr int kWide = Simd::kValueVectors;
  if (begin >= end) return;
  int32_t d = 0;
  for (; d + kWide * kWidth <= c.head_dim; d += kWide * kWidth) {
    add_values<Simd, T, R, kWide, false>(c, row, begin, end, d);
  }
  for (; d + kWidth <= c.head_dim; d += kWidth) {
    add_values<Simd, T, R, 1, false>(c, row, begin, end, d);
  }
  if (d < c.head_dim) add_values<Simd, T, R, 1, true>(c, row, begin, end, d);
}

// R rows together over the keys that all of them see; the ragged ends row by row, so that a value
// which one row may not see cannot reach it even as 0 * NaN.
template <typename Simd, typename T, int R>
void weigh_values(const AttentionChunk& c, int32_t row) {
  int32_t begin = c.begin[row], end = c.end[row];
  for (int r = 1; r < R; ++r) {
    begin = c.begin[row + r] > begin ? c.begin[row + r] : begin;
    end = c.end[row + r] < end ? c.end[row + r] : end;
  }
  if (begin >= end) {
    for (int r = 0; r < R; ++r) {
      add_value_rows<Simd, T, 1>(c, row + r, c.begin[row + r], c.end[row + r]);
    }
    return;
  }
  for (int r = 0; r < R; ++r) add_value_rows<Simd, T, 1>(c, row + r, c.begin[row + r], begin);
  add_value_rows<Simd, T, R>(c, row, begin, end);
  for (int r = 0; r < R; ++r) add_value_rows<Simd, T, 1>(c, row + r, end, c.end[row + r]);
}

template <typename Simd, typename T>
void compute_chunk(const AttentionChunk& c) {
  score_chunk<Simd, T>(c);
  const int64_t pitch = (c.head_dim + kAttentionPad - 1) / kAttentionPad * kAttentionPad;
  for (int64_t i = 0; i < c.num_rows * pitch; i += Simd::kWidth) {
    Simd::store(c.acc + i, Simd::set1(0.0f));
  }
  for (int32_t row = 0; row < c.num_rows; ++row) {
    if (c.begin[row] < c.end[row]) softmax_row<Simd>(c, row);
  }
  int32_t row = 0;
  for (; row + 4 <= c.num_rows; row += 4) weigh_values<Simd, T, 4>(c, row);
  for (; row + 2 <= c.num_rows; row += 2) weigh_values<Simd, T, 2>(c, row);
  for (; row < c.num_rows; ++row) weigh_values<Simd, T, 1>(c, row);
}

template <typename Simd>
AttentionKernels kernels_of() {
  return {compute_chunk<Simd, float>, compute_chunk<Simd, Bf16Bits>, compute_chunk<Simd, F16Bits>};
}

}  // namespace
}  // namespace llmserve
