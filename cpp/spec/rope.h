// Rotary frequencies from a RopeSpec. Each position has frequencies of its own making only for
// dynamic NTK; everything else is one vector for all positions.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/model_spec.h"

namespace llmserve {

// What a kernel needs to turn positions into cosines and sines:
//   angle(position, i) = position * inv_freq[i]       cos and sin are multiplied by `scale`
// Dynamic NTK, at position >= dynamic_start (0: never): the base becomes
//   theta * (factor * (position + 1) / dynamic_start - (factor - 1)) ^ (dim / (dim - 2))
// so that a key depends on its own position alone, whatever chunk or cache it came through.
struct RopeTable {
  std::vector<float> inv_freq;  // [rotary_dim / 2]
  float scale = 1.0f;
  int32_t dynamic_start = 0;
  float theta = 10000.0f;
  float factor = 1.0f;
};

// `max_model_len` chooses the long factors of longrope for the whole engine, when it exceeds the
// original context: a choice per request would make cached keys of one prompt wrong for another.
RopeTable make_rope_table(const RopeSpec& spec, int32_t max_model_len);

}  // namespace llmserve
