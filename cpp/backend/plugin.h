// What a library exports that has a backend of its own, so that it can be opened at run time.
#pragma once

#include "backend/backend.h"

namespace llmserve {

// Makes the backend of device `index`, which the caller then owns. Throws as its constructor does.
extern "C" using MakeBackend = Backend * (int index);

inline constexpr const char* kMakeBackend = "llmserve_make_backend";

}  // namespace llmserve
