// Which block does what: the items of all rows numbered through, from counts that each block reads
// on the device, and a queue that hands them out. So a launch looks the same whatever the lengths.
#pragma once

#include "attention_layout.h"
#include "attention_params.h"
#include "warpgroup.cuh"

namespace llmserve {

inline constexpr int kAttentionWarps = kAttentionThreads / 32;

// The barrier of the threads that compute; a block may have a warp that copies, too.
inline constexpr int kComputeBarrier = 1;
static_assert(kAttentionThreads == kWarpgroupThreads);
__device__ inline void sync_compute() { sync_warpgroup(kComputeBarrier); }
__device__ inline bool any_of_compute(bool found) {
  return any_of_warpgroup(kComputeBarrier, found);
}

// Who does something together: the threads that compute, or one warp.
struct ComputeThreads {
  static constexpr int kWarps = kAttentionWarps;
  __device__ static int32_t index() { return threadIdx.x; }
  __device__ static void sync() { sync_compute(); }
};
struct OneWarp {
  static constexpr int kWarps = 1;
  __device__ static int32_t index() { return threadIdx.x % 32; }
  __device__ static void sync() { __syncwarp(); }
};

__device__ inline RowSpan span_of_row(const AttentionParams& p, int32_t row) {
  return {p.row_starts[row], p.row_begins[row + 1] - p.row_begins[row]};
}

// Of some rows: items of work, and rows of partial results.
struct WorkCount {
  int32_t items;
  int32_t parts;

  __device__ void operator+=(const WorkCount& other) {
    items += other.items;
    parts += other.parts;
  }
};

__device__ inline WorkCount shuffle_up(const WorkCount& count, int by) {
  return {__shfl_up_sync(0xffffffffu, count.items, by),
          __shfl_up_sync(0xffffffffu, count.parts, by)};
}

// Where an item belongs.
struct WorkPlace {
  int32_t row;
  int32_t item;   // within the row
  int32_t parts;  // of all rows before
};

// Work before each group of neighbouring rows; a group is one row unless there are very many.
class WorkList {
 public:
  // count_row(row): the WorkCount of a row. All of Threads call it.
  template <typename Threads, typename CountRow>
  __device__ void build(int32_t num_rows, CountRow count_row);
  __device__ int32_t num_items() const { return items_[num_groups_]; }
  // All lanes of a warp call it, for the same item.
  template <typename CountRow>
  __device__ WorkPlace find(int32_t item, CountRow count_row) const;

 private:
  static constexpr int32_t kMaxGroups = 256;

  template <typename CountRow>
  __device__ WorkCount count_group(int32_t group, int32_t num_rows, CountRow count_row) const {
    WorkCount sum{};
    const int32_t begin = group * rows_per_group_, end = min(begin + rows_per_group_, num_rows);
#pragma unroll 1
    for (int32_t row = begin; row < end; ++row) sum += count_row(row);
    return sum;
  }

  int32_t items_[kMaxGroups + 1];
  int32_t parts_[kMaxGroups];
  WorkCount warp_sums_[kAttentionWarps];
  int32_t rows_per_group_;
  int32_t num_groups_;
};

template <typename Threads, typename CountRow>
__device__ void WorkList::build(int32_t num_rows, CountRow count_row) {
  constexpr int32_t kThreads = 32 * Threads::kWarps;
  const int32_t thread = Threads::index(), warp = thread / 32;
  if (thread == 0) {
    rows_per_group_ = (num_rows + kMaxGroups - 1) / kMaxGroups;
    num_groups_ = (num_rows + rows_per_group_ - 1) / rows_per_group_;
  }
  Threads::sync();
  const int32_t share = (num_groups_ + kThreads - 1) / kThreads;
  const int32_t begin = min(thread * share, num_groups_), end = min(begin + share, num_groups_);
  WorkCount mine{};
#pragma unroll 1
  for (int32_t group = begin; group < end; ++group) {
    mine += count_group(group, num_rows, count_row);
  }
  WorkCount sum = mine;
  for (int by = 1; by < 32; by *= 2) {
    const WorkCount other = shuffle_up(sum, by);
    if (thread % 32 >= by) sum += other;
  }
  if (thread % 32 == 31) warp_sums_[warp] = sum;
  Threads::sync();
  WorkCount before{sum.items - mine.items, sum.parts - mine.parts};
  for (int i = 0; i < warp; ++i) before += warp_sums_[i];
#pragma unroll 1
  for (int32_t group = begin; group < end; ++group) {
    items_[group] = before.items;
    parts_[group] = before.parts;
    before += count_group(group, num_rows, count_row);
  }
  if (thread == kThreads - 1) items_[num_groups_] = before.items;
  Threads::sync();
}

template <typename CountRow>
__device__ WorkPlace WorkList::find(int32_t item, CountRow count_row) const {
  // The last group that begins no later: of every eighth one, then of those after it.
  const int32_t lane = threadIdx.x % 32;
  const auto begins_until = [&](int32_t group) {
    return group < num_groups_ && items_[group] <= item;
  };
  static_assert(kMaxGroups == 8 * 32);
  const int32_t eight = 8 * __popc(__ballot_sync(0xffffffffu, begins_until(8 * (lane + 1))));
  const int32_t group =
      eight + __popc(__ballot_sync(0xffffffffu, lane < 7 && begins_until(eight + lane + 1)));
  WorkPlace place{group * rows_per_group_, item - items_[group], parts_[group]};
  if (rows_per_group_ == 1) return place;
#pragma unroll 1
  for (WorkCount count = count_row(place.row); place.item >= count.items;
       count = count_row(place.row)) {
    place.item -= count.items;
    place.parts += count.parts;
    ++place.row;
  }
  return place;
}

// The block takes no more; the last one to leave makes the queue ready for the next launch. One
// thread of the block calls it.
__device__ inline void leave_queue(WorkQueue* queue) {
  if (atomicAdd(&queue->done, 1) == static_cast<int32_t>(gridDim.x) - 1) {
    queue->taken = 0;
    queue->done = 0;
  }
}

// Calls run(item) for the items of [0, num_items) that fall to this block: the first by its index,
// the others as they come. The next one is asked for before an item begins, so that nobody waits
// for the answer. All threads of the block call it; `next` is shared among them.
template <typename Run>
__device__ void run_items(WorkQueue* queue, int32_t num_items, int32_t* next, Run run) {
  int32_t item = blockIdx.x;
  while (item < num_items) {
    int32_t following = 0;
    if (threadIdx.x == 0) following = gridDim.x + atomicAdd(&queue->taken, 1);
    run(item);
    __syncthreads();  // shared memory is free for the next item
    if (threadIdx.x == 0) *next = following;
    __syncthreads();
    item = *next;
  }
  if (threadIdx.x == 0) leave_queue(queue);
}

// The query rows of one item: [first, first + count) of a row of the step, for one kv head.
struct QueryTile {
  int32_t kv_head;
  int32_t slot;
  int32_t first_token;  // of the row, in the step
  int32_t start;        // its position
  int32_t first;
  int32_t count;

  // Of the tile's query row i.
  __device__ int32_t position(int32_t i, const AttentionParams& p) const {
    return start + p.by_group_size(first + i);
  }
  // Its first element in [tokens, stride], where the heads lie side by side.
  __device__ int64_t offset(int32_t i, const AttentionParams& p, int64_t stride) const {
    const int32_t token = p.by_group_size(first + i);
    const int32_t head = kv_head * p.group_size + (first + i - token * p.group_size);
    return (first_token + token) * stride + static_cast<int64_t>(head) * p.head_dim;
  }
};

__device__ inline QueryTile query_tile(const AttentionParams& p, int32_t row, int32_t kv_head,
                                       int32_t tile, int32_t rows_per_tile) {
  const RowSpan span = span_of_row(p, row);
  const int32_t first = tile * rows_per_tile;
  return {kv_head,
          p.row_slots[row],
          p.row_begins[row],
          span.start,
          first,
          min(rows_per_tile, span.num_tokens * p.group_size - first)};
}

}  // namespace llmserve
