// Tiles of cached keys and values on their way into shared memory: where the page table says they
// lie, their copy, and the care for values that are not finite.
#pragma once

#include "attention_layout.h"
#include "attention_mma.cuh"
#include "attention_params.h"

namespace llmserve {

// A tile in shared memory: kTileKeys rows. 16 bytes of padding put the eight rows of a matrix load
// into different banks.
template <int kDim>
struct KeyTile {
  static constexpr int kPitch = kDim + 8;
  static constexpr int kElements = kTileKeys * kPitch;
  static constexpr int kVectors = kDim / 8;  // 16-byte vectors of a row
  static constexpr int kVectorsPerThread = kTileKeys * kVectors / kAttentionThreads;
  static_assert(kDim % 16 == 0 && kTileKeys * kVectors % kAttentionThreads == 0);
};

// The keys of one sequence and kv head that some query of a block sees. Nothing else is read.
struct KeySource {
  const int32_t* pages;  // of the slot
  int32_t page_size;
  Division by_page_size;
  int32_t page_rows;  // rows of head_dim elements in a page, over all kv heads
  int32_t head_row;   // of them, before those of this kv head
  int32_t begin;
  int32_t end;

  KeySource() = default;
  __device__ KeySource(const AttentionParams& p, int32_t slot, int32_t kv_head, int32_t first_key,
                       int32_t end_key)
      : pages(p.pages + static_cast<int64_t>(slot) * p.max_pages),
        page_size(p.page_size),
        by_page_size(p.by_page_size),
        page_rows(p.num_kv_heads * p.page_size),
        head_row(kv_head * p.page_size),
        begin(first_key),
        end(end_key) {}

  // The row of the cache where group lane % 4 of the tile begins. Asked for one tile ahead, so that
  // nothing waits for the page table.
  __device__ int32_t locate(int32_t tile) const {
    const int32_t first = tile * kTileKeys + static_cast<int32_t>(threadIdx.x & 3) * kPageGroup;
    if (first >= end || first + kPageGroup <= begin) return 0;
    const int32_t page = by_page_size(first);
    return pages[page] * page_rows + head_row + (first - page * page_size);
  }
};

static_assert(kTileKeys == 4 * kPageGroup);

// Starts the copy of a tile of keys or values; zeros for what nobody sees. `located`: of locate().
// All threads of the block call it.
template <int kDim, typename T>
__device__ __forceinline__ void copy_tile(T* to, const T* cache, const KeySource& source,
                                          int32_t tile, int32_t located) {
  using Tile = KeyTile<kDim>;
#pragma unroll
  for (int i = 0; i < Tile::kVectorsPerThread; ++i) {
    const int32_t index = static_cast<int32_t>(threadIdx.x) + i * kAttentionThreads;
    const int32_t row = index / Tile::kVectors, element = index % Tile::kVectors * 8;
    const int32_t group_row = __shfl_sync(0xffffffffu, located, row / kPageGroup);
    const int32_t key = tile * kTileKeys + row;
    const int64_t cache_row = group_row + row % kPageGroup;
    copy_async_16(to + row * Tile::kPitch + element, cache + cache_row * kDim + element,
                  key >= source.begin && key < source.end);
  }
}

// Zero in the place of the halves of `word` that are infinite or NaN.
template <typename T>
__device__ __forceinline__ uint32_t finite_halves(uint32_t word) {
  constexpr uint32_t kExponent = std::is_same_v<T, __nv_bfloat16> ? 0x7f80u : 0x7c00u;
  if ((word & kExponent) == kExponent) word &= 0xffff0000u;
  if ((word & (kExponent << 16)) == kExponent << 16) word &= 0x0000ffffu;
  return word;
}

template <typename T>
__device__ __forceinline__ uint4 finite_halves(const uint4& vector) {
  return {finite_halves<T>(vector.x), finite_halves<T>(vector.y), finite_halves<T>(vector.z),
          finite_halves<T>(vector.w)};
}

template <typename T>
__device__ __forceinline__ bool is_finite(const uint4& vector) {
  const uint4 clean = finite_halves<T>(vector);
  return vector.x == clean.x && vector.y == clean.y && vector.z == clean.z && vector.w == clean.w;
}

// Zeros halves of a vector of key `key` that are not finite and marks the key in `broken`
// [kTileKeys bits]. Returns whether there were any.
template <typename T>
__device__ __forceinline__ bool clean_vector(uint4* at, int key, uint32_t* broken) {
  const uint4 old = *at;
  if (is_finite<T>(old)) return false;
  *at = finite_halves<T>(old);
  atomicOr(&broken[key / 32], 1u << (key % 32));
  return true;
}

// Zeros values that are not finite, lest they reach queries that do not see them as 0 * NaN, and
// marks their keys. Each thread looks at what it has copied itself, after its copies are there and
// before the block's barrier. Returns whether it found any.
template <int kDim, typename T>
__device__ __forceinline__ bool clean_values(T* values, uint32_t* broken) {
  using Tile = KeyTile<kDim>;
  bool found = false;
#pragma unroll 1
  for (int i = 0; i < Tile::kVectorsPerThread; ++i) {
    const int32_t index = static_cast<int32_t>(threadIdx.x) + i * kAttentionThreads;
    const int32_t row = index / Tile::kVectors, element = index % Tile::kVectors * 8;
    uint4* at = reinterpret_cast<uint4*>(values + row * Tile::kPitch + element);
    found |= clean_vector<T>(at, row, broken);
  }
  return found;
}

}  // namespace llmserve
