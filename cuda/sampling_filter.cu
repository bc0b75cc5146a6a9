// The end of rows with top_k or top_p, by one block to a row: the exact cut and the draw among what
// it leaves. Sorted candidates where they fit the list; passes over the row where they do not.
#include "launch.cuh"
#include "sampling_kernels.h"
#include "sampling_search.cuh"

namespace llmserve {
namespace {

// All of one row.
struct Filter {
  const RowHead& head;
  const SlotSampling& state;
  Scaling scaling;
  const uint64_t* list;
  uint64_t* room;  // shared, [kListSize]
  RowWalk walk;

  __device__ uint64_t scaled_place(uint64_t place) const {
    return place_of(scaling.scale(value_of(place)), id_of(place));
  }
  __device__ uint64_t mass_of(uint64_t scaled_place) const {
    return scaling.mass(value_of(scaled_place));
  }
  __device__ bool in_play(float value) const {
    return value > -INFINITY && scaling.scale(value) >= scaling.least;
  }
};

// The weights of a thread's part of the sorted list, of which `count` are in play.
__device__ void weigh_list(const Filter& filter, int32_t count, uint64_t (&masses)[kListEach]) {
#pragma unroll
  for (int i = 0; i < kListEach; ++i) {
    const int32_t at = static_cast<int32_t>(threadIdx.x) * kListEach + i;
    masses[i] = at < count ? filter.mass_of(filter.room[at]) : 0;
  }
}

// How many of the sorted list's first `count` it takes to reach top_p. `need` where it is known, 0:
// top_p of those `count`.
__device__ int32_t cut_list(const Filter& filter, int32_t count, uint64_t need) {
  uint64_t masses[kListEach];
  weigh_list(filter, count, masses);
  if (need == 0) {
    uint64_t total = 0;
    for (const uint64_t mass : masses) total += mass;
    need = mass_needed(sum_block<kRowThreads>(total), filter.state.top_p);
  }
  return min(find_reach<kRowThreads>(masses, need).index + 1, count);
}

// Leaves the scaled places of the best top_k in the room, sorted. Scaling may make two values one,
// which then go by id: only then is a second sort needed.
__device__ int32_t sort_top_k(const Filter& filter) {
  uint64_t* room = filter.room;
  load_sorted(room, filter.list, filter.head.list_size, [](uint64_t place) { return place; });
  const int32_t count = min(static_cast<int32_t>(filter.head.list_size), filter.state.top_k);
  for (int32_t i = threadIdx.x; i < count; i += kRowThreads) {
    room[i] = filter.scaled_place(room[i]);
  }
  __syncthreads();
  bool disordered = false;
  for (int32_t i = threadIdx.x + 1; i < count; i += kRowThreads) {
    disordered |= room[i - 1] > room[i];
  }
  if (__syncthreads_or(disordered)) sort_places(room, count);
  return count;
}

__device__ RaceBest race_list(const Filter& filter, int32_t count, RaceBest best) {
  const SlotSampling& state = filter.state;
  for (int32_t i = threadIdx.x; i < count; i += kRowThreads) {
    const float value = value_of(filter.room[i]);
    const int32_t id = id_of(filter.room[i]);
    if (is_hopeless(best, value)) continue;
    offer(best, value, id, token_word(state.seed, state.num_tokens, id));
  }
  return best;
}

// Cuts of the row by the places of its values and of its scaled values.
struct Cuts {
  uint64_t top_k = kNoPlace;
  uint64_t top_p = kNoPlace;
};

__device__ RaceBest race_row(const Filter& filter, const Cuts& cuts, RaceBest best) {
  filter.walk.each_four([&](float(&values)[4], int32_t token) {
    for (int i = 0; i < 4; ++i) {
      if (!filter.in_play(values[i])) continue;
      const uint64_t place = place_of(values[i], token + i);
      const bool kept = place <= cuts.top_k && filter.scaled_place(place) <= cuts.top_p;
      if (!kept) values[i] = -INFINITY;
    }
    race_group(best, values, token, filter.state, filter.scaling);
  });
  return best;
}

// Too many candidates for the list.
__device__ Cuts search_row(const Filter& filter) {
  Cuts cuts;
  if (filter.head.kind == DrawKind::kCount) {
    cuts.top_k = find_cut(filter.walk, filter.head.need, [&](float value, int32_t token) {
      return Weighed{place_of(value, token), filter.in_play(value) ? 1ull : 0ull};
    });
  }
  if (filter.state.top_p >= 1.0f) return cuts;
  const auto weigh = [&](float value, int32_t token) {
    const uint64_t place = place_of(value, token);
    const bool kept = filter.in_play(value) && place <= cuts.top_k;
    const uint64_t scaled = kept ? filter.scaled_place(place) : kNoPlace;
    return Weighed{scaled, kept ? filter.mass_of(scaled) : 0};
  };
  uint64_t total = 0;
  filter.walk.each([&](float value, int32_t token) { total += weigh(value, token).weight; });
  const uint64_t need = mass_needed(sum_block<kRowThreads>(total), filter.state.top_p);
  cuts.top_p = find_cut(filter.walk, need, weigh);
  return cuts;
}

__device__ RaceBest draw(const Filter& filter) {
  const RowHead& head = filter.head;
  const RaceBest likeliest{head.score_or_log_sum, head.best_id};
  if (head.list_size > kListSize) return race_row(filter, search_row(filter), likeliest);
  if (head.kind == DrawKind::kCount) {
    int32_t count = sort_top_k(filter);
    if (filter.state.top_p < 1.0f) count = cut_list(filter, count, 0);
    return race_list(filter, count, likeliest);
  }
  load_sorted(filter.room, filter.list, head.list_size,
              [&](uint64_t place) { return filter.scaled_place(place); });
  const int32_t count = cut_list(filter, head.list_size, head.need);
  if (!head.wide) return race_list(filter, count, likeliest);
  const Cuts cuts{kNoPlace, filter.room[count - 1]};
  __syncthreads();  // the walk writes where the list lies
  return race_row(filter, cuts, likeliest);
}

__global__ __launch_bounds__(kRowThreads) void filter_rows(SamplingCall call) {
  await_previous_kernels();
  let_next_kernel_start();
  alignas(16) __shared__ uint64_t room[kListSize];
  const auto row = static_cast<int32_t>(blockIdx.x);
  const RowHead& head = call.memory.heads[row];
  if (head.kind != DrawKind::kCount && head.kind != DrawKind::kMass) return;
  const SamplingRow& item = call.memory.rows[row];
  const SlotSampling& state = call.memory.states[item.slot];
  const Filter filter{head,
                      state,
                      make_scaling(&state, head.max, call.logits.vocab_size),
                      call.memory.lists + static_cast<int64_t>(row) * kListSize,
                      room,
                      {LogitsRow(call.logits, item.logit_row), rules_of(call.memory, item.slot),
                       reinterpret_cast<float*>(room)}};
  const RaceBest best = best_of_block<kRowThreads>(draw(filter));
  if (threadIdx.x == 0) finish_row(call, row, best.id);
}

}  // namespace

void launch_filter(const SamplingCall& call, cudaStream_t stream) {
  launch_kernel({.grid = static_cast<unsigned>(call.num_rows),
                 .block = kRowThreads,
                 .stream = stream,
                 .overlaps = call.overlaps},
                filter_rows, call);
}

}  // namespace llmserve
