#include "engine/memory_plan.h"

#include <algorithm>
#include <limits>

#include "base/checked.h"
#include "model/decode_graphs.h"
#include "model/kv_cache.h"
#include "model/sampler.h"
#include "model/step_buffers.h"

namespace llmserve {
namespace {

// On a machine that others share, the KV cache takes no more than this unless told to.
constexpr int64_t kDefaultCpuKvBytes = int64_t{4} << 30;
// Logit rows that a step has room for at least, so that prompt_logprobs are not a token a step.
constexpr int32_t kMinLogitRows = 64;

std::string mib(int64_t bytes) { return std::to_string(bytes / (1 << 20)) + " MiB"; }

StepLimits step_limits(const ModelSpec& spec, const EngineConfig& config, int32_t max_model_len) {
  const int32_t size = config.tensor_parallel_size;
  StepLimits limits;
  limits.max_tokens = config.max_num_batched_tokens;
  limits.max_rows = config.max_num_seqs;
  limits.max_logit_rows =
      std::max(config.max_num_seqs, std::min(kMinLogitRows, config.max_num_batched_tokens));
  limits.max_model_len = max_model_len;
  limits.page_size = config.block_size;
  limits.vocab_size = spec.vocab_size;
  limits.max_in_features = spec.hidden_size;
  for (const LayerSpec& layer : spec.layers) {
    const HeadShard shard = shard_heads(layer.attention, 0, size);
    const int64_t dim = layer.attention.head_dim;
    const int64_t ffn = layer.ffn.intermediate_size / size;
    limits.max_heads = std::max(limits.max_heads, shard.num_heads);
    limits.max_head_dim = std::max(limits.max_head_dim, layer.attention.head_dim);
    limits.max_in_features = std::max({limits.max_in_features, shard.num_heads * dim, ffn});
  }
  return limits;
}

// Bytes that one rank may give to the KV cache after everything else.
int64_t room_for_kv(const EngineConfig& config, const Backend& backend, int64_t fixed_bytes) {
  const MemoryInfo memory = backend.memory_info();
  const double share = config.gpu_memory_utilization;
  if (config.device == DeviceType::kCpu) {  // others live in the rest of the machine's memory
    const double usable = share * static_cast<double>(memory.free_bytes);
    return static_cast<int64_t>(usable) / config.tensor_parallel_size - fixed_bytes;
  }
  const double usable = share * static_cast<double>(memory.total_bytes);
  return static_cast<int64_t>(usable) - (memory.total_bytes - memory.free_bytes) - fixed_bytes;
}

int64_t choose_kv_bytes(const EngineConfig& config, int64_t room, int64_t page_bytes,
                        int64_t wanted_len) {
  if (config.kv_cache_memory_bytes) {
    if (*config.kv_cache_memory_bytes > room) {
      throw_error(ErrorKind::kOutOfMemory, "kv_cache_memory_bytes is ",
                  mib(*config.kv_cache_memory_bytes), ", but only ",
                  mib(std::max<int64_t>(room, 0)), " are free after weights and workspace");
    }
    return *config.kv_cache_memory_bytes;
  }
  const int64_t one = ceil_div(wanted_len, config.block_size) * page_bytes;
  const int64_t all = checked_mul(one, config.max_num_seqs);
  int64_t cap = room;
  if (config.device == DeviceType::kCpu) {
    // A context that the user asked for is worth more than the default cap.
    const int64_t asked = config.max_model_len > 0 ? one : 0;
    cap = std::min(room, std::max(kDefaultCpuKvBytes / config.tensor_parallel_size, asked));
  }
  return std::min(all, cap);
}

// Pages of the KV cache: at least one, and enough for a context that the user asked for.
int64_t choose_blocks(const EngineConfig& config, int64_t room, int64_t page_bytes,
                      int32_t wanted_len) {
  int64_t blocks = choose_kv_bytes(config, room, page_bytes, wanted_len) / page_bytes;
  if (config.num_blocks_override) {
    blocks = *config.num_blocks_override;
    const int64_t bytes = checked_mul(blocks, page_bytes);
    if (bytes > room) {
      throw_error(ErrorKind::kOutOfMemory, "num_gpu_blocks_override is ", blocks, ", which takes ",
                  mib(bytes), ", but only ", mib(room), " are free after weights and workspace");
    }
  }
  blocks = std::min<int64_t>(blocks, std::numeric_limits<int32_t>::max() / config.block_size);
  const int64_t capacity = blocks * config.block_size;
  if (blocks < 1 || (config.max_model_len > 0 && capacity < config.max_model_len)) {
    throw_error(ErrorKind::kOutOfMemory, "max_model_len is ", wanted_len, ", but the KV cache of ",
                mib(blocks * page_bytes), " holds ", capacity,
                " tokens; lower max_model_len or raise kv_cache_memory_bytes");
  }
  return blocks;
}

}  // namespace

MemoryPlan plan_memory(const ModelSpec& spec, const EngineConfig& config, int64_t weight_bytes,
                       const Backend& backend) {
  require(config.max_model_len <= spec.max_position, "max_model_len is ", config.max_model_len,
          "; the model's context allows at most ", spec.max_position);
  const int32_t wanted_len = config.max_model_len > 0 ? config.max_model_len : spec.max_position;
  MemoryPlan plan;
  plan.limits = step_limits(spec, config, wanted_len);
  require(config.max_logprobs <= spec.vocab_size, "max_logprobs is ", config.max_logprobs,
          "; allowed: at most the vocabulary's ", spec.vocab_size);
  plan.logprobs_stride = config.max_logprobs < 0 ? static_cast<int32_t>(spec.vocab_size)
                                                 : std::max(1, config.max_logprobs);
  const DType activation = backend.activation_dtype(spec.dtype);
  const StepBuffers buffers(spec, config.tensor_parallel_size, plan.limits, plan.logprobs_stride,
                            activation);
  const int64_t workspace = backend.workspace_bytes(plan.limits);
  // Results wait on the host: for a backend of the host that is its own memory.
  const int64_t results = config.device == DeviceType::kCpu
                              ? Sampler::host_bytes(plan.limits, plan.logprobs_stride)
                              : 0;
  // Collectives of several ranks are not recorded.
  plan.has_graphs =
      backend.has_graphs() && !config.enforce_eager && config.tensor_parallel_size == 1;
  const int64_t graphs =
      plan.has_graphs ? DecodeGraphs::bytes(spec, config.max_num_seqs, backend) : 0;
  const int64_t fixed = checked_add(checked_add(weight_bytes, buffers.bytes()),
                                    checked_add(workspace, checked_add(results, graphs)));
  const int64_t room = room_for_kv(config, backend, fixed);
  if (room <= 0) {
    throw_error(ErrorKind::kOutOfMemory, "the model needs ", mib(fixed), " (weights ",
                mib(weight_bytes), ") and ", mib(-room),
                " of it are missing; use a smaller model or lower max_num_batched_tokens");
  }
  const int64_t page_bytes =
      KvCache::page_bytes(spec, config.tensor_parallel_size, config.block_size);
  const int64_t blocks = choose_blocks(config, room, page_bytes, wanted_len);
  const int64_t capacity = blocks * config.block_size;
  plan.num_blocks = static_cast<int32_t>(blocks);
  plan.max_model_len = static_cast<int32_t>(std::min<int64_t>(wanted_len, capacity));
  plan.limits.max_model_len = plan.max_model_len;
  const StepBuffers fitted(spec, config.tensor_parallel_size, plan.limits, plan.logprobs_stride,
                           activation);
  plan.items = {{"weights", weight_bytes},
                {"step buffers", fitted.bytes()},
                {"workspace", backend.workspace_bytes(plan.limits)}};
  if (results > 0) plan.items.push_back({"host results", results});
  if (graphs > 0) plan.items.push_back({"graphs", graphs});
  plan.items.push_back({"kv cache", blocks * page_bytes});
  return plan;
}

}  // namespace llmserve
