// Attention of rows of one token, and of a few: split over the keys. An item is (row, kv head, 16
// query rows, run of chunks): all chunks where there is work enough for every block. The block that
// brings the last chunk of a sequence folds them all, in their order.
#include "attention_decode_block.cuh"
#include "cuda_check.h"

namespace llmserve {
namespace {

template <typename T, int kDim>
__global__ void __launch_bounds__(kAttentionThreads, (VectorCopies<T, kDim>::kMaxBlocks))
    decode_kernel(const __grid_constant__ AttentionParams p) {
  extern __shared__ __align__(16) unsigned char memory[];
  decode_rows<VectorCopies<T, kDim>>(p, memory);
}

}  // namespace

void launch_attention_decode(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                             cudaStream_t stream) {
  dispatch_tensor_core(dtype, params.head_dim, [&]<typename T, int kDim>() {
    using Copies = VectorCopies<T, kDim>;
    CUDA_CHECK(cudaFuncSetAttribute(decode_kernel<T, kDim>,
                                    cudaFuncAttributeMaxDynamicSharedMemorySize, Copies::kBytes));
    launch_kernel(decode_launch<Copies>(device, stream), decode_kernel<T, kDim>, params);
  });
}

}  // namespace llmserve
