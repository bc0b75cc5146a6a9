// Activation functions of one value: the formulas of the CPU backend, which lose nothing for
// negative x.
#pragma once

#include "spec/model_spec.h"

namespace llmserve {

// 0.5 * x * (1 + tanh(u)) written as x * sigmoid(2 u), which does not cancel for negative x.
__device__ inline float gelu_tanh(float x) {
  constexpr float kScale = 1.5957691216f;  // 2 sqrt(2 / pi)
  const float twice_u = kScale * (x + 0.044715f * x * x * x);
  return x / (1.0f + expf(-twice_u));
}

__device__ inline float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::kSilu:
      return x / (1.0f + expf(-x));
    case Activation::kGelu:
      // erfc keeps the small values of negative x that 1 + erf would cancel.
      return 0.5f * x * erfcf(-x * 0.70710678118f);
    case Activation::kGeluTanh:
      return gelu_tanh(x);
    case Activation::kRelu:
      return x < 0.0f ? 0.0f : x;  // NaN passes
  }
  return x;
}

}  // namespace llmserve
