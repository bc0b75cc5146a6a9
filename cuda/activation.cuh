// Activation functions of one value: the formulas of the CPU backend, which lose nothing for
// negative x. T is the type that the result is rounded to: what it cannot show need not be
// computed.
#pragma once

#include <type_traits>

#include "spec/model_spec.h"

namespace llmserve {

// x * sigmoid(t).
template <typename T>
__device__ float gated_by_sigmoid(float x, float t) {
  if constexpr (std::is_same_v<T, float>) return x / (1.0f + expf(-t));
  return __fdividef(x, 1.0f + __expf(-t));
}

// 0.5 * x * (1 + tanh(u)) written as x * sigmoid(2 u), which does not cancel for negative x.
template <typename T>
__device__ float gelu_tanh(float x) {
  constexpr float kScale = 1.5957691216f;  // 2 sqrt(2 / pi)
  const float twice_u = kScale * (x + 0.044715f * x * x * x);
  return gated_by_sigmoid<T>(x, twice_u);
}

template <typename T>
__device__ float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::kSilu:
      return gated_by_sigmoid<T>(x, x);
    case Activation::kGelu:
      // erfc keeps the small values of negative x that 1 + erf would cancel.
      return 0.5f * x * erfcf(-x * 0.70710678118f);
    case Activation::kGeluTanh:
      return gelu_tanh<T>(x);
    case Activation::kRelu:
      return x < 0.0f ? 0.0f : x;  // NaN passes
  }
  return x;
}

}  // namespace llmserve
