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
  using Place = RingPlace<Shape::kSlots>;

  // `memory`: shared addresses; the queries of all warpgroups, then the ring.
  __device__ QueryGroup(const AttentionParams& p, Shared& shared, uint32_t memory)
      : p_(p),
        shared_(shared),
        queries_(kept(memory + group() * Shape::kQueryBytes)),
        tiles_(kept(memory + Shape::kGroups * Shape::kQueryBytes)) {}

  __device__ __forceinline__ void run();

 private:
  __device__ __forceinline__ static int group() { return threadIdx.x / kWarpgroupThreads; }
  __device__ __forceinline__ static int thread() { return threadIdx.x % kWarpgroupThreads; }
  __device__ __forceinline__ static int lane() { return threadIdx.x % 32; }
  // The first of this thread's two rows.
  __device__ __forceinline__ static int row() { return thread() / 32 * 16 + lane() / 4; }
  // Keeps the compiler from computing a value anew at each use.
  __device__ __forceinline__ static uint32_t kept(uint32_t value) {
    asm volatile("" : "+r"(value));
    return value;
  }
  __device__ __forceinline__ uint32_t tile_at(const Place& place) const {
    return tiles_ + place.slot * Shape::kTileBytes;
  }
  __device__ __forceinline__ void await(const Place& place) {
    await_phase(&shared_.full[place.slot], place.parity);
  }
  __device__ __forceinline__ void release(const Place& place) {
    if (lane() == 0) arrive(&shared_.empty[place.slot]);
  }
  __device__ __forceinline__ Place take() {
    const Place taken = place_;
    place_ = place_.next();
    return taken;
  }
  __device__ __forceinline__ void skip(int32_t count);

  __device__ __forceinline__ void attend(const QueryTile& item);
  __device__ __forceinline__ QueryTile peek_item();
  __device__ __forceinline__ void drop_item();
  __device__ __forceinline__ void start_queries();
  __device__ __forceinline__ void await_queries();
  __device__ __forceinline__ void score_keys(const Place& keys);
  __device__ __forceinline__ void weigh_keys(int32_t tile, float (&old_scale)[2]);
  __device__ __forceinline__ void clean(const Place& values, int32_t tile);
  __device__ __forceinline__ void add_values(const Place& values, bool is_chunk_begun);
  __device__ __forceinline__ void advance(int32_t tile);
  __device__ __forceinline__ void end_chunk(Fold (&fold)[2]);
  __device__ __forceinline__ void fold_sums(const Fold (&fold)[2]);
  __device__ __forceinline__ void store_result(const QueryTile& item, int32_t first) const;

  const AttentionParams& p_;
  Shared& shared_;
  const uint32_t queries_;  // shared addresses: of this warpgroup's queries
  const uint32_t tiles_;    // and of the ring
  Place place_;
  RingPlace<kItemSlots> item_place_;
  Sight block_all_;  // keys that all query rows of the block see
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

// Tiles of other warpgroups. They must have come before they can be given back.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::skip(int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const Place place = take();
    await(place);
    __syncwarp();
    release(place);
  }
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ QueryTile QueryGroup<T, kDim, Shape>::peek_item() {
  await_phase(&shared_.item_full[item_place_.slot], item_place_.parity);
  return shared_.items[item_place_.slot];
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::drop_item() {
  __syncwarp();
  if (lane() == 0) arrive(&shared_.item_empty[item_place_.slot]);
  item_place_ = item_place_.next();
}

// The copy of the next item's queries, once those before are no longer in use. Rows beyond the last
// are copies of it and never stored.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::start_queries() {
  constexpr int kVectors = kDim / 8;
  const QueryTile item = peek_item();
  const int32_t first = group() * kGroupRows;
  if (first >= item.count) return;
#pragma unroll 4
  for (int i = 0; i < kGroupRows * kVectors / kWarpgroupThreads; ++i) {
    const int index = thread() + i * kWarpgroupThreads;
    const int row = index / kVectors, vector = index % kVectors;
    const int64_t from =
        item.offset(min(first + row, item.count - 1), p_, p_.qkv_stride) + vector * 8;
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
  sync_warpgroup(group() + 1);
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::score_keys(const Place& keys) {
  const uint32_t a = matrix_at(queries_, 0), b = matrix_at(tile_at(keys), 0);
#pragma unroll
  for (int step = 0; step < Shape::kFeatureTiles; ++step) {
    const uint32_t in_row = matrix_step(step % 4 * 32);
    multiply_keys<T>(scores_, a + matrix_step(step / 4 * kGroupRows * kRowBytes) + in_row,
                     b + matrix_step(step / 4 * Shape::kBlockBytes) + in_row, step > 0);
  }
  commit_products();
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::weigh_keys(int32_t tile,
                                                                       float (&old_scale)[2]) {
  if (!all_.holds_tile(tile)) mask_scores(scores_, tile, sight_);
  softmax_tile(scores_, state_, score_scale(p_.scale), old_scale);
}

// Values that are not finite, in a tile that not all rows of the block see whole, become zeros,
// lest they reach rows that do not see them as 0 * NaN; the weights of rows that do see them become
// NaN. Every warpgroup looks for itself: it finds what is marked already or marks it.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::clean(const Place& values,
                                                                  int32_t tile) {
  if (block_all_.holds_tile(tile)) return;
  await(values);
  uint32_t* broken = shared_.broken[values.slot];
#pragma unroll 1
  for (int i = 0; i < Shape::kTileBytes / 16 / kWarpgroupThreads; ++i) {
    const int index = thread() + i * kWarpgroupThreads;
    uint4* at = static_cast<uint4*>(__cvta_shared_to_generic(tile_at(values))) + index;
    const uint4 old = *at;
    const uint4 clean = {finite_halves<T>(old.x), finite_halves<T>(old.y), finite_halves<T>(old.z),
                         finite_halves<T>(old.w)};
    if (old.x == clean.x && old.y == clean.y && old.z == clean.z && old.w == clean.w) continue;
    const int key = index * 16 / kRowBytes % kTileKeys;
    atomicOr(&broken[key / 32], 1u << (key % 32));
    __threadfence_block();
    *at = clean;
  }
  fence_shared_stores();
  sync_warpgroup(group() + 1);
  const volatile uint32_t* found = broken;
  const uint32_t marks[2] = {found[0], found[1]};
  if ((marks[0] | marks[1]) != 0) break_weights(weights_, tile, sight_, marks);
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::add_values(const Place& values,
                                                                       bool is_chunk_begun) {
  const uint32_t b = matrix_at(tile_at(values), Shape::kBlockBytes);
#pragma unroll
  for (int step = 0; step < kKeySteps; ++step) {
    multiply_values<T>(sums_, weights_[step], b + matrix_step(step * 16 * kRowBytes),
                       is_chunk_begun || step > 0);
  }
  commit_products();
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

// From the weights of a tile to those of the next one.
template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::advance(int32_t tile) {
  const Place keys = take(), values = take();
  clean(values, tile);
  await(keys);
  begin_products();
  score_keys(keys);
  await(values);
  begin_products();
  add_values(values, is_chunk_begun_);
  await_products<1>();
  settle(scores_);
  release(keys);
  const bool ends_chunk = (tile + 1) * kTileKeys == next_chunk_;
  Fold fold[2];
  if (ends_chunk) end_chunk(fold);
  float old_scale[2];
  weigh_keys(tile + 1, old_scale);
  // The branch keeps the compiler from computing weights after the wait.
  if (ends_chunk) {
    next_chunk_ = chunk_begin(chunk_of(next_chunk_) + 1);
    await_products<0>();
    settle(sums_);
    release(values);
    fold_sums(fold);
  } else {
    await_products<0>();
    settle(sums_);
    release(values);
    rescale(sums_, old_scale);
  }
  is_chunk_begun_ = !ends_chunk;
  pack_weights<T>(weights_, scores_);
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::store_result(const QueryTile& item,
                                                                         int32_t first) const {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t i = first + row() + 8 * h;
    if (i >= item.count) continue;
    const float inverse = __frcp_rn(total_state_[h].sum);
    T* to = static_cast<T*>(p_.out) + item.offset(i, p_, out_stride(p_)) + lane() % 4 * 2;
#pragma unroll
    for (int f = 0; f < Shape::kFeatureTiles; ++f) {
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        const float* sum = totals_[f][n] + 2 * h;
        *reinterpret_cast<uint32_t*>(to + f * 16 + n * 8) =
            pack<T>(__fmul_rn(sum[0], inverse), __fmul_rn(sum[1], inverse));
      }
    }
  }
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::attend(const QueryTile& item) {
  const TileSight block(item, 0, item.count, p_);
  const int32_t first = group() * kGroupRows;
  const int32_t count = min(kGroupRows, item.count - first);
  if (count <= 0) {
    skip(2 * (block.end_tile() - block.first_tile()));
    return start_queries();
  }
  const TileSight own(item, first, count, p_);
  block_all_ = block.all;
  all_ = own.all;
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t i = first + min(row() + 8 * h, count - 1);
    sight_[h] = sight_of(item.position(i, p_.group_size), p_.window);
    state_[h] = total_state_[h] = empty_state();
  }
  await_queries();
  const int32_t before = own.first_tile() - block.first_tile();
  const int32_t after = block.end_tile() - own.end_tile();
  if (before > 0) skip(2 * before - 1);
  const Place keys = take();
  await(keys);
  begin_products();
  score_keys(keys);
  clear_values(totals_);
  next_chunk_ = chunk_begin(chunk_of(own.any.begin) + 1);
  is_chunk_begun_ = false;
  await_products<0>();
  settle(scores_);
  release(keys);
  float old_scale[2];
  weigh_keys(own.first_tile(), old_scale);
  pack_weights<T>(weights_, scores_);
  if (before > 0) skip(1);  // values of the tile before
  const int32_t last_tile = own.end_tile() - 1;
  for (int32_t tile = own.first_tile(); tile < last_tile; ++tile) advance(tile);
  sync_warpgroup(group() + 1);
  start_queries();
  if (after > 0) skip(1);  // keys of the tile after
  const Place values = take();
  clean(values, last_tile);
  await(values);
  begin_products();
  add_values(values, is_chunk_begun_);
  Fold fold[2];
  end_chunk(fold);
  await_products<0>();
  settle(sums_);
  release(values);
  if (after > 0) skip(2 * after - 1);
  fold_sums(fold);
  store_result(item, first);
}

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void QueryGroup<T, kDim, Shape>::run() {
  start_queries();
  while (true) {
    const QueryTile item = peek_item();
    drop_item();
    if (item.count == 0) return;
    attend(item);
  }
}

}  // namespace llmserve
