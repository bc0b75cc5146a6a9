// RMSNorm of whole rows into scratch, for the linears that do not norm x themselves.
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

// One block a row.
template <typename T>
__global__ void __launch_bounds__(kNormThreads)
    norm_row(const __grid_constant__ LinearJob job, T* out) {
  __shared__ float warp_sums[kNormWarps];
  await_previous_kernels();
  let_next_kernel_start();
  const int count = job.in_features;
  const int64_t row = static_cast<int64_t>(blockIdx.x) * count;
  const T* x = static_cast<const T*>(job.x) + row;
  const int thread = static_cast<int>(threadIdx.x);

  float values[8];
  float squares = 0.0f;
  for (int at = thread * 8; at < count; at += kNormThreads * 8) {
    load_eight(x, at, count, values);
    add_squares(values, squares);
  }
  squares = sum_lanes(squares);
  if (thread % 32 == 0) warp_sums[thread / 32] = squares;
  __syncthreads();
  const float scale = norm_scale(warp_sums, count, job.norm_eps);

  for (int at = thread * 8; at < count; at += kNormThreads * 8) {
    float weight[8];
    load_eight(x, at, count, values);
    load_eight(job.norm_weight, at, count, weight);
    apply_norm(scale, weight, values);
    store_eight(values, at, count, out + row);
  }
}

}  // namespace

void norm_tokens(const LinearJob& job, void* out, const DeviceInfo& device, cudaStream_t stream) {
  const LaunchShape shape{.grid = static_cast<unsigned>(job.num_tokens),
                          .block = kNormThreads,
                          .stream = stream,
                          .overlaps = device.overlaps_launches()};
  dispatch_element(job.dtype, [&]<typename T>() {
    launch_kernel(shape, norm_row<T>, job, static_cast<T*>(out));
  });
}

}  // namespace llmserve
