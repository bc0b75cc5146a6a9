// Arithmetic on sizes that come from outside: overflow is an error, never a wrap.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace llmserve {

inline int64_t checked_mul(int64_t a, int64_t b) {
  int64_t result;
  require(!__builtin_mul_overflow(a, b, &result), "size overflow: ", a, " * ", b);
  return result;
}

inline int64_t checked_add(int64_t a, int64_t b) {
  int64_t result;
  require(!__builtin_add_overflow(a, b, &result), "size overflow: ", a, " + ", b);
  return result;
}

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }

}  // namespace llmserve
