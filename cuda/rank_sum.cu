// Memory-bound and small beside the transfer: one access of each part per thread and turn.
#include <algorithm>

#include "base/checked.h"
#include "cuda_check.h"
#include "device_math.cuh"
#include "rank_sum.h"

namespace llmserve {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMostBlocks = 1024;

template <typename T, int kLanes>
__global__ __launch_bounds__(kThreads) void add_parts(const RankSum s) {
  const int64_t step = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < s.count / kLanes; i += step) {
    const auto part = [&](int rank) {
      return reinterpret_cast<const T*>(rank == s.rank ? static_cast<const char*>(s.own)
                                                       : s.parts + rank * s.stride) +
             i * kLanes;
    };
    float sum[kLanes];
    load_elements<kLanes>(part(0), sum);
    for (int rank = 1; rank < s.size; ++rank) {
      float more[kLanes];
      load_elements<kLanes>(part(rank), more);
#pragma unroll
      for (int lane = 0; lane < kLanes; ++lane) sum[lane] += more[lane];
    }
    store_elements<kLanes>(static_cast<T*>(s.out) + i * kLanes, sum);
  }
}

bool is_aligned(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % 16 == 0; }

}  // namespace

void sum_ranks(const RankSum& sum, cudaStream_t stream) {
  if (sum.count == 0) return;
  dispatch_element(sum.dtype, [&]<typename T>() {
    constexpr int kLanes = kVectorLanes<T>;
    const bool whole = sum.count % kLanes == 0 && sum.stride % 16 == 0 && is_aligned(sum.parts) &&
                       is_aligned(sum.own) && is_aligned(sum.out);
    const int64_t blocks =
        std::min(ceil_div(sum.count / (whole ? kLanes : 1), kThreads), kMostBlocks);
    const auto kernel = whole ? add_parts<T, kLanes> : add_parts<T, 1>;
    kernel<<<static_cast<unsigned>(blocks), kThreads, 0, stream>>>(sum);
  });
  CUDA_CHECK_LAUNCH();
}

}  // namespace llmserve
