// Attention of rows of one token, and of a few: split over the keys. An item is (row, kv head, 16
// query rows, run of chunks): all chunks where there is work enough for every block. The block that
// brings the last chunk of a sequence folds them all, in their order.
#include <algorithm>

#include "attention_decode_plan.cuh"
#include "attention_dispatch.cuh"
#include "cuda_check.h"
#include "device_info.h"
#include "launch.cuh"

namespace llmserve {
namespace {

template <int kDim>
struct DecodeShape {
  // Tiles of keys and values in flight or in use.
  static constexpr int kStages = kDim <= 128 ? 3 : 2;
  static constexpr int kSharedElements = 2 * kStages * KeyTile<kDim>::kElements;
  static constexpr int kFeatureTiles = kDim / 16;
  // Each warp weighs its own features of all keys: tile `warp + i * kAttentionWarps`.
  static constexpr int kOwnTiles = (kFeatureTiles + kAttentionWarps - 1) / kAttentionWarps;
  static constexpr int kMaxBlocks = kDim <= 64 ? 3 : kDim <= 128 ? 2 : 1;  // on a multiprocessor
};

// Columns of eight keys of a tile that a warp scores.
constexpr int kOwnColumns = kKeyColumns / kAttentionWarps;
static_assert(kOwnColumns % 2 == 0 && kKeyColumns % kAttentionWarps == 0);

// Items that a block has begun to copy and not yet begun to sum up, and the one at hand.
constexpr int kItemRing = 4;

struct DecodeShared {
  float4 scores[kKeyColumns][32];  // [column, lane]
  DecodeItem items[kItemRing];
  DecodeWork work;
  int32_t next_item;  // to begin to copy
  int32_t arrived;
  uint32_t broken[kTileKeys / 32];
};

// A block's items, one after the other. Tiles are copied some stages ahead of the sums, also those
// of the next items, so that the memory is busy while an item ends and another begins.
template <typename T, int kDim>
class DecodeBlock {
 public:
  using Shape = DecodeShape<kDim>;
  using Tile = KeyTile<kDim>;
  static_assert(Shape::kStages <= kItemRing);

  __device__ DecodeBlock(const AttentionParams& p, DecodeShared& shared, T* tiles)
      : p_(p), shared_(shared), tiles_(tiles) {}

  __device__ __forceinline__ void run();

 private:
  __device__ __forceinline__ int warp() const { return threadIdx.x / 32; }
  __device__ __forceinline__ int lane() const { return threadIdx.x % 32; }
  __device__ __forceinline__ T* keys(int stage) const {
    return tiles_ + 2 * stage * Tile::kElements;
  }
  __device__ __forceinline__ T* values(int stage) const { return keys(stage) + Tile::kElements; }

  __device__ __forceinline__ void load_queries(const DecodeItem& item);
  __device__ __forceinline__ void start_copies();
  __device__ __forceinline__ void copy_item(int32_t index);
  __device__ __forceinline__ void copy_next(int stage);
  __device__ __forceinline__ void tell_next();
  __device__ __forceinline__ void run(const DecodeItem& item, int& stage);
  __device__ __forceinline__ bool await_tile(const DecodeItem& item, int32_t tile, int stage);
  __device__ __forceinline__ void score_tile(const T* keys, Scores& scores) const;
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
  DecodeShared& shared_;
  T* tiles_;                             // [stages, keys and values, KeyTile]
  uint32_t q_[Shape::kFeatureTiles][4];  // queries as first factor
  Sight sight_[2];                       // of rows lane / 4 and 8 below
  RowState state_[2];                    // of the chunk
  RowState total_state_[2];              // of the chunks before
  Values values_[Shape::kOwnTiles];      // of the chunk
  Values totals_[Shape::kOwnTiles];      // of the chunks before
  // Of the copies:
  KeySource source_;
  int32_t copied_items_ = 0;  // that were begun
  int32_t copied_tile_ = 0;   // the next
  int32_t end_tile_ = 0;
  int32_t located_;    // of the next tile
  int32_t following_;  // thread 0's: the item after the last one begun
};

// Each lane loads its own share of the fragments.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::load_queries(const DecodeItem& item) {
  const uint32_t* rows[2];
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = min(lane() / 4 + 8 * h, item.queries.count - 1);
    sight_[h] = sight_of(item.queries.position(row, p_.group_size), p_.window);
    const T* from = static_cast<const T*>(p_.qkv) + item.queries.offset(row, p_, p_.qkv_stride);
    rows[h] = reinterpret_cast<const uint32_t*>(from) + lane() % 4;
  }
#pragma unroll
  for (int step = 0; step < Shape::kFeatureTiles; ++step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) q_[step][i] = rows[i % 2][step * 8 + i / 2 * 4];
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::clear_chunk() {
  clear_values(values_);
  state_[0] = state_[1] = empty_state();
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::clear_totals() {
  clear_values(totals_);
  total_state_[0] = total_state_[1] = empty_state();
}

// The item that thread 0 will have told of: it is asked for early, so that nobody waits for it.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::copy_item(int32_t index) {
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

// Between two barriers of those who read it.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::tell_next() {
  if (threadIdx.x == 0) shared_.next_item = following_;
}

// A group of copies is committed even where there is nothing left to copy: they are counted.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::copy_next(int stage) {
  if (copied_tile_ == end_tile_ && copied_items_ > 0) copy_item(shared_.next_item);
  if (copied_tile_ < end_tile_) {
    copy_tile<kDim>(keys(stage), static_cast<const T*>(p_.k), source_, copied_tile_, located_);
    copy_tile<kDim>(values(stage), static_cast<const T*>(p_.v), source_, copied_tile_, located_);
    located_ = source_.locate(++copied_tile_);
  }
  commit_copies();
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::start_copies() {
  copy_item(blockIdx.x);
#pragma unroll
  for (int stage = 0; stage < Shape::kStages - 1; ++stage) {
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

// The barrier after which a tile is there for all and the one before it is no longer in use.
// Returns whether the tile holds values that are not finite and that not all queries see.
template <typename T, int kDim>
__device__ __forceinline__ bool DecodeBlock<T, kDim>::await_tile(const DecodeItem& item,
                                                                 int32_t tile, int stage) {
  wait_copies<Shape::kStages - 2>();
  if (item.is_even || item.all.holds_tile(tile)) {
    __syncthreads();
    return false;
  }
  return __syncthreads_or(clean_values<kDim>(values(stage), shared_.broken));
}

// Each warp scores its own keys and tells the others. Nobody is behind by a tile when these scores
// are written: await_tile() is in between.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::score_tile(const T* keys,
                                                                 Scores& scores) const {
  float own[1][kOwnColumns][4];
  score_keys<T, kDim>(own, keys + warp() * kOwnColumns * 8 * Tile::kPitch,
                      [&](int, int step, uint32_t(&to)[4]) {
#pragma unroll
                        for (int i = 0; i < 4; ++i) to[i] = q_[step][i];
                      });
#pragma unroll
  for (int n = 0; n < kOwnColumns; ++n) {
    const float* score = own[0][n];
    shared_.scores[warp() * kOwnColumns + n][lane()] =
        make_float4(score[0], score[1], score[2], score[3]);
  }
  __syncthreads();
#pragma unroll
  for (int n = 0; n < kKeyColumns; ++n) {
    const float4 score = shared_.scores[n][lane()];
    scores[n][0] = score.x, scores[n][1] = score.y;
    scores[n][2] = score.z, scores[n][3] = score.w;
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::compute_tile(const DecodeItem& item,
                                                                   int32_t tile, int stage,
                                                                   bool is_broken) {
  Scores scores;
  score_tile(keys(stage), scores);
  if (!item.all.holds_tile(tile)) mask_scores(scores, tile, sight_);
  float old_scale[2];
  softmax_tile(scores, state_, score_scale(p_.scale), old_scale);
  rescale(values_, old_scale);
  Weights weights;
  pack_weights<T>(weights, scores);
  if (is_broken) {
    break_weights(weights, tile, sight_, shared_.broken);
    __syncthreads();
    if (threadIdx.x < kTileKeys / 32) shared_.broken[threadIdx.x] = 0;
  }
  const uint32_t base = shared_address(values(stage) + row_offset<Tile::kPitch>());
#pragma unroll
  for (int v = 0; v < Shape::kOwnTiles; ++v) {
    const int feature_tile = warp() + v * kAttentionWarps;
    if (feature_tile >= Shape::kFeatureTiles) continue;
#pragma unroll
    for (int step = 0; step < kKeySteps; ++step) {
      uint32_t b[4];
      load_values<T, kDim>(b, base, step, feature_tile * 16);
      add_weighted<T>(values_[v], weights[step], b);
    }
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::end_chunk() {
  complete_sums(state_);
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const Fold fold = fold_state(total_state_[h], state_[h]);
#pragma unroll
    for (int v = 0; v < Shape::kOwnTiles; ++v) {
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
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::end_split_chunks(const DecodeItem& item,
                                                                       int32_t& chunk,
                                                                       int32_t end) {
#pragma unroll 1
  for (; chunk < end; ++chunk) {
    complete_sums(state_);
    store_part(item, chunk);
    clear_chunk();
  }
}

// To be folded with those of the other chunks. Every warp has the states, each its own features.
template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::store_part(const DecodeItem& item,
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
    for (int v = 0; v < Shape::kOwnTiles; ++v) {
      const int feature_tile = warp() + v * kAttentionWarps;
      if (feature_tile >= Shape::kFeatureTiles) continue;
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        *reinterpret_cast<float2*>(to + feature_tile * 16 + n * 8) =
            make_float2(values_[v][n][2 * h], values_[v][n][2 * h + 1]);
      }
    }
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::store_result(const DecodeItem& item) const {
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int32_t row = lane() / 4 + 8 * h;
    if (row >= item.queries.count) continue;
    const float inverse = __frcp_rn(total_state_[h].sum);
    T* to = static_cast<T*>(p_.out) + item.queries.offset(row, p_, out_stride(p_)) + lane() % 4 * 2;
#pragma unroll
    for (int v = 0; v < Shape::kOwnTiles; ++v) {
      const int feature_tile = warp() + v * kAttentionWarps;
      if (feature_tile >= Shape::kFeatureTiles) continue;
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        *reinterpret_cast<uint32_t*>(to + feature_tile * 16 + n * 8) = pack<T>(
            __fmul_rn(totals_[v][n][2 * h], inverse), __fmul_rn(totals_[v][n][2 * h + 1], inverse));
      }
    }
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::run(const DecodeItem& item, int& stage) {
  load_queries(item);
  clear_totals();
  clear_chunk();
  int32_t chunk = item.first_chunk;
  if (item.is_split) end_split_chunks(item, chunk, chunk_of(item.begin));
  int32_t next_chunk = chunk_begin(chunk_of(item.begin) + 1);
  for (int32_t tile = item.first_tile(); tile < item.end_tile(); ++tile) {
    if (tile * kTileKeys == next_chunk) {
      if (item.is_split) {
        end_split_chunks(item, chunk, chunk + 1);
      } else {
        end_chunk();
      }
      next_chunk = chunk_begin(chunk_of(next_chunk) + 1);
    }
    const bool is_broken = await_tile(item, tile, stage);
    copy_next(stage == 0 ? Shape::kStages - 1 : stage - 1);
    compute_tile(item, tile, stage, is_broken);
    tell_next();
    stage = stage + 1 == Shape::kStages ? 0 : stage + 1;
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

template <typename T, int kDim>
__device__ __forceinline__ void DecodeBlock<T, kDim>::run() {
  start_copies();
  int stage = 0;
  for (int32_t i = 0; i < copied_items_; ++i) run(shared_.items[i % kItemRing], stage);
  leave_queue(p_.scratch.decode_queue);
}

template <typename T, int kDim>
__global__ void __launch_bounds__(kAttentionThreads, DecodeShape<kDim>::kMaxBlocks)
    decode_kernel(const __grid_constant__ AttentionParams p) {
  extern __shared__ __align__(16) unsigned char tile_memory[];
  __shared__ DecodeShared shared;
  if (threadIdx.x < kTileKeys / 32) shared.broken[threadIdx.x] = 0;
  // The rows are there before the kernel that brings queries and keys has begun.
  plan_work(p, shared.work);
  await_previous_kernels();
  let_next_kernel_start();
  DecodeBlock<T, kDim>(p, shared, reinterpret_cast<T*>(tile_memory)).run();
}

template <typename T, int kDim>
void launch(const AttentionParams& params, const DeviceInfo& device, cudaStream_t stream) {
  using Shape = DecodeShape<kDim>;
  constexpr int kBytes = Shape::kSharedElements * static_cast<int>(sizeof(T));
  const int blocks = blocks_that_fit(kBytes + sizeof(DecodeShared), Shape::kMaxBlocks, device);
  CUDA_CHECK(cudaFuncSetAttribute(decode_kernel<T, kDim>,
                                  cudaFuncAttributeMaxDynamicSharedMemorySize, kBytes));
  launch_kernel({.grid = static_cast<unsigned>(device.num_sms * blocks),
                 .block = kAttentionThreads,
                 .shared_bytes = kBytes,
                 .stream = stream,
                 .overlaps = device.overlaps_launches()},
                decode_kernel<T, kDim>, params);
}

}  // namespace

void launch_attention_decode(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                             cudaStream_t stream) {
  dispatch_tensor_core(dtype, params.head_dim,
                       [&]<typename T, int kDim>() { launch<T, kDim>(params, device, stream); });
}

}  // namespace llmserve
