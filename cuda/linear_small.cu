// Few tokens: the weight is streamed once, 16-byte copies several stages ahead, and multiplied on
// tensor cores with its rows as the tall side. Every block streams an equal share of the stages;
// where a tile is shared, its last block adds the parts in the order of K. Shares, slices and
// orders depend on the weight's shape alone, so a token's result does not depend on the others.
#include <algorithm>
#include <array>

#include "base/checked.h"
#include "cuda_check.h"
#include "linear_epilogue.cuh"
#include "linear_mma.cuh"
#include "linear_norm.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = FewTile<4>::kThreads;
constexpr int kMaxStages = 12;
constexpr int kMinStages = 4;    // that must be left for the kernel to norm x itself
constexpr int kTallRows = 4096;  // from here on, tiles of 128 rows; below, 64 give more of them
constexpr int kNormedTokens = 8;
constexpr int kPartTokens = static_cast<int>(kFewTokens);

static_assert(kThreads == kNormThreads);

// The job, and how the host laid out shared memory and scratch for it.
struct FewJob {
  LinearJob linear;
  float* partials = nullptr;    // [blocks, 2, kFewTokens, tile rows]
  int32_t* arrivals = nullptr;  // [blocks], zero between launches
  int64_t num_stages = 0;       // of the whole weight
  int tile_stages = 0;          // of a tile
  int pipeline = 0;             // stages in shared memory
  int resident_stride = 0;  // elements from token to token of normed x; 0: x comes with the stages
};

// Where a stage is in the weight.
struct Cursor {
  int tile;
  int depth;

  __device__ void advance(int tile_stages) {
    if (++depth == tile_stages) {
      depth = 0;
      ++tile;
    }
  }
};

template <typename T, int RowWarps, int TokenTiles, bool Norm>
struct FewKernel {
  using Tile = FewTile<RowWarps>;
  using Sums = float[2][TokenTiles][4];  // two fragments of 16 rows for each eight tokens

  static constexpr int kTokens = TokenTiles * 8;
  static constexpr int kTokenBytes = Norm ? 0 : kTokens * Tile::kTokenStride * 2;
  static constexpr int kStageBytes = Tile::kWeightBytes + kTokenBytes;
  static constexpr int kTotalBytes = kTokens * Tile::kTotalStride * 4;

  static __device__ int thread() { return static_cast<int>(threadIdx.x); }
  static __device__ int lane() { return thread() % 32; }
  static __device__ int row_warp() { return thread() / 32 % RowWarps; }
  static __device__ int depth_warp() { return thread() / 32 / RowWarps; }

  static __device__ void fetch_weight(const LinearJob& job, const Cursor& at, uint32_t stage,
                                      uint64_t policy) {
    constexpr int kStep = kThreads / Tile::kVectors;
    const T* weight = static_cast<const T*>(job.weight);
    const int vector = thread() % Tile::kVectors;
    const int k = at.depth * Tile::kDepth + vector * 8;
    const int first_row = at.tile * Tile::kRows;
#pragma unroll
    for (int row = thread() / Tile::kVectors, i = 0; i < Tile::kRows / kStep; ++i, row += kStep) {
      const bool valid = first_row + row < job.weight_rows && k < job.in_features;
      const T* from = weight + (valid ? (first_row + row) * job.row_elements + k : 0);
      copy_weight(stage + Tile::weight_byte(row, vector), from, valid, policy);
    }
  }

  static __device__ void fetch_tokens(const LinearJob& job, const Cursor& at, uint32_t stage) {
    constexpr int kCount = kTokens * Tile::kVectors;
    const T* x = static_cast<const T*>(job.x);
#pragma unroll
    for (int i = thread(); i < kCount; i += kThreads) {
      const int token = i / Tile::kVectors;
      const int vector = i % Tile::kVectors;
      const int k = at.depth * Tile::kDepth + vector * 8;
      const bool valid = token < job.num_tokens && k < job.in_features;
      const T* from = x + (valid ? static_cast<int64_t>(token) * job.in_features + k : 0);
      copy_activation(stage + Tile::kWeightBytes + (token * Tile::kTokenStride + vector * 8) * 2,
                      from, valid);
    }
  }

  static __device__ void fetch(const LinearJob& job, const Cursor& at, uint32_t stage,
                               uint64_t policy) {
    fetch_weight(job, at, stage, policy);
    if constexpr (!Norm) fetch_tokens(job, at, stage);
  }

  // x as it is: into its place, with the squares of each token in sums of this thread.
  static __device__ void take_tokens(const FewJob& job, T* resident,
                                     float (&squares)[kNormedTokens]) {
    const T* x = static_cast<const T*>(job.linear.x);
    const int count = job.linear.in_features;
#pragma unroll 2
    for (int at = thread() * 8; at < count; at += kThreads * 8) {
#pragma unroll
      for (int token = 0; token < kNormedTokens; ++token) {
        if (token >= job.linear.num_tokens) continue;
        const auto raw = Eight<T>::load(x + static_cast<int64_t>(token) * count + at);
        raw.store(resident + token * job.resident_stride + at);
        float values[8];
        raw.unpack(values);
        add_squares(values, squares[token]);
      }
    }
  }

  // The normed x of all K, zero behind it. Each thread reads back only what it wrote itself.
  static __device__ void norm_resident(const FewJob& job, T* resident, float* scratch) {
    const int count = job.linear.in_features;
    const int tokens = job.linear.num_tokens;
    float squares[kNormedTokens] = {};
    take_tokens(job, resident, squares);
#pragma unroll
    for (int token = 0; token < kNormedTokens; ++token) {
      const float sum = sum_lanes(squares[token]);
      if (lane() == 0) scratch[token * kNormWarps + thread() / 32] = sum;
    }
    __syncthreads();
    for (int token = 0; token < tokens; ++token) {
      const float scale = norm_scale(scratch + token * kNormWarps, count, job.linear.norm_eps);
      T* row = resident + token * job.resident_stride;
      for (int at = thread() * 8; at < job.resident_stride; at += kThreads * 8) {
        float values[8] = {};
        if (at < count) {
          float weight[8];
          Eight<float>::load(job.linear.norm_weight + at).unpack(weight);
          Eight<T>::load(row + at).unpack(values);
          apply_norm(scale, weight, values);
        }
        Eight<T>::pack(values).store(row + at);
      }
    }
  }

  // Adds this warp's slice of a stage. `tokens` is the stage's first feature of the first token.
  static __device__ void multiply(uint32_t weight, uint32_t tokens, int token_bytes, int num_tokens,
                                  Sums& sums) {
    const int half = lane() / 8 % 2;  // of the 16 features, in the fragments of x
    // Resident x has no rows beyond its tokens; what is multiplied there is never stored.
    const int last_token = Norm ? num_tokens - 1 : kTokens - 1;
#pragma unroll
    for (int step = 0; step < 2; ++step) {
      const int vector = (depth_warp() * 2 + step) * 2;
      uint32_t a[2][4];
#pragma unroll
      for (int tile = 0; tile < 2; ++tile) {
        const int row = row_warp() * 32 + tile * 16 + lane() % 16;
        load_matrices(weight + Tile::weight_byte(row, vector + lane() / 16), a[tile]);
      }
      if constexpr (TokenTiles == 1) {
        const int token = min(lane() % 8, last_token);
        uint32_t b[2];
        load_matrices(tokens + token * token_bytes + (vector + half) * 16, b);
#pragma unroll
        for (int tile = 0; tile < 2; ++tile) multiply_add<T>(a[tile], b[0], b[1], sums[tile][0]);
      } else {
#pragma unroll
        for (int j = 0; j < TokenTiles; j += 2) {
          const int token = (j + lane() / 16) * 8 + lane() % 8;
          uint32_t b[4];
          load_matrices(tokens + token * token_bytes + (vector + half) * 16, b);
#pragma unroll
          for (int tile = 0; tile < 2; ++tile) {
            multiply_add<T>(a[tile], b[0], b[1], sums[tile][j]);
            multiply_add<T>(a[tile], b[2], b[3], sums[tile][j + 1]);
          }
        }
      }
    }
  }

  // total[token][row] = the slices of the depth, added in their order; sums start anew.
  static __device__ void gather_slices(Sums& sums, float* total) {
    const int row = row_warp() * 32 + lane() / 4;
    const int token = lane() % 4 * 2;
    for (int slice = 0; slice < Tile::kDepthWarps; ++slice) {
      if (depth_warp() == slice) {
#pragma unroll
        for (int tile = 0; tile < 2; ++tile) {
#pragma unroll
          for (int i = 0; i < TokenTiles * 4; ++i) {
            float* to = total + (i / 4 * 8 + token + i % 2) * Tile::kTotalStride + row + tile * 16 +
                        i % 4 / 2 * 8;
            const float sum = sums[tile][i / 4][i % 4];
            *to = slice == 0 ? sum : *to + sum;
            sums[tile][i / 4][i % 4] = 0.0f;
          }
        }
      }
      __syncthreads();
    }
  }

  // f(token, row): the first of four rows that lie side by side.
  template <typename F>
  static __device__ void for_fours(int num_tokens, const F& f) {
    constexpr int kFours = Tile::kRows / 4;
    for (int i = thread(); i < num_tokens * kFours; i += kThreads) f(i / kFours, i % kFours * 4);
  }

  static __device__ float* part(const FewJob& job, int block, bool first) {
    return job.partials +
           (static_cast<int64_t>(block) * 2 + (first ? 1 : 0)) * (kPartTokens * Tile::kRows);
  }

  // True for the one block that has the tile's whole sums, now in `total`. A block shares at most
  // its first and its last tile, and is the first block of at most one of them.
  static __device__ bool join(const FewJob& job, int tile, float* total) {
    const StageSplit split{job.num_stages, static_cast<int>(gridDim.x)};
    const int64_t stage = static_cast<int64_t>(tile) * job.tile_stages;
    const int first = split.owner(stage);
    const int last = split.owner(stage + job.tile_stages - 1);
    if (first == last) return true;

    const int block = static_cast<int>(blockIdx.x);
    float* mine = part(job, block, block == first);
    for_fours(job.linear.num_tokens, [&](int token, int row) {
      *reinterpret_cast<float4*>(mine + token * Tile::kRows + row) =
          *reinterpret_cast<const float4*>(total + token * Tile::kTotalStride + row);
    });
    __threadfence();
    __syncthreads();
    int all_arrived = 0;
    if (thread() == 0) {
      all_arrived = atomicAdd(job.arrivals + first, 1) == last - first;
      if (all_arrived) job.arrivals[first] = 0;
    }
    if (!__syncthreads_or(all_arrived)) return false;

    __threadfence();
    for_fours(job.linear.num_tokens, [&](int token, int row) {
      const int at = token * Tile::kRows + row;
      float4 sum = __ldcg(reinterpret_cast<const float4*>(part(job, first, true) + at));
#pragma unroll 4
      for (int other = first + 1; other <= last; ++other) {
        const float4 next = __ldcg(reinterpret_cast<const float4*>(part(job, other, false) + at));
        sum = {sum.x + next.x, sum.y + next.y, sum.z + next.z, sum.w + next.w};
      }
      *reinterpret_cast<float4*>(total + token * Tile::kTotalStride + row) = sum;
    });
    __syncthreads();
    return true;
  }

  static __device__ void finish(const LinearJob& job, int tile, const float* total) {
    if (job.pairs()) {
      constexpr int kPairs = Tile::kRows / 2;
      for (int i = thread(); i < job.num_tokens * kPairs; i += kThreads) {
        const int token = i / kPairs;
        const int pair = i % kPairs;
        const float* gate = total + token * Tile::kTotalStride + gate_row(pair);
        finish_pair<T>(job, token, tile * kPairs + pair, gate[0], gate[WeightLayout::kGateRows]);
      }
      return;
    }
    for (int i = thread(); i < job.num_tokens * Tile::kRows; i += kThreads) {
      const int token = i / Tile::kRows;
      const int row = i % Tile::kRows;
      finish_value<T>(job, token, tile * Tile::kRows + row,
                      total[token * Tile::kTotalStride + row]);
    }
  }
};

// Shared memory: the stages, the totals of a tile, resident x.
template <typename T, int RowWarps, int TokenTiles, bool Norm>
__global__ void __launch_bounds__(kThreads, 1) few_tokens(const __grid_constant__ FewJob job) {
  using Kernel = FewKernel<T, RowWarps, TokenTiles, Norm>;
  using Tile = typename Kernel::Tile;
  extern __shared__ __align__(128) uint8_t shared[];
  float* total = reinterpret_cast<float*>(shared + job.pipeline * Kernel::kStageBytes);
  T* resident = reinterpret_cast<T*>(total + Kernel::kTotalBytes / 4);
  const uint32_t stages = shared_address(shared);
  const uint64_t policy = evict_first_policy();

  const StageSplit split{job.num_stages, static_cast<int>(gridDim.x)};
  const int64_t begin = split.begin(static_cast<int>(blockIdx.x));
  const auto count = static_cast<int>(split.begin(static_cast<int>(blockIdx.x) + 1) - begin);
  Cursor at{static_cast<int>(begin / job.tile_stages), static_cast<int>(begin % job.tile_stages)};
  Cursor ahead = at;
  // Always a group for each stage, if an empty one, so that groups can be counted.
  const auto fetch_ahead = [&](int stage, int slot) {
    if (stage < count) {
      Kernel::fetch(job.linear, ahead, stages + slot * Kernel::kStageBytes, policy);
      ahead.advance(job.tile_stages);
    }
    commit_copies();
  };
  for (int stage = 0; stage < job.pipeline - 1; ++stage) fetch_ahead(stage, stage);
  if constexpr (Norm) Kernel::norm_resident(job, resident, total);

  typename Kernel::Sums sums = {};
  for (int stage = 0, slot = 0; stage < count; ++stage) {
    wait_copies_dynamic<kMaxStages - 1>(job.pipeline - 2);
    __syncthreads();  // the stage is there for all, and all have left the slot before it
    fetch_ahead(stage + job.pipeline - 1, slot == 0 ? job.pipeline - 1 : slot - 1);

    const uint32_t weight = stages + slot * Kernel::kStageBytes;
    if constexpr (Norm) {
      Kernel::multiply(weight, shared_address(resident + at.depth * Tile::kDepth),
                       job.resident_stride * 2, job.linear.num_tokens, sums);
    } else {
      Kernel::multiply(weight, weight + Tile::kWeightBytes, Tile::kTokenStride * 2,
                       job.linear.num_tokens, sums);
    }
    if (at.depth + 1 == job.tile_stages || stage + 1 == count) {
      Kernel::gather_slices(sums, total);
      if (Kernel::join(job, at.tile, total)) Kernel::finish(job.linear, at.tile, total);
    }
    at.advance(job.tile_stages);
    slot = slot + 1 == job.pipeline ? 0 : slot + 1;
  }
}

// One compiled kernel and what the host must know of it.
struct Variant {
  void (*kernel)(FewJob);
  int tokens;
  int stage_bytes;
  int total_bytes;
  int tile_rows;
  int tile_depth;
};

template <typename T, int RowWarps, int TokenTiles, bool Norm>
constexpr Variant make_variant() {
  using Kernel = FewKernel<T, RowWarps, TokenTiles, Norm>;
  return {few_tokens<T, RowWarps, TokenTiles, Norm>,
          Kernel::kTokens,
          Kernel::kStageBytes,
          Kernel::kTotalBytes,
          Kernel::Tile::kRows,
          Kernel::Tile::kDepth};
}

// By the number of tokens, ascending; the one that norms x itself comes first.
using Variants = std::array<Variant, 5>;

template <typename T, int RowWarps>
constexpr Variants kVariants = {
    make_variant<T, RowWarps, 1, true>(), make_variant<T, RowWarps, 1, false>(),
    make_variant<T, RowWarps, 2, false>(), make_variant<T, RowWarps, 4, false>(),
    make_variant<T, RowWarps, 8, false>()};

const Variants& variants_of(DType dtype, bool tall) {
  return dispatch_half(dtype, [&]<typename T>() -> const Variants& {
    return tall ? kVariants<T, 4> : kVariants<T, 2>;
  });
}

const Variant& variant_of(const LinearJob& job) {
  const Variants& variants = variants_of(job.dtype, job.weight_rows >= kTallRows);
  if (job.norm_weight) return variants[0];
  size_t i = 1;
  while (variants[i].tokens < job.num_tokens) ++i;
  return variants[i];
}

// Elements from token to token of resident x: whole stages and an odd vector, against bank
// conflicts.
int64_t resident_stride(const LinearJob& job, const Variant& variant) {
  return round_up(job.in_features, variant.tile_depth) + 8;
}

int64_t resident_bytes(const LinearJob& job, const Variant& variant) {
  return job.norm_weight ? resident_stride(job, variant) * job.num_tokens * 2 : 0;
}

int64_t stages_that_fit(const LinearJob& job, const Variant& variant, const DeviceInfo& device) {
  const int64_t left = device.max_shared_bytes - variant.total_bytes - resident_bytes(job, variant);
  return std::min<int64_t>(left / variant.stage_bytes, kMaxStages);
}

int64_t partial_bytes(const DeviceInfo& device) {
  return int64_t{2} * device.num_sms * kFewTokens * FewTile<4>::kRows * 4;
}

}  // namespace

bool few_tokens_takes(const LinearShape& shape) {
  return shape.dtype != DType::kFloat32 && shape.in_features % 8 == 0;
}

int64_t few_tokens_workspace_bytes(const DeviceInfo& device) {
  return partial_bytes(device) + round_up(int64_t{4} * device.num_sms, 256);
}

void prepare_few_tokens(const DeviceInfo& device, void* workspace) {
  for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
    for (const bool tall : {false, true}) {
      for (const Variant& variant : variants_of(dtype, tall)) {
        CUDA_CHECK(cudaFuncSetAttribute(variant.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                        static_cast<int>(device.max_shared_bytes)));
      }
    }
  }
  CUDA_CHECK(cudaMemset(workspace, 0, static_cast<size_t>(few_tokens_workspace_bytes(device))));
  CUDA_CHECK(cudaDeviceSynchronize());
}

bool few_tokens_norms(const LinearJob& job, const DeviceInfo& device) {
  return job.num_tokens <= kNormedTokens &&
         stages_that_fit(job, variant_of(job), device) >= kMinStages;
}

void multiply_few_tokens(const LinearJob& job, const DeviceInfo& device, void* workspace,
                         cudaStream_t stream) {
  CHECK_LE(job.num_tokens, kFewTokens);
  CHECK(job.norm_weight == nullptr || few_tokens_norms(job, device));
  const Variant& variant = variant_of(job);
  FewJob few;
  few.linear = job;
  few.partials = static_cast<float*>(workspace);
  few.arrivals = reinterpret_cast<int32_t*>(static_cast<char*>(workspace) + partial_bytes(device));
  few.tile_stages = static_cast<int>(ceil_div(job.in_features, variant.tile_depth));
  few.num_stages = ceil_div(job.weight_rows, variant.tile_rows) * few.tile_stages;
  few.pipeline = static_cast<int>(stages_that_fit(job, variant, device));
  few.resident_stride = job.norm_weight ? static_cast<int>(resident_stride(job, variant)) : 0;
  CHECK_GE(few.pipeline, 2, "stages of ", variant.stage_bytes, " bytes in shared memory");

  const auto blocks = static_cast<unsigned>(std::min<int64_t>(device.num_sms, few.num_stages));
  const int64_t shared_bytes = int64_t{few.pipeline} * variant.stage_bytes + variant.total_bytes +
                               resident_bytes(job, variant);
  variant.kernel<<<blocks, kThreads, static_cast<size_t>(shared_bytes), stream>>>(few);
  CUDA_CHECK_LAUNCH();
}

}  // namespace llmserve
