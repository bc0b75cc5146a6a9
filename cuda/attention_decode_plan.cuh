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
  int32_t tiles;    // of all items

  __device__ void operator+=(const PlanSize& other) {
    items += other.items;
    parts += other.parts;
    longest = max(longest, other.longest);
    tiles += other.tiles;
  }
};

// Of all lanes of a warp.
__device__ inline PlanSize sum_lanes(const PlanSize& size) {
  constexpr uint32_t kAll = 0xffffffffu;
  return {__reduce_add_sync(kAll, size.items), __reduce_add_sync(kAll, size.parts),
          __reduce_max_sync(kAll, size.longest), __reduce_add_sync(kAll, size.tiles)};
}

// From whole sequences to single chunks.
inline constexpr int kPlans = 5;
__device__ constexpr DecodePlan plan_of(int index) { return {index == 0 ? 30 : 4 - index}; }

struct DecodeWork {
  WorkList list;
  PlanSize sizes[kAttentionWarps][kPlans];
  DecodePlan plan;
};

// A row's part in the plan; empty for the prefill kernel's rows and for padding.
__device__ inline DecodeCut decode_cut(const AttentionParams& p, int32_t row) {
  const RowSpan span = span_of_row(p, row);
  if (p.row_slots[row] < 0 || !is_decode_row(span, p.group_size)) return {};
  return cut_decode_row(span, p.group_size, p.window);
}

// Not inlined, here and below: code that runs but once takes longer to come to the instruction
// cache than to run.
__device__ __noinline__ inline WorkCount count_decode_row(const AttentionParams& p,
                                                          const DecodePlan& plan, int32_t row) {
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
          runs > 1 ? min(cut.key_tiles, chunk_tiles << plan.run_bits) : cut.key_tiles,
          cut.tiles * p.num_kv_heads * cut.key_tiles};
}

// When the last block would be done, in times of a tile that a block computes on its own: in rounds
// of items of average size, not before the longest item, and not before the memory has brought all
// tiles; where some items are longer than others, the last one ends late.
__device__ inline float estimate(const AttentionParams& p, const PlanSize& size) {
  const float item = size.parts > 0 ? 3.0f : 1.5f;  // what one costs beside its tiles
  const float fold = size.parts > 0 ? 3.0f : 0.0f;
  const float tile_copy = 0.014f * static_cast<float>(p.head_dim);  // a multiprocessor's share
  const auto tiles = static_cast<float>(size.tiles);
  const auto items = static_cast<float>(size.items);
  const auto blocks = static_cast<float>(gridDim.x);
  const float average = __fdividef(tiles, items);
  const float rounds = ceilf(__fdividef(items, blocks));
  const float longest = static_cast<float>(size.longest);
  const float copies = __fdividef(tiles * tile_copy * static_cast<float>(p.decode_blocks), blocks);
  return fmaxf(longest + item,
               fmaxf(copies, rounds * (average + item)) + 0.5f * fmaxf(0.0f, longest - average)) +
         fold;
}

// The fastest of the plans whose partial results find room; all blocks find the same.
template <typename Threads>
__device__ DecodePlan make_plan(const AttentionParams& p, DecodeWork& work) {
  constexpr int32_t kThreads = 32 * Threads::kWarps;
  const int32_t thread = Threads::index();
  const DecodeCut first = thread < p.num_rows ? decode_cut(p, thread) : DecodeCut{};
#pragma unroll 1
  for (int i = 0; i < kPlans; ++i) {
    PlanSize size = size_of_row(p, first, plan_of(i));
#pragma unroll 1
    for (int32_t row = thread + kThreads; row < p.num_rows; row += kThreads) {
      size += size_of_row(p, decode_cut(p, row), plan_of(i));
    }
    size = sum_lanes(size);
    if (thread % 32 == 0) work.sizes[thread / 32][i] = size;
  }
  Threads::sync();
  DecodePlan best = plan_of(0);
  float least = __builtin_huge_valf();
#pragma unroll 1
  for (int i = 0; i < kPlans; ++i) {
    PlanSize size{};
    for (int warp = 0; warp < Threads::kWarps; ++warp) size += work.sizes[warp][i];
    const float needed = estimate(p, size);
    if (size.parts > p.scratch.max_parts || !(needed < least)) continue;
    least = needed;
    best = plan_of(i);
  }
  return best;
}

// All of Threads call it.
template <typename Threads>
__device__ void plan_work(const AttentionParams& p, DecodeWork& work) {
  const DecodePlan plan = make_plan<Threads>(p, work);
  if (Threads::index() == 0) work.plan = plan;
  work.list.build<Threads>(p.num_rows, [&](int32_t row) { return count_decode_row(p, plan, row); });
}

// One item, and where its partial results go.
struct DecodeItem {
  QueryTile queries;
  int32_t begin;  // keys, of the item's chunks, that some query sees
  int32_t end;
  Sight all;     // keys that every query sees
  bool is_even;  // all queries see the same
  int32_t first_chunk;
  int32_t end_chunk;
  bool is_split;
  // Where split:
  PartRows parts;       // of the query tile
  int32_t parts_chunk;  // the query tile's first

  // Tiles of keys: at least one, even if nobody sees a key of it.
  __device__ int32_t first_tile() const { return begin / kTileKeys; }
  __device__ int32_t end_tile() const { return max((end - 1) / kTileKeys, first_tile()) + 1; }
};

// All lanes of a warp call it, for the same item. Not inlined: kernels that look for items in
// several places would not stay in the instruction cache.
__device__ __noinline__ inline DecodeItem find_item(const AttentionParams& p,
                                                    const DecodeWork& work, int32_t index) {
  const DecodePlan plan = work.plan;
  const WorkPlace place =
      work.list.find(index, [&](int32_t row) { return count_decode_row(p, plan, row); });
  const RowSpan span = span_of_row(p, place.row);
  const DecodeCut cut = cut_decode_row(span, p.group_size, p.window);
  // By kv heads first, then by query tiles, then by runs.
  const int32_t part = p.by_kv_heads(place.item);
  const int32_t kv_head = place.item - part * p.num_kv_heads;
  const int32_t part_run = cut.tiles == 1 ? part : part / cut.tiles;
  DecodeItem item{};
  item.queries = query_tile(p, place.row, kv_head, part - part_run * cut.tiles, kDecodeRows);
  const QueryTile& q = item.queries;
  const Sight first = sight_of(q.position(0, p), p.window);
  const Sight last = sight_of(q.position(q.count - 1, p), p.window);
  item.begin = first.begin;
  item.end = last.end;
  item.all = {last.begin, first.end};
  item.is_even = first.end == last.end;
  item.first_chunk = chunk_of(item.begin);
  item.end_chunk = chunk_of(item.end - 1) + 1;
  const int32_t runs = plan.num_runs(cut);
  item.is_split = runs > 1;
  if (!item.is_split) return item;
  item.parts.first = place.parts + kv_head * cut.num_chunks * cut.query_rows + q.first;
  item.parts.chunk_stride = cut.query_rows;
  item.parts.num_chunks = cut.num_chunks;
  // The last run first: its chunks are the longest.
  const int32_t run = runs - 1 - part_run;
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
