// One look at the whole row, by a block per tile: the best token of every row, and the draw among
// all tokens. The last block of a row combines what its tiles found.
#include "launch.cuh"
#include "sampling_kernels.h"
#include "sampling_tile.cuh"

namespace llmserve {
namespace {

// The best place of the tile; kBrokenPlace where a logit, raw or by the rules, is NaN or +inf.
__device__ uint64_t find_best(const SamplingCall& call, int32_t row) {
  alignas(16) __shared__ float shared[kTileTokens];
  const SamplingRow& item = call.memory.rows[row];
  BlockTile tile(LogitsRow(call.logits, item.logit_row), blockIdx.y * kTileTokens);
  bool broken = false;
  const auto look_for_broken = [&] {
    for (const auto& group : tile.values) {
      for (const float value : group) broken |= is_broken(value);
    }
  };
  look_for_broken();
  const SlotRules rules = rules_of(call.memory, item.slot);
  if (rules.any()) {
    tile.apply(rules, shared);
    look_for_broken();
  }
  uint64_t best = kNoPlace;
#pragma unroll
  for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
    for (int i = 0; i < 4; ++i) {
      if (!(tile.values[g][i] > -INFINITY)) continue;
      const uint64_t place = place_of(tile.values[g][i], tile.token(g) + i);
      best = place < best ? place : best;
    }
  }
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

__global__ __launch_bounds__(kTileThreads) void scan_rows(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto row = static_cast<int32_t>(blockIdx.x);
  uint64_t* tiles = call.memory.best + static_cast<int64_t>(row) * call.num_tiles;
  const uint64_t best = find_best(call, row);
  if (threadIdx.x == 0) tiles[blockIdx.y] = best;
  if (!is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) return;
  uint64_t all = kNoPlace;
  for (int32_t i = threadIdx.x; i < call.num_tiles; i += kTileThreads) {
    const uint64_t place = __ldcg(reinterpret_cast<const unsigned long long*>(tiles + i));
    all = place < all ? place : all;
  }
  all = min_block<kTileThreads>(all);
  if (threadIdx.x == 0) conclude_scan(call, row, all);
}

// The tile's winner. Every thread begins with the row's likeliest token: it sets a mark that most
// others are hopeless against.
__device__ RaceBest race_tile(const SamplingCall& call, const RowHead& head, int32_t row) {
  alignas(16) __shared__ float shared[kTileTokens];
  const SamplingRow& item = call.memory.rows[row];
  const SlotSampling& state = call.memory.states[item.slot];
  BlockTile tile(LogitsRow(call.logits, item.logit_row), blockIdx.y * kTileTokens);
  tile.apply(rules_of(call.memory, item.slot), shared);
  const Scaling scaling = make_scaling(&state, head.max, call.logits.vocab_size);
  RaceBest best{head.score_or_log_sum, head.best_id};
#pragma unroll
  for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
    race_group(best, tile.values[g], tile.token(g), state, scaling);
  }
  return best_of_block<kTileThreads>(best);
}

__global__ __launch_bounds__(kTileThreads) void race_rows(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto row = static_cast<int32_t>(blockIdx.x);
  const RowHead& head = call.memory.heads[row];
  if (head.kind != DrawKind::kRace) return;
  RaceBest* tiles = call.memory.raced + static_cast<int64_t>(row) * call.num_tiles;
  const RaceBest best = race_tile(call, head, row);
  if (threadIdx.x == 0) tiles[blockIdx.y] = best;
  if (!is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) return;
  RaceBest all{head.score_or_log_sum, head.best_id};
  for (int32_t i = threadIdx.x; i < call.num_tiles; i += kTileThreads) {
    const RaceBest other{__ldcg(&tiles[i].score), __ldcg(&tiles[i].id)};
    if (wins(other, all)) all = other;
  }
  all = best_of_block<kTileThreads>(all);
  if (threadIdx.x == 0) finish_row(call, row, all.id);
}

}  // namespace

void launch_scan(const SamplingCall& call, cudaStream_t stream) {
  launch_kernel({.grid = dim3(call.num_rows, call.num_tiles),
                 .block = kTileThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                scan_rows, call);
}

void launch_race(const SamplingCall& call, cudaStream_t stream) {
  launch_kernel({.grid = dim3(call.num_rows, call.num_tiles),
                 .block = kTileThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                race_rows, call);
}

}  // namespace llmserve
