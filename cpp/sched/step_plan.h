// StepPlan and StepResult: all that passes between the scheduler and the workers, as plain data.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/step.h"

namespace llmserve {

// Applied in this order: page copies, slot inits, page updates, rows, samples and scores.
struct StepPlan {
  int64_t id = 0;  // 1, 2, 3, ...
  std::vector<PageCopy> page_copies;
  std::vector<SlotInit> slot_inits;
  std::vector<PageUpdate> page_updates;
  std::vector<PlanRow> rows;    // decode rows first
  std::vector<int32_t> tokens;  // input ids of the rows that have a token_offset
  // For each row of logits wanted, the index of its token among all tokens of the step (the rows'
  // tokens in order).
  std::vector<int32_t> logit_tokens;
  std::vector<SampleRow> samples;
  std::vector<ScoreRow> scores;

  int32_t num_tokens() const {
    int32_t count = 0;
    for (const PlanRow& row : rows) count += row.num_tokens;
    return count;
  }
  bool empty() const { return rows.empty(); }
};

// A token with its log probability (of the raw logits), rank (1: the best), and the best others.
struct TokenLogprobs {
  int32_t token = 0;
  float logprob = 0.0f;
  int32_t rank = 0;
  std::vector<std::pair<int32_t, float>> top;  // best first
};

struct SampleResult {
  int32_t token = 0;
  bool finite = true;      // false: the logits held a NaN or no finite number; `token` is void
  TokenLogprobs logprobs;  // empty unless wanted
};

struct StepResult {
  int64_t id = 0;
  std::vector<SampleResult> samples;  // as StepPlan::samples
  std::vector<TokenLogprobs> scores;  // as StepPlan::scores
};

}  // namespace llmserve
