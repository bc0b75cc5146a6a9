// The copies that the few-tokens linear is made of, beside the instructions of mma.cuh.
#pragma once

#include <cstdint>

#include "mma.cuh"

namespace llmserve {

// 16 bytes, zeros where `valid` is false; `from` is then not read.
__device__ inline void copy_weight(uint32_t to, const void* from, bool valid, uint64_t policy) {
  asm volatile("cp.async.cg.shared.global.L2::cache_hint [%0], [%1], 16, %2, %3;" ::"r"(to),
               "l"(__cvta_generic_to_global(from)), "r"(valid ? 16 : 0), "l"(policy)
               : "memory");
}

__device__ inline void copy_activation(uint32_t to, const void* from, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to),
               "l"(__cvta_generic_to_global(from)), "r"(valid ? 16 : 0)
               : "memory");
}

// Waits until at most `pending` of the thread's groups are under way; `pending` is below `Bound`.
template <int Bound>
__device__ void wait_copies_dynamic(int pending) {
  if constexpr (Bound > 1) {
    if (pending < Bound - 1) {
      wait_copies_dynamic<Bound - 1>(pending);
      return;
    }
  }
  wait_copies<Bound - 1>();
}

}  // namespace llmserve
