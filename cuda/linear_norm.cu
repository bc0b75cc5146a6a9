// RMSNorm of whole rows into scratch, for the linears that do not norm x themselves.
#include "base/checked.h"
#include "launch.cuh"
#include "linear_kernels.h"
#include "linear_norm.cuh"

namespace llmserve {
namespace {

// Rows of whole eights are aligned; of others, the tail is zero.
template <typename T>
__device__ void load_eight(const T* row, int at, int count, float (&values)[8]) {
  if (count % 8 == 0) {
    Eight<T>::load(row + at).unpack(values);
    return;
  }
#pragma unroll
  for (int i = 0; i < 8; ++i) values[i] = at + i < count ? to_float(row[at + i]) : 0.0f;
}

template <typename T>
__device__ void store_eight(const float (&values)[8], int at, int count, T* row) {
  if (count % 8 == 0) {
    Eight<T>::pack(values).store(row + at);
    return;
  }
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    if (at + i < count) row[at + i] = from_float<T>(values[i]);
  }
}

// One block a row. The weight does not wait for the kernels before, and the row is read once where
// kVectors eights a thread hold it; 0: of any length, read twice.
template <typename T, int kVectors>
__global__ void __launch_bounds__(kNormThreads)
    norm_row(const __grid_constant__ LinearJob job, T* out) {
  __shared__ float warp_sums[kNormWarps];
  let_next_kernel_start();
  constexpr int kStride = kNormThreads * 8;
  const int count = job.in_features;
  const int64_t row = static_cast<int64_t>(blockIdx.x) * count;
  const T* x = static_cast<const T*>(job.x) + row;
  const int thread = static_cast<int>(threadIdx.x);
  constexpr int kHeld = kVectors > 0 ? kVectors : 1;
  float weights[kHeld][8], values[kHeld][8];
#pragma unroll
  for (int i = 0; i < kVectors; ++i) {
    const int at = thread * 8 + i * kStride;
    if (at < count) load_eight(job.norm_weight, at, count, weights[i]);
  }
  await_previous_kernels();

  float squares = 0.0f;
  if constexpr (kVectors > 0) {
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      const int at = thread * 8 + i * kStride;
      if (at < count) load_eight(x, at, count, values[i]);
    }
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      if (thread * 8 + i * kStride < count) add_squares(values[i], squares);
    }
  } else {
    for (int at = thread * 8; at < count; at += kStride) {
      load_eight(x, at, count, values[0]);
      add_squares(values[0], squares);
    }
  }
  squares = sum_lanes(squares);
  if (thread % 32 == 0) warp_sums[thread / 32] = squares;
  __syncthreads();
  const float scale = norm_scale(warp_sums, count, job.norm_eps);

  if constexpr (kVectors > 0) {
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      const int at = thread * 8 + i * kStride;
      if (at >= count) continue;
      apply_norm(scale, weights[i], values[i]);
      store_eight(values[i], at, count, out + row);
    }
  } else {
    for (int at = thread * 8; at < count; at += kStride) {
      load_eight(x, at, count, values[0]);
      load_eight(job.norm_weight, at, count, weights[0]);
      apply_norm(scale, weights[0], values[0]);
      store_eight(values[0], at, count, out + row);
    }
  }
}

template <typename T>
void launch(const LaunchShape& shape, const LinearJob& job, void* out) {
  T* to = static_cast<T*>(out);
  const int64_t vectors = ceil_div(job.in_features, kNormThreads * 8);
  if (vectors <= 1) return launch_kernel(shape, norm_row<T, 1>, job, to);
  if (vectors <= 2) return launch_kernel(shape, norm_row<T, 2>, job, to);
  if (vectors <= 4) return launch_kernel(shape, norm_row<T, 4>, job, to);
  launch_kernel(shape, norm_row<T, 0>, job, to);
}

}  // namespace

void norm_tokens(const LinearJob& job, void* out, const DeviceInfo& device, cudaStream_t stream) {
  const LaunchShape shape{.grid = static_cast<unsigned>(job.num_tokens),
                          .block = kNormThreads,
                          .stream = stream,
                          .overlaps = device.overlaps_launches()};
  dispatch_element(job.dtype, [&]<typename T>() { launch<T>(shape, job, out); });
}

}  // namespace llmserve
