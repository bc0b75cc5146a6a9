#include "cpu/activation.h"

#include <cmath>
#include <numbers>

#include "base/error.h"
#include "cpu/activation_kernels.h"

namespace llmserve {
namespace {

void silu(float* values, int64_t count) {
  for (int64_t i = 0; i < count; ++i) values[i] = values[i] / (1.0f + std::exp(-values[i]));
}

// 0.5 * x * (1 + tanh(u)) written as x * sigmoid(2 u), which does not cancel for negative x.
void gelu_tanh(float* values, int64_t count) {
  constexpr float kScale = 2.0f * std::numbers::sqrt2_v<float> * std::numbers::inv_sqrtpi_v<float>;
  for (int64_t i = 0; i < count; ++i) {
    const float x = values[i];
    const float twice_u = kScale * (x + 0.044715f * x * x * x);
    values[i] = x / (1.0f + std::exp(-twice_u));
  }
}

void gelu(float* values, int64_t count) {
  constexpr float kInvSqrt2 = 1.0f / std::numbers::sqrt2_v<float>;
  for (int64_t i = 0; i < count; ++i) {
    // erfc keeps the small values of negative x that 1 + erf would cancel.
    values[i] = 0.5f * values[i] * std::erfc(-values[i] * kInvSqrt2);
  }
}

void relu(float* values, int64_t count) {
  // NaN passes.
  for (int64_t i = 0; i < count; ++i) values[i] = values[i] < 0.0f ? 0.0f : values[i];
}

}  // namespace

ActivationFunction activation_function(Activation activation, [[maybe_unused]] CpuIsa isa) {
#if defined(__x86_64__)
  if (isa >= CpuIsa::kAvx2) {
    if (activation == Activation::kSilu) return silu_avx2;
    if (activation == Activation::kGeluTanh) return gelu_tanh_avx2;
  }
#endif
  switch (activation) {
    case Activation::kSilu:
      return silu;
    case Activation::kGelu:
      return gelu;
    case Activation::kGeluTanh:
      return gelu_tanh;
    case Activation::kRelu:
      return relu;
  }
  throw_error(ErrorKind::kInternal, "no such activation: ", static_cast<int>(activation));
}

}  // namespace llmserve
