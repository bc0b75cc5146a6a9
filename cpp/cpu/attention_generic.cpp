// attention_kernels in plain C++, for any machine: the reference of the others.
#include <bit>

#include "base/dtype.h"
#include "cpu/attention_chunk.h"

namespace llmserve {
namespace {

struct Generic {
  static constexpr int kWidth = 8;
  static constexpr int kScoreRows = 4;
  static constexpr int kValueVectors = 1;

  struct V {
    float lane[kWidth];
  };

  template <typename F>
  static V make(F&& f) {
    V v;
    for (int i = 0; i < kWidth; ++i) v.lane[i] = f(i);
    return v;
  }

  static V set1(float x) {
    return make([&](int) { return x; });
  }
  static void store(float* to, const V& v) {
    for (int i = 0; i < kWidth; ++i) to[i] = v.lane[i];
  }
  static V add(const V& a, const V& b) {
    return make([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static V sub(const V& a, const V& b) {
    return make([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  static V mul(const V& a, const V& b) {
    return make([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static V fma(const V& a, const V& b, const V& c) {
#if defined(__ARM_FEATURE_FMA)
    return make([&](int i) { return __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]); });
#else
    return make([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
#endif
  }
  static V max(const V& a, const V& b) {  // b where either is NaN
    return make([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static V round(const V& a) {  // right for |a| < 2^22: the sum has no bits left for a fraction
    constexpr float kShift = 12582912.0f;
    return make([&](int i) { return (a.lane[i] + kShift) - kShift; });
  }
  static V pow2(const V& n) {  // 2^n for a whole n in [-126, 0]; anything for a NaN
    return make([&](int i) {
      const int exponent = n.lane[i] >= -126.0f ? static_cast<int>(n.lane[i]) : -126;
      return std::bit_cast<float>(static_cast<uint32_t>(exponent + 127) << 23);
    });
  }
  static V zero_below(const V& x, float limit, const V& y) {
    return make([&](int i) { return x.lane[i] < limit ? 0.0f : y.lane[i]; });
  }
  // Lanes [begin, end); -inf elsewhere.
  static V keep_range(const V& v, int begin, int end) {
    return make([&](int i) { return i >= begin && i < end ? v.lane[i] : -__builtin_inff(); });
  }
  static float widen(float x) { return x; }
  static float widen(Bf16Bits x) { return static_cast<float>(std::bit_cast<bfloat16>(x)); }
  static float widen(F16Bits x) { return static_cast<float>(std::bit_cast<float16>(x)); }
  template <typename T>
  static V load(const T* from) {
    return make([&](int i) { return widen(from[i]); });
  }
  template <typename T>
  static V load_partial(const T* from, int n) {
    return make([&](int i) { return i < n ? widen(from[i]) : 0.0f; });
  }
  static void transpose(V (&r)[kWidth]) {
    for (int i = 0; i < kWidth; ++i) {
      for (int j = 0; j < i; ++j) {
        const float swapped = r[i].lane[j];
        r[i].lane[j] = r[j].lane[i];
        r[j].lane[i] = swapped;
      }
    }
  }
};

}  // namespace

AttentionKernels attention_kernels_generic() { return kernels_of<Generic>(); }

}  // namespace llmserve
