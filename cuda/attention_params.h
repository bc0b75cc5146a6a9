// What the attention kernels are handed, and the functions that launch them: the contract between
// attention.cpp, which checks and chooses, and the kernels' files.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "attention_layout.h"
#include "base/dtype.h"
#include "device_info.h"

namespace llmserve {

// Hands items of work to the blocks of a launch. Zero between launches: the last block clears it.
struct WorkQueue {
  int32_t taken;  // beyond the first item of every block
  int32_t done;   // blocks that have left
};

// Device scratch of one launch.
struct AttentionScratch {
  WorkQueue* decode_queue = nullptr;
  WorkQueue* prefill_queue = nullptr;
  int32_t* arrivals = nullptr;    // [max_parts] chunks that are there; zero between launches
  float2* part_states = nullptr;  // [max_parts] (max, sum) of one query row over one chunk
  float* part_values = nullptr;   // [max_parts, head_dim] not yet divided by the sum
  int32_t max_parts = 0;
  float4* parked = nullptr;  // a prefill block's sums of the chunks so far
};

struct AttentionParams {
  const void* qkv = nullptr;  // [tokens, qkv_stride]
  void* out = nullptr;        // [tokens, num_heads * head_dim]
  const void* k = nullptr;    // [pages, num_kv_heads, page_size, head_dim]
  const void* v = nullptr;
  const int32_t* pages = nullptr;  // [slots, max_pages]
  const int32_t* positions = nullptr;
  const int32_t* token_slots = nullptr;
  const int32_t* row_slots = nullptr;
  const int32_t* row_starts = nullptr;
  const int32_t* row_begins = nullptr;
  int32_t num_rows = 0;
  int32_t num_tokens = 0;
  int32_t max_pages = 0;
  int32_t page_size = 0;
  int32_t num_kv_heads = 0;
  int32_t group_size = 0;  // query heads of one kv head
  Division by_page_size;
  Division by_kv_heads;
  Division by_group_size;
  int32_t head_dim = 0;
  int32_t window = 0;  // 0: none
  int64_t qkv_stride = 0;
  int64_t cache_rows = 0;  // of head_dim elements, in k and in v
  float scale = 1.0f;
  int32_t decode_blocks = 1;  // of the decode kernel on a multiprocessor
  AttentionScratch scratch;
};

// Threads of a block of the tensor-core kernels.
inline constexpr int kAttentionThreads = 128;
// Blocks of the prefill kernel on one multiprocessor, at most.
inline constexpr int kPrefillBlocks = 2;
// float4 that a thread of the prefill kernel may park.
inline constexpr int kMaxParked = 34;

// Tensor-core kernels: 16-bit floats, these head sizes, pages of whole groups of 16 tokens.
constexpr bool is_tensor_core_head_dim(int32_t head_dim) {
  return head_dim == 64 || head_dim == 80 || head_dim == 96 || head_dim == 128 || head_dim == 256;
}
inline constexpr int32_t kMaxTensorCoreHeadDim = 256;

// Which of the tensor-core kernels' cases the kernels of Hopper GPUs take.
constexpr bool is_hopper_head_dim(int32_t head_dim) { return head_dim == 64 || head_dim == 128; }

// The general kernel holds a query's result in registers.
inline constexpr int32_t kMaxHeadDim = 1024;

// The rows of the step that is_decode_row() names, and all others.
void launch_attention_decode(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                             cudaStream_t stream);
void launch_attention_decode_hopper(const AttentionParams& params, DType dtype,
                                    const DeviceInfo& device, cudaStream_t stream);
void launch_attention_prefill(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                              cudaStream_t stream);
void launch_attention_prefill_hopper(const AttentionParams& params, DType dtype,
                                     const DeviceInfo& device, cudaStream_t stream);
// All rows, for whatever the other two do not take.
void launch_attention_general(const AttentionParams& params, DType dtype, cudaStream_t stream);

}  // namespace llmserve
