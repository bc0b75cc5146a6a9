// The order of work of the prefill kernels: the query tiles of all rows, those that end latest in
// their sequence first. They have the most keys, and what runs last should be short.
#pragma once

#include "attention_work.cuh"

namespace llmserve {

// Tiles of kRows query rows, in classes of about the same end. Each block makes the list for
// itself.
template <int kRows>
class PrefillOrder {
 public:
  // All threads of the block call it; a barrier must follow.
  __device__ void build(const AttentionParams& p);
  __device__ int32_t num_items() const { return class_begin_[kClasses]; }
  // The item `index` < num_items(). All lanes of a warp call it, for the same item.
  __device__ QueryTile find(const AttentionParams& p, int32_t index) const;

 private:
  static constexpr int kClasses = 32;

  // Of the rows that are left to the prefill kernels; others have no tokens.
  __device__ static RowSpan span(const AttentionParams& p, int32_t row) {
    if (row >= p.num_rows || p.row_slots[row] < 0) return {0, 0};
    const RowSpan span = span_of_row(p, row);
    return is_decode_row(span, p.group_size) ? RowSpan{0, 0} : span;
  }
  __device__ static int32_t tiles(const RowSpan& span, int32_t group_size) {
    return (span.num_tokens * group_size + kRows - 1) / kRows;
  }
  // How many of them see keys from `position` on.
  __device__ static int32_t tiles_beyond(const RowSpan& span, int32_t group_size,
                                         int32_t position) {
    const int32_t token = max(position - span.start, 0);
    if (token >= span.num_tokens) return 0;
    return tiles(span, group_size) - token * group_size / kRows;
  }
  // Tiles of class c see keys from here on, but not from class_position(c - 1) on.
  __device__ int32_t class_position(int c) const { return longest_ - (c + 1) * class_keys_; }

  int32_t longest_;
  int32_t class_keys_;
  int32_t class_begin_[kClasses + 1];  // items before those of the class
};

template <int kRows>
__device__ void PrefillOrder<kRows>::build(const AttentionParams& p) {
  const auto lane = static_cast<int32_t>(threadIdx.x % 32);
  int32_t longest = 0;
  for (int32_t row = lane; row < p.num_rows; row += 32) longest = max(longest, span(p, row).end());
  longest = __reduce_max_sync(0xffffffffu, longest);
  const int32_t class_keys = (longest + kClasses - 1) / kClasses;
  for (auto c = static_cast<int32_t>(threadIdx.x / 32); c < kClasses;
       c += static_cast<int32_t>(blockDim.x / 32)) {
    int32_t sum = 0;
    for (int32_t row = lane; row < p.num_rows; row += 32) {
      sum += tiles_beyond(span(p, row), p.group_size, longest - (c + 1) * class_keys);
    }
    sum = __reduce_add_sync(0xffffffffu, sum);
    if (lane == 0) class_begin_[c + 1] = sum * p.num_kv_heads;
  }
  if (threadIdx.x == 0) {
    longest_ = longest;
    class_keys_ = class_keys;
    class_begin_[0] = 0;
  }
}

template <int kRows>
__device__ QueryTile PrefillOrder<kRows>::find(const AttentionParams& p, int32_t index) const {
  const auto lane = static_cast<int32_t>(threadIdx.x % 32);
  const int32_t c = __popc(__ballot_sync(0xffffffffu, class_begin_[lane + 1] <= index));
  int32_t rest = index - class_begin_[c];
  for (int32_t first = 0;; first += 32) {
    const int32_t row = first + lane;
    const RowSpan mine = span(p, row);
    const int32_t later = tiles_beyond(mine, p.group_size, class_position(c - 1));
    const int32_t items =
        (tiles_beyond(mine, p.group_size, class_position(c)) - later) * p.num_kv_heads;
    int32_t sum = items;
    for (int by = 1; by < 32; by *= 2) {
      const int32_t other = __shfl_up_sync(0xffffffffu, sum, by);
      if (lane >= by) sum += other;
    }
    const uint32_t beyond = __ballot_sync(0xffffffffu, sum > rest);
    if (beyond == 0) {
      rest -= __shfl_sync(0xffffffffu, sum, 31);
      continue;
    }
    const int from = __ffs(static_cast<int>(beyond)) - 1;
    rest -= __shfl_sync(0xffffffffu, sum - items, from);
    const int32_t last = tiles(mine, p.group_size) - 1 - later;
    const int32_t tile = __shfl_sync(0xffffffffu, last, from) - rest / p.num_kv_heads;
    return query_tile(p, first + from, rest % p.num_kv_heads, tile, kRows);
  }
}

}  // namespace llmserve
