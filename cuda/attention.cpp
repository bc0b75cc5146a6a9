#include "attention.h"

#include <algorithm>
#include <limits>

#include "attention_layout.h"
#include "attention_params.h"
#include "base/checked.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

// Rows of partial results: enough to split all that a GPU's memory can hold of common models. Where
// they are too few, fewer sequences are split.
constexpr int64_t kMaxParts = 65536;

struct ScratchSize {
  int64_t parts;
  int64_t value_elements;
  int64_t parked;
};

ScratchSize scratch_size(const StepLimits& limits, const DeviceInfo& device) {
  const int64_t chunks = chunk_of(std::max(limits.max_model_len, 1) - 1) + 1;
  const int64_t query_rows = checked_mul(limits.max_tokens, limits.max_heads);
  const int64_t parts = std::min(kMaxParts, checked_mul(query_rows, chunks));
  const int64_t head_dim = std::min(limits.max_head_dim, kMaxTensorCoreHeadDim);
  const int64_t blocks = static_cast<int64_t>(device.num_sms) * kPrefillBlocks;
  return {parts, parts * head_dim, blocks * kAttentionThreads * kMaxParked};
}

// Deals out the workspace; with a null base it only counts.
class Layout {
 public:
  explicit Layout(void* base) : base_(static_cast<char*>(base)) {}

  template <typename T>
  T* take(int64_t count) {
    char* at = base_ ? base_ + bytes_ : nullptr;
    bytes_ = checked_add(bytes_, round_up(checked_mul(count, sizeof(T)), 256));
    return reinterpret_cast<T*>(at);
  }
  int64_t bytes() const { return bytes_; }

 private:
  char* base_;
  int64_t bytes_ = 0;
};

// What must be zero before the first launch comes first.
AttentionScratch take_counters(Layout& layout, const ScratchSize& size) {
  AttentionScratch scratch;
  scratch.decode_queue = layout.take<WorkQueue>(1);
  scratch.prefill_queue = layout.take<WorkQueue>(1);
  scratch.arrivals = layout.take<int32_t>(size.parts);
  scratch.max_parts = static_cast<int32_t>(size.parts);
  return scratch;
}

AttentionScratch take_scratch(Layout& layout, const ScratchSize& size) {
  AttentionScratch scratch = take_counters(layout, size);
  scratch.part_states = layout.take<float2>(size.parts);
  scratch.part_values = layout.take<float>(size.value_elements);
  scratch.parked = layout.take<float4>(size.parked);
  return scratch;
}

void check_args(const AttentionArgs& args, const StepView& step, const SlotTable& slots) {
  const KvPages& kv = args.kv;
  CHECK(kv.num_kv_heads > 0 && kv.head_dim > 0 && kv.page_size > 0, "attention: empty KV pages");
  CHECK(kv.head_dim <= kMaxHeadDim, "attention: head size ", kv.head_dim);
  CHECK(args.num_heads > 0 && args.num_heads % kv.num_kv_heads == 0, "attention: ", args.num_heads,
        " heads over ", kv.num_kv_heads, " kv heads");
  CHECK_GE(args.sliding_window, 0);
  CHECK(kv.dtype == args.qkv.dtype(), "attention: ", dtype_name(kv.dtype), " pages, ",
        dtype_name(args.qkv.dtype()), " activations");
  CHECK(slots.pages != nullptr);
  Dim tokens("tokens", step.num_tokens);
  Dim q_features("q features", static_cast<int64_t>(args.num_heads) * kv.head_dim);
  Dim qkv_features("qkv features",
                   (args.num_heads + 2 * static_cast<int64_t>(kv.num_kv_heads)) * kv.head_dim);
  expect(args.qkv, "qkv", args.qkv.dtype(), {&tokens, &qkv_features});
  expect(args.out, "out", args.qkv.dtype(), {&tokens, &q_features});
}

AttentionParams make_params(const AttentionArgs& args, const StepView& step,
                            const SlotTable& slots) {
  AttentionParams params;
  params.qkv = args.qkv.raw();
  params.out = args.out.raw();
  params.k = args.kv.k;
  params.v = args.kv.v;
  params.pages = slots.pages;
  params.positions = step.positions;
  params.token_slots = step.token_slots;
  params.row_slots = step.row_slots;
  params.row_starts = step.row_starts;
  params.row_begins = step.row_begins;
  params.num_rows = step.num_rows;
  params.num_tokens = step.num_tokens;
  params.max_pages = slots.max_pages;
  params.page_size = args.kv.page_size;
  params.num_kv_heads = args.kv.num_kv_heads;
  params.group_size = args.num_heads / args.kv.num_kv_heads;
  params.by_page_size = Division(params.page_size);
  params.by_kv_heads = Division(params.num_kv_heads);
  params.by_group_size = Division(params.group_size);
  params.head_dim = args.kv.head_dim;
  params.window = args.sliding_window;
  params.qkv_stride = args.qkv.dim(1);
  params.cache_rows =
      static_cast<int64_t>(args.kv.num_pages) * args.kv.num_kv_heads * args.kv.page_size;
  params.scale = args.scale;
  return params;
}

// The kernels number the cache's rows of head_dim elements by int32, divide query rows by the group
// size as Division can, and take a scale as a factor of the maximum. Consumer GPUs have too little
// shared memory for their tiles.
bool fits_tensor_cores(const AttentionArgs& args, const AttentionParams& params,
                       const DeviceInfo& device) {
  constexpr int64_t kSharedBytes = 144 * 1024;
  const KvPages& kv = args.kv;
  const int64_t query_rows = static_cast<int64_t>(params.num_tokens) * params.group_size;
  const int64_t cache_rows = static_cast<int64_t>(kv.num_pages) * kv.num_kv_heads * kv.page_size;
  return kv.dtype != DType::kFloat32 && is_tensor_core_head_dim(kv.head_dim) &&
         kv.page_size % kPageGroup == 0 && args.scale > 0.0f &&
         cache_rows <= std::numeric_limits<int32_t>::max() &&
         query_rows * params.group_size <= std::numeric_limits<uint32_t>::max() &&
         device.max_shared_bytes >= kSharedBytes;
}

}  // namespace

int64_t CudaAttention::workspace_bytes(const StepLimits& limits) const {
  Layout layout(nullptr);
  take_scratch(layout, scratch_size(limits, device_));
  return layout.bytes();
}

void CudaAttention::reserve(const StepLimits& limits, void* workspace) {
  limits_ = limits;
  workspace_ = workspace;
  Layout counters(workspace);
  take_counters(counters, scratch_size(limits, device_));
  CUDA_CHECK(cudaMemset(workspace, 0, counters.bytes()));
  CUDA_CHECK(cudaDeviceSynchronize());
}

void CudaAttention::run(const AttentionArgs& args, const StepView& step, const SlotTable& slots,
                        cudaStream_t stream) {
  if (step.num_tokens == 0) return;
  check_args(args, step, slots);
  AttentionParams params = make_params(args, step, slots);
  if (!fits_tensor_cores(args, params, device_)) {
    launch_attention_general(params, args.kv.dtype, stream);
    return;
  }
  CHECK(workspace_ != nullptr, "attention: no workspace");
  CHECK_LE(args.kv.head_dim, limits_.max_head_dim);
  Layout layout(workspace_);
  params.scratch = take_scratch(layout, scratch_size(limits_, device_));
  const bool on_hopper = device_.major == 9 && is_hopper_head_dim(params.head_dim);
  if (on_hopper) {
    launch_attention_decode_hopper(params, args.kv.dtype, device_, stream);
  } else {
    launch_attention_decode(params, args.kv.dtype, device_, stream);
  }
  if (step.num_tokens == step.num_rows) return;
  if (on_hopper) {
    launch_attention_prefill_hopper(params, args.kv.dtype, device_, stream);
  } else {
    launch_attention_prefill(params, args.kv.dtype, device_, stream);
  }
}

}  // namespace llmserve
