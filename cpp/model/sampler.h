// Sampler: draws and scores at the end of a step, and carries the results to the host. Every rank
// draws, and draws the same, so that each feeds its own next step; only one needs the results.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "model/step_buffers.h"
#include "sched/step_plan.h"

namespace llmserve {

class Sampler {
 public:
  // Steps whose results may be on their way to the host at once.
  static constexpr int kRing = 3;

  // Host memory of a sampler that keeps results; one that does not takes none.
  static int64_t host_bytes(const StepLimits& limits, int32_t logprobs_stride);

  // With `keep` false (ranks but the first) the results stay on the device.
  Sampler(Backend& backend, const StepBuffers& buffers, const StepLimits& limits, bool keep);

  // Enqueues the draws and the copies of their results to the host. Returns the mark after which
  // collect() may be called, if it keeps them.
  uint64_t launch(const StepPlan& plan, const LogitsView& logits);
  StepResult collect(const StepPlan& plan) const;

 private:
  struct HostLogprobs {
    std::vector<float> logprob;
    std::vector<int32_t> rank;
    std::vector<int32_t> top_ids;
    std::vector<float> top_logprobs;
  };
  struct HostResults {
    std::vector<int32_t> tokens;
    std::vector<uint8_t> finite;
    HostLogprobs samples;
    HostLogprobs scores;
  };

  HostResults& host(const StepPlan& plan) { return ring_[plan.id % kRing]; }
  void download(HostLogprobs& to, const LogprobsView& from, size_t count);
  TokenLogprobs read(const HostLogprobs& from, size_t row, int32_t token_id, int32_t num_top) const;

  Backend& backend_;
  const StepBuffers& buffers_;
  const int32_t stride_;
  const bool keep_;
  std::array<HostResults, kRing> ring_;
};

}  // namespace llmserve
