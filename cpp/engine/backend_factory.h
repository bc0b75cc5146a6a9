// Makes backends and communicators by device. The CUDA library is asked for at run time, by name,
// so that the core itself never needs it. The only place that names a concrete backend.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "backend/backend.h"
#include "backend/communicator.h"

namespace llmserve {

// `num_threads` is for this one backend (CPU only). Throws Unsupported where this build has no
// backend for the device, Unavailable where the machine lacks what it needs.
std::unique_ptr<Backend> make_backend(Device device, int num_threads);

// What an engine makes its backends with; tests put one that fails on purpose in its place.
using BackendMaker = std::function<std::unique_ptr<Backend>(Device device, int num_threads)>;

// One communicator for each rank's backend, rank by rank; the backends are alike and outlive them.
// Throws Unavailable where the machine lacks what they need.
std::vector<std::unique_ptr<Communicator>> make_communicators(std::span<Backend* const> backends);

}  // namespace llmserve
