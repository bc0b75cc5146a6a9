// What the decode kernel computes: the items of a block one after the other, whichever way they and
// their keys and values come (a feed: attention_decode_vectors.cuh, attention_decode_boxes.cuh).
#pragma once

#include "attention_decode_plan.cuh"
#include "attention_dispatch.cuh"
#include "device_info.h"
#include "launch.cuh"

namespace llmserve {

// Columns of eight keys of a tile that a warp scores.
inline constexpr int kOwnColumns = kKeyColumns / kAttentionWarps;
static_assert(kOwnColumns % 2 == 0 && kKeyColumns % kAttentionWarps == 0);

template <typename Feed>
struct DecodeShared {
  float2 scores[2][kKeyColumns][32];  // [half, column, lane]
  DecodeWork work;
  int32_t arrived;
  uint32_t broken[kTileKeys / 32];
  typename Feed::Shared feed;
};

// What kAttentionThreads of a block do with its items. Of a Feed, all of them call:
// - take(): the next item, which lasts until the next call; null where there are no more.
// - load_queries(q, item): its queries as first factor. Once for each item.
// - await(item, tile, broken): returns when the item's next tile is there for this warp. Says
//   whether it holds values that are not finite and that not all queries see: those are zeros
//   then, and their keys marked in `broken` [kTileKeys bits].
// - load_keys(to, column, step), load_values(to, step, feature_tile): fragments of that tile.
// - release(): this warp has read the tile.
// kMeets: await() is a barrier of all of them. kLeavesUnseen: values of keys that no query of the
// item sees may be anything; of keys, they always may. kThreads are a block's, kMaxBlocks blocks
// share a multiprocessor, kBytes of dynamic shared memory are a block's.
template <typename Feed>
class DecodeBlock {
 public:
  using T = typename Feed::T;
  static constexpr int kDim = Feed::kDim;
  static constexpr int kFeatureTiles = kDim / 16;
  // Each warp weighs its own features of all keys: tile `warp + i * kAttentionWarps`.
  static constexpr int kOwnTiles = (kFeatureTiles + kAttentionWarps - 1) / kAttentionWarps;

  __device__ DecodeBlock(const AttentionParams& p, DecodeShared<Feed>& shared, Feed& feed)
      : p_(p), shared_(shared), feed_(feed) {}

  __device__ __forceinline__ void run();

 private:
  __device__ __forceinline__ int warp() const { return threadIdx.x / 32; }
  __device__ __forceinline__ int lane() const { return threadIdx.x % 32; }
  __device__ __forceinline__ void run(const DecodeItem& item);
  template <int kHalves>
  __device__ __forceinline__ void run_chunks(const DecodeItem& item);
  template <int kHalves>
  __device__ __forceinline__ void score_tile(Scores& scores);
  template <int kHalves>
  __device__ __forceinline__ void compute_tile(const DecodeItem& item, int32_t tile,
                                               bool is_broken);
  template <bool kIsRagged>
  __device__ __forceinline__ void add_values(const Weights& weights, int32_t tile,
                                             const Sight& seen);
  __device__ __forceinline__ void clear_chunk();
  __device__ __forceinline__ void clear_totals();
  __device__ __forceinline__ void fold_chunk();
  __device__ __forceinline__ void store_part(const DecodeItem& item, int32_t chunk) const;
  __device__ __forceinline__ void store_result(const DecodeItem& item) const;

  const AttentionParams& p_;
  DecodeShared<Feed>& shared_;
  Feed& feed_;
  uint32_t q_[kFeatureTiles][4];  // queries as first factor
  Sight sight_[2];                // of rows lane / 4 and 8 below
  RowState state_[2];             // of the chunk
  RowState total_state_[2];       // of the chunks before
  Values values_[kOwnTiles];      // of the chunk
  Values totals_[kOwnTiles];      // of the chunks before
  int buffer_ = 0;                // of the scores, where they need but one
};

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::clear_chunk() {
  clear_values(values_);
  state_[0] = state_[1] = empty_state();
}

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::clear_totals() {
  clear_values(totals_);
  total_state_[0] = total_state_[1] = empty_state();
}

// Each warp scores its own keys and tells the others. Where they meet but here, two tiles' scores
// take turns, so that nobody writes what another one still reads.
template <typename Feed>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Feed>::score_tile(Scores& scores) {
  float own[1][kOwnColumns][4];
  const int first = warp() * kOwnColumns;
  score_keys<T, kDim>(
      own,
      [&](uint32_t(&to)[4], int, int step) {
#pragma unroll
        for (int i = 0; i < 4; ++i) to[i] = q_[step][i];
      },
      [&](uint32_t(&to)[4], int column, int step) { feed_.load_keys(to, first + column, step); });
  if constexpr (kHalves == 1) {
    buffer_ ^= 1;
  } else if constexpr (!Feed::kMeets) {
    sync_compute();
  }
#pragma unroll
  for (int n = 0; n < kOwnColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      shared_.scores[kHalves == 1 ? buffer_ : h][first + n][lane()] = {own[0][n][2 * h],
                                                                       own[0][n][2 * h + 1]};
    }
  }
  sync_compute();
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      const float2 score = shared_.scores[kHalves == 1 ? buffer_ : h][n][lane()];
      scores[n][2 * h] = score.x, scores[n][2 * h + 1] = score.y;
    }
  }
}

template <typename Feed>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Feed>::compute_tile(const DecodeItem& item,
                                                                int32_t tile, bool is_broken) {
  Scores scores;
  score_tile<kHalves>(scores);
  if (!item.all.holds_tile(tile)) mask_scores<kHalves>(scores, tile, sight_);
  float old_scale[2];
  softmax_tile<kHalves>(scores, state_, score_scale(p_.scale), old_scale);
  rescale<kHalves>(values_, old_scale);
  Weights weights;
  pack_weights<T, kHalves>(weights, scores);
  if (is_broken) {
    break_weights(weights, tile, sight_, shared_.broken);
    sync_compute();
    if (threadIdx.x < kTileKeys / 32) shared_.broken[threadIdx.x] = 0;
    sync_compute();
  }
  const Sight seen{item.begin, item.end};
  if (Feed::kLeavesUnseen && !seen.holds_tile(tile)) {
    add_values<true>(weights, tile, seen);
  } else {
    add_values<false>(weights, tile, seen);
  }
}

// The halves of a word that hold keys `key` and the one after it, if they are seen.
__device__ __forceinline__ uint32_t mask_of(const Sight& seen, int32_t key) {
  return (seen.holds(key) ? 0x0000ffffu : 0u) | (seen.holds(key + 1) ? 0xffff0000u : 0u);
}

// kIsRagged: some keys nobody sees. Their weights are zero, which is not enough where the value is
// not finite.
template <typename Feed>
template <bool kIsRagged>
__device__ __forceinline__ void DecodeBlock<Feed>::add_values(const Weights& weights, int32_t tile,
                                                              const Sight& seen) {
#pragma unroll
  for (int v = 0; v < kOwnTiles; ++v) {
    const int feature_tile = warp() + v * kAttentionWarps;
    if (feature_tile >= kFeatureTiles) continue;
#pragma unroll
    for (int step = 0; step < kKeySteps; ++step) {
      uint32_t b[4];
      feed_.load_values(b, step, feature_tile);
      if constexpr (kIsRagged) {
        const int32_t key = tile * kTileKeys + step * 16 + lane() % 4 * 2;
        const uint32_t masks[2] = {mask_of(seen, key), mask_of(seen, key + 8)};
#pragma unroll
        for (int i = 0; i < 4; ++i) b[i] &= masks[i % 2];
      }
      add_weighted<T>(values_[v], weights[step], b);
    }
  }
}

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::fold_chunk() {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const Fold fold = fold_state(total_state_[h], state_[h]);
#pragma unroll
    for (int v = 0; v < kOwnTiles; ++v) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        float& total = totals_[v][i / 2][2 * h + i % 2];
        total = fold.apply(total, values_[v][i / 2][2 * h + i % 2]);
      }
    }
  }
}

// To be folded with those of the other chunks. Every warp has the states, each its own features.
template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::store_part(const DecodeItem& item,
                                                              int32_t chunk) const {
  const int32_t first = item.parts.first + (chunk - item.parts_chunk) * item.parts.chunk_stride;
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = lane() / 4 + 8 * h;
    if (row >= item.queries.count) continue;
    const int64_t at = first + row;
    if (threadIdx.x < 32 && lane() % 4 == 0) {
      p_.scratch.part_states[at] = make_float2(state_[h].max, state_[h].sum);
    }
    float* to = p_.scratch.part_values + at * kDim + lane() % 4 * 2;
#pragma unroll
    for (int v = 0; v < kOwnTiles; ++v) {
      const int feature_tile = warp() + v * kAttentionWarps;
      if (feature_tile >= kFeatureTiles) continue;
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        *reinterpret_cast<float2*>(to + feature_tile * 16 + n * 8) =
            make_float2(values_[v][n][2 * h], values_[v][n][2 * h + 1]);
      }
    }
  }
}

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::store_result(const DecodeItem& item) const {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = lane() / 4 + 8 * h;
    if (row >= item.queries.count) continue;
    const float inverse = __frcp_rn(total_state_[h].sum);
    T* to = static_cast<T*>(p_.out) + item.queries.offset(row, p_, out_stride(p_)) + lane() % 4 * 2;
#pragma unroll
    for (int v = 0; v < kOwnTiles; ++v) {
      const int feature_tile = warp() + v * kAttentionWarps;
      if (feature_tile >= kFeatureTiles) continue;
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        *reinterpret_cast<uint32_t*>(to + feature_tile * 16 + n * 8) = pack<T>(
            __fmul_rn(totals_[v][n][2 * h], inverse), __fmul_rn(totals_[v][n][2 * h + 1], inverse));
      }
    }
  }
}

// kHalves: 1 where the item has no more than eight query rows. Of a split item's chunks, some at
// its ends may hold no key that its queries see.
template <typename Feed>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Feed>::run_chunks(const DecodeItem& item) {
  const int32_t end_tile = item.end_tile();
  int32_t tile = item.first_tile();
#pragma unroll 1
  for (int32_t chunk = item.first_chunk; chunk < item.end_chunk; ++chunk) {
    clear_chunk();
    const int32_t end = min(end_tile, chunk_begin(chunk + 1) / kTileKeys);
#pragma unroll 1
    for (; tile < end; ++tile) {
      const bool is_broken = feed_.await(item, tile, shared_.broken);
      compute_tile<kHalves>(item, tile, is_broken);
      feed_.release();
    }
    complete_sums(state_);
    if (item.is_split) {
      store_part(item, chunk);
    } else {
      fold_chunk();
    }
  }
  if (kHalves == 2 && !Feed::kMeets) sync_compute();  // the scores have been read
}

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::run(const DecodeItem& item) {
  feed_.load_queries(q_, item);
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = min(lane() / 4 + 8 * h, item.queries.count - 1);
    sight_[h] = sight_of(item.queries.position(row, p_), p_.window);
  }
  clear_totals();
  if (item.queries.count <= 8) {
    run_chunks<1>(item);
  } else {
    run_chunks<2>(item);
  }
  if (!item.is_split) return store_result(item);
  if (is_last_to_arrive(p_, item.parts, item.end_chunk - item.first_chunk, &shared_.arrived)) {
    fold_parts<T, kDim>(p_, item.queries, item.parts);
  }
}

template <typename Feed>
__device__ __forceinline__ void DecodeBlock<Feed>::run() {
  while (const DecodeItem* item = feed_.take()) run(*item);
}

// --- Host

template <typename Feed>
int decode_blocks(const DeviceInfo& device) {
  return blocks_that_fit(Feed::kBytes + sizeof(DecodeShared<Feed>), Feed::kMaxBlocks, device);
}

// `maps`: what the kernel takes beside the parameters.
template <typename Feed, typename... Maps>
void launch_decode(void (*kernel)(AttentionParams, Maps...), AttentionParams params,
                   const DeviceInfo& device, cudaStream_t stream, const Maps&... maps) {
  CUDA_CHECK(
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, Feed::kBytes));
  params.decode_blocks = decode_blocks<Feed>(device);
  launch_kernel({.grid = static_cast<unsigned>(device.num_sms * params.decode_blocks),
                 .block = Feed::kThreads,
                 .shared_bytes = Feed::kBytes,
                 .stream = stream,
                 .overlaps = device.overlaps_launches()},
                kernel, params, maps...);
}

}  // namespace llmserve
