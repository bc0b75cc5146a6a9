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

// LLMSERVE_CUDA_ARCH: the compute capability that the CUDA backend chooses its kernels for, such as
// 80; not above the GPU's own, which is the default.
inline std::string cuda_arch() { return get("LLMSERVE_CUDA_ARCH", ""); }

// LLMSERVE_CACHE_DIR: the folder for what is worth finding out only once, such as the fastest way
// of a matrix product on this GPU. Unset: see cache_folder().
inline std::string cache_dir() { return get("LLMSERVE_CACHE_DIR", ""); }

}  // namespace llmserve::env
