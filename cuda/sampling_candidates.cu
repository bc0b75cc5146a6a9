// Narrowing a row down to the candidates of a cut: tokens fall into bins by their distance from the
// best one, the bin in which the cut lies is found, and what is not below it goes to a list.
#include "launch.cuh"
#include "sampling_kernels.h"
#include "sampling_tile.cuh"

namespace llmserve {
namespace {

constexpr int kBinsEach = kNumBins / kTileThreads;

// A tile of a row with the rules of its slot; raw for log probabilities.
__device__ BlockTile load_tile(const SamplingCall& call, const SamplingRow& item, float* shared) {
  BlockTile tile(LogitsRow(call.logits, item.logit_row), blockIdx.y * kTileTokens);
  if (!call.raw) tile.apply(rules_of(call.memory, item.slot), shared);
  return tile;
}

__device__ Scaling scaling_of(const SamplingCall& call, const SamplingRow& item,
                              const RowHead& head) {
  const SlotSampling* state = call.raw ? nullptr : call.memory.states + item.slot;
  return make_scaling(state, head.max, call.logits.vocab_size);
}

__device__ bool has_cut(const RowHead& head) {
  return head.kind == DrawKind::kCount || head.kind == DrawKind::kMass;
}

struct Bins {
  uint32_t counts[kNumBins];
  unsigned long long masses[kNumBins];
};

// The last bin is not counted: a cut that is not reached before lies there.
__device__ void fill_bins(Bins& bins, const BlockTile& tile, const RowHead& head,
                          const Scaling& scaling) {
#pragma unroll
  for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
    for (const float value : tile.values[g]) {
      if (!(value > -INFINITY)) continue;
      const float scaled = scaling.scale(value);
      if (!(scaled >= scaling.least)) continue;
      const int32_t bin = bin_of(head, value, scaled);
      if (bin < kNumBins - 1) atomicAdd(&bins.counts[bin], 1u);
      if (head.kind != DrawKind::kMass) continue;
      const uint64_t mass = scaling.mass(scaled);
      if (mass > 0) atomicAdd(&bins.masses[bin], static_cast<unsigned long long>(mass));
    }
  }
}

// By the row's last block, which also clears the bins for the next call.
__device__ void find_border(const SamplingCall& call, int32_t row, RowHead& head) {
  uint32_t* counts = call.memory.bin_counts + static_cast<int64_t>(row) * kNumBins;
  unsigned long long* masses = call.memory.bin_masses + static_cast<int64_t>(row) * kNumBins;
  uint64_t count[kBinsEach], mass[kBinsEach];
  uint64_t total = 0;
#pragma unroll
  for (int i = 0; i < kBinsEach; ++i) {
    const int32_t bin = static_cast<int32_t>(threadIdx.x) * kBinsEach + i;
    count[i] = __ldcg(counts + bin);
    mass[i] = __ldcg(masses + bin);
    counts[bin] = 0;
    masses[bin] = 0;
    total += mass[i];
  }
  if (head.kind == DrawKind::kCount) {
    const Reach reach = find_reach<kTileThreads>(count, head.need);
    if (threadIdx.x == 0) head.border = reach.index;
    return;
  }
  total = sum_block<kTileThreads>(total);
  const float top_p = call.memory.states[call.memory.rows[row].slot].top_p;
  const uint64_t need = mass_needed(total, top_p);
  const Reach reach = find_reach<kTileThreads>(mass, need);
  uint64_t listed = 0;
#pragma unroll
  for (int i = 0; i < kBinsEach; ++i) {
    if (static_cast<int32_t>(threadIdx.x) * kBinsEach + i <= reach.index) listed += count[i];
  }
  listed = sum_block<kTileThreads>(listed);
  if (threadIdx.x != 0) return;
  head.border = reach.index;
  head.wide = listed > kListSize;
  head.need = head.wide ? need - reach.before : need;
}

__global__ __launch_bounds__(kTileThreads) void bin_rows(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  __shared__ Bins bins;
  alignas(16) __shared__ float shared[kTileTokens];
  const auto row = static_cast<int32_t>(blockIdx.x);
  RowHead& head = call.memory.heads[row];
  if (!has_cut(head)) return;
  for (int i = threadIdx.x; i < kNumBins; i += kTileThreads) {
    bins.counts[i] = 0;
    bins.masses[i] = 0;
  }
  __syncthreads();
  const SamplingRow& item = call.memory.rows[row];
  fill_bins(bins, load_tile(call, item, shared), head, scaling_of(call, item, head));
  __syncthreads();
  const int64_t begin = static_cast<int64_t>(row) * kNumBins;
  for (int i = threadIdx.x; i < kNumBins; i += kTileThreads) {
    if (bins.counts[i] > 0) atomicAdd(call.memory.bin_counts + begin + i, bins.counts[i]);
    if (bins.masses[i] > 0) atomicAdd(call.memory.bin_masses + begin + i, bins.masses[i]);
  }
  if (is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) find_border(call, row, head);
}

// Impossible tokens are candidates for log probabilities alone.
__device__ bool is_candidate(const SamplingCall& call, const RowHead& head, const Scaling& scaling,
                             float value) {
  if (!call.raw && !(value > -INFINITY)) return false;
  const float scaled = scaling.scale(value);
  if (!(scaled >= scaling.least)) return false;
  const int32_t bin = bin_of(head, value, scaled);
  return head.wide ? bin == head.border : bin <= head.border;
}

// Room in the row's list for `wanted` entries of each thread: where this thread's begin.
__device__ uint32_t take_room(RowHead& head, uint32_t wanted) {
  __shared__ uint32_t taken, begin;
  if (threadIdx.x == 0) taken = 0;
  __syncthreads();
  const uint32_t before = wanted > 0 ? atomicAdd(&taken, wanted) : 0;
  __syncthreads();
  if (threadIdx.x == 0) begin = taken > 0 ? atomicAdd(&head.list_size, taken) : 0;
  __syncthreads();
  return begin + before;
}

__global__ __launch_bounds__(kTileThreads) void list_candidates(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  alignas(16) __shared__ float shared[kTileTokens];
  constexpr int kGroups = kTileTokens / kTileThreads / 4;
  const auto row = static_cast<int32_t>(blockIdx.x);
  RowHead& head = call.memory.heads[row];
  if (!has_cut(head)) return;
  const SamplingRow& item = call.memory.rows[row];
  const BlockTile tile = load_tile(call, item, shared);
  const Scaling scaling = scaling_of(call, item, head);
  uint32_t chosen = 0;  // a bit for each token
#pragma unroll
  for (int g = 0; g < kGroups; ++g) {
    for (int i = 0; i < 4; ++i) {
      const bool inside = tile.token(g) + i < call.logits.vocab_size;
      if (inside && is_candidate(call, head, scaling, tile.values[g][i]))
        chosen |= 1u << (4 * g + i);
    }
  }
  uint32_t at = take_room(head, __popc(chosen));
  uint64_t* list = call.memory.lists + static_cast<int64_t>(row) * kListSize;
#pragma unroll
  for (int g = 0; g < kGroups; ++g) {
    for (int i = 0; i < 4; ++i) {
      if (!(chosen >> (4 * g + i) & 1)) continue;
      if (at < kListSize) list[at] = place_of(tile.values[g][i], tile.token(g) + i);
      ++at;
    }
  }
}

}  // namespace

void launch_candidates(const SamplingCall& call, cudaStream_t stream) {
  const dim3 grid(call.num_rows, call.num_tiles);
  launch_kernel({.grid = grid, .block = kTileThreads, .stream = stream, .overlaps = call.overlaps},
                bin_rows, call);
  launch_kernel({.grid = grid, .block = kTileThreads, .stream = stream, .overlaps = call.overlaps},
                list_candidates, call);
}

}  // namespace llmserve
