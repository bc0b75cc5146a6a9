#include "spec/engine_config.h"

#include "base/error.h"

namespace llmserve {

void EngineConfig::validate() const {
  require(num_threads >= 0 && num_threads <= 1024, "num_threads is ", num_threads,
          "; allowed: 0 (one per core) to 1024");
  require(max_model_len >= 0, "max_model_len is ", max_model_len, "; allowed: 0 (auto) or more");
  require(block_size >= 1 && block_size <= 256, "block_size is ", block_size,
          "; allowed: 1 to 256");
  require(max_num_seqs >= 1 && max_num_seqs <= 65536, "max_num_seqs is ", max_num_seqs,
          "; allowed: 1 to 65536");
  require(max_num_batched_tokens >= 1 && max_num_batched_tokens <= (1 << 22),
          "max_num_batched_tokens is ", max_num_batched_tokens, "; allowed: 1 to ", 1 << 22);
  require(max_num_batched_tokens >= max_num_seqs, "max_num_batched_tokens is ",
          max_num_batched_tokens, "; allowed: at least max_num_seqs, ", max_num_seqs);
  require(!kv_cache_memory_bytes || *kv_cache_memory_bytes > 0, "kv_cache_memory_bytes is ",
          kv_cache_memory_bytes.value_or(0), "; allowed: > 0");
  require(!num_blocks_override || (*num_blocks_override > 0 && *num_blocks_override < (1 << 30)),
          "num_gpu_blocks_override is ", num_blocks_override.value_or(0), "; allowed: 1 to ",
          (1 << 30) - 1);
  require(gpu_memory_utilization > 0.0 && gpu_memory_utilization <= 1.0,
          "gpu_memory_utilization is ", gpu_memory_utilization, "; allowed: above 0, up to 1");
  require(long_prefill_token_threshold >= 0, "long_prefill_token_threshold is ",
          long_prefill_token_threshold, "; allowed: 0 (off) or more");
  require(max_num_queued_reqs >= 0, "max_num_queued_reqs is ", max_num_queued_reqs,
          "; allowed: 0 (no limit) or more");
  require(max_num_queued_tokens >= 0, "max_num_queued_tokens is ", max_num_queued_tokens,
          "; allowed: 0 (no limit) or more");
  require(max_logprobs >= -1, "max_logprobs is ", max_logprobs,
          "; allowed: -1 (the whole vocabulary) or more");
}

}  // namespace llmserve
