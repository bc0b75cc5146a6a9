// Looking for the cut of a row among its tokens: sorted where they are few enough to be listed,
// otherwise by passes over the row as it lies. Sums are of integers, so that no result depends on
// the order of threads.
#pragma once

#include "sampling_tile.cuh"

namespace llmserve {

// One block has a whole row.
constexpr int kRowThreads = 512;
constexpr int kListEach = kListSize / kRowThreads;  // entries of the list to a thread
constexpr int kRowGroups = 2;
using RowTile = Tile<kRowThreads, kRowGroups>;
// The list, or a tile of the row: never both at once.
static_assert(RowTile::kTokens * sizeof(float) <= kListSize * sizeof(uint64_t));

// Sorts `count` places, best first; at most kListSize.
__device__ inline void sort_places(uint64_t* room, int32_t count) {
  int32_t size = 2;
  while (size < count) size *= 2;
  for (int32_t i = count + threadIdx.x; i < size; i += kRowThreads) room[i] = kNoPlace;
  __syncthreads();
  for (int32_t width = 2; width <= size; width *= 2) {
    for (int32_t stride = width / 2; stride > 0; stride /= 2) {
      for (int32_t i = threadIdx.x; i < size / 2; i += kRowThreads) {
        const int32_t low = 2 * i - (i & (stride - 1));
        const uint64_t a = room[low], b = room[low + stride];
        if ((a > b) == ((low & width) == 0)) {
          room[low] = b;
          room[low + stride] = a;
        }
      }
      __syncthreads();
    }
  }
}

// Loads `count` places of a list, through `change`, and sorts them.
template <typename Change>
__device__ void load_sorted(uint64_t* room, const uint64_t* list, int32_t count, Change change) {
  for (int32_t i = threadIdx.x; i < count; i += kRowThreads) room[i] = change(list[i]);
  sort_places(room, count);
}

// A row of logits with its rules, to be walked by one block. `shared` is RowTile's.
struct RowWalk {
  LogitsRow logits;
  SlotRules rules;
  float* shared;

  // visit(values[4], first token): every four of the row once. Values past the end are -inf.
  template <typename Visit>
  __device__ void each_four(Visit visit) const {
    for (int32_t first = 0; first < logits.vocab_size(); first += RowTile::kTokens) {
      RowTile tile(logits, first);
      tile.apply(rules, shared);
#pragma unroll
      for (int g = 0; g < kRowGroups; ++g) visit(tile.values[g], tile.token(g));
    }
  }

  // visit(value, token): every token of the vocabulary once.
  template <typename Visit>
  __device__ void each(Visit visit) const {
    each_four([&](const float(&values)[4], int32_t token) {
      for (int i = 0; i < 4; ++i) {
        if (token + i < logits.vocab_size()) visit(values[i], token + i);
      }
    });
  }
};

struct Weighed {
  uint64_t place;
  uint64_t weight;  // 0: not among those that are looked at
};

// The place at which the weights of all tokens up to it, in order, reach `need`; kNoPlace where
// they never do. Two bits of the place in a pass. weigh(value, token) gives a Weighed.
template <typename Weigh>
__device__ uint64_t find_cut(const RowWalk& row, uint64_t need, Weigh weigh) {
  uint64_t cut = 0;
  for (int shift = 62; shift >= 0; shift -= 2) {
    uint64_t first = 0, second = 0, third = 0;  // running: up to each quarter's end
    row.each([&](float value, int32_t token) {
      const Weighed weighed = weigh(value, token);
      if (weighed.place < cut) return;  // its weight is no longer part of `need`
      const uint64_t quarter = (weighed.place - cut) >> shift;
      if (quarter <= 2) third += weighed.weight;
      if (quarter <= 1) second += weighed.weight;
      if (quarter == 0) first += weighed.weight;
    });
    first = sum_block<kRowThreads>(first);
    second = sum_block<kRowThreads>(second);
    third = sum_block<kRowThreads>(third);
    uint64_t quarter = 0, before = 0;
    if (first < need) quarter = 1, before = first;
    if (second < need) quarter = 2, before = second;
    if (third < need) quarter = 3, before = third;
    need -= before;
    cut += quarter << shift;
  }
  return cut;
}

}  // namespace llmserve
