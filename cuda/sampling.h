// CudaSampler: the sampling state of each slot, kept on the device, the draw, and log
// probabilities. Equal to CpuSampler's in every rule; no result depends on the order in which
// threads come.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "backend/backend.h"
#include "device_info.h"
#include "staging.h"

namespace llmserve {

class CudaSampler {
 public:
  explicit CudaSampler(const DeviceInfo& device);
  ~CudaSampler();

  // Slot state and scratch.
  int64_t workspace_bytes(const StepLimits& limits) const;
  // Pinned bytes that the calls of one step take from the staging, at most.
  static int64_t staging_bytes(const StepLimits& limits);
  // The same for one call of init_slot.
  static int64_t init_bytes(const StepLimits& limits);
  void reserve(const StepLimits& limits, void* workspace, cudaStream_t stream);

  // Also writes SlotTable::last_token where there is output.
  void init_slot(const SlotInit& init, const SlotTable& slots, Staging& staging,
                 cudaStream_t stream);
  void sample(const LogitsView& logits, std::span<const SampleRow> rows, const SlotTable& slots,
              int32_t* tokens, uint8_t* finite, const LogprobsView& logprobs, Staging& staging,
              cudaStream_t stream);
  void score(const LogitsView& logits, std::span<const ScoreRow> rows, const LogprobsView& logprobs,
             Staging& staging, cudaStream_t stream);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmserve
