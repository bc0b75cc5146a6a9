// The contract between CudaLinear and its kernels: one layer as plain device pointers and sizes,
// and the calls that launch something for it.
#pragma once

#include <cuda_runtime_api.h>

#include "backend/backend.h"
#include "device_info.h"

namespace llmserve {

inline constexpr int64_t kFewTokens = 16;  // at most this many: the weight is streamed, not x

struct LinearJob {
  const void* x = nullptr;             // [num_tokens, in_features]
  const float* norm_weight = nullptr;  // null: x is what the weight is multiplied with
  float norm_eps = 0.0f;
  const void* weight = nullptr;   // [weight_rows, row_elements] as WeightLayout has it
  const float* bias = nullptr;    // [out_features] or null
  void* out = nullptr;            // [num_tokens, out_width]
  DType dtype = DType::kFloat32;  // of x and the weight
  DType out_dtype = DType::kFloat32;
  int32_t num_tokens = 0;
  int32_t in_features = 0;
  int32_t out_features = 0;  // rows of the checkpoint
  int32_t out_width = 0;
  int32_t weight_rows = 0;  // rows in memory
  int64_t row_elements = 0;
  bool gated = false;
  Epilogue epilogue = Epilogue::kStore;
  Activation activation = Activation::kSilu;

  __host__ __device__ bool pairs() const { return gated && epilogue == Epilogue::kActivation; }
};

// out = RMSNorm(x): [num_tokens, in_features] in the job's dtype.
void norm_tokens(const LinearJob& job, void* out, const DeviceInfo& device, cudaStream_t stream);

// Up to kFewTokens tokens, 16-bit weights with whole vectors of K.
bool few_tokens_takes(const LinearShape& shape);
// Once per device, before the first launch.
void prepare_few_tokens(const DeviceInfo& device);
// Whether multiply_few_tokens() applies the job's norm itself; otherwise x must be normed before.
bool few_tokens_norms(const LinearJob& job, const DeviceInfo& device);
void multiply_few_tokens(const LinearJob& job, const DeviceInfo& device, cudaStream_t stream);

// Any number of tokens, any shape, any dtype; x is normed before.
void multiply_any(const LinearJob& job, cudaStream_t stream);

// The epilogue over a finished product [num_tokens, weight_rows]: in the job's dtype where it
// pairs() a gate with its up, in float32 otherwise.
void finish_product(const LinearJob& job, const void* product, const DeviceInfo& device,
                    cudaStream_t stream);

}  // namespace llmserve
