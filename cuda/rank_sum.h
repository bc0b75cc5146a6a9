// The sum over the ranks' tensors, in rank order: what makes an all-reduce of gathered parts.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "base/dtype.h"

namespace llmserve {

struct RankSum {
  const char* parts = nullptr;  // rank r's part is at parts + r * stride, but for this rank's own
  int64_t stride = 0;           // bytes
  const void* own = nullptr;
  int size = 1;
  int rank = 0;
  DType dtype = DType::kFloat32;
  int64_t count = 0;    // elements of a part
  void* out = nullptr;  // may be `own`
};

// Adds up in float32 and rounds once.
void sum_ranks(const RankSum& sum, cudaStream_t stream);

}  // namespace llmserve
