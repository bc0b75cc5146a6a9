// The linear kernels in plain C++: what the others must agree with, and what runs where there is
// nothing better.
#include <array>

#include "base/dtype.h"
#include "cpu/linear_kernels.h"

namespace llmserve {
namespace {

constexpr int kSumStride = kLinearGroup * kLinearLanes;

// T: the weight's element; Ks: input features in a line.
template <typename T, int Ks>
void tile(const LinearTile& t) {
  for (int32_t row = 0; row < t.num_rows; ++row) {
    const auto* x =
        reinterpret_cast<const float*>(static_cast<const char*>(t.x) + row * t.x_stride);
    for (int32_t block = 0; block < t.num_blocks; ++block) {
      const auto* w =
          reinterpret_cast<const T*>(static_cast<const char*>(t.weight) + block * t.block_stride);
      float* sums = t.sums + row * kSumStride + block * kLinearLanes;
      std::array<float, kLinearLanes> acc{};
      for (int lane = 0; lane < kLinearLanes && t.resume; ++lane) acc[lane] = sums[lane];
      for (int64_t line = 0; line < t.num_lines; ++line) {
        for (int k = 0; k < Ks; ++k) {
          const float value = x[line * Ks + k];
          for (int lane = 0; lane < kLinearLanes; ++lane) {
            acc[lane] += value * static_cast<float>(w[(line * kLinearLanes + lane) * Ks + k]);
          }
        }
      }
      for (int lane = 0; lane < kLinearLanes; ++lane) sums[lane] = acc[lane];
    }
  }
}

void stage(const LinearStage& s) {
  float* out = static_cast<float*>(s.out);
  if (s.norm_weight) {
    for (int64_t i = 0; i < s.count; ++i) out[i] = s.x[i] * s.norm_scale * s.norm_weight[i];
  } else {
    for (int64_t i = 0; i < s.count; ++i) out[i] = s.x[i];
  }
  for (int64_t i = s.count; i < s.padded; ++i) out[i] = 0.0f;
}

}  // namespace

LinearKernels linear_kernels_generic() {
  return {.float32 = {tile<float, 1>, stage, sizeof(float)},
          .bfloat16 = {tile<bfloat16, 2>, stage, sizeof(float)},
          .float16 = {tile<float16, 1>, stage, sizeof(float)}};
}

}  // namespace llmserve
