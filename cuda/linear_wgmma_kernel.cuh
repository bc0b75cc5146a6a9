// The kernel of linear_wgmma.h. Blocks stay for as many tiles as they get. One warp of a block
// keeps a ring of stages in shared memory full through the bulk copy engine; the other warps are
// warpgroups that multiply, each 64 tokens by all rows of the tile.
#pragma once

#include <cuda.h>

#include <algorithm>

#include "launch.cuh"
#include "linear_wgmma_epilogue.cuh"
#include "linear_wgmma_mma.cuh"
#include "mma.cuh"
#include "tma.cuh"
#include "tma.h"
#include "warpgroup.cuh"

namespace llmserve {

// A tile's own blocks of the grid and what it reads; in units of as many tiles as a cluster has
// blocks, neighbours in tokens (common_rows) or in rows.
struct WgmmaJob {
  CUtensorMap tokens;
  CUtensorMap rows;
  LinearJob linear;
  int token_box = 0;  // tokens that a block brings at once
  int token_units = 0;
  int row_units = 0;
  int group_units = 0;  // of tokens, that all rows are gone through with: they stay in the L2 cache
  int depth_stages = 0;
  int cluster = 1;
  bool common_rows = false;
  bool rows_once = false;  // the weight need not stay in the L2 cache
};

template <typename T, int kTokens, int kRows>
struct WgmmaKernel {
  static constexpr int kGroups = kTokens / 64;
  static constexpr int kWarps = kGroups * 4;  // that multiply
  // Long sums need more registers than an even share of them: a whole warpgroup that only brings
  // data hands over most of its own.
  static constexpr bool kTradesRegisters = kGroups == 2 && kRows > 128;
  static constexpr int kThreads = (kWarps + (kTradesRegisters ? 4 : 1)) * kWarpSize;
  static constexpr int kSharedBytes = 227 * 1024;
  static constexpr int kAlignment = 1024;  // of swizzled boxes
  static constexpr int kBoxDepth = kBoxBytes / 2;
  static constexpr int kTokenBytes = kTokens * kBoxBytes;
  static constexpr int kBoxPairBytes = (kTokens + kRows) * kBoxBytes;
  // Small tiles have deeper stages: as many bytes for a barrier.
  static constexpr int kBoxes = kBoxPairBytes <= 24 * 1024 ? 2 : 1;
  static constexpr int kStageBytes = kBoxes * kBoxPairBytes;
  static constexpr int kStages = (kSharedBytes - 2 * kAlignment) / kStageBytes;
  static constexpr int kStageDepth = kBoxes * kBoxDepth;
  static_assert(kRows % 16 == 0 && kBoxPairBytes % kAlignment == 0 && 16 * kStages <= kAlignment);

  // In shared memory: the stages, then two barriers for each.
  struct Ring {
    uint32_t base;

    __device__ uint32_t stage(int slot) const { return base + slot * kStageBytes; }
    __device__ uint32_t full(int slot) const { return base + kStages * kStageBytes + slot * 16; }
    __device__ uint32_t empty(int slot) const { return full(slot) + 8; }
  };

  using Turn = RingPlace<kStages>;

  // The tiles of a block, one after the other, and the stages of each.
  struct Walk {
    const WgmmaJob& job;
    int unit;
    int depth = 0;
    int token = 0;        // the first that is multiplied
    int first_token = 0;  // of the tile: the last tile's are multiplied with some before them
    int row = 0;

    __device__ explicit Walk(const WgmmaJob& job)
        : job(job), unit(static_cast<int>(blockIdx.x) / job.cluster) {
      locate();
    }

    __device__ bool done() const { return unit >= job.token_units * job.row_units; }

    __device__ void next_tile() {
      depth = 0;
      unit += static_cast<int>(gridDim.x) / job.cluster;
      locate();
    }

    __device__ void advance() {
      if (++depth == job.depth_stages) next_tile();
    }

   private:
    __device__ void locate() {
      const int group = unit / (job.group_units * job.row_units);
      const int within = unit % (job.group_units * job.row_units);
      const int size = min(job.group_units, job.token_units - group * job.group_units);
      if (size <= 0) return;
      const int rank = static_cast<int>(blockIdx.x) % job.cluster;
      const int token_unit = group * job.group_units + within % size;
      const int row_unit = within / size;
      first_token = (job.common_rows ? token_unit * job.cluster + rank : token_unit) * kTokens;
      token = max(0, min(first_token, job.linear.num_tokens - kTokens));
      row = (job.common_rows ? row_unit : row_unit * job.cluster + rank) * kRows;
    }
  };

  // What one warp does: it fills the ring. All its lanes walk, one of them starts the copies.
  struct Producer {
    const WgmmaJob& job;
    Ring ring;
    uint64_t row_policy;
    uint64_t token_policy;
    // What the blocks of a cluster have in common, each brings a share of to all.
    bool common_rows;
    bool common_tokens;
    int first_row;
    int first_token;
    uint32_t stage_bytes;

    __device__ Producer(const WgmmaJob& job, Ring ring)
        : job(job),
          ring(ring),
          row_policy(l2_policy(job.rows_once)),
          token_policy(l2_policy(false)),
          common_rows(job.cluster > 1 && job.common_rows),
          common_tokens(job.cluster > 1 && !job.common_rows) {
      const int rank = static_cast<int>(blockIdx.x) % job.cluster;
      first_row = common_rows ? kRows / job.cluster * rank : 0;
      first_token = common_tokens ? job.token_box * rank : 0;
      const int tokens = job.token_box * (common_tokens ? job.cluster : 1);
      stage_bytes = static_cast<uint32_t>(kBoxes * (tokens + kRows) * kBoxBytes);
    }

    // The boxes of a stage, `bytes` each.
    __device__ void fetch(BoxCopy copy, uint64_t policy, int bytes, bool common) const {
#pragma unroll
      for (int box = 0; box < kBoxes; ++box) {
        if (common) {
          copy_box_to_blocks(copy, policy, static_cast<uint16_t>((1 << job.cluster) - 1));
        } else {
          copy_box(copy, policy);
        }
        copy.column += kBoxDepth;
        copy.to += bytes;
      }
    }

    __device__ void fetch_rows(const Walk& at, int slot) const {
      const uint32_t to = ring.stage(slot) + kBoxes * kTokenBytes + first_row * kBoxBytes;
      fetch({&job.rows, to, ring.full(slot), at.row + first_row, at.depth * kStageDepth},
            row_policy, kRows * kBoxBytes, common_rows);
    }

    __device__ void fetch_tokens(const Walk& at, int slot) const {
      const uint32_t to = ring.stage(slot) + first_token * kBoxBytes;
      fetch({&job.tokens, to, ring.full(slot), at.token + first_token, at.depth * kStageDepth},
            token_policy, kTokenBytes, common_tokens);
    }

    // The weight does not wait for the kernels before, x does.
    __device__ void run() const {
      Walk row_walk(job), token_walk(job);
      int started = 0;
#pragma unroll 1
      for (; started < kStages && !row_walk.done(); ++started, row_walk.advance()) {
        if (elect_lane()) {
          arrive_and_expect(ring.full(started), stage_bytes);
          fetch_rows(row_walk, started);
        }
      }
      await_previous_kernels();
      for (int slot = 0; slot < started; ++slot, token_walk.advance()) {
        if (elect_lane()) fetch_tokens(token_walk, slot);
      }
      for (Turn turn; !token_walk.done(); token_walk.advance(), turn.advance()) {
        wait_barrier(ring.empty(turn.slot), turn.parity);
        if (elect_lane()) {
          arrive_and_expect(ring.full(turn.slot), stage_bytes);
          fetch_rows(token_walk, turn.slot);
          fetch_tokens(token_walk, turn.slot);
        }
      }
      let_next_kernel_start();
    }
  };

  // What a warpgroup does: the sums of its 64 tokens.
  struct Consumer {
    const WgmmaJob& job;
    Ring ring;
    Turn turn{};
    int group;

    __device__ Consumer(const WgmmaJob& job, Ring ring, int warp)
        : job(job), ring(ring), group(warp / 4) {}

    static __device__ int lane() { return static_cast<int>(threadIdx.x) % kWarpSize; }

    __device__ void multiply(int slot, float (&sums)[kRows / 2]) const {
      const uint64_t tokens = wgmma_operand(ring.stage(slot) + group * 64 * kBoxBytes);
      const uint64_t rows = wgmma_operand(ring.stage(slot) + kBoxes * kTokenBytes);
      begin_products();
#pragma unroll
      for (int step = 0; step < kStageDepth / 16; ++step) {
        const int box = step / 4;
        const int byte = step % 4 * 32;
        wgmma<T, kRows>(tokens + wgmma_step(box * kTokenBytes + byte),
                        rows + wgmma_step(box * kRows * kBoxBytes + byte), sums);
      }
      commit_products();
    }

    // This warp has read the slot, in which all blocks of the cluster may have to write.
    __device__ void release(int slot) const {
      if (lane() < job.cluster) arrive_at_block(ring.empty(slot), static_cast<uint32_t>(lane()));
    }

    __device__ void run() {
      await_previous_kernels();
      for (Walk walk(job); !walk.done(); walk.next_tile()) {
        float sums[kRows / 2];
#pragma unroll
        for (float& sum : sums) sum = 0.0f;
        int last = 0;
        for (int depth = 0; depth < job.depth_stages; ++depth) {
          wait_barrier(ring.full(turn.slot), turn.parity);
          multiply(turn.slot, sums);
          await_products<1>();  // the stage before is done with
          if (depth > 0) release(last);
          last = turn.slot;
          turn.advance();
        }
        const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
        WgmmaEpilogue<T, kRows> epilogue(job.linear, walk.first_token,
                                         walk.token + warp * 16 + lane() / 4, walk.row);
        epilogue.start();
        await_products<0>();
        settle(sums);
        release(last);
        epilogue.finish(sums);
      }
    }
  };

  static __device__ void run(const WgmmaJob& job, uint32_t shared) {
    const Ring ring{(shared + kAlignment - 1) / kAlignment * kAlignment};
    if (threadIdx.x == 0) {
      for (int slot = 0; slot < kStages; ++slot) {
        init_barrier(ring.full(slot), 1);
        init_barrier(ring.empty(slot), static_cast<uint32_t>(kWarps * job.cluster));
      }
      publish_barriers();
    }
    __syncthreads();
    if (job.cluster > 1) sync_cluster();
    // By a shuffle, so that the compiler knows it to be the same in a warp.
    const int warp = __shfl_sync(kAllLanes, static_cast<int>(threadIdx.x) / kWarpSize, 0);
    if (warp < kWarps) {
      if constexpr (kTradesRegisters) grow_registers<232>();
      Consumer(job, ring, warp).run();
    } else {
      if constexpr (kTradesRegisters) shrink_registers<40>();
      if (warp == kWarps) {
        Producer(job, ring).run();
      } else {
        await_previous_kernels();
      }
    }
    // No block leaves while another may still reach into its memory.
    __syncwarp();
    if (job.cluster > 1) sync_cluster();
  }
};

template <typename T, int kTokens, int kRows>
__global__ void __launch_bounds__((WgmmaKernel<T, kTokens, kRows>::kThreads), 1)
    wgmma_linear(const __grid_constant__ WgmmaJob job) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  extern __shared__ uint8_t shared[];
  WgmmaKernel<T, kTokens, kRows>::run(job, shared_address(shared));
#else
  __trap();  // never launched
#endif
}

}  // namespace llmserve
