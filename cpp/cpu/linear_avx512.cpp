// Linear kernels for AVX-512 (F, BW, DQ, VL): one register is a block of 16 output features of one
// row; up to six rows times four blocks are summed at once.
#include "cpu/linear_kernels.h"

#if defined(__AVX512F__)

#include "cpu/linear_tile_avx512.h"

namespace llmserve {
namespace {

// Conversions take the masked forms: GCC 12 warns of an uninitialised operand in the plain ones.
constexpr __mmask16 kAll = 0xffff;

// What the three have in common: activations are float32.
struct FloatInput {
  static __m512 broadcast(const char* x, int step) {
    return _mm512_set1_ps(reinterpret_cast<const float*>(x)[step]);
  }
};

struct Float32Lines : FloatInput {
  static constexpr int kLineBytes = 64;
  static constexpr int kInputBytes = 4;
  static constexpr int kSteps = 1;
  using Line = __m512;
  static Line load(const char* weight) { return _mm512_loadu_ps(weight); }
  static __m512 add(__m512 sum, Line line, int, __m512 value) {
    return _mm512_fmadd_ps(line, value, sum);
  }
};

struct Float16Lines : Float32Lines {
  static constexpr int kLineBytes = 32;
  static Line load(const char* weight) {
    return _mm512_maskz_cvtph_ps(kAll,
                                 _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weight)));
  }
};

// Each 32-bit lane holds the features 2i and 2i + 1 of one output; a bfloat16 is the upper half of
// a float.
struct BFloat16Lines : FloatInput {
  static constexpr int kLineBytes = 64;
  static constexpr int kInputBytes = 8;
  static constexpr int kSteps = 2;
  struct Line {
    __m512 feature[2];
  };
  static Line load(const char* weight) {
    const __m512i pair = _mm512_loadu_si512(weight);
    return {{_mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, pair, 16)),
             _mm512_castsi512_ps(_mm512_and_si512(pair, _mm512_set1_epi32(-65536)))}};
  }
  static __m512 add(__m512 sum, const Line& line, int step, __m512 value) {
    return _mm512_fmadd_ps(line.feature[step], value, sum);
  }
};

void stage(const LinearStage& s) {
  float* out = static_cast<float*>(s.out);
  stage_row(s, [out](int64_t i, __mmask16 lanes, __m512 value) {
    _mm512_mask_storeu_ps(out + i, lanes, value);
  });
}

}  // namespace

LinearKernels linear_kernels_avx512() {
  return {.float32 = {sum_tile<Float32Lines>, stage, sizeof(float)},
          .bfloat16 = {sum_tile<BFloat16Lines>, stage, sizeof(float)},
          .float16 = {sum_tile<Float16Lines>, stage, sizeof(float)}};
}

}  // namespace llmserve

#endif
