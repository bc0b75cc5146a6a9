// Launches that overlap: on devices that can (sm_90 and up), a kernel's blocks may start while
// those of the kernel before it still run, and fetch what no kernel writes until
// await_previous_kernels().
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <type_traits>

#include "cuda_check.h"

namespace llmserve {

struct LaunchShape {
  dim3 grid;
  dim3 block;
  int64_t shared_bytes = 0;
  cudaStream_t stream = nullptr;
  // The kernel calls await_previous_kernels() in every thread and the device has what it needs.
  bool overlaps = false;
  unsigned cluster = 1;  // neighbouring blocks that reach each other's shared memory
};

template <typename... Params>
void launch_kernel(const LaunchShape& shape, void (*kernel)(Params...),
                   std::type_identity_t<Params>... args) {
  cudaLaunchAttribute attributes[2] = {};
  unsigned count = 0;
  if (shape.overlaps) {
    attributes[count].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[count++].val.programmaticStreamSerializationAllowed = 1;
  }
  if (shape.cluster > 1) {
    attributes[count].id = cudaLaunchAttributeClusterDimension;
    attributes[count++].val.clusterDim = {shape.cluster, 1, 1};
  }
  cudaLaunchConfig_t config{};
  config.gridDim = shape.grid;
  config.blockDim = shape.block;
  config.dynamicSmemBytes = static_cast<size_t>(shape.shared_bytes);
  config.stream = shape.stream;
  config.attrs = attributes;
  config.numAttrs = count;
  CUDA_CHECK(cudaLaunchKernelEx(&config, kernel, args...));
}

// Returns when all kernels before this one have ended and what they wrote can be read. Until then
// the last of them may still run, and if that one is short (norms, RoPE) and lets the next start
// before it waits itself, the one before it, too; no two of those follow each other. So before it
// waits, a kernel may read what the last two do not write, and may write to its own shared memory
// alone. Every thread of every overlapping kernel calls it, or the kernels after would not wait for
// the kernels before.
__device__ inline void await_previous_kernels() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// From here on the next kernel's blocks may take the room that this grid leaves: called once the
// last blocks of the grid are on their way, as earlier ones would be in their way.
__device__ inline void let_next_kernel_start() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

}  // namespace llmserve
