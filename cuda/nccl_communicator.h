// Communicators over NCCL: the ranks are threads of this process with a GPU each. What they do is
// enqueued on their backends' streams and may be recorded in graphs; the host alone meets first.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "backend/communicator.h"
#include "cuda_backend.h"

namespace llmserve {

// One for the rank of each backend, which outlives it; each is used by one thread at a time. They
// may die in any order, but after all graphs that their calls were recorded in, as NCCL waits for
// these. Throws Unavailable where there is no NCCL.
std::vector<std::unique_ptr<Communicator>> make_nccl_communicators(
    std::span<CudaBackend* const> backends);

}  // namespace llmserve
