// One look at the whole row, by blocks that have some tiles each: the best token of every row, and
// the draw among all tokens. The last block of a row combines what all found.
#include "base/checked.h"
#include "launch.cuh"
#include "sampling_kernels.h"
#include "sampling_tile.cuh"

namespace llmserve {
namespace {

// Calls visit(tile) for this block's tiles of a row. The next one is on its way meanwhile.
template <typename Visit>
__device__ void visit_tiles(const SamplingCall& call, int32_t logit_row, int32_t tiles_per_block,
                            Visit visit) {
  const LogitsRow row(call.logits, logit_row);
  const auto first = static_cast<int32_t>(blockIdx.y) * tiles_per_block;
  const int32_t end = min(first + tiles_per_block, call.num_tiles);
  BlockTile next(row, first * kTileTokens);
#pragma unroll 1
  for (int32_t i = first; i < end; ++i) {
    BlockTile tile = next;
    if (i + 1 < end) next = BlockTile(row, (i + 1) * kTileTokens);
    visit(tile);
  }
}

__device__ bool has_broken(const BlockTile& tile) {
  bool broken = false;
  for (const auto& group : tile.values) {
    for (const float value : group) broken |= is_broken(value);
  }
  return broken;
}

// The best place of the block's tiles; kBrokenPlace where a logit, raw or by the rules, is NaN or
// +inf.
__device__ uint64_t find_best(const SamplingCall& call, int32_t row, int32_t tiles_per_block) {
  alignas(16) __shared__ float shared[kTileTokens];
  const SamplingRow& item = call.memory.rows[row];
  const SlotRules rules = rules_of(call.memory, item.slot);
  bool broken = false;
  uint64_t best = kNoPlace;
  visit_tiles(call, item.logit_row, tiles_per_block, [&](BlockTile& tile) {
    broken |= has_broken(tile);
    if (rules.any()) {
      tile.apply(rules, shared);
      broken |= has_broken(tile);
    }
#pragma unroll
    for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
      for (int i = 0; i < 4; ++i) {
        if (!(tile.values[g][i] > -INFINITY)) continue;
        const uint64_t place = place_of(tile.values[g][i], tile.token(g) + i);
        best = place < best ? place : best;
      }
    }
  });
  return min_block<kTileThreads>(broken ? kBrokenPlace : best);
}

// By one thread: ends the row or hands it on.
__device__ void conclude_scan(const SamplingCall& call, int32_t row, uint64_t best) {
  RowHead& head = call.memory.heads[row];
  head.kind = DrawKind::kNone;
  if (best == kBrokenPlace || best == kNoPlace) return reject_row(call, row);
  const SlotSampling& state = call.memory.states[call.memory.rows[row].slot];
  const DrawKind kind = draw_kind(state, call.logits.vocab_size);
  if (kind == DrawKind::kGreedy) return finish_row(call, row, id_of(best));
  head.kind = kind;
  head.max = value_of(best);
  head.best_id = id_of(best);
  head.list_size = 0;
  head.wide = false;
  head.need = static_cast<uint64_t>(state.top_k);
  head.score_or_log_sum = gumbel(token_word(state.seed, state.num_tokens, head.best_id));
}

__global__ __launch_bounds__(kTileThreads) void scan_rows(SamplingCall call,
                                                          int32_t tiles_per_block) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto row = static_cast<int32_t>(blockIdx.x);
  uint64_t* found = call.memory.best + static_cast<int64_t>(row) * call.num_tiles;
  const uint64_t best = find_best(call, row, tiles_per_block);
  if (threadIdx.x == 0) found[blockIdx.y] = best;
  if (!is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) return;
  uint64_t all = kNoPlace;
  for (uint32_t i = threadIdx.x; i < gridDim.y; i += kTileThreads) {
    const uint64_t place = __ldcg(reinterpret_cast<const unsigned long long*>(found + i));
    all = place < all ? place : all;
  }
  all = min_block<kTileThreads>(all);
  if (threadIdx.x == 0) conclude_scan(call, row, all);
}

// The winner of the block's tiles. Every thread begins with the row's likeliest token: it sets a
// mark that most others are hopeless against.
__device__ RaceBest race_tiles(const SamplingCall& call, const RowHead& head, int32_t row,
                               int32_t tiles_per_block) {
  alignas(16) __shared__ float shared[kTileTokens];
  const SamplingRow& item = call.memory.rows[row];
  const SlotSampling& state = call.memory.states[item.slot];
  const SlotRules rules = rules_of(call.memory, item.slot);
  const Scaling scaling = make_scaling(&state, head.max, call.logits.vocab_size);
  RaceBest best{head.score_or_log_sum, head.best_id};
  visit_tiles(call, item.logit_row, tiles_per_block, [&](BlockTile& tile) {
    tile.apply(rules, shared);
#pragma unroll
    for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
      race_group(best, tile.values[g], tile.token(g), state, scaling);
    }
  });
  return best_of_block<kTileThreads>(best);
}

__global__ __launch_bounds__(kTileThreads) void race_rows(SamplingCall call,
                                                          int32_t tiles_per_block) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto row = static_cast<int32_t>(blockIdx.x);
  const RowHead& head = call.memory.heads[row];
  if (head.kind != DrawKind::kRace) return;
  RaceBest* found = call.memory.raced + static_cast<int64_t>(row) * call.num_tiles;
  const RaceBest best = race_tiles(call, head, row, tiles_per_block);
  if (threadIdx.x == 0) found[blockIdx.y] = best;
  if (!is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) return;
  RaceBest all{head.score_or_log_sum, head.best_id};
  for (uint32_t i = threadIdx.x; i < gridDim.y; i += kTileThreads) {
    const RaceBest other{__ldcg(&found[i].score), __ldcg(&found[i].id)};
    if (wins(other, all)) all = other;
  }
  all = best_of_block<kTileThreads>(all);
  if (threadIdx.x == 0) finish_row(call, row, all.id);
}

// Of few rows each tile has a block, which is soonest done; with many, what a block does beside its
// tiles would take longer than they.
void launch(const SamplingCall& call, void (*kernel)(SamplingCall, int32_t), cudaStream_t stream) {
  constexpr int64_t kManyBlocks = 4096;
  const auto tiles_per_block =
      static_cast<int32_t>(ceil_div(int64_t{call.num_rows} * call.num_tiles, kManyBlocks));
  const auto blocks = static_cast<unsigned>(ceil_div(call.num_tiles, tiles_per_block));
  launch_kernel({.grid = dim3(call.num_rows, blocks),
                 .block = kTileThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                kernel, call, tiles_per_block);
}

}  // namespace

void launch_scan(const SamplingCall& call, cudaStream_t stream) { launch(call, scan_rows, stream); }

void launch_race(const SamplingCall& call, cudaStream_t stream) { launch(call, race_rows, stream); }

}  // namespace llmserve
