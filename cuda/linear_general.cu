// The plain linear kernel: any shape, any dtype, any number of tokens. Each sum is one chain of
// fused multiply-adds in the order of K, exact to float32 rounding.
#include "base/checked.h"
#include "cuda_check.h"
#include "linear_epilogue.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 256;
constexpr int kTileRows = 64;  // of the weight
constexpr int kTileTokens = 32;
constexpr int kTileDepth = 32;
constexpr int kLanes = kTileRows / 2;                         // threads along the rows
constexpr int kTokensEach = kTileTokens * kLanes / kThreads;  // of a thread, kTokenStep apart
constexpr int kTokenStep = kThreads / kLanes;
constexpr int kUp = static_cast<int>(WeightLayout::kGateRows);

// Transposed, and padded by one, so that neither writing along K nor reading along rows collides.
// Rows are ordered by the thread that owns them: the 32 first rows of all pairs, then the second.
struct Shared {
  float weight[kTileDepth][kTileRows + 1];
  float x[kTileDepth][kTileTokens + 1];
};

__device__ int owned_place(int row) {
  return row / kUp % 2 * kLanes + row / (2 * kUp) * kUp + row % kUp;
}

// Zero beyond the ends of rows, tokens and K.
template <typename T>
__device__ void load_tile(const LinearJob& job, int first_row, int first_token, int first_k,
                          Shared& shared) {
  const T* weight = static_cast<const T*>(job.weight);
  const T* x = static_cast<const T*>(job.x);
  const int k = static_cast<int>(threadIdx.x) % kTileDepth;
  const int at = first_k + k;
  for (int i = static_cast<int>(threadIdx.x) / kTileDepth; i < kTileRows;
       i += kThreads / kTileDepth) {
    const int row = first_row + i;
    const bool inside = row < job.weight_rows && at < job.in_features;
    shared.weight[k][owned_place(i)] =
        inside ? to_float(weight[row * job.row_elements + at]) : 0.0f;
  }
  for (int i = static_cast<int>(threadIdx.x) / kTileDepth; i < kTileTokens;
       i += kThreads / kTileDepth) {
    const int token = first_token + i;
    const bool inside = token < job.num_tokens && at < job.in_features;
    shared.x[k][i] =
        inside ? to_float(x[static_cast<int64_t>(token) * job.in_features + at]) : 0.0f;
  }
}

template <typename T>
__device__ void finish_sums(const LinearJob& job, int token, int pair, const float (&sums)[2]) {
  if (job.pairs()) {
    finish_pair<T>(job, token, pair, sums[0], sums[1]);
    return;
  }
  const int row = gate_row(pair);
  finish_value<T>(job, token, row, sums[0]);
  finish_value<T>(job, token, row + kUp, sums[1]);
}

// A thread owns rows r and r + 8, which are a gate and its up where the weight is gated.
template <typename T>
__global__ void __launch_bounds__(kThreads) multiply(const __grid_constant__ LinearJob job) {
  __shared__ Shared shared;
  const int lane = static_cast<int>(threadIdx.x) % kLanes;
  const int group = static_cast<int>(threadIdx.x) / kLanes;
  const int first_row = static_cast<int>(blockIdx.x) * kTileRows;
  const int first_token = static_cast<int>(blockIdx.y) * kTileTokens;

  float sums[kTokensEach][2] = {};
  for (int first_k = 0; first_k < job.in_features; first_k += kTileDepth) {
    load_tile<T>(job, first_row, first_token, first_k, shared);
    __syncthreads();
#pragma unroll 8
    for (int k = 0; k < kTileDepth; ++k) {
      const float first = shared.weight[k][lane];
      const float second = shared.weight[k][lane + kLanes];
#pragma unroll
      for (int i = 0; i < kTokensEach; ++i) {
        const float x = shared.x[k][group + i * kTokenStep];
        sums[i][0] = fmaf(first, x, sums[i][0]);
        sums[i][1] = fmaf(second, x, sums[i][1]);
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < kTokensEach; ++i) {
    const int token = first_token + group + i * kTokenStep;
    if (token < job.num_tokens) finish_sums<T>(job, token, first_row / 2 + lane, sums[i]);
  }
}

}  // namespace

void multiply_any(const LinearJob& job, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>(ceil_div(job.weight_rows, kTileRows)),
                  static_cast<unsigned>(ceil_div(job.num_tokens, kTileTokens)));
  dispatch_element(job.dtype,
                   [&]<typename T>() { multiply<T><<<grid, kThreads, 0, stream>>>(job); });
  CUDA_CHECK_LAUNCH();
}

}  // namespace llmserve
