// What a warpgroup of the Hopper prefill kernel computes. While the tensor cores score its next
// keys and add its last values, it computes weights, or another warpgroup does.
#pragma once

#include "attention_combine.cuh"
#include "attention_wgmma_block.cuh"
#include "attention_wgmma_products.cuh"

namespace llmserve {

// One warpgroup and its 64 query rows. A lane holds of them what multiply_add() lays out for the 16
// rows of its warp.
template <typename T, int kDim, typename Shape>
class QueryGroup {
 public:
  using Shared = HopperShared<Shape>;
  using Place = RingPlace<Shape::kStages>;

  // `memory`: shared addresses; the queries of all warpgroups, the ring, and a tile for each
  // warpgroup.
  __device__ QueryGroup(const AttentionParams& p, Shared& shared, uint32_t memory)
      : p_(p),
        shared_(shared),
        group_(uniform(threadIdx.x / kWarpgroupThreads)),
        queries_(memory + group_ * Shape::kQueryBytes),
        stages_(memory + Shape::kGroups * Shape::kQueryBytes),
        clean_values_(stages_ + Shape::kStages * Shape::kStageBytes + group_ * Shape::kTileBytes) {}

  __device__ __forceinline__ void run();

 private:
  __device__ __forceinline__ static int thread() { return threadIdx.x % kWarpgroupThreads; }
  __device__ __forceinline__ static int lane() { return threadIdx.x % 32; }
  // The first of this thread's two rows.
  __device__ __forceinline__ static int row() { return thread() / 32 * 16 + lane() / 4; }
  // Tells the compiler that a value is the same in all lanes.
  __device__ __forceinline__ static int32_t uniform(int32_t value) {
    return __shfl_sync(0xffffffffu, value, 0);
  }
  __device__ __forceinline__ uint32_t keys_at(const Place& place) const {
    return stages_ + place.slot * Shape::kStageBytes;
  }
  __device__ __forceinline__ uint32_t values_at(const Place& place) const {
    return keys_at(place) + Shape::kTileBytes;
  }
  __device__ __forceinline__ Place await_stage() {
    const Place place = place_;
    place_.advance();
    wait_barrier(shared_address(&shared_.full[place.slot]), place.parity);
    return place;
  }
  __device__ __forceinline__ void release(const Place& place) {
    if (lane() == 0) arrive(shared_address(&shared_.empty[place.slot]));
  }
  __device__ __forceinline__ int32_t position(int32_t i) const {
    return item_.position + p_.by_group_size(item_.head + i);
  }
  __device__ __forceinline__ void sync() { sync_warpgroup(group_ + 1); }

  __device__ __forceinline__ HopperItem peek_item() const;
  __device__ __forceinline__ void take_item();
  __device__ __forceinline__ int64_t offset(const HopperItem& item, int32_t i,
                                            int64_t stride) const;
  __device__ __forceinline__ void start_queries() const;
  __device__ __forceinline__ void await_queries();
  __device__ __forceinline__ void skip(int32_t count);
  __device__ __forceinline__ void attend();
  __device__ __forceinline__ void begin(const RowsSight& own, int32_t first, int32_t count);
  __device__ __forceinline__ void end(int32_t last_tile, int32_t first);
  template <bool kIsClear>
  __device__ __forceinline__ void advance(int32_t tile);
  __device__ __forceinline__ void score_keys(const Place& place);
  __device__ __forceinline__ uint32_t find_values(const Place& place, int32_t tile);
  __device__ __forceinline__ void copy_clean(const uint4* values, int32_t tile);
  __device__ __forceinline__ void add_values(uint32_t values);
  __device__ __forceinline__ void end_chunk(Fold (&fold)[2]);
  __device__ __forceinline__ void fold_sums(const Fold (&fold)[2]);
  __device__ __forceinline__ void store_result(int32_t first) const;

  const AttentionParams& p_;
  Shared& shared_;
  const int32_t group_;
  const uint32_t queries_;  // shared addresses: of this warpgroup's queries
  const uint32_t stages_;   // of the ring
  const uint32_t clean_values_;
  Place place_;
  RingPlace<kItemSlots> item_place_;
  HopperItem item_;
  Sight block_all_;  // keys that all query rows of the item see
  Sight all_;        // keys that all of this warpgroup's see
  Sight sight_[2];   // of this thread's rows
  int32_t next_chunk_;
  bool is_chunk_begun_;  // sums_ hold something
  RowState state_[2];    // of the chunk
  RowState total_state_[2];
  Scores scores_;
  Weights weights_;
  Values sums_[Shape::kFeatureTiles];    // of the chunk
  Values totals_[Shape::kFeatureTiles];  // of the chunks before
};

// --- Items

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ HopperItem QueryGroup<T, kDim, Shape>::peek_item() const {
  wait_barrier(shared_address(&shared_.item_full[item_place_.slot]), item_place_.parity);
  const HopperItem& item = shared_.items[item_place_.slot];
  return {uniform(item.slot),     uniform(item.kv_head), uniform(item.token),
          uniform(item.position), uniform(item.head),    uniform(item.count)};
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::take_item() {
  item_ = peek_item();
  __syncwarp();
  if (lane() == 0) arrive(shared_address(&shared_.item_empty[item_place_.slot]));
  item_place_.advance();
}

// Of query row i of the item, in [tokens, stride], where the heads lie side by side.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ int64_t QueryGroup<T, kDim, Shape>::offset(const HopperItem& item,
                                                                      int32_t i,
                                                                      int64_t stride) const {
  const int32_t token = p_.by_group_size(item.head + i);
  const int32_t head = item.head + i + (item.kv_head - token) * p_.group_size;
  return (item.token + token) * stride + head * kDim;
}

// The copy of the next item's queries, once those before are no longer in use. Rows beyond the last
// are copies of it and never stored.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::start_queries() const {
  constexpr int kVectors = kDim / 8;
  const HopperItem item = peek_item();
  const int32_t first = group_ * kGroupRows;
  if (first >= item.count) return;
#pragma unroll 4
  for (int i = 0; i < kGroupRows * kVectors / kWarpgroupThreads; ++i) {
    const int index = thread() + i * kWarpgroupThreads;
    const int row = index / kVectors, vector = index % kVectors;
    const int64_t from = offset(item, min(first + row, item.count - 1), p_.qkv_stride) + vector * 8;
    copy_vector(queries_ + vector / 8 * kGroupRows * kRowBytes + row * kRowBytes +
                    ((vector ^ row) % 8) * 16,
                static_cast<const T*>(p_.qkv) + from);
  }
  commit_copies();
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::await_queries() {
  wait_copies<0>();
  fence_shared_stores();
  sync();
}

// Stages of other warpgroups. They must have come before they can be given back.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::skip(int32_t count) {
#pragma unroll 1
  for (int32_t i = 0; i < count; ++i) {
    const Place place = await_stage();
    __syncwarp();
    release(place);
  }
}

// --- One tile

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::score_keys(const Place& place) {
  const uint32_t a = matrix_at(queries_, 0), b = matrix_at(keys_at(place), 0);
#pragma unroll
  for (int step = 0; step < Shape::kFeatureTiles; ++step) {
    const uint32_t in_row = matrix_step(step % 4 * 32);
    multiply_keys<T>(scores_, a + matrix_step(step / 4 * kGroupRows * kRowBytes) + in_row,
                     b + matrix_step(step / 4 * Shape::kBlockBytes) + in_row, step > 0);
  }
  commit_products();
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::add_values(uint32_t values) {
  const uint32_t b = matrix_at(values, Shape::kBlockBytes);
#pragma unroll
  for (int step = 0; step < kKeySteps; ++step) {
    multiply_values<T>(sums_, weights_[step], b + matrix_step(step * 16 * kRowBytes),
                       is_chunk_begun_ || step > 0);
  }
  commit_products();
}

// A copy of the tile with zeros for what is not finite; rows that see such keys get weights of NaN
// for them. Each warpgroup makes its own: others may be reading the tile.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::copy_clean(const uint4* values,
                                                                       int32_t tile) {
  uint32_t* broken = shared_.broken[group_];
  if (thread() < 2) broken[thread()] = 0;
  sync();
  copy_finite<T, Shape::kTileBytes>(values, clean_values_, broken);
  fence_shared_stores();
  sync();
  const uint32_t marks[2] = {broken[0], broken[1]};
  break_weights(weights_, tile, sight_, marks);
}

// Where to read the values of a tile. Those that are not finite, in a tile that not all rows of the
// item see whole, must not reach rows that do not see them as 0 * NaN.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ uint32_t QueryGroup<T, kDim, Shape>::find_values(const Place& place,
                                                                            int32_t tile) {
  if (block_all_.holds_tile(tile)) return values_at(place);
  const uint4* values = static_cast<const uint4*>(__cvta_shared_to_generic(values_at(place)));
  uint32_t sum = 0;  // NaN as soon as something is not finite
#pragma unroll
  for (int i = 0; i < Shape::kTileBytes / 16 / kWarpgroupThreads; ++i) {
    const uint4 vector = values[thread() + i * kWarpgroupThreads];
    sum = add_nothing<T>(add_nothing<T>(sum, vector.x), vector.y);
    sum = add_nothing<T>(add_nothing<T>(sum, vector.z), vector.w);
  }
  if (!any_of_warpgroup(group_ + 1, (sum & 0x7fff7fffu) != 0)) return values_at(place);
  copy_clean(values, tile);
  return clean_values_;
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::end_chunk(Fold (&fold)[2]) {
  complete_sums(state_);
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    fold[h] = fold_state(total_state_[h], state_[h]);
    state_[h] = empty_state();
  }
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::fold_sums(const Fold (&fold)[2]) {
#pragma unroll
  for (int f = 0; f < Shape::kFeatureTiles; ++f) {
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      float& total = totals_[f][i / 4][i % 4];
      total = fold[i % 4 / 2].apply(total, sums_[f][i / 4][i % 4]);
    }
  }
}

// From the weights of a tile to those of the next one. `kIsClear`: all rows of the item see the one
// whole, all of the warpgroup the other.
template <typename T, int kDim, typename Shape>
template <bool kIsClear>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::advance(int32_t tile) {
  const Place place = await_stage();
  const uint32_t values = kIsClear ? values_at(place) : find_values(place, tile);
  begin_products();
  score_keys(place);
  add_values(values);
  await_products<1>();
  settle(scores_);
  const bool ends_chunk = (tile + 1) * kTileKeys == next_chunk_;
  Fold fold[2];
  if (ends_chunk) end_chunk(fold);
  if constexpr (!kIsClear) {
    if (!all_.holds_tile(tile + 1)) mask_scores(scores_, tile + 1, sight_);
  }
  float old_scale[2];
  softmax_tile(scores_, state_, score_scale(p_.scale), old_scale);
  settle(scores_);
  // The branch keeps the compiler from computing weights after the wait.
  if (ends_chunk) {
    next_chunk_ = chunk_begin(chunk_of(next_chunk_) + 1);
    await_products<0>();
    settle(sums_);
    release(place);
    fold_sums(fold);
  } else {
    await_products<0>();
    settle(sums_);
    release(place);
    rescale(sums_, old_scale);
  }
  is_chunk_begun_ = !ends_chunk;
  pack_weights<T>(weights_, scores_);
}

// --- One item

// Up to the weights of the first tile.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::begin(const RowsSight& own,
                                                                  int32_t first, int32_t count) {
  all_ = own.all;
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    sight_[h] = sight_of(position(first + min(row() + 8 * h, count - 1)), p_.window);
    state_[h] = total_state_[h] = empty_state();
  }
  await_queries();
  const Place place = await_stage();
  begin_products();
  score_keys(place);
  clear_values(totals_);
  next_chunk_ = chunk_begin(chunk_of(own.any.begin) + 1);
  is_chunk_begun_ = false;
  await_products<0>();
  settle(scores_);
  release(place);
  if (!all_.holds_tile(own.first_tile())) mask_scores(scores_, own.first_tile(), sight_);
  float old_scale[2];
  softmax_tile(scores_, state_, score_scale(p_.scale), old_scale);
  pack_weights<T>(weights_, scores_);
}

// From the weights of the last tile on.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::end(int32_t last_tile, int32_t first) {
  sync();  // the queries are no longer in use
  start_queries();
  const Place place = await_stage();
  const uint32_t values = find_values(place, last_tile);
  begin_products();
  add_values(values);
  Fold fold[2];
  end_chunk(fold);
  await_products<0>();
  settle(sums_);
  release(place);
  fold_sums(fold);
  store_result(first);
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::attend() {
  const RowsSight block(item_.position, position(item_.count - 1), p_.window);
  const int32_t first = group_ * kGroupRows;
  const int32_t count = min(kGroupRows, item_.count - first);
  if (count <= 0) {
    skip(block.end_tile() - block.first_tile() + 1);
    start_queries();
    return;
  }
  const RowsSight own(position(first), position(first + count - 1), p_.window);
  block_all_ = block.all;
  skip(own.first_tile() - block.first_tile());
  begin(own, first, count);
  const int32_t clear_begin = (max(block.all.begin, own.all.begin - kTileKeys) - 1) / kTileKeys + 1;
  const int32_t clear_end = min(block.all.end, own.all.end - kTileKeys) / kTileKeys;
  const int32_t last_tile = own.end_tile() - 1;
#pragma unroll 1
  for (int32_t tile = own.first_tile(); tile < last_tile; ++tile) {
    if (tile >= clear_begin && tile < clear_end) {
      advance<true>(tile);
    } else {
      advance<false>(tile);
    }
  }
  end(last_tile, first);
  skip(block.end_tile() - own.end_tile());
}

// A quad's lanes exchange their features, so that each stores eight that follow each other.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::store_result(int32_t first) const {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t i = first + row() + 8 * h;
    const float inverse = __frcp_rn(total_state_[h].sum);
    T* to = static_cast<T*>(p_.out) + offset(item_, i, out_stride(p_)) + lane() % 4 * 8;
#pragma unroll
    for (int f = 0; f < Shape::kFeatureTiles; f += 2) {
      uint32_t words[4];
#pragma unroll
      for (int n = 0; n < 4; ++n) {
        const float* sum = totals_[f + n / 2][n % 2] + 2 * h;
        words[n] = pack<T>(__fmul_rn(sum[0], inverse), __fmul_rn(sum[1], inverse));
      }
      transpose_quad(words);
      if (i < item_.count) {
        *reinterpret_cast<uint4*>(to + f * 16) = make_uint4(words[0], words[1], words[2], words[3]);
      }
    }
  }
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::run() {
  start_queries();
  while (true) {
    take_item();
    if (item_.count == 0) return;
    attend();
  }
}

}  // namespace llmserve
