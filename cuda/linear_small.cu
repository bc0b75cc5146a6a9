// Few tokens: the weight is streamed once, 16-byte copies several stages ahead, and multiplied on
// tensor cores with its rows as the tall side. A row of the weight belongs to one warp, which adds
// all of K up in order, 16 at a time: the chain that cuBLASLt's kernels without split-K make too
// (measured: the same bits), so that a token's result does not depend on how many there are.
#include <algorithm>
#include <array>

#include "base/checked.h"
#include "cuda_check.h"
#include "launch.cuh"
#include "linear_epilogue.cuh"
#include "linear_mma.cuh"
#include "linear_norm.cuh"

namespace llmserve {
namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * 32;
constexpr int kMaxStages = 12;
constexpr int kMinStages = 4;  // that must be left for the kernel to norm x itself
constexpr int kNormedTokens = 8;

static_assert(kThreads == kNormThreads);

// The job, and how the host laid it out over warps and shared memory.
struct FewJob {
  LinearJob linear;
  int num_granules = 0;   // of the whole weight
  int pass_granules = 0;  // that a block works on at once, a warp or several for each
  int depth_stages = 0;   // stages of a pass
  int token_slots = 0;    // tokens in a stage, in groups of one warp each
  int pipeline = 0;       // stages in shared memory
  int stage_bytes = 0;
  int resident_stride = 0;  // elements from token to token of normed x; 0: x comes with the stages

  __device__ int pass_rows() const { return pass_granules * kGranule; }
  // Floats from token to token of the finished sums: the four lanes that hold neighbouring tokens
  // of a fragment then write to different banks.
  __host__ __device__ int total_stride() const { return pass_granules * kGranule + 4; }
};

// Where a stage is in the weight, and where the block's share ends.
struct Cursor {
  int granule;
  int depth;
  int end;

  __device__ void advance(const FewJob& job) {
    if (++depth == job.depth_stages) {
      depth = 0;
      granule += job.pass_granules;
    }
  }
};

template <typename T, int Depth, int TokenTiles, bool Norm>
struct FewKernel {
  using Tile = FewTile<Depth>;
  using Sums = float[TokenTiles][4];  // a fragment for each eight tokens

  static constexpr int kGroupTokens = TokenTiles * 8;
  // Steps of 16 features whose fragments are loaded ahead of a chain of products.
  static constexpr int kAhead = TokenTiles == 1 ? 4 : TokenTiles == 2 ? 2 : 1;

  static __device__ int thread() { return static_cast<int>(threadIdx.x); }
  static __device__ int lane() { return thread() % 32; }
  static __device__ int granule(const FewJob& job) { return thread() / 32 % job.pass_granules; }
  static __device__ int group(const FewJob& job) { return thread() / 32 / job.pass_granules; }

  static __device__ void fetch_weight(const FewJob& job, const Cursor& at, uint32_t stage,
                                      uint64_t policy) {
    constexpr int kStep = kThreads / Tile::kVectors;
    const T* weight = static_cast<const T*>(job.linear.weight);
    const int vector = thread() % Tile::kVectors;
    const int k = at.depth * Depth + vector * 8;
    const int first_row = at.granule * kGranule;
    const int end_row = min(job.linear.weight_rows, at.end * kGranule);
#pragma unroll 4
    for (int row = thread() / Tile::kVectors; row < job.pass_rows(); row += kStep) {
      const bool valid = first_row + row < end_row && k < job.linear.in_features;
      const T* from = weight + (valid ? (first_row + row) * job.linear.row_elements + k : 0);
      copy_weight(stage + Tile::weight_byte(row, vector), from, valid, policy);
    }
  }

  static __device__ void fetch_tokens(const FewJob& job, const Cursor& at, uint32_t stage) {
    const T* x = static_cast<const T*>(job.linear.x);
    for (int i = thread(); i < job.token_slots * Tile::kVectors; i += kThreads) {
      const int token = i / Tile::kVectors;
      const int vector = i % Tile::kVectors;
      const int k = at.depth * Depth + vector * 8;
      const bool valid = token < job.linear.num_tokens && k < job.linear.in_features;
      const T* from = x + (valid ? static_cast<int64_t>(token) * job.linear.in_features + k : 0);
      copy_activation(stage + (token * Tile::kTokenStride + vector * 8) * 2, from, valid);
    }
  }

  static __device__ uint32_t weight_bytes(const FewJob& job) {
    return static_cast<uint32_t>(job.pass_rows() * Depth * 2);
  }

  static __device__ void fetch(const FewJob& job, const Cursor& at, uint32_t stage,
                               uint64_t policy) {
    fetch_weight(job, at, stage, policy);
    if constexpr (!Norm) fetch_tokens(job, at, stage + weight_bytes(job));
  }

  // The tokens of the first stages, through registers: an asynchronous copy would be waited for
  // after all copies of the weight that were started before it.
  static __device__ void bring_tokens(const FewJob& job, const Cursor& at, int num_stages,
                                      uint8_t* stages) {
    constexpr int kBatch = 4;
    const T* x = static_cast<const T*>(job.linear.x);
    const int stage_vectors = job.token_slots * Tile::kVectors;
    for (int begin = thread(); begin < num_stages * stage_vectors; begin += kBatch * kThreads) {
      uint4 vectors[kBatch] = {};
#pragma unroll
      for (int i = 0; i < kBatch; ++i) {
        const int index = begin + i * kThreads;
        const int token = index % stage_vectors / Tile::kVectors;
        const int depth = (at.depth + index / stage_vectors) % job.depth_stages;
        const int k = depth * Depth + index % Tile::kVectors * 8;
        if (index >= num_stages * stage_vectors || token >= job.linear.num_tokens ||
            k >= job.linear.in_features) {
          continue;
        }
        const T* from = x + static_cast<int64_t>(token) * job.linear.in_features + k;
        vectors[i] = *reinterpret_cast<const uint4*>(from);
      }
#pragma unroll
      for (int i = 0; i < kBatch; ++i) {
        const int index = begin + i * kThreads;
        if (index >= num_stages * stage_vectors) break;
        const int token = index % stage_vectors / Tile::kVectors;
        uint8_t* stage = stages + index / stage_vectors * job.stage_bytes + weight_bytes(job);
        const int byte = (token * Tile::kTokenStride + index % Tile::kVectors * 8) * 2;
        *reinterpret_cast<uint4*>(stage + byte) = vectors[i];
      }
    }
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

  // The fragments of x for 16 features from `at`, the address of the group's first token there.
  static __device__ void load_tokens(uint32_t at, int token_bytes, int last_token,
                                     uint32_t (&b)[TokenTiles][2]) {
    const int half = lane() / 8 % 2;  // of the 16 features
    if constexpr (TokenTiles == 1) {
      load_matrices(b[0], at + min(lane() % 8, last_token) * token_bytes + half * 16);
    } else {
#pragma unroll
      for (int j = 0; j < TokenTiles; j += 2) {
        const int token = (j + lane() / 16) * 8 + lane() % 8;
        uint32_t both[4];
        load_matrices(both, at + token * token_bytes + half * 16);
        b[j][0] = both[0], b[j][1] = both[1];
        b[j + 1][0] = both[2], b[j + 1][1] = both[3];
      }
    }
  }

  // Adds a stage to this warp's chains. `tokens`: the stage's first feature of the first token.
  static __device__ void multiply(const FewJob& job, uint32_t weight, uint32_t tokens, Sums& sums) {
    const int token_bytes = (Norm ? job.resident_stride : Tile::kTokenStride) * 2;
    // Resident x has no rows beyond its tokens; what is multiplied there is never stored.
    const int last_token = Norm ? job.linear.num_tokens - 1 : 7;
    const int row = granule(job) * kGranule + lane() % 16;
    tokens += static_cast<uint32_t>(group(job) * kGroupTokens * token_bytes);
#pragma unroll 2
    for (int step = 0; step < Depth / 16; step += kAhead) {
      uint32_t a[kAhead][4];
      uint32_t b[kAhead][TokenTiles][2];
#pragma unroll
      for (int i = 0; i < kAhead; ++i) {
        const int vector = (step + i) * 2;
        load_matrices(a[i], weight + Tile::weight_byte(row, vector + lane() / 16));
        load_tokens(tokens + vector * 16, token_bytes, last_token, b[i]);
      }
#pragma unroll
      for (int i = 0; i < kAhead; ++i) {
#pragma unroll
        for (int j = 0; j < TokenTiles; ++j) {
          multiply_add<T>(sums[j], a[i], b[i][j][0], b[i][j][1]);
        }
      }
    }
  }

  // total[token][row] = the finished sums, which start anew.
  static __device__ void store_sums(const FewJob& job, Sums& sums, float* total) {
    const int row = granule(job) * kGranule + lane() / 4;
    const int token = group(job) * kGroupTokens + lane() % 4 * 2;
#pragma unroll
    for (int i = 0; i < TokenTiles * 4; ++i) {
      const int at = token + i / 4 * 8 + i % 2;
      total[at * job.total_stride() + row + i % 4 / 2 * 8] = sums[i / 4][i % 4];
      sums[i / 4][i % 4] = 0.0f;
    }
  }

  // Many tokens keep gates and ups in the dtype of x between product and activation.
  static __device__ float narrow(float value) { return to_float(from_float<T>(value)); }

  static __device__ void finish(const FewJob& job, const Cursor& at, const float* total) {
    const int rows = min(job.pass_granules, at.end - at.granule) * kGranule;
    const int first_row = at.granule * kGranule;
    if (job.linear.pairs()) {
      const int pairs = rows / 2;
      for (int i = thread(); i < job.linear.num_tokens * pairs; i += kThreads) {
        const int token = i / pairs;
        const int pair = i % pairs;
        const float* gate = total + token * job.total_stride() + gate_row(pair);
        finish_pair<T>(job.linear, token, first_row / 2 + pair, narrow(gate[0]),
                       narrow(gate[WeightLayout::kGateRows]));
      }
      return;
    }
    for (int i = thread(); i < job.linear.num_tokens * rows; i += kThreads) {
      const int token = i / rows;
      const int row = i % rows;
      if (first_row + row >= job.linear.weight_rows) continue;
      finish_value<T>(job.linear, token, first_row + row, total[token * job.total_stride() + row]);
    }
  }
};

// Shared memory: the stages, the totals of a pass, resident x.
template <typename T, int Depth, int TokenTiles, bool Norm>
__global__ void __launch_bounds__(kThreads, 1) few_tokens(const __grid_constant__ FewJob job) {
  using Kernel = FewKernel<T, Depth, TokenTiles, Norm>;
  extern __shared__ __align__(128) uint8_t shared[];
  float* total = reinterpret_cast<float*>(shared + job.pipeline * job.stage_bytes);
  T* resident = reinterpret_cast<T*>(total + job.token_slots * job.total_stride());
  const uint32_t stages = shared_address(shared);
  const uint64_t policy = l2_policy(true);

  const GranuleSplit split{job.num_granules, static_cast<int>(gridDim.x)};
  const int block = static_cast<int>(blockIdx.x);
  Cursor at{split.begin(block), 0, split.begin(block + 1)};
  const int passes = (at.end - at.granule + job.pass_granules - 1) / job.pass_granules;
  const int count = passes * job.depth_stages;
  Cursor ahead = at;
  // Always a group for each stage, if an empty one, so that groups can be counted.
  const auto fetch_ahead = [&](int stage, int slot, auto fetch) {
    if (stage < count) {
      fetch(job, ahead, stages + slot * job.stage_bytes, policy);
      ahead.advance(job);
    }
    commit_copies();
  };
  // The weight does not wait for the kernels before, x does.
  for (int stage = 0; stage < job.pipeline - 1; ++stage) {
    fetch_ahead(stage, stage, Kernel::fetch_weight);
  }
  await_previous_kernels();
  let_next_kernel_start();
  if constexpr (Norm) {
    Kernel::norm_resident(job, resident, total);
  } else {
    Kernel::bring_tokens(job, at, min(job.pipeline - 1, count), shared);
  }

  const bool works = Kernel::group(job) * Kernel::kGroupTokens < job.token_slots;
  typename Kernel::Sums sums = {};
  for (int stage = 0, slot = 0; stage < count; ++stage) {
    wait_copies_dynamic<kMaxStages - 1>(job.pipeline - 2);
    __syncthreads();  // the stage is there for all, and all have left the slot before it
    fetch_ahead(stage + job.pipeline - 1, slot == 0 ? job.pipeline - 1 : slot - 1, Kernel::fetch);

    const uint32_t weight = stages + slot * job.stage_bytes;
    const uint32_t tokens =
        Norm ? shared_address(resident + at.depth * Depth) : weight + Kernel::weight_bytes(job);
    if (works) Kernel::multiply(job, weight, tokens, sums);
    if (at.depth + 1 == job.depth_stages) {
      if (works) Kernel::store_sums(job, sums, total);
      __syncthreads();
      Kernel::finish(job, at, total);
    }
    at.advance(job);
    slot = slot + 1 == job.pipeline ? 0 : slot + 1;
  }
}

// One compiled kernel and what the host must know of it.
struct Variant {
  void (*kernel)(FewJob);
  int depth;
  int token_tiles;
  bool norm;
};

template <typename T, int Depth, int TokenTiles, bool Norm = false>
constexpr Variant make_variant() {
  return {few_tokens<T, Depth, TokenTiles, Norm>, Depth, TokenTiles, Norm};
}

// The fewer granules a pass has, the deeper its stages and the more warps share the tokens.
template <typename T>
constexpr std::array<Variant, 14> kVariants = {
    make_variant<T, 512, 1>(),       make_variant<T, 256, 1>(),
    make_variant<T, 256, 2>(),       make_variant<T, 128, 1>(),
    make_variant<T, 128, 2>(),       make_variant<T, 128, 4>(),
    make_variant<T, 64, 1>(),        make_variant<T, 64, 2>(),
    make_variant<T, 64, 4>(),        make_variant<T, 64, 8>(),
    make_variant<T, 512, 1, true>(), make_variant<T, 256, 1, true>(),
    make_variant<T, 128, 1, true>(), make_variant<T, 64, 1, true>()};

const std::array<Variant, 14>& variants_of(DType dtype) {
  return dispatch_half(
      dtype, [&]<typename T>() -> const std::array<Variant, 14>& { return kVariants<T>; });
}

// A job's layout, its kernel and its shared memory.
struct Launch {
  FewJob job;
  const Variant* variant;
  unsigned blocks;
  int64_t shared_bytes;
};

int depth_of(int pass_granules) {
  return pass_granules == 1 ? 512 : pass_granules == 2 ? 256 : pass_granules <= 4 ? 128 : 64;
}

const Variant& find_variant(const LinearJob& job, int pass_granules) {
  const int depth = depth_of(pass_granules);
  const int groups = kWarps / pass_granules;
  for (const Variant& variant : variants_of(job.dtype)) {
    if (variant.depth == depth && variant.norm == (job.norm_weight != nullptr) &&
        groups * variant.token_tiles * 8 >= job.num_tokens) {
      return variant;
    }
  }
  CHECK(false, job.num_tokens, " tokens over ", groups, " groups of warps");
}

Launch plan_launch(const LinearJob& linear, const DeviceInfo& device) {
  Launch launch{};
  FewJob& job = launch.job;
  job.linear = linear;
  job.num_granules = static_cast<int>(ceil_div(linear.weight_rows, kGranule));
  launch.blocks = static_cast<unsigned>(std::min(device.num_sms, job.num_granules));
  const int share = static_cast<int>(ceil_div(job.num_granules, launch.blocks));
  const int passes = static_cast<int>(ceil_div(share, kWarps));
  job.pass_granules = static_cast<int>(ceil_div(share, passes));
  const Variant& variant = find_variant(linear, job.pass_granules);
  launch.variant = &variant;
  job.depth_stages = static_cast<int>(ceil_div(linear.in_features, variant.depth));
  const int group_tokens = variant.token_tiles * 8;
  job.token_slots = static_cast<int>(round_up(linear.num_tokens, group_tokens));
  job.stage_bytes = job.pass_granules * kGranule * variant.depth * 2;
  // Resident x: whole stages and an odd vector from token to token, against bank conflicts.
  if (variant.norm) {
    job.resident_stride = static_cast<int>(round_up(linear.in_features, variant.depth)) + 8;
  } else {
    job.stage_bytes += job.token_slots * (variant.depth + 8) * 2;
  }
  const int64_t rest = int64_t{4} * job.token_slots * job.total_stride() +
                       int64_t{2} * job.resident_stride * linear.num_tokens;
  const int64_t fit = std::max<int64_t>(0, device.max_shared_bytes - rest) / job.stage_bytes;
  job.pipeline = static_cast<int>(std::min<int64_t>(fit, kMaxStages));
  launch.shared_bytes = int64_t{job.pipeline} * job.stage_bytes + rest;
  return launch;
}

}  // namespace

bool few_tokens_takes(const LinearShape& shape) {
  return shape.dtype != DType::kFloat32 && shape.in_features % 8 == 0;
}

void prepare_few_tokens(const DeviceInfo& device) {
  for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
    for (const Variant& variant : variants_of(dtype)) {
      CUDA_CHECK(cudaFuncSetAttribute(variant.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                      static_cast<int>(device.max_shared_bytes)));
    }
  }
}

bool few_tokens_norms(const LinearJob& job, const DeviceInfo& device) {
  return job.num_tokens <= kNormedTokens && plan_launch(job, device).job.pipeline >= kMinStages;
}

void multiply_few_tokens(const LinearJob& job, const DeviceInfo& device, cudaStream_t stream) {
  CHECK_LE(job.num_tokens, kFewTokens);
  CHECK(job.norm_weight == nullptr || few_tokens_norms(job, device));
  const Launch launch = plan_launch(job, device);
  CHECK_GE(launch.job.pipeline, 2, "stages of ", launch.job.stage_bytes, " bytes");
  launch_kernel({.grid = launch.blocks,
                 .block = kThreads,
                 .shared_bytes = launch.shared_bytes,
                 .stream = stream,
                 .overlaps = device.overlaps_launches()},
                launch.variant->kernel, launch.job);
}

}  // namespace llmserve
