// admit(): every bound that a request meets, in one place. What passes can always run.
#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "base/checked.h"
#include "base/error.h"
#include "sched/request.h"
#include "sched/siphash.h"

namespace llmserve {

namespace {

// Bounds of products: each factor may be fine and the whole still be an attack.
constexpr int64_t kMaxOutputTokens = int64_t{1} << 26;    // n * max_tokens
constexpr int64_t kMaxOutputLogprobs = int64_t{1} << 26;  // n * max_tokens * (logprobs + 1)
constexpr int64_t kMaxPromptLogprobs = int64_t{1} << 24;  // prompt * (prompt_logprobs + 1)
constexpr size_t kMaxCacheSaltBytes = 1024;

// NaN is in no range.
void require_in(std::string_view name, double value, double least, double most) {
  require(value >= least && value <= most, name, " is ", value, "; it must be from ", least, " to ",
          most);
}

void require_at_most(std::string_view name, size_t size, size_t most, std::string_view what) {
  require(size <= most, name, " has ", size, " ", what, "; at most ", most, " are allowed");
}

void require_ids(std::string_view name, std::span<const int32_t> ids, int64_t vocab_size) {
  for (const int32_t id : ids) {
    require(id >= 0 && id < vocab_size, name, " holds the token id ", id,
            "; ids must be from 0 to ", vocab_size - 1);
  }
}

void check_prompt(const Submission& submission, const AdmissionLimits& limits) {
  const auto size = static_cast<int64_t>(submission.prompt.size());
  require(size > 0, "the prompt is empty; at least one token is needed");
  require(size < limits.max_model_len, "the prompt has ", size,
          " tokens, but the context (max_model_len) is ", limits.max_model_len,
          " tokens and must also hold at least one new token");
  require_ids("the prompt", submission.prompt, limits.vocab_size);
  require_at_most("cache_salt", submission.cache_salt.size(), kMaxCacheSaltBytes, "bytes");
  require(!submission.timeout || submission.timeout->count() > 0,
          "timeout is not positive; leave it out for none");
}

void check_numbers(const SamplingParams& p) {
  require_in("n", p.n, 1, SamplingLimits::kMaxN);
  require(std::isfinite(p.temperature) && p.temperature >= 0.0f, "temperature is ", p.temperature,
          "; it must be 0 (greedy) or a positive number");
  require(p.top_p > 0.0f && p.top_p <= 1.0f, "top_p is ", p.top_p,
          "; it must be above 0 and at most 1");
  require_in("min_p", p.min_p, 0, 1);
  require(p.top_k >= -1, "top_k is ", p.top_k, "; it must be 0 or -1 (all) or positive");
  require_in("presence_penalty", p.presence_penalty, -2, 2);
  require_in("frequency_penalty", p.frequency_penalty, -2, 2);
  require(std::isfinite(p.repetition_penalty) && p.repetition_penalty > 0.0f,
          "repetition_penalty is ", p.repetition_penalty, "; it must be a positive number");
}

void check_lists(const SamplingParams& p, int64_t vocab_size) {
  require_at_most("stop", p.stop.size(), SamplingLimits::kMaxStopStrings, "strings");
  for (const std::string& text : p.stop) {
    require(!text.empty(), "stop holds an empty string");
    require_at_most("a stop string", text.size(), SamplingLimits::kMaxStopStringBytes, "bytes");
  }
  require(p.stop.empty() || p.detokenize, "stop strings need detokenize");
  require_at_most("stop_token_ids", p.stop_token_ids.size(), SamplingLimits::kMaxStopTokenIds,
                  "ids");
  require_ids("stop_token_ids", p.stop_token_ids, vocab_size);
  require_at_most("logit_bias", p.logit_bias.size(), SamplingLimits::kMaxLogitBias, "entries");
  for (const auto& [id, bias] : p.logit_bias) {
    require_ids("logit_bias", {&id, 1}, vocab_size);
    require(std::isfinite(bias), "logit_bias of token ", id, " is ", bias, "; it must be finite");
  }
  if (p.allowed_token_ids) {
    require(!p.allowed_token_ids->empty(), "allowed_token_ids is empty; leave it out to allow all");
    require_at_most("allowed_token_ids", p.allowed_token_ids->size(),
                    static_cast<size_t>(vocab_size), "ids");
    require_ids("allowed_token_ids", *p.allowed_token_ids, vocab_size);
  }
  require_at_most("bad_words", p.bad_words.size(), SamplingLimits::kMaxBadWords, "words");
  for (const std::vector<int32_t>& word : p.bad_words) {
    require(!word.empty(), "bad_words holds a word without tokens");
    require_at_most("a word of bad_words", word.size(), SamplingLimits::kMaxBadWordTokens,
                    "tokens");
    require_ids("bad_words", word, vocab_size);
  }
}

// -1 becomes the size of the vocabulary.
void resolve_logprobs(std::string_view name, std::optional<int32_t>& value,
                      const AdmissionLimits& limits) {
  if (!value) return;
  const int64_t most = limits.max_logprobs == -1
                           ? limits.vocab_size
                           : std::min<int64_t>(limits.max_logprobs, limits.vocab_size);
  require(*value != -1 || limits.max_logprobs == -1, name,
          " is -1 (the whole vocabulary), but max_logprobs is ", limits.max_logprobs);
  if (*value == -1) value = static_cast<int32_t>(limits.vocab_size);
  require(*value >= 0 && *value <= most, name, " is ", *value, "; it must be from 0 to ", most,
          " (max_logprobs)");
}

int32_t resolve_max_tokens(const SamplingParams& p, int64_t prompt_size,
                           const AdmissionLimits& limits) {
  const int64_t left = limits.max_model_len - prompt_size;
  require(!p.max_tokens || *p.max_tokens >= 1, "max_tokens is ", p.max_tokens.value_or(0),
          "; at least 1 is needed");
  const int64_t max_tokens = std::min<int64_t>(p.max_tokens.value_or(limits.max_model_len), left);
  require(p.min_tokens >= 0, "min_tokens is ", p.min_tokens, "; it must be 0 or more");
  require(p.min_tokens <= max_tokens, "min_tokens is ", p.min_tokens,
          "; it must be at most max_tokens, which is ", max_tokens, " for this prompt of ",
          prompt_size, " tokens in a context of ", limits.max_model_len);
  return static_cast<int32_t>(max_tokens);
}

void check_products(const SamplingParams& p, int64_t prompt_size, int64_t max_tokens) {
  const int64_t output = checked_mul(p.n, max_tokens);
  require(output <= kMaxOutputTokens, "n * max_tokens is ", output, "; at most ", kMaxOutputTokens,
          " tokens may be asked for at once");
  if (p.logprobs) {
    const int64_t entries = checked_mul(output, int64_t{*p.logprobs} + 1);
    require(entries <= kMaxOutputLogprobs, "n * max_tokens * (logprobs + 1) is ", entries,
            "; at most ", kMaxOutputLogprobs, " log probabilities may be asked for at once");
  }
  if (p.prompt_logprobs) {
    const int64_t entries = checked_mul(prompt_size, int64_t{*p.prompt_logprobs} + 1);
    require(entries <= kMaxPromptLogprobs, "prompt tokens * (prompt_logprobs + 1) is ", entries,
            "; at most ", kMaxPromptLogprobs, " log probabilities may be asked for at once");
  }
}

// Ids beyond the logits can never be drawn: they come from the model's files, so they are dropped
// rather than held against the request.
std::vector<int32_t> usable_eos(const std::vector<int32_t>& eos_ids, const SamplingParams& p,
                                int64_t vocab_size) {
  std::vector<int32_t> usable;
  if (p.ignore_eos) return usable;
  for (const int32_t id : eos_ids) {
    if (id >= 0 && id < vocab_size) usable.push_back(id);
  }
  return usable;
}

}  // namespace

Admitted admit(Submission submission, const AdmissionLimits& limits) {
  check_prompt(submission, limits);
  const auto prompt_size = static_cast<int64_t>(submission.prompt.size());
  SamplingParams params = std::move(submission.params);
  check_numbers(params);
  check_lists(params, limits.vocab_size);
  resolve_logprobs("logprobs", params.logprobs, limits);
  resolve_logprobs("prompt_logprobs", params.prompt_logprobs, limits);
  if (params.top_k == -1) params.top_k = 0;

  Request request;
  request.id = submission.id;
  request.max_tokens = resolve_max_tokens(params, prompt_size, limits);
  check_products(params, prompt_size, request.max_tokens);
  request.eos_ids = usable_eos(submission.eos_ids, params, limits.vocab_size);
  std::vector<int32_t> stop_ids = request.eos_ids;
  stop_ids.insert(stop_ids.end(), params.stop_token_ids.begin(), params.stop_token_ids.end());
  std::sort(stop_ids.begin(), stop_ids.end());
  stop_ids.erase(std::unique(stop_ids.begin(), stop_ids.end()), stop_ids.end());
  request.stop_ids = std::make_shared<const std::vector<int32_t>>(std::move(stop_ids));
  request.seed = params.seed.value_or(mix64(limits.seed ^ mix64(submission.id)));
  request.priority = submission.priority;
  request.cache_salt = std::move(submission.cache_salt);
  request.timeout = submission.timeout;
  request.prompt = std::make_shared<const std::vector<int32_t>>(std::move(submission.prompt));
  request.params = std::make_shared<const SamplingParams>(std::move(params));
  return Admitted(std::make_shared<const Request>(std::move(request)));
}

}  // namespace llmserve
