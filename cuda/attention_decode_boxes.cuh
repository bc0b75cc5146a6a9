// The feed of the decode kernel on Hopper GPUs. A warp of its own looks for items and pages and
// starts the bulk copies of queries, keys and values, as far ahead as there is room; the warps that
// compute meet it at barriers in shared memory only.
#pragma once

#include "attention_decode_plan.cuh"
#include "launch.cuh"
#include "tma.cuh"
#include "tma.h"

namespace llmserve {

// Tiles lie as boxes of 16 keys by 64 features: rows of 128 bytes, whose vectors are exchanged by
// the row's number modulo 8. Queries lie in rows with 16 bytes between them, so that the eight of a
// matrix load share no bank.
template <typename T, int kDim>
struct BoxShared {
  static constexpr int kThreads = kAttentionThreads + 32;
  static constexpr int kMaxBlocks = 2;
  static constexpr int kStages = kDim <= 64 ? 6 : 3;
  static constexpr int kItems = 2;
  static constexpr int kBlocks = kDim / 64;  // of features
  static constexpr int kBlockBytes = kTileKeys * kBoxBytes;
  static constexpr int kTileBytes = kBlocks * kBlockBytes;
  static constexpr int kStageBytes = 2 * kTileBytes;  // keys, then values
  static constexpr int kAlignment = 1024;             // of swizzled boxes
  static constexpr int kBytes = kStages * kStageBytes + kAlignment;
  static_assert(kDim % 64 == 0 && 8 * kBlocks <= 32);

  uint64_t full[kStages];
  uint64_t empty[kStages];
  uint64_t item_full[kItems];
  uint64_t item_empty[kItems];
  DecodeItem items[kItems];  // without query rows: there are no more
  alignas(16) T queries[kItems][kDecodeRows][kDim + 8];

  // By one thread, before a barrier of all.
  __device__ void prepare() {
    for (int i = 0; i < kStages; ++i) {
      init_barrier(shared_address(&full[i]), 1);
      init_barrier(shared_address(&empty[i]), kAttentionWarps);
    }
    for (int i = 0; i < kItems; ++i) {
      init_barrier(shared_address(&item_full[i]), 1);
      init_barrier(shared_address(&item_empty[i]), kAttentionWarps);
    }
    publish_barriers();
  }

  // Of the stages in dynamic memory.
  __device__ static uint32_t aligned(const unsigned char* memory) {
    return (shared_address(memory) + kAlignment - 1) / kAlignment * kAlignment;
  }
};

// What the warps that compute see of it.
template <typename Element, int kHeadDim>
class BoxFeed {
 public:
  using T = Element;
  static constexpr int kDim = kHeadDim;
  using Shared = BoxShared<T, kDim>;
  static constexpr int kThreads = Shared::kThreads;
  static constexpr int kMaxBlocks = Shared::kMaxBlocks;
  static constexpr int kBytes = Shared::kBytes;
  static constexpr bool kLeavesUnseen = true;
  static constexpr bool kMeets = false;

  __device__ BoxFeed(Shared& shared, const unsigned char* memory)
      : shared_(shared), stages_(Shared::aligned(memory)) {}

  __device__ __forceinline__ const DecodeItem* take() {
    wait_barrier(shared_address(&shared_.item_full[place_.slot]), place_.parity);
    item_ = shared_.items[place_.slot];
    return item_.queries.count > 0 ? &item_ : nullptr;
  }

  // Then the item's place is free again.
  __device__ __forceinline__ void load_queries(uint32_t (&q)[kDim / 16][4],
                                               const DecodeItem& item) {
    const int row = min(lane() % 16, item.queries.count - 1);
    const uint32_t from = shared_address(&shared_.queries[place_.slot][row][lane() / 16 * 8]);
#pragma unroll
    for (int step = 0; step < kDim / 16; ++step) load_matrices(q[step], from + step * 32);
    __syncwarp();
    if (lane() == 0) arrive(shared_address(&shared_.item_empty[place_.slot]));
    place_.advance();
  }

  __device__ __forceinline__ bool await(const DecodeItem& item, int32_t tile, uint32_t* broken) {
    wait_barrier(shared_address(&shared_.full[stage_.slot]), stage_.parity);
    if (item.is_even || item.all.holds_tile(tile)) return false;
    const bool found = clean(item, tile, broken);
    fence_shared_stores();
    return any_of_compute(found);
  }

  __device__ __forceinline__ void release() {
    __syncwarp();
    if (lane() == 0) arrive(shared_address(&shared_.empty[stage_.slot]));
    stage_.advance();
  }

  __device__ __forceinline__ void load_keys(uint32_t (&to)[4], int column, int step) const {
    const int row = column * 8 + lane() % 8 + lane() / 16 * 8;
    load_matrices(to, keys() + place(row, step / 4, step % 4 * 2 + lane() / 8 % 2));
  }
  __device__ __forceinline__ void load_values(uint32_t (&to)[4], int step, int feature_tile) const {
    const int row = step * 16 + lane() % 16;
    load_matrices_transposed(
        to, values() + place(row, feature_tile / 4, feature_tile % 4 * 2 + lane() / 16));
  }

 private:
  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  __device__ uint32_t keys() const { return stages_ + stage_.slot * Shared::kStageBytes; }
  __device__ uint32_t values() const { return keys() + Shared::kTileBytes; }
  // Of a vector in a tile. Rows of one lane are alike modulo 8.
  __device__ __forceinline__ static uint32_t place(int row, int block, int vector) {
    return static_cast<uint32_t>(block * Shared::kBlockBytes + row * kBoxBytes +
                                 (vector ^ (lane() % 8)) * 16);
  }

  // Zeros for values that are not finite.
  __device__ __forceinline__ bool clean(const DecodeItem& item, int32_t tile,
                                        uint32_t* broken) const {
    auto* vectors = static_cast<uint4*>(__cvta_shared_to_generic(values()));
    const Sight seen{item.begin, item.end};
    bool found = false;
#pragma unroll 1
    for (int i = static_cast<int>(threadIdx.x); i < Shared::kTileBytes / 16;
         i += kAttentionThreads) {
      const int key = i / (kBoxBytes / 16) % kTileKeys;
      if (seen.holds(tile * kTileKeys + key)) found |= clean_vector<T>(vectors + i, key, broken);
    }
    return found;
  }

  Shared& shared_;
  const uint32_t stages_;  // shared address
  RingPlace<Shared::kStages> stage_;
  RingPlace<Shared::kItems> place_;  // of the item that is taken next, or of this one
  DecodeItem item_;
};

// What the warp that copies does.
template <typename T, int kDim>
class BoxFetcher {
 public:
  using Shared = BoxShared<T, kDim>;

  __device__ BoxFetcher(const AttentionParams& p, const DecodeWork& work, Shared& shared,
                        const unsigned char* memory, const CUtensorMap& keys,
                        const CUtensorMap& values)
      : p_(p),
        work_(work),
        shared_(shared),
        stages_(Shared::aligned(memory)),
        keys_(keys),
        values_(values) {}

  // The queue belongs to the launch before until that has ended.
  __device__ void run() {
    bool is_early = true;  // kernels before this one may still run
    auto index = static_cast<int32_t>(blockIdx.x);
    while (index < work_.list.num_items()) {
      const DecodeItem item = find_item(p_, work_, index);
      begin(item);
      if (is_early) {
        // Whole tiles of keys that earlier steps have brought.
        fetch(min(item.end_tile(), item.queries.start / kTileKeys), Shared::kStages);
        await_previous_kernels();
        is_early = false;
      }
      int32_t next = 0;
      if (lane() == 0) next = gridDim.x + atomicAdd(&p_.scratch.decode_queue->taken, 1);
      hand_out(item);
      fetch(item.end_tile(), item.end_tile());
      index = __shfl_sync(0xffffffffu, next, 0);
    }
    if (is_early) await_previous_kernels();
    hand_out({});
    if (lane() == 0) leave_queue(p_.scratch.decode_queue);
  }

 private:
  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }

  __device__ void begin(const DecodeItem& item) {
    source_ = KeySource(p_, item.queries.slot, item.queries.kv_head, item.begin, item.end);
    tile_ = item.first_tile();
    located_ = source_.locate(tile_);
  }

  __device__ void hand_out(const DecodeItem& item) {
    wait_barrier(shared_address(&shared_.item_empty[item_.slot]), item_.parity ^ 1);
    const uint32_t barrier = shared_address(&shared_.item_full[item_.slot]);
    constexpr uint32_t kRowBytes = kDim * sizeof(T);
    const QueryTile& queries = item.queries;
    if (lane() == 0) {
      shared_.items[item_.slot] = item;
      arrive_and_expect(barrier, queries.count * kRowBytes);
    }
    __syncwarp();
    if (lane() < queries.count) {
      copy_bytes(shared_address(shared_.queries[item_.slot][lane()]),
                 static_cast<const T*>(p_.qkv) + queries.offset(lane(), p_, p_.qkv_stride),
                 kRowBytes, barrier);
    }
    item_.advance();
  }

  // The item's next tiles, before `end` and at most so many.
  __device__ void fetch(int32_t end, int32_t most) {
    for (end = min(end, tile_ + most); tile_ < end; ++tile_) {
      const int32_t located = located_;
      located_ = source_.locate(tile_ + 1);
      fetch_tile(located);
    }
  }

  // One lane a box; none for keys that nobody sees, whose places keep what they hold.
  __device__ void fetch_tile(int32_t located) {
    wait_barrier(shared_address(&shared_.empty[stage_.slot]), stage_.parity ^ 1);
    const uint32_t barrier = shared_address(&shared_.full[stage_.slot]);
    const int group = lane() % 4, column = lane() / 4;  // of boxes: keys, then values
    const int32_t first = tile_ * kTileKeys + group * kPageGroup;
    const bool copies =
        column < 2 * Shared::kBlocks && first < source_.end && first + kPageGroup > source_.begin;
    const int boxes = __popc(__ballot_sync(0xffffffffu, copies));
    if (lane() == 0) arrive_and_expect(barrier, boxes * kPageGroup * kBoxBytes);
    __syncwarp();
    if (copies) {
      copy_box({.map = column < Shared::kBlocks ? &keys_ : &values_,
                .to = stages_ + stage_.slot * Shared::kStageBytes + column * Shared::kBlockBytes +
                      group * kPageGroup * kBoxBytes,
                .barrier = barrier,
                .row = located,
                .column = column % Shared::kBlocks * 64});
    }
    stage_.advance();
  }

  const AttentionParams& p_;
  const DecodeWork& work_;
  Shared& shared_;
  const uint32_t stages_;  // shared address
  const CUtensorMap& keys_;
  const CUtensorMap& values_;
  RingPlace<Shared::kStages> stage_;
  RingPlace<Shared::kItems> item_;
  // Of the item at hand:
  KeySource source_;
  int32_t tile_ = 0;  // the next
  int32_t located_ = 0;
};

}  // namespace llmserve
