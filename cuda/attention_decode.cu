// Attention of rows of one token, and of a few: split over the keys. An item is (row, kv head, 16
// query rows, run of chunks): all chunks where there is work enough for every block. The block that
// brings the last chunk of a sequence folds them all, in their order.
#include "attention_decode_block.cuh"
#include "attention_decode_vectors.cuh"

namespace llmserve {
namespace {

template <typename T, int kDim>
__global__ void __launch_bounds__(kAttentionThreads, (VectorFeed<T, kDim>::kMaxBlocks))
    decode_kernel(const __grid_constant__ AttentionParams p) {
  using Feed = VectorFeed<T, kDim>;
  extern __shared__ __align__(16) unsigned char memory[];
  __shared__ DecodeShared<Feed> shared;
  if (threadIdx.x < kTileKeys / 32) shared.broken[threadIdx.x] = 0;
  // The rows are there before the kernel that brings queries and keys has begun.
  plan_work<ComputeThreads>(p, shared.work);
  await_previous_kernels();
  let_next_kernel_start();
  Feed feed(p, shared.work, shared.feed, memory);
  feed.begin();
  DecodeBlock<Feed>(p, shared, feed).run();
  if (threadIdx.x == 0) leave_queue(p.scratch.decode_queue);
}

}  // namespace

void launch_attention_decode(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                             cudaStream_t stream) {
  dispatch_tensor_core(dtype, params.head_dim, [&]<typename T, int kDim>() {
    launch_decode<VectorFeed<T, kDim>>(decode_kernel<T, kDim>, params, device, stream);
  });
}

}  // namespace llmserve
