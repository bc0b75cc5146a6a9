// The block of the decode kernel: its items one after the other, whichever way their keys and
// values come to shared memory (attention_decode_copies.cuh).
#pragma once

#include "attention_decode_copies.cuh"
#include "attention_dispatch.cuh"
#include "device_info.h"
#include "launch.cuh"

namespace llmserve {

// Columns of eight keys of a tile that a warp scores.
inline constexpr int kOwnColumns = kKeyColumns / kAttentionWarps;
static_assert(kOwnColumns % 2 == 0 && kKeyColumns % kAttentionWarps == 0);

// Items that a block has begun to copy and not yet begun to sum up, and the one at hand.
inline constexpr int kItemRing = 4;

template <typename Copies>
struct DecodeShared {
  float2 scores[2][kKeyColumns][32];  // [half, column, lane]
  DecodeItem items[kItemRing];
  DecodeWork work;
  int32_t next_item;  // to begin to copy
  int32_t arrived;
  uint32_t broken[kTileKeys / 32];
  typename Copies::Shared copies;
};

// A block's items, one after the other. Tiles are copied some stages ahead of the sums, also those
// of the next items, so that the memory is busy while an item ends and another begins.
template <typename Copies>
class DecodeBlock {
 public:
  using T = typename Copies::T;
  static constexpr int kDim = Copies::kDim;
  static constexpr int kStages = Copies::kStages;
  static constexpr int kFeatureTiles = kDim / 16;
  // Each warp weighs its own features of all keys: tile `warp + i * kAttentionWarps`.
  static constexpr int kOwnTiles = (kFeatureTiles + kAttentionWarps - 1) / kAttentionWarps;
  static_assert(kStages <= kItemRing);

  __device__ DecodeBlock(const AttentionParams& p, DecodeShared<Copies>& shared, Copies& copies)
      : p_(p), shared_(shared), copies_(copies) {}

  __device__ __forceinline__ void run();

 private:
  __device__ __forceinline__ int warp() const { return threadIdx.x / 32; }
  __device__ __forceinline__ int lane() const { return threadIdx.x % 32; }
  __device__ __forceinline__ void load_queries(const DecodeItem& item);
  __device__ __forceinline__ void start_copies();
  __device__ __forceinline__ void copy_item(int32_t index);
  __device__ __forceinline__ void copy_next(int stage);
  __device__ __forceinline__ void tell_next();
  __device__ __forceinline__ void run(const DecodeItem& item, int& stage);
  template <int kHalves>
  __device__ __forceinline__ void run_tiles(const DecodeItem& item, int& stage, int32_t& chunk);
  template <int kHalves>
  __device__ __forceinline__ void score_tile(int stage, Scores& scores) const;
  template <int kHalves>
  __device__ __forceinline__ void compute_tile(const DecodeItem& item, int32_t tile, int stage,
                                               bool is_broken);
  __device__ __forceinline__ void end_chunk();
  __device__ __forceinline__ void clear_chunk();
  __device__ __forceinline__ void clear_totals();
  __device__ __forceinline__ void end_split_chunks(const DecodeItem& item, int32_t& chunk,
                                                   int32_t end);
  __device__ __forceinline__ void store_part(const DecodeItem& item, int32_t chunk) const;
  __device__ __forceinline__ void store_result(const DecodeItem& item) const;

  const AttentionParams& p_;
  DecodeShared<Copies>& shared_;
  Copies& copies_;
  uint32_t q_[kFeatureTiles][4];  // queries as first factor
  Sight sight_[2];                // of rows lane / 4 and 8 below
  RowState state_[2];             // of the chunk
  RowState total_state_[2];       // of the chunks before
  Values values_[kOwnTiles];      // of the chunk
  Values totals_[kOwnTiles];      // of the chunks before
  // Of the copies:
  KeySource source_;
  int32_t copied_items_ = 0;  // that were begun
  int32_t copied_tile_ = 0;   // the next
  int32_t end_tile_ = 0;
  int32_t located_;    // of the next tile
  int32_t following_;  // thread 0's: the item after the last one begun
};

// Each lane loads its own share of the fragments.
template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::load_queries(const DecodeItem& item) {
  const uint32_t* rows[2];
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = min(lane() / 4 + 8 * h, item.queries.count - 1);
    sight_[h] = sight_of(item.queries.position(row, p_.group_size), p_.window);
    const T* from = static_cast<const T*>(p_.qkv) + item.queries.offset(row, p_, p_.qkv_stride);
    rows[h] = reinterpret_cast<const uint32_t*>(from) + lane() % 4;
  }
#pragma unroll
  for (int step = 0; step < kFeatureTiles; ++step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) q_[step][i] = rows[i % 2][step * 8 + i / 2 * 4];
  }
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::clear_chunk() {
  clear_values(values_);
  state_[0] = state_[1] = empty_state();
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::clear_totals() {
  clear_values(totals_);
  total_state_[0] = total_state_[1] = empty_state();
}

// The item that thread 0 will have told of: it is asked for early, so that nobody waits for it.
template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::copy_item(int32_t index) {
  if (index >= shared_.work.list.num_items()) return;
  const DecodeItem item = find_item(p_, shared_.work, index);
  if (threadIdx.x == 0) {
    shared_.items[copied_items_ % kItemRing] = item;
    following_ = gridDim.x + atomicAdd(&p_.scratch.decode_queue->taken, 1);
  }
  ++copied_items_;
  source_ = KeySource(p_, item.queries.slot, item.queries.kv_head, item.begin, item.end);
  copied_tile_ = item.first_tile();
  end_tile_ = item.end_tile();
  located_ = source_.locate(copied_tile_);
}

// Between two barriers of those who read it; only where they will, as it waits for the queue.
template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::tell_next() {
  if (threadIdx.x == 0 && copied_tile_ == end_tile_) shared_.next_item = following_;
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::copy_next(int stage) {
  if (copied_tile_ == end_tile_) copy_item(shared_.next_item);
  if (copied_tile_ == end_tile_) return copies_.skip();
  copies_.start(stage, source_, copied_tile_, located_);
  located_ = source_.locate(++copied_tile_);
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::start_copies() {
  following_ = blockIdx.x;
#pragma unroll 1
  for (int stage = 0; stage < kStages - 1; ++stage) {
    if (copied_tile_ == end_tile_) {
      __syncthreads();
      tell_next();
      __syncthreads();
    }
    copy_next(stage);
  }
  __syncthreads();
  tell_next();
}

// Each warp scores its own keys and tells the others. Nobody is behind by a tile when these scores
// are written: Copies::await() is in between.
template <typename Copies>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Copies>::score_tile(int stage, Scores& scores) const {
  float own[1][kOwnColumns][4];
  const int first = warp() * kOwnColumns;
  score_keys<T, kDim>(
      own,
      [&](uint32_t(&to)[4], int, int step) {
#pragma unroll
        for (int i = 0; i < 4; ++i) to[i] = q_[step][i];
      },
      [&](uint32_t(&to)[4], int column, int step) {
        copies_.load_keys(to, stage, first + column, step);
      });
#pragma unroll
  for (int n = 0; n < kOwnColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      shared_.scores[h][first + n][lane()] = {own[0][n][2 * h], own[0][n][2 * h + 1]};
    }
  }
  __syncthreads();
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
#pragma unroll
    for (int h = 0; h < kHalves; ++h) {
      const float2 score = shared_.scores[h][n][lane()];
      scores[n][2 * h] = score.x, scores[n][2 * h + 1] = score.y;
    }
  }
}

template <typename Copies>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Copies>::compute_tile(const DecodeItem& item,
                                                                  int32_t tile, int stage,
                                                                  bool is_broken) {
  Scores scores;
  score_tile<kHalves>(stage, scores);
  if (!item.all.holds_tile(tile)) mask_scores<kHalves>(scores, tile, sight_);
  float old_scale[2];
  softmax_tile<kHalves>(scores, state_, score_scale(p_.scale), old_scale);
  rescale<kHalves>(values_, old_scale);
  Weights weights;
  pack_weights<T, kHalves>(weights, scores);
  if (is_broken) {
    break_weights(weights, tile, sight_, shared_.broken);
    __syncthreads();
    if (threadIdx.x < kTileKeys / 32) shared_.broken[threadIdx.x] = 0;
  }
#pragma unroll
  for (int v = 0; v < kOwnTiles; ++v) {
    const int feature_tile = warp() + v * kAttentionWarps;
    if (feature_tile >= kFeatureTiles) continue;
#pragma unroll
    for (int step = 0; step < kKeySteps; ++step) {
      uint32_t b[4];
      copies_.load_values(b, stage, step, feature_tile);
      add_weighted<T>(values_[v], weights[step], b);
    }
  }
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::end_chunk() {
  complete_sums(state_);
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
  clear_chunk();
}

// Chunks from `chunk` on: the first is the one at hand, the others hold no key that the queries
// see.
template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::end_split_chunks(const DecodeItem& item,
                                                                      int32_t& chunk, int32_t end) {
#pragma unroll 1
  for (; chunk < end; ++chunk) {
    complete_sums(state_);
    store_part(item, chunk);
    clear_chunk();
  }
}

// To be folded with those of the other chunks. Every warp has the states, each its own features.
template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::store_part(const DecodeItem& item,
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

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::store_result(const DecodeItem& item) const {
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

// kHalves: 1 where the item has no more than eight query rows. `chunk`: the one at hand.
template <typename Copies>
template <int kHalves>
__device__ __forceinline__ void DecodeBlock<Copies>::run_tiles(const DecodeItem& item, int& stage,
                                                               int32_t& chunk) {
  int32_t next_chunk = chunk_begin(chunk_of(item.begin) + 1);
  const int32_t end_tile = item.end_tile();
#pragma unroll 1
  for (int32_t tile = item.first_tile(); tile < end_tile; ++tile) {
    if (tile * kTileKeys == next_chunk) {
      if (item.is_split) {
        end_split_chunks(item, chunk, chunk + 1);
      } else {
        end_chunk();
      }
      next_chunk = chunk_begin(chunk_of(next_chunk) + 1);
    }
    const bool is_broken = copies_.await(stage, item, tile, shared_.broken);
    copy_next(stage == 0 ? kStages - 1 : stage - 1);
    compute_tile<kHalves>(item, tile, stage, is_broken);
    tell_next();
    stage = stage + 1 == kStages ? 0 : stage + 1;
  }
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::run(const DecodeItem& item, int& stage) {
  load_queries(item);
  clear_totals();
  clear_chunk();
  int32_t chunk = item.first_chunk;
  if (item.is_split) end_split_chunks(item, chunk, chunk_of(item.begin));
  if (item.queries.count <= 8) {
    run_tiles<1>(item, stage, chunk);
  } else {
    run_tiles<2>(item, stage, chunk);
  }
  if (!item.is_split) {
    end_chunk();
    store_result(item);
    return;
  }
  end_split_chunks(item, chunk, item.end_chunk);
  if (is_last_to_arrive(p_, item.parts, item.end_chunk - item.first_chunk, &shared_.arrived)) {
    fold_parts<T, kDim>(p_, item.queries, item.parts);
  }
}

template <typename Copies>
__device__ __forceinline__ void DecodeBlock<Copies>::run() {
  start_copies();
  int stage = 0;
  for (int32_t i = 0; i < copied_items_; ++i) run(shared_.items[i % kItemRing], stage);
  leave_queue(p_.scratch.decode_queue);
}

// What the kernel does, by all of its threads. `maps`: what Copies are made of beside the
// parameters and memory.
template <typename Copies, typename... Maps>
__device__ __forceinline__ void decode_rows(const AttentionParams& p, unsigned char* memory,
                                            const Maps&... maps) {
  __shared__ DecodeShared<Copies> shared;
  if (threadIdx.x < kTileKeys / 32) shared.broken[threadIdx.x] = 0;
  Copies copies(p, shared.copies, memory, maps...);
  copies.prepare();
  // The rows are there before the kernel that brings queries and keys has begun.
  plan_work(p, shared.work);
  await_previous_kernels();
  let_next_kernel_start();
  DecodeBlock<Copies>(p, shared, copies).run();
}

template <typename Copies>
LaunchShape decode_launch(const DeviceInfo& device, cudaStream_t stream) {
  const int blocks =
      blocks_that_fit(Copies::kBytes + sizeof(DecodeShared<Copies>), Copies::kMaxBlocks, device);
  return {.grid = static_cast<unsigned>(device.num_sms * blocks),
          .block = kAttentionThreads,
          .shared_bytes = Copies::kBytes,
          .stream = stream,
          .overlaps = device.overlaps_launches()};
}

}  // namespace llmserve
