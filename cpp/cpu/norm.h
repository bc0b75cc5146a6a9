// RMSNorm of one row: what the linear layers, RoPE and the norm op itself share.
#pragma once

#include <cstdint>

namespace llmserve {

// 1 / sqrt(mean(x^2) + eps), summed in an order that depends on `count` alone.
float rms_scale(const float* x, int64_t count, float eps);

// out = x * rms_scale(x) * weight; out may be x.
void rms_norm_row(const float* x, const float* weight, int64_t count, float eps, float* out);

}  // namespace llmserve
