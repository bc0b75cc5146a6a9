// The feed of the decode kernel on any GPU: all threads look up pages and start copies of 16 bytes,
// some tiles ahead of the sums, also those of the next items, so that the memory is busy while an
// item ends and another begins.
#pragma once

#include "attention_decode_plan.cuh"

namespace llmserve {

template <typename Element, int kHeadDim>
class VectorFeed {
 public:
  using T = Element;
  using Tile = KeyTile<kHeadDim>;
  static constexpr int kDim = kHeadDim;
  static constexpr int kThreads = kAttentionThreads;
  static constexpr int kStages = kDim <= 128 ? 3 : 2;
  static constexpr int kMaxBlocks = kDim <= 64 ? 3 : kDim <= 128 ? 2 : 1;
  static constexpr int kBytes = 2 * kStages * Tile::kElements * static_cast<int>(sizeof(T));
  static constexpr bool kLeavesUnseen = false;  // zeros
  static constexpr bool kMeets = true;
  // Items that were begun to copy and not yet begun to sum up, and the one at hand.
  static constexpr int kItems = 4;
  static_assert(kStages <= kItems);
  struct Shared {
    DecodeItem items[kItems];
    int32_t next_item;  // to begin to copy
  };

  __device__ VectorFeed(const AttentionParams& p, const DecodeWork& work, Shared& shared,
                        unsigned char* memory)
      : p_(p), work_(work), shared_(shared), tiles_(reinterpret_cast<T*>(memory)) {}

  // The first copies. Once, before all else.
  __device__ __forceinline__ void begin() {
    following_ = blockIdx.x;
#pragma unroll 1
    for (int stage = 0; stage < kStages - 1; ++stage) {
      if (copied_tile_ == end_tile_) {
        sync_compute();
        tell_next();
        sync_compute();
      }
      copy_next(stage);
    }
    sync_compute();
    tell_next();
  }

  __device__ __forceinline__ const DecodeItem* take() {
    if (taken_items_ == copied_items_) return nullptr;
    return &shared_.items[taken_items_++ % kItems];
  }

  // Each lane loads its own share of the fragments.
  __device__ __forceinline__ void load_queries(uint32_t (&q)[kDim / 16][4],
                                               const DecodeItem& item) const {
    const uint32_t* rows[2];
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      const int32_t row = min(lane() / 4 + 8 * h, item.queries.count - 1);
      const T* from = static_cast<const T*>(p_.qkv) + item.queries.offset(row, p_, p_.qkv_stride);
      rows[h] = reinterpret_cast<const uint32_t*>(from) + lane() % 4;
    }
#pragma unroll
    for (int step = 0; step < kDim / 16; ++step) {
#pragma unroll
      for (int i = 0; i < 4; ++i) q[step][i] = rows[i % 2][step * 8 + i / 2 * 4];
    }
  }

  __device__ __forceinline__ bool await(const DecodeItem& item, int32_t tile, uint32_t* broken) {
    wait_copies<kStages - 2>();
    bool is_broken = false;
    if (item.is_even || item.all.holds_tile(tile)) {
      sync_compute();
    } else {
      is_broken = any_of_compute(clean_values<kDim>(values(stage_), broken));
    }
    copy_next(stage_ == 0 ? kStages - 1 : stage_ - 1);
    return is_broken;
  }

  __device__ __forceinline__ void release() {
    tell_next();
    stage_ = stage_ + 1 == kStages ? 0 : stage_ + 1;
  }

  __device__ __forceinline__ void load_keys(uint32_t (&to)[4], int column, int step) const {
    llmserve::load_keys<T, kDim>(to, shared_address(keys(stage_) + key_offset<Tile::kPitch>()),
                                 column, step);
  }
  __device__ __forceinline__ void load_values(uint32_t (&to)[4], int step, int feature_tile) const {
    llmserve::load_values<T, kDim>(to, shared_address(values(stage_) + row_offset<Tile::kPitch>()),
                                   step, feature_tile * 16);
  }

 private:
  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  __device__ __forceinline__ T* keys(int stage) const {
    return tiles_ + 2 * stage * Tile::kElements;
  }
  __device__ __forceinline__ T* values(int stage) const { return keys(stage) + Tile::kElements; }

  // The item that thread 0 will have told of: it is asked for early, so that nobody waits for it.
  __device__ __forceinline__ void copy_item(int32_t index) {
    if (index >= work_.list.num_items()) return;
    const DecodeItem item = find_item(p_, work_, index);
    if (threadIdx.x == 0) {
      shared_.items[copied_items_ % kItems] = item;
      following_ = gridDim.x + atomicAdd(&p_.scratch.decode_queue->taken, 1);
    }
    ++copied_items_;
    source_ = KeySource(p_, item.queries.slot, item.queries.kv_head, item.begin, item.end);
    copied_tile_ = item.first_tile();
    end_tile_ = item.end_tile();
    located_ = source_.locate(copied_tile_);
  }

  // Between two barriers of those who read it; only where they will, as it waits for the queue.
  __device__ __forceinline__ void tell_next() {
    if (threadIdx.x == 0 && copied_tile_ == end_tile_) shared_.next_item = following_;
  }

  // A group of copies is committed where there is no tile, too: they are counted.
  __device__ __forceinline__ void copy_next(int stage) {
    if (copied_tile_ == end_tile_) copy_item(shared_.next_item);
    if (copied_tile_ == end_tile_) return commit_copies();
    copy_tile<kDim>(keys(stage), static_cast<const T*>(p_.k), source_, copied_tile_, located_);
    copy_tile<kDim>(values(stage), static_cast<const T*>(p_.v), source_, copied_tile_, located_);
    commit_copies();
    located_ = source_.locate(++copied_tile_);
  }

  const AttentionParams& p_;
  const DecodeWork& work_;
  Shared& shared_;
  T* tiles_;       // [stages, keys and values, KeyTile]
  int stage_ = 0;  // of the tile that is awaited next, or was last
  int32_t taken_items_ = 0;
  // Of the copies:
  KeySource source_;
  int32_t copied_items_ = 0;  // that were begun
  int32_t copied_tile_ = 0;   // the next
  int32_t end_tile_ = 0;
  int32_t located_;    // of the next tile
  int32_t following_;  // thread 0's: the item after the last one begun
};

}  // namespace llmserve
