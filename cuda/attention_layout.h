// How the attention kernels cut their work: keys into chunks and tiles, query heads and tokens into
// tiles of rows, and which rows of a step go to which kernel. Plain index functions, host and
// device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace llmserve {

// Keys of one softmax update. Tiles and chunks begin at fixed positions of the sequence: a query
// meets its keys in the same pieces whoever computes it.
inline constexpr int32_t kTileKeys = 64;
// Keys whose addresses are neighbours; page sizes of the fast kernels are multiples of it.
inline constexpr int32_t kPageGroup = 16;

// Chunks are summed apart and then folded in their order. Early ones are short, so that a short
// sequence already feeds many blocks; late ones are long, so that there are few results to fold.
inline constexpr int32_t kBand1 = 16384;  // from here on: 512 keys, 256 before
inline constexpr int32_t kBand2 = 65536;  // from here on: 1024 keys
inline constexpr int32_t kBand1Chunk = kBand1 / 256;
inline constexpr int32_t kBand2Chunk = kBand1Chunk + (kBand2 - kBand1) / 512;

__host__ __device__ constexpr int32_t chunk_of(int32_t position) {
  if (position < kBand1) return position / 256;
  if (position < kBand2) return kBand1Chunk + (position - kBand1) / 512;
  return kBand2Chunk + (position - kBand2) / 1024;
}

__host__ __device__ constexpr int32_t chunk_begin(int32_t chunk) {
  if (chunk < kBand1Chunk) return chunk * 256;
  if (chunk < kBand2Chunk) return kBand1 + (chunk - kBand1Chunk) * 512;
  return kBand2 + (chunk - kBand2Chunk) * 1024;
}

// Division by a number that many threads divide by, as a product: exact as long as dividend times
// divisor are less than 2^32.
struct Division {
  uint32_t divisor = 1;
  uint32_t inverse = 0;  // in units of 2^-32, rounded up; 1 has none

  Division() = default;
  __host__ __device__ constexpr explicit Division(int32_t by)
      : divisor(static_cast<uint32_t>(by)), inverse(by > 1 ? 0xffffffffu / divisor + 1 : 0) {}
#ifdef __CUDACC__
  __device__ int32_t operator()(int32_t dividend) const {
    const auto n = static_cast<uint32_t>(dividend);
    return static_cast<int32_t>(inverse == 0 ? n : __umulhi(n, inverse));
  }
#endif
};

// The first key that the query at `position` sees.
__host__ __device__ constexpr int32_t window_begin(int32_t position, int32_t window) {
  return window > 0 && position >= window ? position - window + 1 : 0;
}

// The tokens of one row of a step. Its queries are numbered token by token, within a token by the
// heads of one kv head: "query rows", [num_tokens * group_size].
struct RowSpan {
  int32_t start;       // position of the first token
  int32_t num_tokens;  // >= 1

  __host__ __device__ constexpr int32_t end() const { return start + num_tokens; }
};

// Query rows in one tensor-core tile of the decode kernel.
inline constexpr int32_t kDecodeRows = 16;

// Whether the decode kernel takes the row. It reads the keys once per 16 query rows but spreads one
// sequence over the whole GPU, so it also takes short rows that end a long sequence. A query's
// result is the same bits in either kernel: this is a choice of speed alone.
__host__ __device__ constexpr bool is_decode_row(const RowSpan& row, int32_t group_size) {
  constexpr int32_t kLongStart = 4096;
  constexpr int32_t kFewRows = 8 * kDecodeRows;
  const int64_t query_rows = static_cast<int64_t>(row.num_tokens) * group_size;
  return row.num_tokens == 1 || query_rows <= kDecodeRows ||
         (row.start >= kLongStart && query_rows <= kFewRows);
}

// What a decode row costs and how it may be cut.
struct DecodeCut {
  int32_t query_rows;   // per kv head
  int32_t tiles;        // of kDecodeRows query rows, per kv head
  int32_t first_chunk;  // that any of its queries sees
  int32_t num_chunks;
  int32_t key_tiles;
};

__host__ __device__ constexpr DecodeCut cut_decode_row(const RowSpan& row, int32_t group_size,
                                                       int32_t window) {
  DecodeCut cut{};
  const int32_t first_key = window_begin(row.start, window);
  const int32_t last_key = row.end() - 1;
  cut.query_rows = row.num_tokens * group_size;
  cut.tiles = (cut.query_rows + kDecodeRows - 1) / kDecodeRows;
  cut.first_chunk = chunk_of(first_key);
  cut.num_chunks = chunk_of(last_key) - cut.first_chunk + 1;
  cut.key_tiles = last_key / kTileKeys - first_key / kTileKeys + 1;
  return cut;
}

}  // namespace llmserve
