// attention_kernels for AVX-512: 16 lanes.
#include "cpu/attention_chunk.h"

#if defined(__AVX512F__)

#include <immintrin.h>

// GCC 12 takes the undefined vectors inside its own intrinsics for a mistake of ours.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"

namespace llmserve {
namespace {

struct Avx512 {
  using V = __m512;
  static constexpr int kWidth = 16;
  static constexpr int kScoreRows = 8;
  static constexpr int kValueVectors = 4;

  static V set1(float x) { return _mm512_set1_ps(x); }
  static void store(float* to, V v) { _mm512_storeu_ps(to, v); }
  static V add(V a, V b) { return _mm512_add_ps(a, b); }
  static V sub(V a, V b) { return _mm512_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm512_mul_ps(a, b); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static V max(V a, V b) { return _mm512_max_ps(a, b); }  // b where either is NaN
  static V round(V a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static V pow2(V n) {  // 2^n for a whole n in [-126, 0]
    const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23));
  }
  static V zero_below(V x, float limit, V y) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, set1(limit), _CMP_NLT_UQ), y);
  }
  // Lanes [begin, end); -inf elsewhere.
  static V keep_range(V v, int begin, int end) {
    return _mm512_mask_mov_ps(set1(-__builtin_inff()), lanes_below(end) & ~lanes_below(begin), v);
  }
  static __mmask16 lanes_below(int n) {
    return static_cast<__mmask16>(n <= 0 ? 0u : n >= 16 ? 0xffffu : (1u << n) - 1u);
  }

  static V load(const float* from) { return _mm512_loadu_ps(from); }
  static V load(const Bf16Bits* from) {
    return widen_bf16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static V load(const F16Bits* from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static V load_partial(const float* from, int n) {
    return _mm512_maskz_loadu_ps(lanes_below(n), from);
  }
  static V load_partial(const Bf16Bits* from, int n) {
    return widen_bf16(_mm256_maskz_loadu_epi16(lanes_below(n), from));
  }
  static V load_partial(const F16Bits* from, int n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(lanes_below(n), from));
  }
  static V widen_bf16(__m256i bits) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }

  static V pair_lo(V a, V b) {
    return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
  static V pair_hi(V a, V b) {
    return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
  static void transpose(V (&r)[16]) {
    V t[16];
    for (int i = 0; i < 16; i += 2) {
      t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
    // r[i + c], quarter l: rows i to i + 3 of column 4 l + c.
    for (int i = 0; i < 16; i += 4) {
      r[i] = pair_lo(t[i], t[i + 2]);
      r[i + 1] = pair_hi(t[i], t[i + 2]);
      r[i + 2] = pair_lo(t[i + 1], t[i + 3]);
      r[i + 3] = pair_hi(t[i + 1], t[i + 3]);
    }
    for (int c = 0; c < 4; ++c) {
      t[c] = _mm512_shuffle_f32x4(r[c], r[4 + c], 0x88);
      t[4 + c] = _mm512_shuffle_f32x4(r[c], r[4 + c], 0xdd);
      t[8 + c] = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0x88);
      t[12 + c] = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0xdd);
    }
    for (int c = 0; c < 4; ++c) {
      r[c] = _mm512_shuffle_f32x4(t[c], t[8 + c], 0x88);
      r[4 + c] = _mm512_shuffle_f32x4(t[4 + c], t[12 + c], 0x88);
      r[8 + c] = _mm512_shuffle_f32x4(t[c], t[8 + c], 0xdd);
      r[12 + c] = _mm512_shuffle_f32x4(t[4 + c], t[12 + c], 0xdd);
    }
  }
};

}  // namespace

AttentionKernels attention_kernels_avx512() { return kernels_of<Avx512>(); }

}  // namespace llmserve

#endif  // __AVX512F__
