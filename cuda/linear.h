// CudaLinear: y = W norm(x) + bias with its epilogues. Few rows: own kernels that stream the weight
// once; many rows: cuBLASLt, with one algorithm per weight shape whatever the number of rows.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "backend/backend.h"
#include "device_info.h"

namespace llmserve {

class CudaLinear {
 public:
  explicit CudaLinear(const DeviceInfo& device);
  ~CudaLinear();

  // Scratch for normalised rows, products before their epilogue, and cuBLASLt.
  int64_t workspace_bytes(const StepLimits& limits) const;
  // `workspace` outlives this. Nothing is allocated on the device by run().
  void reserve(const StepLimits& limits, void* workspace);
  void run(const LinearArgs& args, cudaStream_t stream);
  // Chooses the fastest kernels for the weights that run() has met, by timing them.
  void tune(cudaStream_t stream);

 private:
  struct Impl;

  const DeviceInfo device_;
  std::unique_ptr<Impl> impl_;  // from reserve() on
};

}  // namespace llmserve
