// Attention of rows of many tokens: a block walks all keys of one tile of query rows (token by
// token, the heads of one kv head side by side). The scores of a tile are computed while its values
// come, its values are weighed while the next keys come. At the end of a chunk the block's sums are
// folded with what it has parked in global memory. Another instruction set is another file with
// launch_attention_prefill().
#include <algorithm>

#include "attention_combine.cuh"
#include "attention_dispatch.cuh"
#include "attention_prefill_order.cuh"
#include "cuda_check.h"

namespace llmserve {
namespace {

template <int kDim>
struct PrefillShape {
  static constexpr int kBlocks = kDim <= 128 ? 2 : 1;  // of 16 query rows, in a warp
  static constexpr int kRows = 16 * kBlocks * kAttentionWarps;
  static constexpr int kFeatureTiles = kDim / 16;
  static constexpr int kQueryElements = kRows * KeyTile<kDim>::kPitch;
  static constexpr int kSharedElements = kQueryElements + 2 * KeyTile<kDim>::kElements;
  static constexpr int kParked = kBlocks * (1 + 2 * kFeatureTiles);  // float4 of a thread
  static_assert(kParked <= kMaxParked);
};

template <int kDim>
struct PrefillShared {
  PrefillOrder<PrefillShape<kDim>::kRows> order;
  Sight sight[PrefillShape<kDim>::kRows];  // of each query row
  int32_t next_item;
  uint32_t broken[kTileKeys / 32];
};

template <typename T, int kDim>
class PrefillBlock {
 public:
  using Shape = PrefillShape<kDim>;
  using Tile = KeyTile<kDim>;

  __device__ PrefillBlock(const AttentionParams& p, PrefillShared<kDim>& shared, T* memory)
      : p_(p),
        shared_(shared),
        queries_(memory),
        keys_(memory + Shape::kQueryElements),
        values_(keys_ + Tile::kElements) {}

  __device__ __forceinline__ void run(const QueryTile& tile);

 private:
  // The first of this thread's two rows in the 16 query rows `block` of its warp.
  __device__ __forceinline__ int32_t row(int block) const {
    return static_cast<int32_t>(threadIdx.x / 32 * Shape::kBlocks + block) * 16 +
           static_cast<int32_t>(threadIdx.x % 32 / 4);
  }
  __device__ __forceinline__ float4* parked(int index) const {
    return p_.scratch.parked + (int64_t{blockIdx.x} * Shape::kParked + index) * kAttentionThreads +
           threadIdx.x;
  }

  __device__ __forceinline__ void start(const QueryTile& tile);
  __device__ __forceinline__ void weigh_keys(int32_t tile, Weights (&weights)[Shape::kBlocks]);
  __device__ __forceinline__ bool await_values(int32_t tile);
  __device__ __forceinline__ void break_rows(int32_t tile, Weights (&weights)[Shape::kBlocks]);
  __device__ __forceinline__ void add_values(const Weights (&weights)[Shape::kBlocks]);
  __device__ __forceinline__ void clear_chunk();
  __device__ __forceinline__ void end_chunk();
  __device__ __forceinline__ void park();
  __device__ __forceinline__ void store_result(const QueryTile& tile) const;

  const AttentionParams& p_;
  PrefillShared<kDim>& shared_;
  T* queries_;  // [kRows, pitch]
  T* keys_;     // [kTileKeys, pitch]
  T* values_;   // the same
  Sight any_;   // keys that some query row sees
  Sight all_;   // keys that all query rows see
  bool has_parked_;
  RowState state_[Shape::kBlocks][2];  // of the chunk
  Values sums_[Shape::kBlocks][Shape::kFeatureTiles];
};

// What hangs on the query rows. Rows beyond the last are copies of it and never stored.
template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::start(const QueryTile& tile) {
  const Sight first = sight_of(tile.position(0, p_), p_.window);
  const Sight last = sight_of(tile.position(tile.count - 1, p_), p_.window);
  any_ = {first.begin, last.end};
  all_ = {last.begin, first.end};
  for (int32_t i = threadIdx.x; i < Shape::kRows; i += kAttentionThreads) {
    const int32_t position = tile.position(min(i, tile.count - 1), p_);
    shared_.sight[i] = sight_of(position, p_.window);
  }
  for (int32_t index = threadIdx.x; index < Shape::kRows * Tile::kVectors;
       index += kAttentionThreads) {
    const int32_t i = index / Tile::kVectors, element = index % Tile::kVectors * 8;
    const int64_t from = tile.offset(min(i, tile.count - 1), p_, p_.qkv_stride) + element;
    copy_async_16(queries_ + i * Tile::kPitch + element, static_cast<const T*>(p_.qkv) + from,
                  true);
  }
  has_parked_ = false;
  clear_chunk();
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::clear_chunk() {
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
    clear_values(sums_[b]);
    state_[b][0] = state_[b][1] = empty_state();
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::weigh_keys(
    int32_t tile, Weights (&weights)[Shape::kBlocks]) {
  const uint32_t base = shared_address(queries_ + row_offset<Tile::kPitch>());
  Scores scores[Shape::kBlocks];
  const uint32_t keys = shared_address(keys_ + key_offset<Tile::kPitch>());
  score_keys<T, kDim>(
      scores,
      [&](uint32_t(&to)[4], int b, int step) {
        const int32_t first = static_cast<int32_t>(threadIdx.x / 32 * Shape::kBlocks + b) * 16;
        load_matrices(to, base + (first * Tile::kPitch + step * 16) * sizeof(T));
      },
      [&](uint32_t(&to)[4], int column, int step) { load_keys<T, kDim>(to, keys, column, step); });
  const bool is_clear = all_.holds_tile(tile);
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
    if (!is_clear) {
      const Sight sight[2] = {shared_.sight[row(b)], shared_.sight[row(b) + 8]};
      mask_scores(scores[b], tile, sight);
    }
    float old_scale[2];
    softmax_tile(scores[b], state_[b], score_scale(p_.scale), old_scale);
    rescale(sums_[b], old_scale);
    pack_weights<T>(weights[b], scores[b]);
  }
}

// The barrier after which the values are there for all and the keys are no longer in use. Returns
// whether the tile holds values that are not finite and that not all queries see.
template <typename T, int kDim>
__device__ __forceinline__ bool PrefillBlock<T, kDim>::await_values(int32_t tile) {
  wait_copies<0>();
  if (all_.holds_tile(tile)) {
    __syncthreads();
    return false;
  }
  return __syncthreads_or(clean_values<kDim>(values_, shared_.broken));
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::break_rows(
    int32_t tile, Weights (&weights)[Shape::kBlocks]) {
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
    const Sight sight[2] = {shared_.sight[row(b)], shared_.sight[row(b) + 8]};
    break_weights(weights[b], tile, sight, shared_.broken);
  }
  __syncthreads();
  if (threadIdx.x < kTileKeys / 32) shared_.broken[threadIdx.x] = 0;
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::add_values(
    const Weights (&weights)[Shape::kBlocks]) {
  const uint32_t base = shared_address(values_ + row_offset<Tile::kPitch>());
#pragma unroll
  for (int step = 0; step < kKeySteps; ++step) {
#pragma unroll
    for (int f = 0; f < Shape::kFeatureTiles; ++f) {
      uint32_t v[4];
      load_values<T, kDim>(v, base, step, f * 16);
#pragma unroll
      for (int b = 0; b < Shape::kBlocks; ++b) add_weighted<T>(sums_[b][f], weights[b][step], v);
    }
  }
}

// Leaves the sums of all chunks so far in the place of the chunk's own.
template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::end_chunk() {
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) complete_sums(state_[b]);
  if (!has_parked_) return;
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
    const float4 states = *parked(b);
    RowState total[2] = {{states.x, states.y}, {states.z, states.w}};
    const Fold low = fold_state(total[0], state_[b][0]);
    const Fold high = fold_state(total[1], state_[b][1]);
    state_[b][0] = total[0];
    state_[b][1] = total[1];
#pragma unroll
    for (int f = 0; f < Shape::kFeatureTiles; ++f) {
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        float(&sum)[4] = sums_[b][f][n];
        const float4 before = *parked(Shape::kBlocks + (b * Shape::kFeatureTiles + f) * 2 + n);
        sum[0] = low.apply(before.x, sum[0]);
        sum[1] = low.apply(before.y, sum[1]);
        sum[2] = high.apply(before.z, sum[2]);
        sum[3] = high.apply(before.w, sum[3]);
      }
    }
  }
}

// Each thread reads back what it has written itself: no barrier.
template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::park() {
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
    *parked(b) =
        make_float4(state_[b][0].max, state_[b][0].sum, state_[b][1].max, state_[b][1].sum);
#pragma unroll
    for (int f = 0; f < Shape::kFeatureTiles; ++f) {
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        const float(&sum)[4] = sums_[b][f][n];
        *parked(Shape::kBlocks + (b * Shape::kFeatureTiles + f) * 2 + n) =
            make_float4(sum[0], sum[1], sum[2], sum[3]);
      }
    }
  }
  has_parked_ = true;
  clear_chunk();
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::store_result(const QueryTile& tile) const {
#pragma unroll
  for (int b = 0; b < Shape::kBlocks; ++b) {
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      const int32_t i = row(b) + 8 * h;
      if (i >= tile.count) continue;
      const float inverse = __frcp_rn(state_[b][h].sum);
      T* to = static_cast<T*>(p_.out) + tile.offset(i, p_, out_stride(p_)) + threadIdx.x % 4 * 2;
#pragma unroll
      for (int f = 0; f < Shape::kFeatureTiles; ++f) {
#pragma unroll
        for (int n = 0; n < 2; ++n) {
          const float* sum = sums_[b][f][n] + 2 * h;
          *reinterpret_cast<uint32_t*>(to + f * 16 + n * 8) =
              pack<T>(__fmul_rn(sum[0], inverse), __fmul_rn(sum[1], inverse));
        }
      }
    }
  }
}

template <typename T, int kDim>
__device__ __forceinline__ void PrefillBlock<T, kDim>::run(const QueryTile& queries) {
  start(queries);
  const KeySource source(p_, queries.slot, queries.kv_head, any_.begin, any_.end);
  const T* k = static_cast<const T*>(p_.k);
  const T* v = static_cast<const T*>(p_.v);
  const int32_t first_tile = any_.begin / kTileKeys, end_tile = (any_.end - 1) / kTileKeys + 1;
  int32_t located = source.locate(first_tile);
  copy_tile<kDim>(keys_, k, source, first_tile, located);
  commit_copies();
  int32_t next_located = source.locate(first_tile + 1);
  int32_t next_chunk = chunk_begin(chunk_of(any_.begin) + 1);
  for (int32_t tile = first_tile; tile < end_tile; ++tile) {
    if (tile * kTileKeys == next_chunk) {
      end_chunk();
      park();
      next_chunk = chunk_begin(chunk_of(next_chunk) + 1);
    }
    wait_copies<0>();
    __syncthreads();  // the keys are there for all, the last values no longer in use
    copy_tile<kDim>(values_, v, source, tile, located);
    commit_copies();
    Weights weights[Shape::kBlocks];
    weigh_keys(tile, weights);
    const bool is_broken = await_values(tile);
    if (tile + 1 < end_tile) {
      copy_tile<kDim>(keys_, k, source, tile + 1, next_located);
      commit_copies();
      located = next_located;
      next_located = source.locate(tile + 2);
    }
    if (is_broken) break_rows(tile, weights);
    add_values(weights);
  }
  end_chunk();
  store_result(queries);
}

template <typename T, int kDim>
__global__ void __launch_bounds__(kAttentionThreads, kPrefillBlocks)
    prefill_kernel(const __grid_constant__ AttentionParams p) {
  extern __shared__ __align__(16) unsigned char tile_memory[];
  __shared__ PrefillShared<kDim> shared;
  if (threadIdx.x < kTileKeys / 32) shared.broken[threadIdx.x] = 0;
  shared.order.build(p);
  __syncthreads();
  PrefillBlock<T, kDim> block(p, shared, reinterpret_cast<T*>(tile_memory));
  run_items(p.scratch.prefill_queue, shared.order.num_items(), &shared.next_item,
            [&](int32_t index) { block.run(shared.order.find(p, index)); });
}

template <typename T, int kDim>
void launch(const AttentionParams& params, const DeviceInfo& device, cudaStream_t stream) {
  constexpr int kBytes = PrefillShape<kDim>::kSharedElements * static_cast<int>(sizeof(T));
  const int blocks = blocks_that_fit(kBytes + sizeof(PrefillShared<kDim>), kPrefillBlocks, device);
  CUDA_CHECK(cudaFuncSetAttribute(prefill_kernel<T, kDim>,
                                  cudaFuncAttributeMaxDynamicSharedMemorySize, kBytes));
  prefill_kernel<T, kDim><<<device.num_sms * blocks, kAttentionThreads, kBytes, stream>>>(params);
  CUDA_CHECK_LAUNCH();
}

}  // namespace

void launch_attention_prefill(const AttentionParams& params, DType dtype, const DeviceInfo& device,
                              cudaStream_t stream) {
  dispatch_tensor_core(dtype, params.head_dim,
                       [&]<typename T, int kDim>() { launch<T, kDim>(params, device, stream); });
}

}  // namespace llmserve
