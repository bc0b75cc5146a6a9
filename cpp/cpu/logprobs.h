// Log probabilities of a row of raw logits.
#pragma once

#include <span>

#include "backend/backend.h"
#include "cpu/draw.h"

namespace llmserve {

// Where one row's log probabilities go, and how many best ones are wanted.
struct LogprobsRow {
  const LogprobsView* view;
  int64_t row;
  int32_t num_top;
};

// Of `token` and of the best tokens. `max`: the greatest logit. `room`: [vocab_size].
void write_logprobs(std::span<const float> logits, float max, int32_t token, const LogprobsRow& out,
                    std::span<Candidate> room);

// For logits that are no distribution: NaN, rank 0, token 0.
void write_invalid_logprobs(const LogprobsRow& out);

}  // namespace llmserve
