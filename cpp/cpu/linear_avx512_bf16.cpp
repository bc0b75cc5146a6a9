// The linear kernel of bfloat16 weights for AVX512-BF16: one instruction multiplies a line of a
// block (16 outputs, two features) with a pair of activations, rounded to bfloat16 when staged.
#include "cpu/linear_kernels.h"

#if defined(__AVX512BF16__)

#include "cpu/linear_tile_avx512.h"

namespace llmserve {
namespace {

struct BFloat16Pairs {
  static constexpr int kLineBytes = 64;
  static constexpr int kInputBytes = 4;
  static constexpr int kSteps = 1;
  using Line = __m512i;
  static Line load(const char* weight) { return _mm512_loadu_si512(weight); }
  static __m512i broadcast(const char* x, int) {
    return _mm512_set1_epi32(*reinterpret_cast<const int32_t*>(x));
  }
  static __m512 add(__m512 sum, Line line, int, __m512i pair) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(line),
                            reinterpret_cast<__m512bh>(pair));
  }
};

void stage(const LinearStage& s) {
  auto* out = static_cast<int16_t*>(s.out);
  stage_row(s, [out](int64_t i, __mmask16 lanes, __m512 value) {
    const __m256bh rounded = _mm512_cvtneps_pbh(value);
    _mm256_mask_storeu_epi16(out + i, lanes, reinterpret_cast<__m256i>(rounded));
  });
}

}  // namespace

LinearKernel linear_kernel_avx512_bf16() {
  return {sum_tile<BFloat16Pairs>, stage, sizeof(int16_t)};
}

}  // namespace llmserve

#endif
