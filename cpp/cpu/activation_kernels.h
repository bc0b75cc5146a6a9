// Activation kernels for better instruction sets. Plain data only, as linear_kernels.h.
#pragma once

#include <cstdint>

namespace llmserve {

void silu_avx2(float* values, int64_t count);
void gelu_tanh_avx2(float* values, int64_t count);

}  // namespace llmserve
