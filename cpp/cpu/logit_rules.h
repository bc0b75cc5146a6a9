// The rules of a request that change logits before temperature: allowed ids, bad words, min_tokens,
// logit_bias, penalties.
#pragma once

#include <span>

#include "cpu/sampling_state.h"

namespace llmserve {

// Whether apply_logit_rules() would do anything for the next token.
bool has_logit_rules(const SlotState& state);

// In place, in vLLM's order. `values`: [vocab_size]; masked tokens become -inf. `scratch`:
// [vocab_size], used for allowed ids.
void apply_logit_rules(const SlotState& state, std::span<float> values, std::span<float> scratch);

}  // namespace llmserve
