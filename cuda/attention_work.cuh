// Which block does what: the items of all rows numbered through, from counts that each block reads
// on the device, and a queue that hands them out. So a launch looks the same whatever the lengths.
#pragma once

#include "attention_layout.h"
#include "attention_params.h"

namespace llmserve {

inline constexpr int kAttentionWarps = kAttentionThreads / 32;

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
  // count_row(row): the WorkCount of a row. All threads of the block call it.
  template <typename CountRow>
  __device__ void build(int32_t num_rows, CountRow count_row);
  __device__ int32_t num_items() const { return items_[num_groups_]; }
  template <typename CountRow>
  __device__ WorkPlace find(int32_t item, CountRow count_row) const;

 private:
  static constexpr int32_t kMaxGroups = 512;

  template <typename CountRow>
  __device__ WorkCount count_group(int32_t group, int32_t num_rows, CountRow count_row) const {
    WorkCount sum{};
    const int32_t begin = group * rows_per_group_, end = min(begin + rows_per_group_, num_rows);
    for (int32_t row = begin; row < end; ++row) sum += count_row(row);
    return sum;
  }

  int32_t items_[kMaxGroups + 1];
  int32_t parts_[kMaxGroups];
  WorkCount warp_sums_[kAttentionWarps];
  int32_t rows_per_group_;
  int32_t num_groups_;
};

template <typename CountRow>
__device__ void WorkList::build(int32_t num_rows, CountRow count_row) {
  const int32_t thread = threadIdx.x, warp = thread / 32;
  if (thread == 0) {
    rows_per_group_ = (num_rows + kMaxGroups - 1) / kMaxGroups;
    num_groups_ = (num_rows + rows_per_group_ - 1) / rows_per_group_;
  }
  __syncthreads();
  const int32_t share = (num_groups_ + kAttentionThreads - 1) / kAttentionThreads;
  const int32_t begin = min(thread * share, num_groups_), end = min(begin + share, num_groups_);
  WorkCount mine{};
  for (int32_t group = begin; group < end; ++group) {
    mine += count_group(group, num_rows, count_row);
  }
  WorkCount sum = mine;
  for (int by = 1; by < 32; by *= 2) {
    const WorkCount other = shuffle_up(sum, by);
    if (thread % 32 >= by) sum += other;
  }
  if (thread % 32 == 31) warp_sums_[warp] = sum;
  __syncthreads();
  WorkCount before{sum.items - mine.items, sum.parts - mine.parts};
  for (int i = 0; i < warp; ++i) before += warp_sums_[i];
  for (int32_t group = begin; group < end; ++group) {
    items_[group] = before.items;
    parts_[group] = before.parts;
    before += count_group(group, num_rows, count_row);
  }
  if (thread == kAttentionThreads - 1) items_[num_groups_] = before.items;
  __syncthreads();
}

template <typename CountRow>
__device__ WorkPlace WorkList::find(int32_t item, CountRow count_row) const {
  int32_t low = 0, high = num_groups_;
  while (high - low > 1) {
    const int32_t middle = (low + high) / 2;
    if (items_[middle] <= item) {
      low = middle;
    } else {
      high = middle;
    }
  }
  WorkPlace place{low * rows_per_group_, item - items_[low], parts_[low]};
  if (rows_per_group_ == 1) return place;
  for (WorkCount count = count_row(place.row); place.item >= count.items;
       count = count_row(place.row)) {
    place.item -= count.items;
    place.parts += count.parts;
    ++place.row;
  }
  return place;
}

// The block takes no more; the last one to leave makes the queue ready for the next launch.
__device__ inline void leave_queue(WorkQueue* queue) {
  if (threadIdx.x == 0 && atomicAdd(&queue->done, 1) == static_cast<int32_t>(gridDim.x) - 1) {
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
  leave_queue(queue);
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
  __device__ int32_t position(int32_t i, int32_t group_size) const {
    return start + (first + i) / group_size;
  }
  // Its first element in [tokens, stride], where the heads lie side by side.
  __device__ int64_t offset(int32_t i, const AttentionParams& p, int64_t stride) const {
    const int32_t token = (first + i) / p.group_size;
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
