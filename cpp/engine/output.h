// Output: what is new of one sample of a request, as it leaves the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sched/request.h"
#include "sched/step_plan.h"

namespace llmserve {

struct Output {
  uint64_t request_id = 0;
  int32_t index = 0;
  std::vector<int32_t> token_ids;
  std::string text;
  std::vector<TokenLogprobs> logprobs;  // one per token, or none
  FinishReason finish_reason = FinishReason::kNone;
  std::optional<int32_t> stop_token;
  std::optional<std::string> stop_string;
  ErrorCause error_cause = ErrorCause::kNone;
  std::string error;
  int32_t num_cached_tokens = 0;
  int32_t num_preemptions = 0;
  std::vector<TokenLogprobs> prompt_logprobs;  // of further prompt tokens, from the second on
  Time scheduled_at{0};                        // 0: not yet known
  Time first_token_at{0};
  Time last_token_at{0};

  bool finished() const { return finish_reason != FinishReason::kNone; }
  // Appends what came later to what nobody has taken yet; all of it, or nothing where it throws.
  void merge(Output&& later);
};

}  // namespace llmserve
