// The instructions that the attention kernels are made of, beside those of mma.cuh: copies of 16
// bytes, rounding in pairs and the base-2 exponential. All exist from sm_80 on.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/dtype.h"
#include "mma.cuh"

namespace llmserve {

// The device's own type for a 16-bit storage type.
template <typename T>
using Device16 = std::conditional_t<std::is_same_v<T, bfloat16>, __nv_bfloat16, __half>;

// 16 bytes to shared memory past the registers; zeros, and nothing is read, where `wanted` is
// false.
__device__ inline void copy_async_16(void* to, const void* from, bool wanted) {
  const int bytes = wanted ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address(to)),
               "l"(from), "r"(bytes)
               : "memory");
}

// Two floats rounded to 16 bits, the first in the low half.
template <typename T>
__device__ inline uint32_t pack(float low, float high) {
  if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    const __nv_bfloat162 both = __floats2bfloat162_rn(low, high);
    return *reinterpret_cast<const uint32_t*>(&both);
  } else {
    const __half2 both = __floats2half2_rn(low, high);
    return *reinterpret_cast<const uint32_t*>(&both);
  }
}

// 2^x; 0 for -inf. One instruction, the same in every kernel.
__device__ inline float power_of_two(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;\n" : "=f"(y) : "f"(x));
  return y;
}

}  // namespace llmserve
