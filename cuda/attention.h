// CudaAttention: causal attention over paged keys and values, for any mix of rows of one token and
// of many. A sequence is cut into chunks whose length depends on that sequence alone and whose
// results are combined in order, so that no result depends on a neighbour.
#pragma once

#include <cuda_runtime_api.h>

#include "backend/backend.h"
#include "device_info.h"

namespace llmserve {

class CudaAttention {
 public:
  explicit CudaAttention(const DeviceInfo& device) : device_(device) {}

  // Scratch for the chunks' partial results.
  int64_t workspace_bytes(const StepLimits& limits) const;
  void reserve(const StepLimits& limits, void* workspace);
  void run(const AttentionArgs& args, const StepView& step, const SlotTable& slots,
           cudaStream_t stream);

 private:
  const DeviceInfo device_;
  StepLimits limits_;
  void* workspace_ = nullptr;
};

}  // namespace llmserve
