// Index arithmetic of the linear kernels, host and device: how the few-tokens kernel cuts a weight,
// and where a row in memory belongs. Nothing here knows the number of tokens, so that every sum has
// one order whatever the step holds.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "weight_layout.h"

namespace llmserve {

inline constexpr int kGranule = 16;  // rows of the weight in one tensor-core fragment

// A stage of the pipeline: some granules of the weight, `Depth` features of each.
template <int Depth>
struct FewTile {
  static constexpr int kVectors = Depth / 8;  // 16-byte vectors of a row
  // Elements from token to token: an odd number of vectors, so that eight tokens share no bank.
  static constexpr int kTokenStride = Depth + 8;

  // Byte of a vector in the stage. Turned by the row, so that eight rows share no bank.
  static constexpr __host__ __device__ int weight_byte(int row, int vector) {
    return (row * kVectors + (vector ^ (row & 7))) * 16;
  }
};

// Each block has an equal, unbroken share of the granules, and all of K of each: a sum is never
// shared, so that it is one chain of products in the order of K.
struct GranuleSplit {
  int64_t num_granules;
  int num_blocks;

  __host__ __device__ int begin(int block) const {
    return static_cast<int>(num_granules * block / num_blocks);
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
