// Host memory as a device: how much there is, and large aligned pieces of it.
#pragma once

#include <cstdint>

#include "backend/backend.h"

namespace llmserve {

// Of the machine or of the control group that the process is in, whichever is smaller. Page cache
// that can be dropped counts as free.
MemoryInfo host_memory_info();

// Zeroed, aligned to 256 bytes; in huge pages where it is large. Throws OutOfMemory.
void* map_host_memory(int64_t bytes);
void unmap_host_memory(void* data, int64_t bytes) noexcept;

}  // namespace llmserve
