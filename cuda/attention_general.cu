// Attention for any dtype, head size and page size: one block for each (token, head), plain float32
// arithmetic. Its warps take tiles of 32 keys in turn, counted from the sequence's first key, and
// are added in their order: a result depends on the token's own sequence alone.
#include "attention_layout.h"
#include "attention_mma.cuh"
#include "attention_params.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

constexpr int kWarps = 4;
constexpr int kWarpKeys = 32;
constexpr unsigned kAllLanes = 0xffffffffu;

template <int kPerLane>
struct GeneralShared {
  float q[32 * kPerLane];
  float values[kWarps][32 * kPerLane];
  float max[kWarps];
  float sum[kWarps];
};

// What one warp has summed so far.
template <int kPerLane>
struct WarpState {
  float max = -__builtin_huge_valf();
  float sum = 0.0f;             // of this lane's keys
  float values[kPerLane] = {};  // of features lane + 32 * i, over all keys
};

// Where one (token, head) finds its keys.
struct HeadKeys {
  const int32_t* pages;
  int32_t kv_head;
  int32_t begin;
  int32_t position;

  // The key's first element in the cache.
  __device__ int64_t offset(int32_t key, const AttentionParams& p) const {
    const int64_t page = pages[key / p.page_size];
    const int64_t row = (page * p.num_kv_heads + kv_head) * p.page_size + key % p.page_size;
    return row * p.head_dim;
  }
};

__device__ float warp_max(float value) {
  for (int by = 16; by > 0; by /= 2) value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, by));
  return value;
}

__device__ float warp_sum(float value) {
  for (int by = 16; by > 0; by /= 2) value += __shfl_xor_sync(kAllLanes, value, by);
  return value;
}

template <typename T>
__device__ float score_key(const AttentionParams& p, const float* q, int64_t offset) {
  const T* key = static_cast<const T*>(p.k) + offset;
  float score = 0.0f;
#pragma unroll 8
  for (int32_t d = 0; d < p.head_dim; ++d) {
    score = fmaf(q[d], static_cast<float>(key[d]), score);
  }
  return score;
}

// One key per lane for the scores, one feature per lane for the values. Only keys that the token
// sees are read.
template <typename T, int kPerLane>
__device__ void add_tile(const AttentionParams& p, const HeadKeys& keys, const float* q,
                         int32_t tile, WarpState<kPerLane>& state) {
  const int32_t lane = threadIdx.x % 32, first = tile * kWarpKeys, key = first + lane;
  const bool seen = key >= keys.begin && key <= keys.position;
  const int64_t offset = seen ? keys.offset(key, p) : 0;
  const float score = seen ? score_key<T>(p, q, offset) : -__builtin_huge_valf();
  const float best = fmaxf(state.max, warp_max(score));
  const float old_scale = expf(state.max - best);
  const float weight = seen ? expf(score - best) : 0.0f;
  state.max = best;
  state.sum = fmaf(state.sum, old_scale, weight);
#pragma unroll
  for (int i = 0; i < kPerLane; ++i) state.values[i] *= old_scale;

  const int32_t end = min(kWarpKeys, keys.position + 1 - first);
  for (int32_t j = max(keys.begin - first, 0); j < end; ++j) {
    const float factor = __shfl_sync(kAllLanes, weight, j);
    const T* value = static_cast<const T*>(p.v) + __shfl_sync(kAllLanes, offset, j);
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) {
      const int32_t d = lane + 32 * i;
      if (d < p.head_dim) {
        state.values[i] = fmaf(factor, static_cast<float>(value[d]), state.values[i]);
      }
    }
  }
}

template <typename T, int kPerLane>
__global__ void __launch_bounds__(32 * kWarps)
    general_kernel(const __grid_constant__ AttentionParams p) {
  __shared__ GeneralShared<kPerLane> shared;
  const int32_t thread = threadIdx.x, warp = thread / 32, lane = thread % 32;
  const int32_t token = blockIdx.x, head = blockIdx.y;
  const int32_t position = p.positions[token];
  if (p.token_slots[token] < 0) return;  // padding
  const HeadKeys keys{p.pages + static_cast<int64_t>(p.token_slots[token]) * p.max_pages,
                      head / p.group_size, window_begin(position, p.window), position};
  const T* q = static_cast<const T*>(p.qkv) + token * p.qkv_stride + head * p.head_dim;
  for (int32_t d = thread; d < p.head_dim; d += 32 * kWarps) {
    shared.q[d] = static_cast<float>(q[d]) * p.scale;
  }
  __syncthreads();

  WarpState<kPerLane> state;
  const int32_t first_tile = keys.begin / kWarpKeys;
  for (int32_t tile = first_tile + (warp - first_tile % kWarps + kWarps) % kWarps;
       tile <= position / kWarpKeys; tile += kWarps) {
    add_tile<T>(p, keys, shared.q, tile, state);
  }
  const float sum = warp_sum(state.sum);
  if (lane == 0) {
    shared.max[warp] = state.max;
    shared.sum[warp] = sum;
  }
#pragma unroll
  for (int i = 0; i < kPerLane; ++i) shared.values[warp][lane + 32 * i] = state.values[i];
  __syncthreads();

  float max = shared.max[0];
  for (int w = 1; w < kWarps; ++w) max = fmaxf(max, shared.max[w]);
  float scales[kWarps], total = 0.0f;
  for (int w = 0; w < kWarps; ++w) {
    scales[w] = expf(shared.max[w] - max);
    total = fmaf(shared.sum[w], scales[w], total);
  }
  T* out = static_cast<T*>(p.out) + (static_cast<int64_t>(token) * gridDim.y + head) * p.head_dim;
  for (int32_t d = thread; d < p.head_dim; d += 32 * kWarps) {
    float value = 0.0f;
    for (int w = 0; w < kWarps; ++w) value = fmaf(shared.values[w][d], scales[w], value);
    out[d] = static_cast<T>(value / total);
  }
}

template <typename T>
void launch(const AttentionParams& params, cudaStream_t stream) {
  const dim3 grid(params.num_tokens, params.num_kv_heads * params.group_size);
  constexpr int kFew = 8, kMany = kMaxHeadDim / 32;
  if (params.head_dim <= 32 * kFew) {
    general_kernel<T, kFew><<<grid, 32 * kWarps, 0, stream>>>(params);
  } else {
    general_kernel<T, kMany><<<grid, 32 * kWarps, 0, stream>>>(params);
  }
  CUDA_CHECK_LAUNCH();
}

}  // namespace

void launch_attention_general(const AttentionParams& params, DType dtype, cudaStream_t stream) {
  dispatch_float(dtype, [&]<typename T>() {
    if constexpr (std::is_same_v<T, float>) {
      launch<float>(params, stream);
    } else {
      launch<Device16<T>>(params, stream);
    }
  });
}

}  // namespace llmserve
