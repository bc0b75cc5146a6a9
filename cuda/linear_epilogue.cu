// The epilogue over products that cuBLASLt left in scratch.
#include "base/checked.h"
#include "cuda_check.h"
#include "linear_epilogue.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 256;
constexpr int kGroup = static_cast<int>(WeightLayout::kGateRows);

// One thread: eight pairs of one token, which lie as eight gates before eight ups.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    finish_pairs(const __grid_constant__ LinearJob job, const T* product) {
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
  for (int i = 0; i < kGroup; ++i) gates[i] = gated_value(job, pair + i, gates[i], ups[i]);
  const int64_t at = static_cast<int64_t>(token) * job.out_width + pair;
  Eight<T>::pack(gates).store(static_cast<T*>(job.out) + at);
}

template <typename T>
__global__ void __launch_bounds__(kThreads)
    finish_values(const __grid_constant__ LinearJob job, const float* product) {
  const int64_t index = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (index >= static_cast<int64_t>(job.num_tokens) * job.weight_rows) return;
  const int token = static_cast<int>(index / job.weight_rows);
  finish_value<T>(job, token, static_cast<int>(index % job.weight_rows), product[index]);
}

}  // namespace

void finish_product(const LinearJob& job, const void* product, cudaStream_t stream) {
  const int64_t values = static_cast<int64_t>(job.num_tokens) * job.weight_rows;
  const int64_t work = job.pairs() ? values / (2 * kGroup) : values;
  const auto blocks = static_cast<unsigned>(ceil_div(work, kThreads));
  dispatch_half(job.dtype, [&]<typename T>() {
    if (job.pairs()) {
      finish_pairs<T><<<blocks, kThreads, 0, stream>>>(job, static_cast<const T*>(product));
    } else {
      finish_values<T><<<blocks, kThreads, 0, stream>>>(job, static_cast<const float*>(product));
    }
  });
  CUDA_CHECK_LAUNCH();
}

}  // namespace llmserve
