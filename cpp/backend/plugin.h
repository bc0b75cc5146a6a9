// What a library exports that has a backend of its own, so that it can be opened at run time.
#pragma once

#include "backend/backend.h"
#include "backend/communicator.h"

namespace llmserve {

// Makes the backend of device `index`, which the caller then owns. Throws as its constructor does.
extern "C" using MakeBackend = Backend * (int index);

inline constexpr const char* kMakeBackend = "llmserve_make_backend";

// Makes a communicator for each of the ranks' backends, which outlive it; the caller then owns
// them. Throws Unavailable where the machine lacks what it needs, and makes none then.
extern "C" using MakeCommunicators =
    void(Backend* const* backends, int size, Communicator** communicators);

inline constexpr const char* kMakeCommunicators = "llmserve_make_communicators";

}  // namespace llmserve
