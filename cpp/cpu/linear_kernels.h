// The contract between linear.cpp and its kernels. Plain data only: files compiled for a better
// instruction set include nothing of ours but this, so that the linker can never pick their copy of
// a shared inline function for a machine that lacks it.
#pragma once

#include <cstdint>

namespace llmserve {

inline constexpr int kLinearLanes = 16;    // output features in a block of the packed weight
inline constexpr int kLinearGroup = 4;     // blocks that a kernel has in flight
inline constexpr int kLinearTileRows = 6;  // rows that a kernel has in flight, at most

// Adds `num_lines` lines of K to the sums of some rows times some blocks. A line is what a block
// holds of one input feature, of two for bfloat16. Each sum is one chain of fused multiply-adds in
// the order of K, so that it has the same bits however rows, blocks and lines are cut up.
struct LinearTile {
  const void* x;         // staged rows, at the first line
  int64_t x_stride;      // bytes from row to row
  const void* weight;    // the first block, at the first line
  int64_t block_stride;  // bytes from block to block
  int64_t num_lines;
  float* sums;  // [num_rows, kLinearGroup * kLinearLanes]
  int32_t num_rows;
  int32_t num_blocks;  // 1 .. kLinearGroup
  bool resume;         // go on from `sums`; otherwise from zero
};

// One row made ready for the kernels: normed if wanted, converted, padded with zeros.
struct LinearStage {
  const float* x;            // [count]
  const float* norm_weight;  // [count], or null: x as it is
  float norm_scale;          // 1 / rms of x
  int64_t count;
  int64_t padded;  // elements to write
  void* out;
};

struct LinearKernel {
  void (*tile)(const LinearTile&);
  void (*stage)(const LinearStage&);
  int32_t x_element_bytes;  // of staged rows
};

// For weights of each dtype.
struct LinearKernels {
  LinearKernel float32;
  LinearKernel bfloat16;
  LinearKernel float16;
};

LinearKernels linear_kernels_generic();
LinearKernels linear_kernels_avx2();
LinearKernels linear_kernels_avx512();
LinearKernel linear_kernel_avx512_bf16();

}  // namespace llmserve
