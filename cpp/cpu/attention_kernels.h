// The inner kernel of CPU attention, one per instruction set: some query rows against one chunk of
// cached tokens. Walking the chunks and threads is left to attention.cpp. Plain data only: files
// compiled for a better instruction set include nothing else of ours, so that the linker can never
// pick their copy of a shared inline function for a machine that lacks it.
#pragma once

#include <cstdint>

namespace llmserve {

// Cached tokens in a chunk. A constant: the order of a token's arithmetic hangs on it.
inline constexpr int kAttentionChunk = 256;
// Floats between the rows of an accumulator: head_dim rounded up to the widest vector.
inline constexpr int64_t kAttentionPad = 16;
// Most keys that any kernel scores at once.
inline constexpr int kAttentionPanel = 32;

// Keys are numbered within the chunk. Each row sees keys [begin, end) of it; nothing outside the
// union of these is read, and what lies outside a row's own range does not touch its result.
struct AttentionChunk {
  int32_t head_dim = 0;
  int32_t num_rows = 0;
  int32_t first_key = 0;           // the least begin
  int32_t last_key = 0;            // the greatest end
  const void* const* k = nullptr;  // [kAttentionChunk] each [head_dim]
  const void* const* v = nullptr;  // the same
  const float* q = nullptr;        // [rows, head_dim] times the scale
  const int32_t* begin = nullptr;  // [rows]
  const int32_t* end = nullptr;    // [rows]
  float* panel = nullptr;          // scratch [padded head_dim, kAttentionPanel]
  float* scores = nullptr;         // scratch [rows, kAttentionChunk]
  float* max = nullptr;            // [rows] greatest score
  float* sum = nullptr;            // [rows] sum of exp(score - max)
  float* acc = nullptr;            // [rows, padded head_dim] sum of exp(score - max) * v
};

using AttentionChunkFn = void (*)(const AttentionChunk&);

// For caches of each dtype.
struct AttentionKernels {
  AttentionChunkFn float32;
  AttentionChunkFn bfloat16;
  AttentionChunkFn float16;
};

AttentionKernels attention_kernels_generic();
AttentionKernels attention_kernels_avx2();
AttentionKernels attention_kernels_avx512();

}  // namespace llmserve
