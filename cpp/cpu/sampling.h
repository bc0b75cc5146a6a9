// Sampling on the CPU: the state each slot keeps for it, the draw itself, and log probabilities.
#pragma once

#include <memory>
#include <vector>

#include "backend/backend.h"
#include "cpu/parallel.h"

namespace llmserve {

class CpuSampler {
 public:
  CpuSampler();
  ~CpuSampler();

  // Scratch memory of all threads.
  static int64_t workspace_bytes(const StepLimits& limits, int num_threads);

  // Takes all memory that does not depend on a request's own lists. `workspace` outlives it.
  void reserve(const StepLimits& limits, int num_threads, void* workspace);

  void init_slot(const SlotInit& init);  // Backend::init_slot, but for SlotTable::last_token
  void sample(ThreadPool& pool, const LogitsView& logits, std::span<const SampleRow> rows,
              const SlotTable& slots, int32_t* tokens, uint8_t* finite,
              const LogprobsView& logprobs);
  void score(ThreadPool& pool, const LogitsView& logits, std::span<const ScoreRow> rows,
             const LogprobsView& logprobs);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmserve
