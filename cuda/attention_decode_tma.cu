// The decode kernel of Hopper GPUs: that of attention_decode.cu with a warp that copies, and the
// same results to the bit.
#include "attention_decode_block.cuh"
#include "attention_decode_boxes.cuh"
#include "attention_maps.h"

namespace llmserve {
namespace {

template <typename T, int kDim>
__global__ void __launch_bounds__((BoxFeed<T, kDim>::kThreads), (BoxFeed<T, kDim>::kMaxBlocks))
    decode_kernel(const __grid_constant__ AttentionParams p,
                  const __grid_constant__ CacheMaps maps) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  using Feed = BoxFeed<T, kDim>;
  extern __shared__ __align__(16) unsigned char memory[];
  __shared__ DecodeShared<Feed> shared;
  const bool computes = threadIdx.x < kAttentionThreads;
  if (threadIdx.x < kTileKeys / 32) shared.broken[threadIdx.x] = 0;
  if (threadIdx.x == kAttentionThreads) {
    shared.feed.prepare();
    prefetch_map(maps.keys);
    prefetch_map(maps.values);
  }
  // The rows are there before the kernel that brings queries and keys has begun. A few of them one
  // warp plans sooner than several.
  const bool few_rows = p.num_rows <= 32;
  if (computes && !few_rows) plan_work<ComputeThreads>(p, shared.work);
  __syncthreads();
  if (!computes) {
    if (few_rows) plan_work<OneWarp>(p, shared.work);
    return BoxFetcher<T, kDim>(p, shared.work, shared.feed, memory, maps.keys, maps.values).run();
  }
  await_previous_kernels();
  let_next_kernel_start();
  Feed feed(shared.feed, memory);
  DecodeBlock<Feed>(p, shared, feed).run();
#else
  __trap();  // never launched
#endif
}

}  // namespace

void launch_attention_decode_hopper(const AttentionParams& params, DType dtype,
                                    const DeviceInfo& device, cudaStream_t stream) {
  dispatch_hopper(dtype, params.head_dim, [&]<typename T, int kDim>() {
    launch_decode<BoxFeed<T, kDim>>(decode_kernel<T, kDim>, params, device, stream,
                                    make_cache_maps(params, dtype));
  });
}

}  // namespace llmserve
