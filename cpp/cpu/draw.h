// Choosing one token from a row of logits: the best ones, the filters (min_p, top_k, top_p) and the
// draw. Nothing here sorts the vocabulary.
#pragma once

#include <cstdint>
#include <span>

#include "spec/sampling_params.h"

namespace llmserve {

struct Candidate {
  float value;
  int32_t id;
};

// Best first: the greater value; ties: the smaller id.
inline bool better(const Candidate& a, const Candidate& b) {
  return a.value > b.value || (a.value == b.value && a.id < b.id);
}

struct RowMax {
  float value;  // -inf: nothing is left
  bool valid;   // no NaN, no +inf, and something finite
};
RowMax find_max(std::span<const float> values);

// The first token with that value.
int32_t find_value(std::span<const float> values, float value);

// The `count` best tokens, in any order, and only those above -inf. `room`: [vocab_size].
std::span<Candidate> select_best(std::span<const float> values, int64_t count,
                                 std::span<Candidate> room);

struct DrawArgs {
  const SamplingParams* params;
  uint64_t seed;
  int32_t position;  // tokens before the one drawn
  float max;         // greatest of the values
};

// One token, by the Gumbel-max trick: the greatest of (value - max) / temperature + noise(seed,
// position, token id), among those that the filters leave. Greedy: the greatest value.
int32_t draw_token(std::span<const float> values, const DrawArgs& args, std::span<Candidate> room);

}  // namespace llmserve
