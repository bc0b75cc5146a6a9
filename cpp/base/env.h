// Every LLMSERVE_* environment variable, read in one place.
#pragma once

#include <cstdlib>
#include <string>

namespace llmserve::env {

inline std::string get(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value && *value ? value : fallback;
}

// LLMSERVE_LOG_LEVEL: debug, info (default), warning or error.
inline std::string log_level() { return get("LLMSERVE_LOG_LEVEL", "info"); }

// LLMSERVE_CPU_ISA: the best instruction set the CPU backend may use: generic, avx2, avx512 or
// avx512_bf16. Unset: the best that this machine has.
inline std::string cpu_isa() { return get("LLMSERVE_CPU_ISA", ""); }

}  // namespace llmserve::env
