// RoPE: the table of a step's positions; per-head norms, rotation and the write to the KV cache.
#include <algorithm>
#include <bit>

#include "base/checked.h"
#include "cuda_backend.h"
#include "cuda_check.h"
#include "device_math.cuh"
#include "launch.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 128;

// --- The table

constexpr int64_t kMaxPairs = 512;  // of the largest head that a model may have

// A table never changes, so it goes as a parameter.
struct Frequencies {
  float values[kMaxPairs];
};

struct TableCall {
  const int32_t* positions;
  float* cos_sin;  // [tokens, 2, pairs]
  int32_t num_tokens;
  int32_t pairs;
  float scale;
  int32_t dynamic_start;
  float theta;
  float factor;
};

// The frequency of dynamic NTK: its base depends on the position.
__device__ float dynamic_frequency(const TableCall& call, int32_t position, int32_t pair) {
  const double dim = 2.0 * call.pairs;
  const double stretch =
      call.factor * static_cast<double>(position + 1) / call.dynamic_start - (call.factor - 1.0);
  const double base = call.theta * pow(stretch, dim / (dim - 2.0));
  return static_cast<float>(pow(base, -2.0 * pair / dim));
}

__global__ __launch_bounds__(kThreads) void fill_table(
    const __grid_constant__ Frequencies frequencies, TableCall call) {
  const int64_t item = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  const int64_t token = item / call.pairs;
  const auto pair = static_cast<int32_t>(item % call.pairs);
  await_previous_kernels();
  let_next_kernel_start();
  if (token >= call.num_tokens) return;
  const int32_t position = call.positions[token];
  const bool dynamic = call.dynamic_start > 0 && position >= call.dynamic_start;
  const float frequency =
      dynamic ? dynamic_frequency(call, position, pair) : frequencies.values[pair];
  float sine, cosine;
  sincosf(static_cast<float>(position) * frequency, &sine, &cosine);
  float* to = call.cos_sin + token * 2 * call.pairs + pair;
  to[0] = cosine * call.scale;
  to[call.pairs] = sine * call.scale;
}

// --- Norm, rotation and the cache

template <typename T>
struct RopeCall {
  T* qkv;  // [tokens, num_heads + 2 * num_kv_heads, head_dim]
  T* k_pages;
  T* v_pages;
  const float* q_norm;
  const float* k_norm;
  const float* cos_sin;  // [tokens, 2, rotary_dim / 2]
  float norm_eps;
  int32_t rotary_dim;  // 0: no RoPE
  bool interleaved;
  int32_t num_tokens;
  int32_t num_heads;
  int32_t num_kv_heads;
  int32_t head_dim;
  int32_t page_size;
  const int32_t* token_slots;
  const int32_t* positions;
  const int32_t* pages;  // [slots, max_pages]
  int32_t max_pages;

  __host__ __device__ int32_t heads() const { return num_heads + 2 * num_kv_heads; }
};

// One head of one token.
template <typename T>
struct Head {
  T* from = nullptr;
  const float* norm = nullptr;     // null: none
  const float* cosines = nullptr;  // [rotary_dim / 2], and the sines behind; null: none
};

template <typename T>
__device__ Head<T> find_head(const RopeCall<T>& call, int64_t token, int32_t head) {
  T* from = call.qkv + (token * call.heads() + head) * call.head_dim;
  const bool is_query = head < call.num_heads;
  if (!is_query && head >= call.num_heads + call.num_kv_heads) return {from, nullptr, nullptr};
  const float* cosines = call.rotary_dim > 0 ? call.cos_sin + token * call.rotary_dim : nullptr;
  return {from, is_query ? call.q_norm : call.k_norm, cosines};
}

// Where the head is stored: a query stays where it is, a key or value goes to its page; null for
// those of a row that only fills the step up.
template <typename T>
__device__ T* find_place(const RopeCall<T>& call, int64_t token, int32_t head) {
  if (head < call.num_heads) return call.qkv + (token * call.heads() + head) * call.head_dim;
  const bool is_key = head < call.num_heads + call.num_kv_heads;
  const int32_t kv_head = head - call.num_heads - (is_key ? 0 : call.num_kv_heads);
  const int32_t slot = call.token_slots[token], position = call.positions[token];
  if (slot < 0) return nullptr;
  const int32_t index = position / call.page_size;
  const int64_t page = call.pages[static_cast<int64_t>(slot) * call.max_pages + index];
  const int64_t row =
      (page * call.num_kv_heads + kv_head) * call.page_size + (position - index * call.page_size);
  return (is_key ? call.k_pages : call.v_pages) + row * call.head_dim;
}

__device__ void rotate_pair(float& a, float& b, float cosine, float sine) {
  const float rotated = a * cosine - b * sine;
  b = b * cosine + a * sine;
  a = rotated;
}

// What a thread has of a head: two vectors. Where the halves of a head turn against each other, one
// of each half; else two neighbours, whose pairs lie within them.
template <typename T>
struct Unit {
  static constexpr int kLanes = kVectorLanes<T>;

  __device__ Unit(const RopeCall<T>& call, int32_t index)
      : pair(index * kLanes),
        rotates(index < call.rotary_dim / (2 * kLanes)),
        interleaved(call.interleaved),
        half(call.rotary_dim / 2),
        first(rotates && !interleaved ? pair : 2 * pair),
        second(rotates && !interleaved ? pair + half : 2 * pair + kLanes) {}

  __device__ void load(const T* head) {
    load_elements(head + first, a);
    load_elements(head + second, b);
  }
  __device__ void store(T* head) const {
    store_elements(head + first, a);
    store_elements(head + second, b);
  }
  __device__ float sum_of_squares() const {
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < kLanes; ++i) sum += a[i] * a[i] + b[i] * b[i];
    return sum;
  }
  __device__ void scale(const float* norm, float factor) {
    float weights[kLanes];
    load_floats(norm + first, weights);
#pragma unroll
    for (int i = 0; i < kLanes; ++i) a[i] = a[i] * factor * weights[i];
    load_floats(norm + second, weights);
#pragma unroll
    for (int i = 0; i < kLanes; ++i) b[i] = b[i] * factor * weights[i];
  }
  __device__ void rotate(const float* cosines) {
    if (!rotates) return;
    float cosine[kLanes], sine[kLanes];
    load_floats(cosines + pair, cosine);
    load_floats(cosines + half + pair, sine);
    if (interleaved) {
#pragma unroll
      for (int i = 0; i < kLanes / 2; ++i) {
        rotate_pair(a[2 * i], a[2 * i + 1], cosine[i], sine[i]);
        rotate_pair(b[2 * i], b[2 * i + 1], cosine[i + kLanes / 2], sine[i + kLanes / 2]);
      }
    } else {
#pragma unroll
      for (int i = 0; i < kLanes; ++i) rotate_pair(a[i], b[i], cosine[i], sine[i]);
    }
  }

  const int32_t pair;  // its first one
  const bool rotates;
  const bool interleaved;
  const int32_t half;
  const int32_t first;  // elements of the head
  const int32_t second;
  float a[kLanes] = {};
  float b[kLanes] = {};
};

// 1 << group_bits threads have a head, each a unit of it or none.
template <typename T>
__global__ __launch_bounds__(kThreads) void turn_heads(RopeCall<T> call, int32_t group_bits) {
  const uint32_t thread = blockIdx.x * kThreads + threadIdx.x;
  const uint32_t item = thread >> group_bits;
  const auto index = static_cast<int32_t>(thread & ((1u << group_bits) - 1));
  const uint32_t token = item / static_cast<uint32_t>(call.heads());
  const auto head_index = static_cast<int32_t>(item - token * static_cast<uint32_t>(call.heads()));
  const bool active = token < static_cast<uint32_t>(call.num_tokens) &&
                      index < call.head_dim / (2 * kVectorLanes<T>);
  Unit<T> unit(call, index);
  Head<T> head;
  T* place = nullptr;
  let_next_kernel_start();
  if (active) {
    head = find_head(call, token, head_index);
    place = find_place(call, token, head_index);  // pages are known since the step's first kernel
  }
  await_previous_kernels();
  if (active) unit.load(head.from);
  if (call.q_norm || call.k_norm) {  // one answer for all threads, which all take part
    float sum = unit.sum_of_squares();
    for (int distance = (1 << group_bits) / 2; distance > 0; distance /= 2) {
      sum += __shfl_xor_sync(kAllLanes, sum, distance);
    }
    const float mean = sum / static_cast<float>(call.head_dim);
    if (head.norm) unit.scale(head.norm, 1.0f / sqrtf(mean + call.norm_eps));
  }
  if (place == nullptr) return;
  if (head.cosines) unit.rotate(head.cosines);
  unit.store(place);
}

// For heads that are no whole number of units: a warp has a head and turns it in shared memory.
template <typename T>
__global__ __launch_bounds__(kThreads) void turn_odd_heads(RopeCall<T> call) {
  extern __shared__ float shared[];  // [warps, head_dim]
  const uint32_t warp = threadIdx.x / kWarpSize;
  const auto lane = static_cast<int32_t>(threadIdx.x % kWarpSize);
  const uint32_t item = blockIdx.x * (kThreads / kWarpSize) + warp;
  const uint32_t token = item / static_cast<uint32_t>(call.heads());
  let_next_kernel_start();
  await_previous_kernels();
  if (token >= static_cast<uint32_t>(call.num_tokens)) return;
  const auto head_index = static_cast<int32_t>(item - token * static_cast<uint32_t>(call.heads()));
  const Head<T> head = find_head(call, token, head_index);
  T* place = find_place(call, token, head_index);
  if (place == nullptr) return;
  float* values = shared + static_cast<int32_t>(warp) * call.head_dim;
  float sum = 0.0f;
  for (int32_t i = lane; i < call.head_dim; i += kWarpSize) {
    values[i] = to_float(head.from[i]);
    sum += values[i] * values[i];
  }
  if (head.norm) {
    const float mean = sum_lanes(sum) / static_cast<float>(call.head_dim);
    const float scale = 1.0f / sqrtf(mean + call.norm_eps);
    for (int32_t i = lane; i < call.head_dim; i += kWarpSize) {
      values[i] = values[i] * scale * head.norm[i];
    }
  }
  __syncwarp();
  const int32_t half = head.cosines ? call.rotary_dim / 2 : 0;
  for (int32_t i = lane; i < half; i += kWarpSize) {
    float& a = values[call.interleaved ? 2 * i : i];
    float& b = values[call.interleaved ? 2 * i + 1 : i + half];
    rotate_pair(a, b, head.cosines[i], head.cosines[half + i]);
  }
  __syncwarp();
  for (int32_t i = lane; i < call.head_dim; i += kWarpSize) place[i] = from_float<T>(values[i]);
}

template <typename T>
void launch(const RopeCall<T>& call, bool overlaps, cudaStream_t stream) {
  constexpr int32_t kUnit = 2 * kVectorLanes<T>;
  const int64_t items = static_cast<int64_t>(call.num_tokens) * call.heads();
  const int32_t units = call.head_dim / kUnit;
  const bool whole = call.head_dim % kUnit == 0 && call.rotary_dim % kUnit == 0;
  if (whole && units <= kWarpSize) {
    const int32_t group_bits = std::bit_width(static_cast<uint32_t>(units) - 1);
    const int64_t blocks = ceil_div(items << group_bits, kThreads);
    CHECK_LT(blocks, (int64_t{1} << 32) / kThreads, "too many heads at once");
    launch_kernel({.grid = dim3(static_cast<unsigned>(blocks)),
                   .block = dim3(kThreads),
                   .stream = stream,
                   .overlaps = overlaps},
                  turn_heads<T>, call, group_bits);
  } else {
    constexpr int64_t kWarps = kThreads / kWarpSize;
    const int64_t bytes = kWarps * call.head_dim * int64_t{sizeof(float)};
    const int64_t blocks = ceil_div(items, kWarps);
    CHECK_LT(blocks, (int64_t{1} << 32) / kWarps, "too many heads at once");
    launch_kernel({.grid = dim3(static_cast<unsigned>(blocks)),
                   .block = dim3(kThreads),
                   .shared_bytes = bytes,
                   .stream = stream,
                   .overlaps = overlaps},
                  turn_odd_heads<T>, call);
  }
}

}  // namespace

void CudaBackend::rope_table(const RopeTable& table, const StepView& step, float* cos_sin) {
  const int64_t half = static_cast<int64_t>(table.inv_freq.size());
  if (half == 0 || step.num_tokens == 0) return;
  CHECK(table.dynamic_start == 0 || half > 1, "dynamic RoPE of rotary_dim ", 2 * half);
  CHECK_LE(half, kMaxPairs);
  Frequencies frequencies{};
  std::copy(table.inv_freq.begin(), table.inv_freq.end(), frequencies.values);
  const TableCall call{
      step.positions,      cos_sin,     step.num_tokens, static_cast<int32_t>(half), table.scale,
      table.dynamic_start, table.theta, table.factor};
  const int64_t blocks = ceil_div(step.num_tokens * half, kThreads);
  launch_kernel({.grid = dim3(static_cast<unsigned>(blocks)),
                 .block = dim3(kThreads),
                 .stream = stream_,
                 .overlaps = info_.overlaps_launches()},
                fill_table, frequencies, call);
}

void CudaBackend::rope_and_cache(const RopeAndCacheArgs& args, const StepView& step,
                                 const SlotTable& slots) {
  const KvPages& kv = args.kv;
  const int64_t heads = args.num_heads + 2 * static_cast<int64_t>(kv.num_kv_heads);
  Dim tokens("tokens", step.num_tokens), width("qkv width", heads * kv.head_dim);
  expect(args.qkv, "qkv", kv.dtype, {&tokens, &width});
  CHECK(kv.k != nullptr && kv.v != nullptr && kv.page_size > 0 && kv.head_dim > 0);
  CHECK_LE(kv.head_dim, 2 * kMaxPairs);
  CHECK(args.cos_sin == nullptr ||
            (args.rotary_dim > 0 && args.rotary_dim <= kv.head_dim && args.rotary_dim % 2 == 0),
        "rotary_dim ", args.rotary_dim, " of head_dim ", kv.head_dim);
  if (args.qkv.numel() == 0) return;
  dispatch_element(kv.dtype, [&]<typename T>() {
    launch(RopeCall<T>{.qkv = static_cast<T*>(args.qkv.raw()),
                       .k_pages = static_cast<T*>(kv.k),
                       .v_pages = static_cast<T*>(kv.v),
                       .q_norm = args.q_norm,
                       .k_norm = args.k_norm,
                       .cos_sin = args.cos_sin,
                       .norm_eps = args.norm_eps,
                       .rotary_dim = args.cos_sin ? args.rotary_dim : 0,
                       .interleaved = args.interleaved,
                       .num_tokens = step.num_tokens,
                       .num_heads = args.num_heads,
                       .num_kv_heads = kv.num_kv_heads,
                       .head_dim = kv.head_dim,
                       .page_size = kv.page_size,
                       .token_slots = step.token_slots,
                       .positions = step.positions,
                       .pages = slots.pages,
                       .max_pages = slots.max_pages},
           info_.overlaps_launches(), stream_);
  });
}

}  // namespace llmserve
