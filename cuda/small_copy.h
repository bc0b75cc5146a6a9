// Copies of a few kilobytes between pinned memory and the device by a kernel. A copy by CUDA's own
// engines makes the kernels around it wait for some microseconds; this one overlaps with them.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace llmserve {

// Whether copy_small() takes it: not too large for a kernel over PCIe, and aligned to 16 bytes.
bool is_small_copy(const void* to, const void* from, int64_t bytes);
// Either side may be pinned host memory.
void copy_small(void* to, const void* from, int64_t bytes, cudaStream_t stream, bool overlaps);

}  // namespace llmserve
