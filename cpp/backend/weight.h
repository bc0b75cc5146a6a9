// Weights as a backend sees them: views of memory that it packed itself, in a layout of its own.
#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace llmserve {

// The shape of a linear layer's weight, before anything is allocated.
struct LinearShape {
  int64_t out_features = 0;
  int64_t in_features = 0;
  DType dtype = DType::kFloat32;
  bool gated = false;  // the rows are two halves, gate and up; packed so that one kernel sees both
};

// y = W x + bias. `data` is opaque: only the backend that packed it reads it.
struct LinearWeight {
  LinearShape shape;
  void* data = nullptr;
  const float* bias = nullptr;  // [out_features], the gate's half first; null: none
};

}  // namespace llmserve
