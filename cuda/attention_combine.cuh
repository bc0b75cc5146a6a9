// The folding of a sequence's chunks that several blocks have computed.
#pragma once

#include "attention_tile.cuh"
#include "attention_work.cuh"

namespace llmserve {

// Partial results of one query tile: that of query row i over chunk c is row
// first + c * chunk_stride + i.
struct PartRows {
  int32_t first;
  int32_t chunk_stride;
  int32_t num_chunks;
};

// Whether this block, with `count` chunks of the query tile, is the last to come. All threads that
// compute call it, after they have stored their results; then all chunks are visible to them.
__device__ __forceinline__ bool is_last_to_arrive(const AttentionParams& p, const PartRows& parts,
                                                  int32_t count, int32_t* arrived) {
  sync_compute();
  if (threadIdx.x == 0) {
    // One fence for what all have stored: it covers what this thread knows of by the barrier.
    __threadfence();
    *arrived = atomicAdd(&p.scratch.arrivals[parts.first], count);
    __threadfence();
  }
  sync_compute();
  if (*arrived != parts.num_chunks - count) return false;
  if (threadIdx.x == 0) p.scratch.arrivals[parts.first] = 0;
  return true;
}

__device__ inline int64_t out_stride(const AttentionParams& p) {
  return static_cast<int64_t>(p.num_kv_heads) * p.group_size * p.head_dim;
}

// One thread folds four features of one query row over all chunks, in their order. Loads pass the
// first-level cache by: other multiprocessors have written.
template <typename T, int kDim>
__device__ void fold_parts(const AttentionParams& p, const QueryTile& queries,
                           const PartRows& parts) {
  constexpr int kVectors = kDim / 4;
  const int32_t count = queries.count * kVectors;
  for (int32_t index = threadIdx.x; index < count; index += kAttentionThreads) {
    const int32_t row = index / kVectors, feature = index % kVectors * 4;
    RowState total = empty_state();
    float4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
#pragma unroll 16
    for (int32_t chunk = 0; chunk < parts.num_chunks; ++chunk) {
      const int64_t at = parts.first + chunk * parts.chunk_stride + row;
      const float2 state = __ldcg(p.scratch.part_states + at);
      const float4 part =
          __ldcg(reinterpret_cast<const float4*>(p.scratch.part_values + at * kDim + feature));
      const Fold fold = fold_state(total, {state.x, state.y});
      sum = {fold.apply(sum.x, part.x), fold.apply(sum.y, part.y), fold.apply(sum.z, part.z),
             fold.apply(sum.w, part.w)};
    }
    const float inverse = __frcp_rn(total.sum);
    T* to = static_cast<T*>(p.out) + queries.offset(row, p, out_stride(p)) + feature;
    *reinterpret_cast<uint2*>(to) =
        make_uint2(pack<T>(__fmul_rn(sum.x, inverse), __fmul_rn(sum.y, inverse)),
                   pack<T>(__fmul_rn(sum.z, inverse), __fmul_rn(sum.w, inverse)));
  }
}

}  // namespace llmserve
