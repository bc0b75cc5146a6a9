// Warpgroups of sm_90a: products that run on their own, and the registers' division among them.
#pragma once

#include <cstdint>

namespace llmserve {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
inline constexpr bool kHasWarpgroups = true;
#else
inline constexpr bool kHasWarpgroups = false;
#endif

inline constexpr int kWarpgroupThreads = 128;

// Of the threads of one warpgroup among themselves; 0 is __syncthreads().
__device__ inline void sync_warpgroup(int barrier) {
  asm volatile("bar.sync %0, %1;" ::"r"(barrier), "n"(kWarpgroupThreads) : "memory");
}

// The same, and whether `found` holds for any of them.
__device__ inline bool any_of_warpgroup(int barrier, bool found) {
  uint32_t any;
  asm volatile(
      "{\n"
      ".reg .pred found, any;\n"
      "setp.ne.b32 found, %1, 0;\n"
      "bar.red.or.pred any, %2, %3, found;\n"
      "selp.u32 %0, 1, 0, any;\n"
      "}"
      : "=r"(any)
      : "r"(uint32_t{found}), "r"(barrier), "n"(kWarpgroupThreads)
      : "memory");
  return any != 0;
}

// --- Registers of a thread, from here on. All warps of a warpgroup call it.

template <int kRegisters>
__device__ inline void shrink_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

template <int kRegisters>
__device__ inline void grow_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

// --- Products: between issue and await_products() their registers and their shared memory are not
// to be touched. They end in the order of their groups.

// Before the first product that uses sums which other instructions have written.
__device__ inline void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

__device__ inline void commit_products() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

// Until at most `kLeft` groups are under way.
template <int kLeft>
__device__ inline void await_products() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kLeft) : "memory");
}

// Keeps the compiler from moving uses of a product's result before the wait for it.
__device__ __forceinline__ void settle(float& value) { asm volatile("" : "+f"(value)::"memory"); }

template <int kCount>
__device__ __forceinline__ void settle(float (&values)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) settle(values[i]);
}

}  // namespace llmserve
