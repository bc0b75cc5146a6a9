// The instructions of sm_90a that the prefill kernel of Hopper GPUs is made of: barriers in shared
// memory, the copy of cache rows by the tensor memory accelerator, warpgroup products and the
// registers' division among warpgroups.
#pragma once

#include <cuda.h>

#include "attention_tile.cuh"

namespace llmserve {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
inline constexpr bool kHasWarpgroups = true;
#else
inline constexpr bool kHasWarpgroups = false;
#endif

inline constexpr int kWarpgroupThreads = 128;

// --- Barriers. One phase ends with the awaited arrivals and bytes; phases are told apart by
// parity.

__device__ inline void init_barrier(uint64_t* barrier, int arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;\n" ::"r"(shared_address(barrier)),
               "r"(arrivals)
               : "memory");
}

// Makes barriers that were just initialised visible to the copies.
__device__ inline void fence_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;\n" ::: "memory");
}

__device__ inline void arrive(uint64_t* barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];\n" ::"r"(shared_address(barrier))
               : "memory");
}

__device__ inline void arrive_expecting(uint64_t* barrier, int bytes) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;\n" ::"r"(shared_address(barrier)),
      "r"(bytes)
      : "memory");
}

__device__ inline void await_phase(uint64_t* barrier, uint32_t parity) {
  asm volatile(
      "{\n"
      ".reg .pred ended;\n"
      "AGAIN:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 ended, [%0], %1;\n"
      "@ended bra DONE;\n"
      "bra AGAIN;\n"
      "DONE:\n"
      "}\n" ::"r"(shared_address(barrier)),
      "r"(parity)
      : "memory");
}

// Of the threads of one warpgroup among themselves; 0 is __syncthreads().
__device__ inline void sync_warpgroup(int barrier) {
  asm volatile("bar.sync %0, %1;\n" ::"r"(barrier), "n"(kWarpgroupThreads) : "memory");
}

// What this thread has stored in shared memory becomes visible to products and copies, for those
// that come after the next barrier.
__device__ inline void fence_shared_stores() {
  asm volatile("fence.proxy.async.shared::cta;\n" ::: "memory");
}

// --- Copies

// The box of `map` at (column, row) to shared memory; the barrier counts its bytes.
__device__ inline void copy_box(uint32_t to, const CUtensorMap& map, int32_t column, int32_t row,
                                uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3}], [%4];\n" ::"r"(to),
      "l"(&map), "r"(column), "r"(row), "r"(shared_address(barrier))
      : "memory");
}

// 16 bytes, past the registers; one of the copies of commit_copies().
__device__ inline void copy_vector(uint32_t to, const void* from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;\n" ::"r"(to), "l"(from) : "memory");
}

__device__ inline void prefetch_map(const CUtensorMap& map) {
  asm volatile("prefetch.tensormap [%0];\n" ::"l"(&map) : "memory");
}

// --- Registers of a thread, from here on. All warps of a warpgroup call it.

template <int kRegisters>
__device__ inline void shrink_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;\n" ::"n"(kRegisters));
}

template <int kRegisters>
__device__ inline void grow_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;\n" ::"n"(kRegisters));
}

// --- Products. They run on their own: between issue and await_products() their registers and their
// shared memory are not to be touched. They end in the order of their groups.

__device__ inline void begin_products() {
  asm volatile("wgmma.fence.sync.aligned;\n" ::: "memory");
}

__device__ inline void commit_products() {
  asm volatile("wgmma.commit_group.sync.aligned;\n" ::: "memory");
}

// Until at most `kLeft` groups are under way.
template <int kLeft>
__device__ inline void await_products() {
  asm volatile("wgmma.wait_group.sync.aligned %0;\n" ::"n"(kLeft) : "memory");
}

// Keeps the compiler from moving uses of a product's result before the wait for it.
__device__ __forceinline__ void settle(float& value) { asm volatile("" : "+f"(value)::"memory"); }

template <int kColumns>
__device__ __forceinline__ void settle(float (&values)[kColumns][4]) {
#pragma unroll
  for (int i = 0; i < 4 * kColumns; ++i) settle(values[i / 4][i % 4]);
}

template <int kCount>
__device__ __forceinline__ void settle(Values (&values)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) settle(values[i]);
}

// A matrix in shared memory: rows of 128 bytes, one after the other, whose 16-byte vectors are
// exchanged by the row's number modulo 8. It begins at a multiple of 1024 bytes; wider rows go on
// `next_block` bytes further. The low word of what the products take, to which matrix_step() is
// added to begin some bytes further; the high word is the same for all.
inline constexpr int kRowBytes = 128;
inline constexpr uint32_t kMatrixHigh = uint32_t{1} << 30 | 8 * kRowBytes / 16;

__device__ inline uint32_t matrix_at(uint32_t address, uint32_t next_block) {
  return next_block / 16 << 16 | address / 16;
}

__device__ constexpr uint32_t matrix_step(uint32_t bytes) { return bytes / 16; }

}  // namespace llmserve
