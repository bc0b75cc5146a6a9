// Sigmoid-shaped activations for AVX2 with FMA, eight values at a time, to about 2e-7 relative.
#include "cpu/activation_kernels.h"

#if defined(__AVX2__)

#include <immintrin.h>

namespace llmserve {
namespace {

// e^x: 2^n times a polynomial of the rest, |rest| <= ln(2) / 2. Clamped to what a float holds.
__m256 exp_ps(__m256 x) {
  x = _mm256_min_ps(_mm256_set1_ps(88.0f), _mm256_max_ps(_mm256_set1_ps(-87.0f), x));
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                                   _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  // ln(2) in two parts, the first exact in products with small whole numbers.
  __m256 rest = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
  rest = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), rest);
  // The Taylor series: its next term is below 2^-27 of the sum in this range.
  __m256 sum = _mm256_set1_ps(1.0f / 5040.0f);
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 720.0f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 120.0f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 24.0f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 6.0f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(0.5f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f));
  sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f));
  const __m256i exponent =
      _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(sum, _mm256_castsi256_ps(exponent));
}

// x * sigmoid(gate). A NaN of x passes.
__m256 gated(__m256 x, __m256 gate) {
  const __m256 one = _mm256_set1_ps(1.0f);
  const __m256 exponential = exp_ps(_mm256_sub_ps(_mm256_setzero_ps(), gate));
  return _mm256_div_ps(x, _mm256_add_ps(one, exponential));
}

}  // namespace

void silu_avx2(float* values, int64_t count) {
  for (int64_t i = 0; i < count; i += 8) {
    const __m256 x = _mm256_loadu_ps(values + i);
    _mm256_storeu_ps(values + i, gated(x, x));
  }
}

void gelu_tanh_avx2(float* values, int64_t count) {
  const __m256 scale = _mm256_set1_ps(1.59576912f);  // 2 sqrt(2 / pi)
  const __m256 cubic = _mm256_set1_ps(0.044715f);
  for (int64_t i = 0; i < count; i += 8) {
    const __m256 x = _mm256_loadu_ps(values + i);
    const __m256 cube = _mm256_mul_ps(_mm256_mul_ps(x, x), x);
    const __m256 twice_u = _mm256_mul_ps(scale, _mm256_fmadd_ps(cubic, cube, x));
    _mm256_storeu_ps(values + i, gated(x, twice_u));
  }
}

}  // namespace llmserve

#endif
