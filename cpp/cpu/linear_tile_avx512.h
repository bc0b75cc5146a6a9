// The loop that all AVX-512 linear kernels share. For the _avx512 files alone: everything is in an
// anonymous namespace, so that each has its own copy and the linker never mixes them.
//
// Lines says how a packed line is read:
//   kLineBytes, kInputBytes                  of the weight and of a staged row per line
//   kSteps                                   multiply-adds per line
//   Line load(const char* weight)            a line of a block
//   Input broadcast(const char* x, int step)
//   __m512 add(__m512 sum, const Line&, int step, Input)
#pragma once

#include <immintrin.h>

#include "cpu/linear_kernels.h"

namespace llmserve {
namespace {

constexpr int kSumStride = kLinearGroup * kLinearLanes;
constexpr int kMaxRows = kLinearTileRows;  // times four blocks: 24 of the 32 registers
constexpr int kPrefetchBytes = 1024;

template <typename Lines, int Rows, int Blocks>
void sum_rows(const LinearTile& t, const char* x, float* sums) {
  __m512 acc[Rows][Blocks];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int b = 0; b < Blocks; ++b) {
      acc[r][b] = t.resume ? _mm512_loadu_ps(sums + r * kSumStride + b * kLinearLanes)
                           : _mm512_setzero_ps();
    }
  }
  const char* weight = static_cast<const char*>(t.weight);
  for (int64_t line = 0; line < t.num_lines; ++line) {
    typename Lines::Line w[Blocks];
#pragma GCC unroll 8
    for (int b = 0; b < Blocks; ++b) {
      const char* at = weight + b * t.block_stride;
      if constexpr (Rows == 1) _mm_prefetch(at + kPrefetchBytes, _MM_HINT_T0);
      w[b] = Lines::load(at);
    }
#pragma GCC unroll 2
    for (int step = 0; step < Lines::kSteps; ++step) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        const auto value = Lines::broadcast(x + r * t.x_stride, step);
#pragma GCC unroll 8
        for (int b = 0; b < Blocks; ++b) acc[r][b] = Lines::add(acc[r][b], w[b], step, value);
      }
    }
    weight += Lines::kLineBytes;
    x += Lines::kInputBytes;
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int b = 0; b < Blocks; ++b) {
      _mm512_storeu_ps(sums + r * kSumStride + b * kLinearLanes, acc[r][b]);
    }
  }
}

template <typename Lines, int Rows>
void sum_blocks(const LinearTile& t, const char* x, float* sums) {
  switch (t.num_blocks) {
    case 4:
      return sum_rows<Lines, Rows, 4>(t, x, sums);
    case 3:
      return sum_rows<Lines, Rows, 3>(t, x, sums);
    case 2:
      return sum_rows<Lines, Rows, 2>(t, x, sums);
    default:
      return sum_rows<Lines, Rows, 1>(t, x, sums);
  }
}

template <typename Lines>
void sum_tile(const LinearTile& t) {
  using Sum = void (*)(const LinearTile&, const char*, float*);
  constexpr Sum kByRows[kMaxRows] = {sum_blocks<Lines, 1>, sum_blocks<Lines, 2>,
                                     sum_blocks<Lines, 3>, sum_blocks<Lines, 4>,
                                     sum_blocks<Lines, 5>, sum_blocks<Lines, 6>};
  const char* x = static_cast<const char*>(t.x);
  float* sums = t.sums;
  // Slices of nearly equal height: a thin one would wait for its weights.
  int32_t slices = (t.num_rows + kMaxRows - 1) / kMaxRows;
  for (int32_t left = t.num_rows; left > 0; --slices) {
    const int32_t rows = (left + slices - 1) / slices;
    kByRows[rows - 1](t, x, sums);
    x += rows * t.x_stride;
    sums += rows * kSumStride;
    left -= rows;
  }
}

inline __mmask16 lanes_below(int64_t count) {
  return count >= 16 ? 0xffff : count <= 0 ? 0 : static_cast<__mmask16>((1u << count) - 1);
}

// store(index, lanes, value): sixteen elements of the row as it is staged.
template <typename Store>
void stage_row(const LinearStage& s, const Store& store) {
  const __m512 scale = _mm512_set1_ps(s.norm_scale);
  for (int64_t i = 0; i < s.padded; i += 16) {
    const __mmask16 lanes = lanes_below(s.count - i);
    __m512 value = _mm512_maskz_loadu_ps(lanes, s.x + i);
    if (s.norm_weight) {
      value = _mm512_mul_ps(_mm512_mul_ps(value, scale),
                            _mm512_maskz_loadu_ps(lanes, s.norm_weight + i));
    }
    store(i, lanes_below(s.padded - i), value);
  }
}

}  // namespace
}  // namespace llmserve
