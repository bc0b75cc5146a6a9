// How tiles of keys and values come to the shared memory of the decode kernel, and how they are
// read there. Two ways with one interface: kStages tiles are in flight or in use, kMaxBlocks blocks
// share a multiprocessor, kBytes of memory are a block's. All threads call prepare() before a
// barrier, then start() for each tile in turn, or skip() where there is none. await() is the
// barrier after which a tile is there for all, and the one before it is no longer in use; it says
// whether the tile holds values that are not finite and that not all queries see: those are then
// zeros, and marked in `broken` [kTileKeys bits]. load_keys() and load_values() give fragments for
// the products.
#pragma once

#include "attention_decode_plan.cuh"
#include "tma.cuh"
#include "tma.h"

namespace llmserve {

// 16 bytes at a time, by every thread: on any GPU.
template <typename Element, int kHeadDim>
class VectorCopies {
 public:
  using T = Element;
  using Tile = KeyTile<kHeadDim>;
  static constexpr int kDim = kHeadDim;
  static constexpr int kStages = kDim <= 128 ? 3 : 2;
  static constexpr int kMaxBlocks = kDim <= 64 ? 3 : kDim <= 128 ? 2 : 1;
  static constexpr int kBytes = 2 * kStages * Tile::kElements * static_cast<int>(sizeof(T));
  struct Shared {};

  __device__ VectorCopies(const AttentionParams& p, Shared&, unsigned char* memory)
      : p_(p), tiles_(reinterpret_cast<T*>(memory)) {}

  __device__ void prepare() const {}

  // `located`: of KeySource::locate().
  __device__ __forceinline__ void start(int stage, const KeySource& source, int32_t tile,
                                        int32_t located) const {
    copy_tile<kDim>(keys(stage), static_cast<const T*>(p_.k), source, tile, located);
    copy_tile<kDim>(values(stage), static_cast<const T*>(p_.v), source, tile, located);
    commit_copies();
  }

  // A group of copies is committed all the same: they are counted.
  __device__ __forceinline__ void skip() const { commit_copies(); }

  __device__ __forceinline__ bool await(int stage, const DecodeItem& item, int32_t tile,
                                        uint32_t* broken) const {
    wait_copies<kStages - 2>();
    if (item.is_even || item.all.holds_tile(tile)) {
      __syncthreads();
      return false;
    }
    return __syncthreads_or(clean_values<kDim>(values(stage), broken));
  }

  __device__ __forceinline__ void load_keys(uint32_t (&to)[4], int stage, int column,
                                            int step) const {
    llmserve::load_keys<T, kDim>(to, shared_address(keys(stage) + key_offset<Tile::kPitch>()),
                                 column, step);
  }
  __device__ __forceinline__ void load_values(uint32_t (&to)[4], int stage, int step,
                                              int feature_tile) const {
    llmserve::load_values<T, kDim>(to, shared_address(values(stage) + row_offset<Tile::kPitch>()),
                                   step, feature_tile * 16);
  }

 private:
  __device__ __forceinline__ T* keys(int stage) const {
    return tiles_ + 2 * stage * Tile::kElements;
  }
  __device__ __forceinline__ T* values(int stage) const { return keys(stage) + Tile::kElements; }

  const AttentionParams& p_;
  T* tiles_;  // [stages, keys and values, KeyTile]
};

// Boxes of 16 keys by 64 features, by the bulk copy engine of sm_90, whose page tables the threads
// only look up. Rows of 128 bytes; their vectors are exchanged by the row's number modulo 8.
template <typename Element, int kHeadDim>
class BoxCopies {
 public:
  using T = Element;
  static constexpr int kDim = kHeadDim;
  static constexpr int kStages = kDim <= 64 ? 4 : 3;
  static constexpr int kMaxBlocks = kDim <= 64 ? 3 : 2;
  static constexpr int kBlocks = kDim / 64;  // of features
  static constexpr int kBlockBytes = kTileKeys * kBoxBytes;
  static constexpr int kTileBytes = kBlocks * kBlockBytes;
  static constexpr int kStageBytes = 2 * kTileBytes;
  static constexpr int kAlignment = 1024;  // of swizzled boxes
  static constexpr int kBytes = kStages * kStageBytes + kAlignment;
  static_assert(kDim % 64 == 0 && kAttentionWarps % (2 * kBlocks) == 0);
  struct Shared {
    uint64_t full[kStages];
  };

  __device__ BoxCopies(const AttentionParams&, Shared& shared, unsigned char* memory,
                       const CUtensorMap& keys, const CUtensorMap& values)
      : keys_map_(keys), values_map_(values), shared_(shared) {
    const uint32_t address = shared_address(memory);
    const uint32_t padding = (kAlignment - address % kAlignment) % kAlignment;
    memory_ = memory + padding;
    address_ = address + padding;
  }

  __device__ void prepare() const {
    if (threadIdx.x != 0) return;
    for (uint64_t& barrier : shared_.full) init_barrier(shared_address(&barrier), 1);
    publish_barriers();
    prefetch_map(keys_map_);
    prefetch_map(values_map_);
  }

  // One lane a box, and the boxes shared out over the warps, as a warp starts them one by one. Of
  // their keys, those that nobody sees may be anything.
  __device__ __forceinline__ void start(int stage, const KeySource&, int32_t, int32_t located) {
    constexpr int kGroups = kTileKeys / kPageGroup;
    constexpr int kColumns = 2 * kBlocks;  // of boxes: keys, then values
    constexpr int kOwnGroups = kGroups * kColumns / kAttentionWarps;
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const uint32_t barrier = shared_address(&shared_.full[stage]);
    if (threadIdx.x == 0) arrive_and_expect(barrier, kStageBytes);
    const int group = lane(), column = warp % kColumns;
    if (group >= kGroups || group / kOwnGroups != warp / kColumns) return;
    copy_box({.map = column < kBlocks ? &keys_map_ : &values_map_,
              .to = address_ + stage * kStageBytes + column * kBlockBytes +
                    group * kPageGroup * kBoxBytes,
              .barrier = barrier,
              .row = located,
              .column = column % kBlocks * 64});
  }

  __device__ __forceinline__ void skip() const {}

  __device__ __forceinline__ bool await(int stage, const DecodeItem& item, int32_t tile,
                                        uint32_t* broken) {
    wait_barrier(shared_address(&shared_.full[stage]), parity_);
    if (stage == kStages - 1) parity_ ^= 1;
    const bool checks = !item.is_even && !item.all.holds_tile(tile);
    if (!checks && Sight{item.begin, item.end}.holds_tile(tile)) {
      __syncthreads();
      return false;
    }
    const bool found = clean(stage, item, tile, checks, broken);
    fence_shared_stores();
    return __syncthreads_or(found);
  }

  __device__ __forceinline__ void load_keys(uint32_t (&to)[4], int stage, int column,
                                            int step) const {
    const int row = column * 8 + lane() % 8 + lane() / 16 * 8;
    load_matrices(
        to, address_ + stage * kStageBytes + place(row, step / 4, step % 4 * 2 + lane() / 8 % 2));
  }
  __device__ __forceinline__ void load_values(uint32_t (&to)[4], int stage, int step,
                                              int feature_tile) const {
    const int row = step * 16 + lane() % 16;
    load_matrices_transposed(to,
                             address_ + stage * kStageBytes + kTileBytes +
                                 place(row, feature_tile / 4, feature_tile % 4 * 2 + lane() / 16));
  }

 private:
  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  // Of a vector in a tile. Rows of one lane are alike modulo 8.
  __device__ __forceinline__ static uint32_t place(int row, int block, int vector) {
    return static_cast<uint32_t>(block * kBlockBytes + row * kBoxBytes +
                                 (vector ^ (lane() % 8)) * 16);
  }

  // Zeros for what no query of the item sees; where `checks`, for what is not finite, too.
  __device__ __forceinline__ bool clean(int stage, const DecodeItem& item, int32_t tile,
                                        bool checks, uint32_t* broken) const {
    uint4* values = reinterpret_cast<uint4*>(memory_ + stage * kStageBytes + kTileBytes);
    bool found = false;
#pragma unroll 1
    for (int i = static_cast<int>(threadIdx.x); i < kTileBytes / 16; i += kAttentionThreads) {
      const int key = i / (kBoxBytes / 16) % kTileKeys;
      if (!Sight{item.begin, item.end}.holds(tile * kTileKeys + key)) {
        values[i] = {};
      } else if (checks) {
        found |= clean_vector<T>(values + i, key, broken);
      }
    }
    return found;
  }

  const CUtensorMap& keys_map_;
  const CUtensorMap& values_map_;
  Shared& shared_;
  unsigned char* memory_;  // [stages, keys and values, blocks, kTileKeys, kBoxBytes]
  uint32_t address_;       // the same
  uint32_t parity_ = 0;    // of the stage that is awaited next
};

}  // namespace llmserve
