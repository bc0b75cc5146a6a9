// EngineConfig: every setting of an engine and its default. Parsed once in Python (EngineArgs),
// resolved and validated once in C++, constant afterwards.
#pragma once

#include <cstdint>
#include <optional>

#include "base/tensor.h"

namespace llmserve {

enum class SchedulingPolicy : uint8_t { kFcfs, kPriority };

struct EngineConfig {
  DeviceType device = DeviceType::kCpu;
  int32_t tensor_parallel_size = 1;
  int32_t num_threads = 0;  // CPU threads of all ranks together; 0: one per physical core

  int32_t max_model_len = 0;  // 0: as much as the model and the memory allow
  int32_t block_size = 16;    // tokens in a KV page
  int32_t max_num_seqs = 256;
  int32_t max_num_batched_tokens = 2048;
  std::optional<int64_t> kv_cache_memory_bytes;  // none: fits itself to the free memory
  std::optional<int64_t> num_blocks_override;
  double gpu_memory_utilization = 0.92;  // of the device; on the CPU, of its free memory

  bool enable_prefix_caching = true;
  bool enable_chunked_prefill = true;
  int32_t long_prefill_token_threshold = 0;  // at most so many tokens of one prompt a step; 0: all
  SchedulingPolicy scheduling_policy = SchedulingPolicy::kFcfs;
  int32_t max_num_queued_reqs = 0;    // 0: no limit
  int64_t max_num_queued_tokens = 0;  // prompt tokens waiting; 0: no limit
  int32_t max_logprobs = 20;          // -1: up to the whole vocabulary
  uint64_t seed = 0;                  // of requests that bring none
  bool enforce_eager = false;         // launch every op of a decode step; record no graphs

  void validate() const;
};

}  // namespace llmserve
