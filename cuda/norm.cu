// RMSNorm of rows.
#include <algorithm>

#include "base/checked.h"
#include "cuda_backend.h"
#include "device_math.cuh"
#include "launch.cuh"

namespace llmserve {
namespace {

constexpr int kMaxThreads = 512;

// A block has a row; each thread reads again what it summed, and nothing that another one writes,
// so that `out` may be `x`.
template <typename T, int kLanes>
__global__ __launch_bounds__(kMaxThreads) void norm_rows(const T* x, const float* weight, float eps,
                                                         int32_t width, T* out) {
  __shared__ float sums[kMaxThreads / kWarpSize];
  let_next_kernel_start();
  await_previous_kernels();
  const int64_t row = static_cast<int64_t>(blockIdx.x) * width;
  const int32_t begin = static_cast<int32_t>(threadIdx.x) * kLanes;
  const int32_t stride = static_cast<int32_t>(blockDim.x) * kLanes;
  float values[kLanes];
  float sum = 0.0f;
  for (int32_t i = begin; i < width; i += stride) {
    load_elements(x + row + i, values);
#pragma unroll
    for (const float value : values) sum += value * value;
  }
  const float scale = 1.0f / sqrtf(sum_block(sum, sums) / static_cast<float>(width) + eps);
  float weights[kLanes];
  for (int32_t i = begin; i < width; i += stride) {
    load_elements(x + row + i, values);
    load_floats(weight + i, weights);
#pragma unroll
    for (int j = 0; j < kLanes; ++j) values[j] = values[j] * scale * weights[j];
    store_elements(out + row + i, values);
  }
}

// By the width alone, so that it decides the order of the sums alone.
template <typename T, int kLanes>
void launch(const Tensor& x, const float* weight, float eps, const Tensor& out, cudaStream_t stream,
            bool overlaps) {
  const int64_t width = x.dim(1);
  const int64_t threads =
      std::min<int64_t>(kMaxThreads, round_up(ceil_div(width, kLanes), kWarpSize));
  launch_kernel({.grid = static_cast<unsigned>(x.dim(0)),
                 .block = static_cast<unsigned>(threads),
                 .stream = stream,
                 .overlaps = overlaps},
                norm_rows<T, kLanes>, static_cast<const T*>(x.raw()), weight, eps,
                static_cast<int32_t>(width), static_cast<T*>(out.raw()));
}

}  // namespace

void CudaBackend::rms_norm(const Tensor& x, const float* weight, float eps, const Tensor& out) {
  Dim tokens("tokens"), features("features");
  expect(x, "x", x.dtype(), {&tokens, &features});
  expect(out, "out", x.dtype(), {&tokens, &features});
  CHECK(weight != nullptr);
  if (tokens.value() == 0 || features.value() == 0) return;
  CHECK_LT(features.value(), int64_t{1} << 30);
  dispatch_element(x.dtype(), [&]<typename T>() {
    constexpr int kLanes = kVectorLanes<T>;
    if (features.value() % kLanes == 0) {
      launch<T, kLanes>(x, weight, eps, out, stream_, info_.overlaps_launches());
    } else {
      launch<T, 1>(x, weight, eps, out, stream_, info_.overlaps_launches());
    }
  });
}

}  // namespace llmserve
