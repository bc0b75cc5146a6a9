// The epilogue over products that cuBLASLt left in scratch.
#include "base/checked.h"
#include "launch.cuh"
#include "linear_epilogue.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 256;
constexpr int kGroup = static_cast<int>(WeightLayout::kGateRows);

// One thread: eight pairs of one token, which lie as eight gates before eight ups.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    finish_pairs(const __grid_constant__ LinearJob job, const T* product) {
  await_previous_kernels();
  let_next_kernel_start();
  const int groups = job.weight_rows / (2 * kGroup);
  const int64_t index = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (index >= static_cast<int64_t>(job.num_tokens) * groups) return;
  const int token = static_cast<int>(index / groups);
  const int pair = static_cast<int>(index % groups) * kGroup;
  const T* from = product + static_cast<int64_t>(token) * job.weight_rows + 2 * pair;
  float gates[kGroup], ups[kGroup];
  Eight<T>::load(from).unpack(gates);
  Eight<T>::load(from + kGroup).unpack(ups);
  if (job.out_width % kGroup != 0 || job.out_dtype != job.dtype) {
#pragma unroll
    for (int i = 0; i < kGroup; ++i) finish_pair<T>(job, token, pair + i, gates[i], ups[i]);
    return;
  }
#pragma unroll
  for (int i = 0; i < kGroup; ++i) gates[i] = gated_value<T>(job, pair + i, gates[i], ups[i]);
  const int64_t at = static_cast<int64_t>(token) * job.out_width + pair;
  Eight<T>::pack(gates).store(static_cast<T*>(job.out) + at);
}

// finish_value() for eight neighbours that lie in `out` as they do in the weight.
template <typename T>
__device__ void finish_eight(const LinearJob& job, int token, int row, float (&values)[kGroup]) {
  T* out = static_cast<T*>(job.out) + static_cast<int64_t>(token) * job.out_width + row;
  float bias[kGroup] = {}, residual[kGroup] = {};
  if (job.bias) Eight<float>::load(job.bias + row).unpack(bias);
  if (job.epilogue == Epilogue::kAdd) Eight<T>::load(out).unpack(residual);
#pragma unroll
  for (int i = 0; i < kGroup; ++i) {
    if (job.bias) values[i] += bias[i];
    if (job.epilogue == Epilogue::kActivation) values[i] = activate<T>(job.activation, values[i]);
    if (job.epilogue == Epilogue::kAdd) values[i] = residual[i] + values[i];
  }
  Eight<T>::pack(values).store(out);
}

// One thread: kLanes neighbouring rows of the weight for one token.
template <typename T, int kLanes>
__global__ void __launch_bounds__(kThreads)
    finish_values(const __grid_constant__ LinearJob job, const float* product) {
  await_previous_kernels();
  let_next_kernel_start();
  const int groups = job.weight_rows / kLanes;
  const int64_t index = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (index >= static_cast<int64_t>(job.num_tokens) * groups) return;
  const int token = static_cast<int>(index / groups);
  const int row = static_cast<int>(index % groups) * kLanes;
  const float* from = product + static_cast<int64_t>(token) * job.weight_rows + row;
  if constexpr (kLanes == 1) {
    finish_value<T>(job, token, row, *from);
  } else {
    float values[kLanes];
    Eight<float>::load(from).unpack(values);
    finish_eight<T>(job, token, row, values);
  }
}

}  // namespace

void finish_product(const LinearJob& job, const void* product, const DeviceInfo& device,
                    cudaStream_t stream) {
  const bool wide = !job.gated && job.dtype == job.out_dtype && job.out_width % kGroup == 0 &&
                    job.weight_rows == job.out_features;
  const int64_t lanes = job.pairs() ? 2 * kGroup : wide ? kGroup : 1;
  const int64_t work = int64_t{job.num_tokens} * (job.weight_rows / lanes);
  const LaunchShape shape{.grid = static_cast<unsigned>(ceil_div(work, kThreads)),
                          .block = kThreads,
                          .stream = stream,
                          .overlaps = device.overlaps_launches()};
  dispatch_half(job.dtype, [&]<typename T>() {
    const auto* values = static_cast<const float*>(product);
    if (job.pairs()) {
      launch_kernel(shape, finish_pairs<T>, job, static_cast<const T*>(product));
    } else if (wide) {
      launch_kernel(shape, finish_values<T, kGroup>, job, values);
    } else {
      launch_kernel(shape, finish_values<T, 1>, job, values);
    }
  });
}

}  // namespace llmserve
