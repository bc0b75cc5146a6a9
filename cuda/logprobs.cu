// Log probabilities of raw logits: of one token, its rank, and the best ones in order.
#include "launch.cuh"
#include "sampling_kernels.h"
#include "sampling_search.cuh"

namespace llmserve {
namespace {

__device__ float logprob_of(const RowHead& head, float value) {
  return static_cast<float>(static_cast<double>(value) - head.max - head.score_or_log_sum);
}

// The token whose log probability is wanted; -1 where none was drawn.
__device__ int32_t target_of(const SamplingCall& call, int32_t row) {
  const SamplingRow& item = call.memory.rows[row];
  if (item.slot < 0) return item.target;
  return call.finite[row] ? call.tokens[row] : -1;
}

__device__ LogprobPart look_at_tile(const SamplingCall& call, const LogitsRow& logits,
                                    int32_t target) {
  const BlockTile tile(logits, blockIdx.y * kTileTokens);
  const float chosen = logits[target];
  uint64_t best = kNoPlace;
  int32_t greater = 0;
#pragma unroll
  for (int g = 0; g < kTileTokens / kTileThreads / 4; ++g) {
    for (int i = 0; i < 4; ++i) {
      const float value = tile.values[g][i];
      greater += value > chosen;
      const uint64_t place = is_broken(value)    ? kBrokenPlace
                             : value > -INFINITY ? place_of(value, tile.token(g) + i)
                                                 : kNoPlace;
      best = place < best ? place : best;
    }
  }
  best = min_block<kTileThreads>(best);
  double sum = 0.0;
  if (best != kBrokenPlace && best != kNoPlace) {
    const float max = value_of(best);
    for (const auto& group : tile.values) {
      for (const float value : group) sum += expf(value - max);
    }
  }
  sum = sum_block<kTileThreads>(sum);
  return {best, sum, sum_block<kTileThreads>(greater)};
}

// For logits that are no distribution, and draws that left nothing.
__device__ void write_invalid(const LogprobsView& view, int32_t row, int32_t num_top) {
  const float none = __uint_as_float(0x7fc00000u);
  if (threadIdx.x == 0) {
    view.logprob[row] = none;
    view.rank[row] = 0;
  }
  const int64_t begin = static_cast<int64_t>(row) * view.stride;
  for (int32_t i = threadIdx.x; i < num_top; i += kTileThreads) {
    view.top_ids[begin + i] = 0;
    view.top_logprobs[begin + i] = none;
  }
}

// By the last block of a row.
__device__ void conclude(const SamplingCall& call, int32_t row, const LogprobPart* parts,
                         float chosen) {
  RowHead& head = call.memory.heads[row];
  const int32_t num_top = call.memory.rows[row].num_top;
  uint64_t best = kNoPlace;
  int32_t greater = 0;
  for (int32_t i = threadIdx.x; i < call.num_tiles; i += kTileThreads) {
    const uint64_t place = __ldcg(reinterpret_cast<const unsigned long long*>(&parts[i].best));
    best = place < best ? place : best;
    greater += __ldcg(&parts[i].greater);
  }
  best = min_block<kTileThreads>(best);
  if (best == kBrokenPlace || best == kNoPlace) return write_invalid(call.logprobs, row, num_top);
  greater = sum_block<kTileThreads>(greater);
  const float max = value_of(best);
  double sum = 0.0;
  for (int32_t i = threadIdx.x; i < call.num_tiles; i += kTileThreads) {
    const uint64_t place = __ldcg(reinterpret_cast<const unsigned long long*>(&parts[i].best));
    if (place == kNoPlace) continue;
    sum += __ldcg(&parts[i].sum) * exp(static_cast<double>(value_of(place)) - max);
  }
  sum = sum_block<kTileThreads>(sum);
  if (threadIdx.x != 0) return;
  head.max = max;
  head.score_or_log_sum = log(sum);
  call.logprobs.logprob[row] = logprob_of(head, chosen);
  call.logprobs.rank[row] = greater + 1;
  if (num_top == 0) return;
  head.kind = DrawKind::kCount;
  head.need = static_cast<uint64_t>(num_top);
  head.list_size = 0;
  head.wide = false;
}

__global__ __launch_bounds__(kTileThreads) void scan_logprobs(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto row = static_cast<int32_t>(blockIdx.x);
  const SamplingRow& item = call.memory.rows[row];
  if (blockIdx.y == 0 && threadIdx.x == 0) call.memory.heads[row].kind = DrawKind::kNone;
  if (item.num_top == SampleRow::kNoLogprobs) return;
  const int32_t target = target_of(call, row);
  if (target < 0) {
    if (blockIdx.y == 0) write_invalid(call.logprobs, row, item.num_top);
    return;
  }
  LogprobPart* parts = call.memory.parts + static_cast<int64_t>(row) * call.num_tiles;
  const LogitsRow logits(call.logits, item.logit_row);
  const LogprobPart part = look_at_tile(call, logits, target);
  if (threadIdx.x == 0) parts[blockIdx.y] = part;
  if (!is_last_to_arrive(call.memory.arrivals + row, gridDim.y)) return;
  conclude(call, row, parts, logits[target]);
}

__device__ void write_top(const SamplingCall& call, const RowHead& head, int64_t begin,
                          const uint64_t* places, int32_t count) {
  for (int32_t i = threadIdx.x; i < count; i += kRowThreads) {
    call.logprobs.top_ids[begin + i] = id_of(places[i]);
    call.logprobs.top_logprobs[begin + i] = logprob_of(head, value_of(places[i]));
  }
}

// The best tokens where there are too many for the list: a list's worth at a time.
__device__ void write_top_by_parts(const SamplingCall& call, const RowHead& head, int64_t begin,
                                   const LogitsRow& logits, uint64_t* room) {
  __shared__ uint32_t size;
  const RowWalk walk{logits, {}, nullptr};
  uint64_t from = 0;
  for (uint64_t done = 0; done < head.need; done += kListSize) {
    const uint64_t want = min(head.need - done, static_cast<uint64_t>(kListSize));
    const uint64_t cut = find_cut(walk, want, [&](float value, int32_t token) {
      const uint64_t place = place_of(value, token);
      return Weighed{place, place >= from ? 1ull : 0ull};
    });
    if (threadIdx.x == 0) size = 0;
    __syncthreads();
    walk.each([&](float value, int32_t token) {
      const uint64_t place = place_of(value, token);
      if (place >= from && place <= cut) room[atomicAdd(&size, 1u)] = place;
    });
    __syncthreads();
    sort_places(room, static_cast<int32_t>(want));
    write_top(call, head, begin + static_cast<int64_t>(done), room, static_cast<int32_t>(want));
    __syncthreads();
    from = cut + 1;
  }
}

__global__ __launch_bounds__(kRowThreads) void write_best(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  alignas(16) __shared__ uint64_t room[kListSize];
  const auto row = static_cast<int32_t>(blockIdx.x);
  const RowHead& head = call.memory.heads[row];
  if (head.kind != DrawKind::kCount) return;
  const int64_t begin = static_cast<int64_t>(row) * call.logprobs.stride;
  if (head.list_size > kListSize) {
    const LogitsRow logits(call.logits, call.memory.rows[row].logit_row);
    return write_top_by_parts(call, head, begin, logits, room);
  }
  load_sorted(room, call.memory.lists + static_cast<int64_t>(row) * kListSize, head.list_size,
              [](uint64_t place) { return place; });
  write_top(call, head, begin, room, static_cast<int32_t>(head.need));
}

}  // namespace

void launch_logprobs(const SamplingCall& call, cudaStream_t stream) {
  launch_kernel({.grid = dim3(call.num_rows, call.num_tiles),
                 .block = kTileThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                scan_logprobs, call);
}

void launch_top(const SamplingCall& call, cudaStream_t stream) {
  launch_kernel({.grid = static_cast<unsigned>(call.num_rows),
                 .block = kRowThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                write_best, call);
}

}  // namespace llmserve
