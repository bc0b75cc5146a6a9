// SamplingParams: how a request wants its tokens chosen and its text shaped. The names, defaults
// and rules are vLLM's; python/llmserve/sampling_params.py holds the same fields and their docs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmserve {

enum class OutputKind : uint8_t { kCumulative, kDelta, kFinalOnly };

enum class FinishReason : uint8_t { kNone, kStop, kLength, kAbort, kError };

// Whose fault a kError is: the model's numbers, the request's deadline, or the engine.
enum class ErrorCause : uint8_t { kNone, kNonFinite, kDeadline, kEngine };

struct SamplingParams {
  int32_t n = 1;
  float temperature = 1.0f;  // 0: greedy
  float top_p = 1.0f;
  int32_t top_k = 0;  // 0: all
  float min_p = 0.0f;
  float presence_penalty = 0.0f;
  float frequency_penalty = 0.0f;
  float repetition_penalty = 1.0f;
  std::optional<uint64_t> seed;
  std::optional<int32_t> max_tokens;  // none: what is left of the context
  int32_t min_tokens = 0;
  std::vector<std::string> stop;
  std::vector<int32_t> stop_token_ids;
  bool include_stop_str_in_output = false;
  bool ignore_eos = false;
  std::optional<int32_t> logprobs;  // this many best per token; -1: the whole vocabulary
  std::optional<int32_t> prompt_logprobs;
  std::vector<std::pair<int32_t, float>> logit_bias;
  std::optional<std::vector<int32_t>> allowed_token_ids;
  std::vector<std::vector<int32_t>> bad_words;  // as token ids
  bool detokenize = true;
  bool skip_special_tokens = true;
  OutputKind output_kind = OutputKind::kCumulative;

  bool greedy() const { return temperature == 0.0f; }
  bool has_penalties() const {
    return presence_penalty != 0.0f || frequency_penalty != 0.0f || repetition_penalty != 1.0f;
  }
};

// Bounds of the lists, in one place; their use: sched/admission.cpp.
struct SamplingLimits {
  static constexpr int32_t kMaxN = 256;
  static constexpr int32_t kMaxStopStrings = 64;
  static constexpr int32_t kMaxStopStringBytes = 1024;
  static constexpr int32_t kMaxStopTokenIds = 256;
  static constexpr int32_t kMaxLogitBias = 1024;
  static constexpr int32_t kMaxBadWords = 256;
  static constexpr int32_t kMaxBadWordTokens = 32;  // in one word
};

}  // namespace llmserve
