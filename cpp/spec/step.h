// What a step is made of: plain rows that the scheduler writes and a backend reads.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "spec/sampling_params.h"

namespace llmserve {

// The tokens of one sequence that a step computes: [start, start + num_tokens) of the sequence.
// A decode row has one token; a prefill chunk has many; nothing else tells them apart.
// A row of kNoSlot is padding: it fills a step up to a size, touches no page and has no result.
struct PlanRow {
  int32_t slot;
  int32_t start;         // tokens of this sequence already in the KV cache
  int32_t num_tokens;    // >= 1
  int32_t token_offset;  // into StepPlan::tokens; kFromSlot: the last token sampled in the slot

  static constexpr int32_t kFromSlot = -1;
  static constexpr int32_t kNoSlot = std::numeric_limits<int32_t>::min();  // no slot by mistake

  static constexpr PlanRow padding(int32_t num_tokens) { return {kNoSlot, 0, num_tokens, 0}; }
  constexpr bool is_padding() const { return slot == kNoSlot; }
};

// Page `index` of the slot's table is `block` from this step on.
struct PageUpdate {
  int32_t slot;
  int32_t index;
  int32_t block;
};

// Copy-on-write: the content of page `from` is copied to page `to` before the step's rows write.
struct PageCopy {
  int32_t from;
  int32_t to;
};

// One draw: from the logits `logit_row` for the sequence in `slot`. Several may share a logit row
// (n > 1). The token becomes the slot's last token on the device.
struct SampleRow {
  int32_t logit_row;
  int32_t slot;
  int32_t num_logprobs;  // best ones wanted beside the drawn token; kNoLogprobs: none at all

  static constexpr int32_t kNoLogprobs = -1;
};

// The log probability of a known token (prompt_logprobs).
struct ScoreRow {
  int32_t logit_row;
  int32_t target;
  int32_t num_logprobs;  // >= 0
};

// A sequence takes a slot: everything that sampling keeps for it, written anew, so that nothing of
// the slot's last owner is left.
struct SlotInit {
  int32_t slot;
  std::shared_ptr<const SamplingParams> params;
  uint64_t seed;                                         // with the position, all of the randomness
  std::shared_ptr<const std::vector<int32_t>> prompt;    // read by repetition penalty
  std::vector<int32_t> output;                           // so far; not empty after a preemption
  std::shared_ptr<const std::vector<int32_t>> stop_ids;  // masked until min_tokens are out
};

}  // namespace llmserve
