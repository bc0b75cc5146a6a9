// Index arithmetic of the linear kernels, host and device: how the few-tokens kernel cuts a weight,
// and where a row in memory belongs. Nothing here knows the number of tokens, so that every sum has
// one order whatever the step holds.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "weight_layout.h"

namespace llmserve {

// A stage of the pipeline: kRows rows of the weight times kDepth features of K, 16 KB. The warps
// are laid out as row groups of 32 rows times slices of the depth of 32 features.
template <int RowWarps>
struct FewTile {
  static constexpr int kWarps = 8;
  static constexpr int kThreads = kWarps * 32;
  static constexpr int kRowWarps = RowWarps;
  static constexpr int kDepthWarps = kWarps / RowWarps;
  static constexpr int kRows = 32 * RowWarps;
  static constexpr int kDepth = 32 * kDepthWarps;
  static constexpr int kVectors = kDepth / 8;  // 16-byte vectors of a row
  static constexpr int kWeightBytes = kRows * kDepth * 2;
  // Elements from token to token: an odd number of vectors, so that eight tokens share no bank.
  static constexpr int kTokenStride = kDepth + 8;
  // Floats from token to token of the finished sums: the four lanes that hold neighbouring tokens
  // of a fragment then write to different banks.
  static constexpr int kTotalStride = kRows + 4;

  // Byte of a vector in the stage. Turned by the row, so that eight rows share no bank.
  static constexpr __host__ __device__ int weight_byte(int row, int vector) {
    return (row * kVectors + (vector ^ (row & 7))) * 16;
  }
};

// Stages are numbered tile after tile, along K inside a tile. Each block streams an equal, unbroken
// share of them, so a tile may be shared by several blocks.
struct StageSplit {
  int64_t num_stages;
  int num_blocks;

  __host__ __device__ int64_t begin(int block) const { return num_stages * block / num_blocks; }
  // The block whose share holds the stage.
  __host__ __device__ int owner(int64_t stage) const {
    return static_cast<int>(((stage + 1) * num_blocks - 1) / num_stages);
  }
};

// The checkpoint's number of a row in memory, or -1 for padding: the inverse of
// WeightLayout::place().
constexpr __host__ __device__ int checkpoint_row(int row, int out_features, bool gated) {
  if (!gated) return row < out_features ? row : -1;
  constexpr int kGroup = static_cast<int>(WeightLayout::kGateRows);
  const int half = out_features / 2;
  const int index = row / (2 * kGroup) * kGroup + row % kGroup;
  if (index >= half) return -1;
  return row % (2 * kGroup) < kGroup ? index : half + index;
}

// Where the gate of pair `pair` lies in memory; its up is WeightLayout::kGateRows further.
constexpr __host__ __device__ int gate_row(int pair) {
  constexpr int kGroup = static_cast<int>(WeightLayout::kGateRows);
  return pair / kGroup * 2 * kGroup + pair % kGroup;
}

}  // namespace llmserve
