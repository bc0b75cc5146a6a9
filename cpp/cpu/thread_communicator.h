// Communicators over threads of this process: tensor parallelism without a GPU.
#pragma once

#include <memory>
#include <vector>

#include "backend/communicator.h"

namespace llmserve {

// One for each of `size` ranks; each is used by one thread at a time. They may die in any order.
std::vector<std::unique_ptr<Communicator>> make_thread_communicators(int size);

}  // namespace llmserve
