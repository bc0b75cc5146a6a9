// Products on sm_90a, of any number of tokens: kernels whose epilogues need no second pass. Their
// tiles are chosen by the number of tokens; every sum is one chain over K all the same, so that the
// choice shows in the time alone.
#pragma once

#include <vector>

#include "device_info.h"
#include "linear_kernels.h"

namespace llmserve {

// How a job is cut: a block computes `tokens` x `rows` (of the weight) at a time, and the blocks of
// a cluster bring what they have in common (the rows or the tokens) to all of them at once.
struct WgmmaTile {
  int tokens = 0;
  int rows = 0;
  int cluster = 1;
  bool common_rows = false;

  bool operator==(const WgmmaTile&) const = default;
};

// What the choice depends on: how many clusters run at once (fewer than there are multiprocessors
// for, as a cluster lies within one of the chip's parts, and those do not all divide by four), and
// the memory's bandwidth.
struct WgmmaChip {
  bool has_kernels = false;  // false: it takes nothing
  int of_one = 0;
  int of_two = 0;
  int of_four = 0;
  double memory_bytes = 0;  // a clock

  int clusters(int size) const { return size == 1 ? of_one : size == 2 ? of_two : of_four; }
};

// Once per device, before the first launch.
WgmmaChip prepare_wgmma(const DeviceInfo& device);
// Whether there is a kernel for the job's shapes, types and epilogue; x is normed before.
bool wgmma_takes(const LinearJob& job, const WgmmaChip& chip);

// The fastest tile, and all of them, the fastest first, as a model of the chip's limits has it.
WgmmaTile choose_wgmma_tile(const LinearJob& job, const WgmmaChip& chip);
std::vector<WgmmaTile> rank_wgmma_tiles(const LinearJob& job, const WgmmaChip& chip);

void multiply_wgmma(const LinearJob& job, const WgmmaTile& tile, const WgmmaChip& chip,
                    cudaStream_t stream);

}  // namespace llmserve
