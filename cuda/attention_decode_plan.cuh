// How a launch of the decode kernel is cut: from the rows' lengths, which every block reads for
// itself, to the items that blocks take.
#pragma once

#include "attention_combine.cuh"
#include "attention_tile.cuh"
#include "attention_work.cuh"

namespace llmserve {

// How this launch is cut: a query tile's chunks are taken in runs of 2^run_bits.
struct DecodePlan {
  int32_t run_bits;

  __device__ int32_t num_runs(const DecodeCut& cut) const {
    return ((cut.num_chunks - 1) >> run_bits) + 1;
  }
};

// What a plan would make of all rows.
struct PlanSize {
  int32_t items;
  int32_t parts;
  int32_t longest;  // item, in tiles of keys

  __device__ void operator+=(const PlanSize& other) {
    items += other.items;
    parts += other.parts;
    longest = max(longest, other.longest);
  }
};

__device__ inline PlanSize shuffle(const PlanSize& size, int by) {
  return {__shfl_xor_sync(0xffffffffu, size.items, by),
          __shfl_xor_sync(0xffffffffu, size.parts, by),
          __shfl_xor_sync(0xffffffffu, size.longest, by)};
}

// From whole sequences to single chunks.
inline constexpr int kPlans = 5;
__device__ constexpr DecodePlan plan_of(int index) {
  constexpr int32_t kBits[kPlans] = {30, 3, 2, 1, 0};
  return {kBits[index]};
}

struct DecodeWork {
  WorkList list;
  PlanSize sizes[kAttentionWarps][kPlans];
  float tiles[kAttentionWarps];
  DecodePlan plan;
};

// A row's part in the plan; empty for the prefill kernel's rows and for padding.
__device__ inline DecodeCut decode_cut(const AttentionParams& p, int32_t row) {
  const RowSpan span = span_of_row(p, row);
  if (p.row_slots[row] < 0 || !is_decode_row(span, p.group_size)) return {};
  return cut_decode_row(span, p.group_size, p.window);
}

__device__ inline WorkCount count_decode_row(const AttentionParams& p, const DecodePlan& plan,
                                             int32_t row) {
  const DecodeCut cut = decode_cut(p, row);
  const int32_t tiles = cut.tiles * p.num_kv_heads;
  if (tiles == 0) return {};
  const int32_t runs = plan.num_runs(cut);
  return {tiles * runs, runs > 1 ? cut.query_rows * p.num_kv_heads * cut.num_chunks : 0};
}

__device__ inline PlanSize size_of_row(const AttentionParams& p, const DecodeCut& cut,
                                       const DecodePlan& plan) {
  if (cut.tiles == 0) return {};
  const int32_t runs = plan.num_runs(cut);
  const int32_t last = cut.first_chunk + cut.num_chunks - 1;
  const int32_t chunk_tiles = (chunk_begin(last + 1) - chunk_begin(last)) / kTileKeys;
  return {cut.tiles * p.num_kv_heads * runs,
          runs > 1 ? cut.query_rows * p.num_kv_heads * cut.num_chunks : 0,
          runs > 1 ? min(cut.key_tiles, chunk_tiles << plan.run_bits) : cut.key_tiles};
}

// When the last block would be done, in times of a tile: in rounds of items of average size, and
// not before the longest item; where some are longer than others, the last one ends late.
__device__ inline float estimate(const PlanSize& size, float tiles) {
  constexpr float kItemTiles = 1.5f;  // what an item costs beside its tiles
  const float average = __fdividef(tiles, static_cast<float>(size.items));
  const auto rounds = static_cast<float>((size.items + gridDim.x - 1) / gridDim.x);
  const float longest = static_cast<float>(size.longest);
  return fmaxf(longest + kItemTiles,
               rounds * (average + kItemTiles) + 0.5f * fmaxf(0.0f, longest - average));
}

// The fastest of the plans whose partial results find room; all blocks find the same.
__device__ inline DecodePlan make_plan(const AttentionParams& p, DecodeWork& work) {
  PlanSize sizes[kPlans] = {};
  float tiles = 0.0f;
  for (int32_t row = threadIdx.x; row < p.num_rows; row += kAttentionThreads) {
    const DecodeCut cut = decode_cut(p, row);
    tiles += static_cast<float>(cut.tiles * p.num_kv_heads) * static_cast<float>(cut.key_tiles);
#pragma unroll
    for (int i = 0; i < kPlans; ++i) sizes[i] += size_of_row(p, cut, plan_of(i));
  }
  for (int by = 16; by > 0; by /= 2) {
    tiles += __shfl_xor_sync(0xffffffffu, tiles, by);
#pragma unroll
    for (int i = 0; i < kPlans; ++i) sizes[i] += shuffle(sizes[i], by);
  }
  if (threadIdx.x % 32 == 0) {
    work.tiles[threadIdx.x / 32] = tiles;
#pragma unroll
    for (int i = 0; i < kPlans; ++i) work.sizes[threadIdx.x / 32][i] = sizes[i];
  }
  __syncthreads();
  tiles = 0.0f;
  for (const float part : work.tiles) tiles += part;
  DecodePlan best = plan_of(0);
  float least = __builtin_huge_valf();
  for (int i = 0; i < kPlans; ++i) {
    PlanSize size{};
    for (int warp = 0; warp < kAttentionWarps; ++warp) size += work.sizes[warp][i];
    const float needed = estimate(size, tiles);
    if (size.parts > p.scratch.max_parts || !(needed < least)) continue;
    least = needed;
    best = plan_of(i);
  }
  return best;
}

// All threads of the block call it.
__device__ inline void plan_work(const AttentionParams& p, DecodeWork& work) {
  const DecodePlan plan = make_plan(p, work);
  if (threadIdx.x == 0) work.plan = plan;
  work.list.build(p.num_rows, [&](int32_t row) { return count_decode_row(p, plan, row); });
}

// One item, and where its partial results go.
struct DecodeItem {
  QueryTile queries;
  int32_t begin;  // keys, of the item's chunks, that some query sees
  int32_t end;
  Sight all;     // keys that every query sees
  bool is_even;  // all queries see the same
  bool is_split;
  // Where split:
  PartRows parts;       // of the query tile
  int32_t first_chunk;  // of the item
  int32_t end_chunk;
  int32_t parts_chunk;  // the query tile's first

  // Tiles of keys: at least one, even if nobody sees a key of it.
  __device__ int32_t first_tile() const { return begin / kTileKeys; }
  __device__ int32_t end_tile() const { return max((end - 1) / kTileKeys, first_tile()) + 1; }
};

// Not inlined: kernels that look for items in several places would not stay in the instruction
// cache.
__device__ __noinline__ inline DecodeItem find_item(const AttentionParams& p,
                                                    const DecodeWork& work, int32_t index) {
  const DecodePlan plan = work.plan;
  const WorkPlace place =
      work.list.find(index, [&](int32_t row) { return count_decode_row(p, plan, row); });
  const DecodeCut cut = decode_cut(p, place.row);
  const int32_t tiles = cut.tiles * p.num_kv_heads;
  const int32_t tile = place.item % tiles;
  const int32_t kv_head = tile % p.num_kv_heads;
  DecodeItem item{};
  item.queries = query_tile(p, place.row, kv_head, tile / p.num_kv_heads, kDecodeRows);
  const QueryTile& q = item.queries;
  const Sight first = sight_of(q.position(0, p.group_size), p.window);
  const Sight last = sight_of(q.position(q.count - 1, p.group_size), p.window);
  item.begin = first.begin;
  item.end = last.end;
  item.all = {last.begin, first.end};
  item.is_even = first.end == last.end;
  const int32_t runs = plan.num_runs(cut);
  item.is_split = runs > 1;
  if (!item.is_split) return item;
  item.parts.first = place.parts + kv_head * cut.num_chunks * cut.query_rows + q.first;
  item.parts.chunk_stride = cut.query_rows;
  item.parts.num_chunks = cut.num_chunks;
  // The last run first: its chunks are the longest.
  const int32_t run = runs - 1 - place.item / tiles;
  item.parts_chunk = cut.first_chunk;
  item.first_chunk = cut.first_chunk + (run << plan.run_bits);
  item.end_chunk = min(item.first_chunk + (1 << plan.run_bits), cut.first_chunk + cut.num_chunks);
  item.begin = max(item.begin, chunk_begin(item.first_chunk));
  item.end = min(item.end, chunk_begin(item.end_chunk));
  // A tile of queries may see nothing of a run that others of its row see.
  if (item.begin >= item.end) item.begin = item.end = chunk_begin(item.first_chunk);
  return item;
}

}  // namespace llmserve
