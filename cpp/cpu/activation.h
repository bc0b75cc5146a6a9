// Activation functions over rows of sums: the last step of a linear layer.
#pragma once

#include <cstdint>

#include "cpu/isa.h"
#include "spec/model_spec.h"

namespace llmserve {

// In place, over `count` floats, a multiple of 16. Each value's result depends on it alone, not on
// its place in the row.
using ActivationFunction = void (*)(float* values, int64_t count);

ActivationFunction activation_function(Activation activation, CpuIsa isa);

}  // namespace llmserve
