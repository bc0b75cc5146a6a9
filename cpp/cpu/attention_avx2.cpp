// attention_kernels for AVX2 with FMA and F16C: 8 lanes.
#include "cpu/attention_chunk.h"

#if defined(__AVX2__)

#include <immintrin.h>

namespace llmserve {
namespace {

struct Avx2 {
  using V = __m256;
  static constexpr int kWidth = 8;
  static constexpr int kScoreRows = 4;
  static constexpr int kValueVectors = 2;

  static V set1(float x) { return _mm256_set1_ps(x); }
  static void store(float* to, V v) { _mm256_storeu_ps(to, v); }
  static V add(V a, V b) { return _mm256_add_ps(a, b); }
  static V sub(V a, V b) { return _mm256_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm256_mul_ps(a, b); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static V max(V a, V b) { return _mm256_max_ps(a, b); }  // b where either is NaN
  static V round(V a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static V pow2(V n) {  // 2^n for a whole n in [-126, 0]
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
  }
  static V zero_below(V x, float limit, V y) {
    return _mm256_and_ps(_mm256_cmp_ps(x, set1(limit), _CMP_NLT_UQ), y);
  }
  // Lanes [begin, end); -inf elsewhere.
  static V keep_range(V v, int begin, int end) {
    const __m256i inside = _mm256_andnot_si256(lanes_below(begin), lanes_below(end));
    return _mm256_blendv_ps(set1(-__builtin_inff()), v, _mm256_castsi256_ps(inside));
  }
  static __m256i lanes_below(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }

  static V load(const float* from) { return _mm256_loadu_ps(from); }
  static V load(const Bf16Bits* from) {
    return widen_bf16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static V load(const F16Bits* from) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static V load_partial(const float* from, int n) {
    return _mm256_maskload_ps(from, lanes_below(n));
  }
  static V load_partial(const Bf16Bits* from, int n) { return widen_bf16(load_halves(from, n)); }
  static V load_partial(const F16Bits* from, int n) {
    return _mm256_cvtph_ps(load_halves(from, n));
  }
  static __m128i load_halves(const void* from, int n) {
    uint16_t halves[8] = {};
    __builtin_memcpy(halves, from, static_cast<unsigned>(n) * sizeof(uint16_t));
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves));
  }
  static V widen_bf16(__m128i bits) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }

  static void transpose(V (&r)[8]) {
    V t[8];
    for (int i = 0; i < 8; i += 2) {
      t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    // r[i + c], half l: rows i to i + 3 of column 4 l + c.
    for (int i = 0; i < 8; i += 4) {
      r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
      r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
      r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
      r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (int c = 0; c < 4; ++c) {
      t[c] = _mm256_permute2f128_ps(r[c], r[4 + c], 0x20);
      t[4 + c] = _mm256_permute2f128_ps(r[c], r[4 + c], 0x31);
    }
    for (int i = 0; i < 8; ++i) r[i] = t[i];
  }
};

}  // namespace

AttentionKernels attention_kernels_avx2() { return kernels_of<Avx2>(); }

}  // namespace llmserve

#endif  // __AVX2__
