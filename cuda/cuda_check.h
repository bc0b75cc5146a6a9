// CUDA_CHECK and what it throws: a failed call of the runtime becomes an Error that names the call,
// its place and what CUDA says.
#pragma once

#include <cuda_runtime_api.h>

#include "base/error.h"

namespace llmserve {

// kOutOfMemory for a failed allocation, kUnavailable for everything else: after a sticky error of
// the device no later call works either.
[[noreturn]] void throw_cuda_error(cudaError_t status, const char* call, const char* file,
                                   int line);

}  // namespace llmserve

#define CUDA_CHECK(call)                                                \
  do {                                                                  \
    const cudaError_t status_ = (call);                                 \
    if (status_ != cudaSuccess) [[unlikely]]                            \
      ::llmserve::throw_cuda_error(status_, #call, __FILE__, __LINE__); \
  } while (false)

// After a kernel launch: a bad configuration is reported by this call, a fault of the kernel by a
// later one.
#define CUDA_CHECK_LAUNCH() CUDA_CHECK(cudaGetLastError())
