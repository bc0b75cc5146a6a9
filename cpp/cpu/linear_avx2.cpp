// Linear kernels for AVX2 with FMA and F16C: two registers are a block of 16 output features of one
// row. Sixteen registers hold the sums of few rows times few blocks: 1 x 4, 3 x 2 or 6 x 1.
#include "cpu/linear_kernels.h"

#if defined(__AVX2__)

#include <immintrin.h>

namespace llmserve {
namespace {

constexpr int kSumStride = kLinearGroup * kLinearLanes;
constexpr int kPrefetchBytes = 1024;

struct Float32Lines {
  static constexpr int kLineBytes = 64;
  static constexpr int kFeatures = 1;
  static __m256 load(const char* line, int half, int) {
    return _mm256_loadu_ps(reinterpret_cast<const float*>(line) + half * 8);
  }
};

struct Float16Lines {
  static constexpr int kLineBytes = 32;
  static constexpr int kFeatures = 1;
  static __m256 load(const char* line, int half, int) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(line) + half));
  }
};

// Each 32-bit lane holds the features 2i and 2i + 1 of one output; a bfloat16 is the upper half of
// a float.
struct BFloat16Lines {
  static constexpr int kLineBytes = 64;
  static constexpr int kFeatures = 2;
  static __m256 load(const char* line, int half, int feature) {
    const __m256i pair = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(line) + half);
    return _mm256_castsi256_ps(feature == 0 ? _mm256_slli_epi32(pair, 16)
                                            : _mm256_and_si256(pair, _mm256_set1_epi32(-65536)));
  }
};

template <typename Lines, int Rows, int Blocks>
void sum_rows(const LinearTile& t, const char* x, const char* weight, float* sums) {
  __m256 acc[Rows][Blocks][2];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int b = 0; b < Blocks; ++b) {
      const float* from = sums + r * kSumStride + b * kLinearLanes;
      acc[r][b][0] = t.resume ? _mm256_loadu_ps(from) : _mm256_setzero_ps();
      acc[r][b][1] = t.resume ? _mm256_loadu_ps(from + 8) : _mm256_setzero_ps();
    }
  }
  for (int64_t line = 0; line < t.num_lines; ++line) {
#pragma GCC unroll 2
    for (int k = 0; k < Lines::kFeatures; ++k) {
#pragma GCC unroll 8
      for (int b = 0; b < Blocks; ++b) {
        const char* at = weight + b * t.block_stride;
        if (Rows == 1 && k == 0) _mm_prefetch(at + kPrefetchBytes, _MM_HINT_T0);
        const __m256 low = Lines::load(at, 0, k);
        const __m256 high = Lines::load(at, 1, k);
#pragma GCC unroll 8
        for (int r = 0; r < Rows; ++r) {
          const __m256 value =
              _mm256_set1_ps(reinterpret_cast<const float*>(x + r * t.x_stride)[k]);
          acc[r][b][0] = _mm256_fmadd_ps(value, low, acc[r][b][0]);
          acc[r][b][1] = _mm256_fmadd_ps(value, high, acc[r][b][1]);
        }
      }
    }
    weight += Lines::kLineBytes;
    x += Lines::kFeatures * sizeof(float);
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int b = 0; b < Blocks; ++b) {
      float* to = sums + r * kSumStride + b * kLinearLanes;
      _mm256_storeu_ps(to, acc[r][b][0]);
      _mm256_storeu_ps(to + 8, acc[r][b][1]);
    }
  }
}

// All blocks of `Rows` rows, `Blocks` at a time.
template <typename Lines, int Rows, int Blocks>
void sum_blocks(const LinearTile& t, const char* x, float* sums) {
  const char* weight = static_cast<const char*>(t.weight);
  int32_t block = 0;
  for (; block + Blocks <= t.num_blocks; block += Blocks) {
    sum_rows<Lines, Rows, Blocks>(t, x, weight + block * t.block_stride,
                                  sums + block * kLinearLanes);
  }
  for (; block < t.num_blocks; ++block) {
    sum_rows<Lines, Rows, 1>(t, x, weight + block * t.block_stride, sums + block * kLinearLanes);
  }
}

template <typename Lines>
void tile(const LinearTile& t) {
  const char* x = static_cast<const char*>(t.x);
  float* sums = t.sums;
  for (int32_t left = t.num_rows; left > 0;) {
    const int32_t rows = left >= 6 ? 6 : left >= 3 ? 3 : 1;
    if (rows == 6) {
      sum_blocks<Lines, 6, 1>(t, x, sums);
    } else if (rows == 3) {
      sum_blocks<Lines, 3, 2>(t, x, sums);
    } else {
      sum_blocks<Lines, 1, 4>(t, x, sums);
    }
    x += rows * t.x_stride;
    sums += rows * kSumStride;
    left -= rows;
  }
}

void stage(const LinearStage& s) {
  float* out = static_cast<float*>(s.out);
  const __m256 scale = _mm256_set1_ps(s.norm_scale);
  int64_t i = 0;
  for (; i + 8 <= s.count; i += 8) {
    __m256 value = _mm256_loadu_ps(s.x + i);
    if (s.norm_weight) {
      value = _mm256_mul_ps(_mm256_mul_ps(value, scale), _mm256_loadu_ps(s.norm_weight + i));
    }
    _mm256_storeu_ps(out + i, value);
  }
  for (; i < s.count; ++i) {
    out[i] = s.norm_weight ? s.x[i] * s.norm_scale * s.norm_weight[i] : s.x[i];
  }
  for (; i < s.padded; ++i) out[i] = 0.0f;
}

}  // namespace

LinearKernels linear_kernels_avx2() {
  return {.float32 = {tile<Float32Lines>, stage, sizeof(float)},
          .bfloat16 = {tile<BFloat16Lines>, stage, sizeof(float)},
          .float16 = {tile<Float16Lines>, stage, sizeof(float)}};
}

}  // namespace llmserve

#endif
