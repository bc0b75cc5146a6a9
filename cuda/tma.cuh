// The bulk copy engine of sm_90, and the barriers in shared memory that its copies report to. Every
// uint32_t address is one of shared memory; a barrier is 8 bytes there.
#pragma once

#include <cuda.h>

#include <cstdint>

namespace llmserve {

__device__ inline void init_barrier(uint32_t barrier, uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}

// After init_barrier(), for the copy engine and the other blocks of the cluster.
__device__ inline void publish_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

__device__ inline void arrive(uint32_t barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

// Arrives; the phase ends once this many bytes have come as well.
__device__ inline void arrive_and_expect(uint32_t barrier, uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
               : "memory");
}

// At the barrier with this address in block `rank` of the cluster. Orders this thread's accesses to
// shared memory; a wider scope would wait for all it ever wrote to memory.
__device__ inline void arrive_at_block(uint32_t barrier, uint32_t rank) {
  asm volatile(
      "{\n"
      ".reg .b32 there;\n"
      "mapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [there];\n"
      "}" ::"r"(barrier),
      "r"(rank)
      : "memory");
}

// Waits for the end of a phase; phases have parities 0, 1, 0, ...
__device__ inline void wait_barrier(uint32_t barrier, uint32_t parity) {
  uint32_t done = 0;
  while (done == 0) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%1], %2;\n"
        "selp.u32 %0, 1, 0, done;\n"
        "}"
        : "=r"(done)
        : "r"(barrier), "r"(parity)
        : "memory");
  }
}

// A place in a ring of stages, each with a barrier, and the parity of its present phase.
template <int kSlots>
struct RingPlace {
  int slot = 0;
  uint32_t parity = 0;

  __device__ void advance() {
    if (++slot == kSlots) {
      slot = 0;
      parity ^= 1;
    }
  }
};

// The box whose first element is (row, column) of the matrix; its bytes count at the barrier.
struct BoxCopy {
  const CUtensorMap* map;
  uint32_t to;
  uint32_t barrier;
  int32_t row;
  int32_t column;
};

__device__ inline void copy_box(const BoxCopy& copy) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3}], [%4];" ::"r"(copy.to),
      "l"(copy.map), "r"(copy.column), "r"(copy.row), "r"(copy.barrier)
      : "memory");
}

__device__ inline void copy_box(const BoxCopy& copy, uint64_t policy) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint "
      "[%0], [%1, {%2, %3}], [%4], %5;" ::"r"(copy.to),
      "l"(copy.map), "r"(copy.column), "r"(copy.row), "r"(copy.barrier), "l"(policy)
      : "memory");
}

// To the same addresses, and barriers, of all the blocks in the mask.
__device__ inline void copy_box_to_blocks(const BoxCopy& copy, uint64_t policy, uint16_t blocks) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes"
      ".multicast::cluster.L2::cache_hint [%0], [%1, {%2, %3}], [%4], %5, %6;" ::"r"(copy.to),
      "l"(copy.map), "r"(copy.column), "r"(copy.row), "r"(copy.barrier), "h"(blocks), "l"(policy)
      : "memory");
}

// `bytes` that follow each other, whole sixteens of them, from and to multiples of sixteen.
__device__ inline void copy_bytes(uint32_t to, const void* from, uint32_t bytes, uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(to),
      "l"(__cvta_generic_to_global(from)), "r"(bytes), "r"(barrier)
      : "memory");
}

// What this thread has stored in shared memory becomes visible to copies and products, for those
// that come after the next barrier.
__device__ inline void fence_shared_stores() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void prefetch_map(const CUtensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
}

// True in one lane of a whole warp, always the same: who starts copies, as the compiler then knows.
__device__ inline bool elect_lane() {
  uint32_t elected;
  asm volatile(
      "{\n"
      ".reg .pred elected;\n"
      "elect.sync _|elected, 0xffffffff;\n"
      "selp.u32 %0, 1, 0, elected;\n"
      "}"
      : "=r"(elected));
  return elected != 0;
}

// All threads of all blocks of the cluster, whose warps are whole, have come; what they wrote
// before need not be visible, but for barriers after publish_barriers().
__device__ inline void sync_cluster() {
  asm volatile("barrier.cluster.arrive.relaxed.aligned;\nbarrier.cluster.wait.aligned;" ::
                   : "memory");
}

}  // namespace llmserve
