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
  static constexpr int kStageBytes = 2 * kTileBytes;
  static constexpr int kStages = kDim <= 64 ? 8 : 5;  // in flight or in use
  static constexpr int kSharedBytes =
      kRowBytes * 8 + kGroups * (kQueryBytes + kTileBytes) + kStages * kStageBytes;
  static constexpr int kFetchRegisters = kGroups == 3 ? 32 : 40;
  static constexpr int kGroupRegisters = kGroups == 3 ? 160 : 232;
};

// The query rows of one item: token by token, within a token by the heads of one kv head.
struct HopperItem {
  int32_t slot;
  int32_t kv_head;
  int32_t token;     // of the first query row, in the step
  int32_t position;  // of that token
  int32_t head;      // of the first query row, among those of the kv head
  int32_t count;     // 0: there are no more items
};

inline constexpr int kItemSlots = 2;

template <typename Shape>
struct HopperShared {
  PrefillOrder<Shape::kRows> order;
  uint64_t full[Shape::kStages];
  uint64_t empty[Shape::kStages];
  uint64_t item_full[kItemSlots];
  uint64_t item_empty[kItemSlots];
  HopperItem items[kItemSlots];
  uint32_t broken[Shape::kGroups][2];  // keys of a tile whose values are not finite
};

// Of query rows that follow each other: keys that some see, and those that all see.
struct RowsSight {
  Sight any;
  Sight all;

  __device__ RowsSight(int32_t first_position, int32_t last_position, int32_t window) {
    const Sight low = sight_of(first_position, window), high = sight_of(last_position, window);
    any = {low.begin, high.end};
    all = {high.begin, low.end};
  }
  __device__ int32_t first_tile() const { return any.begin / kTileKeys; }
  __device__ int32_t end_tile() const { return (any.end - 1) / kTileKeys + 1; }
};

// Copies a tile, with zeros for what is not finite, and marks the keys of such values in `broken`
// [kTileKeys bits]. All threads of a warpgroup call it. Not inlined: it is rarely needed.
template <typename T, int kTileBytes>
__device__ __noinline__ void copy_finite(const uint4* from, uint32_t to, uint32_t* broken) {
#pragma unroll 1
  for (int i = threadIdx.x % kWarpgroupThreads; i < kTileBytes / 16; i += kWarpgroupThreads) {
    const uint4 clean = finite_halves<T>(from[i]);
    static_cast<uint4*>(__cvta_shared_to_generic(to))[i] = clean;
    if (is_finite<T>(from[i])) continue;
    const int key = i * 16 / kRowBytes % kTileKeys;
    atomicOr(&broken[key / 32], 1u << (key % 32));
  }
}

// sum + 0 * x, of two 16-bit floats each.
template <typename T>
__device__ __forceinline__ uint32_t add_nothing(uint32_t sum, uint32_t x) {
  if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    asm("fma.rn.bf16x2 %0, %1, %2, %0;\n" : "+r"(sum) : "r"(x), "r"(0));
  } else {
    asm("fma.rn.f16x2 %0, %1, %2, %0;\n" : "+r"(sum) : "r"(x), "r"(0));
  }
  return sum;
}

// words[i] of lane q of a quad becomes words[q] of lane i.
__device__ __forceinline__ void transpose_quad(uint32_t (&words)[4]) {
  const bool is_odd = threadIdx.x & 1, is_high = threadIdx.x & 2;
#pragma unroll
  for (int i = 0; i < 4; i += 2) {
    const uint32_t got = __shfl_xor_sync(0xffffffffu, is_odd ? words[i] : words[i + 1], 1);
    (is_odd ? words[i] : words[i + 1]) = got;
  }
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const uint32_t got = __shfl_xor_sync(0xffffffffu, is_high ? words[i] : words[i + 2], 2);
    (is_high ? words[i] : words[i + 2]) = got;
  }
}

}  // namespace llmserve
