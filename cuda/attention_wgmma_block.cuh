// How a block of the Hopper prefill kernel is laid out: its warpgroups, its shared memory, and the
// ring through which keys and values come.
#pragma once

#include "attention_prefill_order.cuh"
#include "attention_wgmma.cuh"

namespace llmserve {

inline constexpr int kGroupRows = 64;  // query rows of a warpgroup

template <int kDim, int kGroupCount = kDim <= 64 ? 3 : 2>
struct HopperShape {
  static constexpr int kGroups = kGroupCount;
  static constexpr int kRows = kGroups * kGroupRows;
  static constexpr int kThreads = (kGroups + 1) * kWarpgroupThreads;
  static constexpr int kFeatureTiles = kDim / 16;
  static constexpr int kBlocks = kDim / 64;  // of 64 features, side by side
  static constexpr int kBlockBytes = kTileKeys * kRowBytes;
  static constexpr int kTileBytes = kBlocks * kBlockBytes;
  static constexpr int kQueryBytes = kBlocks * kGroupRows * kRowBytes;  // of a warpgroup
  static constexpr int kSlots = kDim <= 64 ? 12 : 8;  // tiles of keys or values in flight or use
  static constexpr int kSharedBytes = kRowBytes * 8 + kGroups * kQueryBytes + kSlots * kTileBytes;
  static constexpr int kFetchRegisters = kGroups == 3 ? 32 : 40;
  static constexpr int kGroupRegisters = kGroups == 3 ? 160 : 232;
};

inline constexpr int kItemSlots = 2;

template <typename Shape>
struct HopperShared {
  PrefillOrder<Shape::kRows> order;
  uint64_t full[Shape::kSlots];
  uint64_t empty[Shape::kSlots];
  uint64_t item_full[kItemSlots];
  uint64_t item_empty[kItemSlots];
  QueryTile items[kItemSlots];        // count 0: the end
  uint32_t broken[Shape::kSlots][2];  // keys whose values are not finite, where someone looked
};

// A place in a ring and the parity of its present use.
template <int kSlots>
struct RingPlace {
  int slot = 0;
  uint32_t parity = 0;

  __device__ RingPlace next() const {
    return slot + 1 == kSlots ? RingPlace{0, parity ^ 1} : RingPlace{slot + 1, parity};
  }
};

// Keys that some of the tile's query rows [first, first + count) see, and those that all see.
struct TileSight {
  Sight any;
  Sight all;

  __device__ TileSight(const QueryTile& tile, int32_t first, int32_t count,
                       const AttentionParams& p) {
    const Sight low = sight_of(tile.position(first, p.group_size), p.window);
    const Sight high = sight_of(tile.position(first + count - 1, p.group_size), p.window);
    any = {low.begin, high.end};
    all = {high.begin, low.end};
  }
  __device__ int32_t first_tile() const { return any.begin / kTileKeys; }
  __device__ int32_t end_tile() const { return (any.end - 1) / kTileKeys + 1; }
};

}  // namespace llmserve
