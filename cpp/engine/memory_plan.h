// MemoryPlan: who gets how much, decided before the first allocation. The context length and the KV
// cache fit themselves to what is free, unless the user fixed them; then what does not fit is
// refused.
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"
#include "spec/engine_config.h"
#include "spec/model_spec.h"

namespace llmserve {

struct MemoryItem {
  std::string name;
  int64_t bytes;  // of one rank
};

struct MemoryPlan {
  StepLimits limits;
  int32_t max_model_len = 0;
  int32_t num_blocks = 0;
  int32_t logprobs_stride = 1;  // the most best tokens that a row may ask for
  bool has_graphs = false;      // decode steps run as recorded graphs
  std::vector<MemoryItem> items;
};

// `weight_bytes` of one rank. Throws InvalidArgument or OutOfMemory with both numbers named.
MemoryPlan plan_memory(const ModelSpec& spec, const EngineConfig& config, int64_t weight_bytes,
                       const Backend& backend);

}  // namespace llmserve
