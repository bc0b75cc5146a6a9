// What the tests of every kind of communicator share.
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"

namespace llmserve {

// Values whose sum depends on the order in which they are added.
inline float rank_value(int rank, int64_t i) {
  return (rank % 2 ? -1.0f : 1.0f) * (1.0f + 1e3f * static_cast<float>(rank)) /
         (3.0f + static_cast<float>(i));
}

inline bool is_unavailable(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUnavailable;
  }
  return false;
}

}  // namespace llmserve
