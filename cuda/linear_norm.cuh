// RMSNorm in the order of operations that every linear shares: 256 threads a row, each thread one
// chain over its eights, lanes by a butterfly, warps in order. So a row has the same bits whether
// it is normed inside a kernel or before it.
#pragma once

#include <cstdint>

#include "linear_values.cuh"

namespace llmserve {

inline constexpr int kNormThreads = 256;
inline constexpr int kNormWarps = kNormThreads / 32;

__device__ inline void add_squares(const float (&values)[8], float& sum) {
#pragma unroll
  for (int i = 0; i < 8; ++i) sum = fmaf(values[i], values[i], sum);
}

// 1 / rms of a row from the sums of its warps.
__device__ inline float norm_scale(const float* warp_sums, int count, float eps) {
  float sum = 0.0f;
#pragma unroll
  for (int warp = 0; warp < kNormWarps; ++warp) sum += warp_sums[warp];
  return 1.0f / sqrtf(sum / static_cast<float>(count) + eps);
}

__device__ inline void apply_norm(float scale, const float (&weight)[8], float (&values)[8]) {
#pragma unroll
  for (int i = 0; i < 8; ++i) values[i] = values[i] * scale * weight[i];
}

}  // namespace llmserve
