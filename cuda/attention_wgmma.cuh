// What the prefill kernel of Hopper GPUs needs beside tma.cuh and warpgroup.cuh: copies of queries,
// and matrices in shared memory as its products take them.
#pragma once

#include <cuda.h>

#include "attention_tile.cuh"
#include "tma.cuh"
#include "warpgroup.cuh"

namespace llmserve {

// 16 bytes, past the registers; one of the copies of commit_copies().
__device__ inline void copy_vector(uint32_t to, const void* from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;\n" ::"r"(to), "l"(from) : "memory");
}

template <int kColumns>
__device__ __forceinline__ void settle(float (&values)[kColumns][4]) {
#pragma unroll
  for (int i = 0; i < 4 * kColumns; ++i) settle(values[i / 4][i % 4]);
}

template <int kCount>
__device__ __forceinline__ void settle(Values (&values)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) settle(values[i]);
}

// A matrix in shared memory: rows of 128 bytes, one after the other, whose 16-byte vectors are
// exchanged by the row's number modulo 8. It begins at a multiple of 1024 bytes; wider rows go on
// `next_block` bytes further. The low word of what the products take, to which matrix_step() is
// added to begin some bytes further; the high word is the same for all.
inline constexpr int kRowBytes = 128;
inline constexpr uint32_t kMatrixHigh = uint32_t{1} << 30 | 8 * kRowBytes / 16;

__device__ inline uint32_t matrix_at(uint32_t address, uint32_t next_block) {
  return next_block / 16 << 16 | address / 16;
}

__device__ constexpr uint32_t matrix_step(uint32_t bytes) { return bytes / 16; }

}  // namespace llmserve
