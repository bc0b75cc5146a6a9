// The decode kernel of Hopper GPUs: that of attention_decode.cu with another way of copying, and
// the same results to the bit.
#include "attention_decode_block.cuh"
#include "attention_maps.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

template <typename T, int kDim>
__global__ void __launch_bounds__(kAttentionThreads, (BoxCopies<T, kDim>::kMaxBlocks))
    decode_kernel(const __grid_constant__ AttentionParams p,
                  const __grid_constant__ CacheMaps maps) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  extern __shared__ __align__(16) unsigned char memory[];
  decode_rows<BoxCopies<T, kDim>>(p, memory, maps.keys, maps.values);
#else
  __trap();  // never launched
#endif
}

}  // namespace

void launch_attention_decode_hopper(const AttentionParams& params, DType dtype,
                                    const DeviceInfo& device, cudaStream_t stream) {
  dispatch_hopper(dtype, params.head_dim, [&]<typename T, int kDim>() {
    using Copies = BoxCopies<T, kDim>;
    CUDA_CHECK(cudaFuncSetAttribute(decode_kernel<T, kDim>,
                                    cudaFuncAttributeMaxDynamicSharedMemorySize, Copies::kBytes));
    launch_kernel(decode_launch<Copies>(device, stream), decode_kernel<T, kDim>, params,
                  make_cache_maps(params, dtype));
  });
}

}  // namespace llmserve
