// admit(): each bound by itself, with the sentence it gives, and what is resolved on the way.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "base/error.h"
#include "sched/request.h"

namespace llmserve {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

AdmissionLimits limits() {
  return {.vocab_size = 100, .max_model_len = 20, .max_logprobs = 5, .seed = 3};
}

Submission good() {
  Submission s;
  s.id = 1;
  s.prompt = {1, 2, 3};
  s.eos_ids = {0};
  return s;
}

struct Refusal {
  const char* name;
  std::function<void(Submission&)> change;
  const char* message;  // a part of it
};

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.name; }

class AdmissionRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(AdmissionRefuses, WithASentence) {
  Submission s = good();
  GetParam().change(s);
  try {
    admit(std::move(s), limits());
    FAIL() << "admitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos)
        << error.what();
  }
}

const Refusal kRefusals[] = {
    {"empty_prompt", [](Submission& s) { s.prompt.clear(); }, "the prompt is empty"},
    {"prompt_fills_the_context", [](Submission& s) { s.prompt.assign(20, 1); },
     "the prompt has 20 tokens, but the context (max_model_len) is 20 tokens"},
    {"prompt_id_too_high", [](Submission& s) { s.prompt[1] = 100; }, "token id 100"},
    {"prompt_id_negative", [](Submission& s) { s.prompt[1] = -1; }, "from 0 to 99"},
    {"long_salt", [](Submission& s) { s.cache_salt.assign(1025, 'x'); }, "cache_salt"},
    {"zero_timeout", [](Submission& s) { s.timeout = Time(0); }, "timeout"},
    {"n_zero", [](Submission& s) { s.params.n = 0; }, "n is 0; it must be from 1 to 256"},
    {"n_too_many", [](Submission& s) { s.params.n = 257; }, "n is 257"},
    {"temperature_negative", [](Submission& s) { s.params.temperature = -1; }, "temperature"},
    {"temperature_nan", [](Submission& s) { s.params.temperature = kNan; }, "temperature"},
    {"temperature_inf", [](Submission& s) { s.params.temperature = kInfinity; }, "temperature"},
    {"top_p_zero", [](Submission& s) { s.params.top_p = 0; }, "top_p is 0"},
    {"top_p_above", [](Submission& s) { s.params.top_p = 1.5f; }, "top_p is 1.5"},
    {"top_p_nan", [](Submission& s) { s.params.top_p = kNan; }, "top_p"},
    {"min_p_negative", [](Submission& s) { s.params.min_p = -0.1f; }, "min_p"},
    {"min_p_nan", [](Submission& s) { s.params.min_p = kNan; }, "min_p"},
    {"top_k", [](Submission& s) { s.params.top_k = -2; }, "top_k is -2"},
    {"presence", [](Submission& s) { s.params.presence_penalty = 2.5f; }, "presence_penalty"},
    {"presence_nan", [](Submission& s) { s.params.presence_penalty = kNan; }, "presence_penalty"},
    {"frequency", [](Submission& s) { s.params.frequency_penalty = -3; }, "frequency_penalty"},
    {"repetition_zero", [](Submission& s) { s.params.repetition_penalty = 0; },
     "repetition_penalty"},
    {"repetition_nan", [](Submission& s) { s.params.repetition_penalty = kNan; },
     "repetition_penalty"},
    {"max_tokens_zero", [](Submission& s) { s.params.max_tokens = 0; }, "max_tokens is 0"},
    {"max_tokens_negative", [](Submission& s) { s.params.max_tokens = -5; }, "max_tokens is -5"},
    {"min_tokens_negative", [](Submission& s) { s.params.min_tokens = -1; }, "min_tokens is -1"},
    {"min_above_max",
     [](Submission& s) {
       s.params.max_tokens = 3;
       s.params.min_tokens = 4;
     },
     "min_tokens is 4; it must be at most max_tokens, which is 3"},
    {"min_above_context", [](Submission& s) { s.params.min_tokens = 18; }, "which is 17"},
    {"empty_stop", [](Submission& s) { s.params.stop = {""}; }, "empty string"},
    {"many_stops", [](Submission& s) { s.params.stop.assign(65, "x"); }, "stop has 65 strings"},
    {"long_stop", [](Submission& s) { s.params.stop = {std::string(1025, 'x')}; },
     "a stop string has 1025 bytes"},
    {"stop_without_text",
     [](Submission& s) {
       s.params.stop = {"x"};
       s.params.detokenize = false;
     },
     "detokenize"},
    {"stop_id", [](Submission& s) { s.params.stop_token_ids = {100}; }, "stop_token_ids"},
    {"many_stop_ids", [](Submission& s) { s.params.stop_token_ids.assign(257, 1); },
     "stop_token_ids has 257 ids"},
    {"logprobs_above", [](Submission& s) { s.params.logprobs = 6; }, "from 0 to 5 (max_logprobs)"},
    {"logprobs_all", [](Submission& s) { s.params.logprobs = -1; }, "logprobs is -1"},
    {"logprobs_negative", [](Submission& s) { s.params.logprobs = -2; }, "logprobs is -2"},
    {"prompt_logprobs", [](Submission& s) { s.params.prompt_logprobs = 6; },
     "prompt_logprobs is 6"},
    {"bias_id",
     [](Submission& s) {
       s.params.logit_bias = {{-1, 1.0f}};
     },
     "logit_bias"},
    {"bias_nan",
     [](Submission& s) {
       s.params.logit_bias = {{1, kNan}};
     },
     "logit_bias of token 1"},
    {"bias_inf",
     [](Submission& s) {
       s.params.logit_bias = {{1, -kInfinity}};
     },
     "finite"},
    {"many_biases",
     [](Submission& s) {
       s.params.logit_bias.assign(1025, {1, 1.0f});
     },
     "logit_bias has 1025 entries"},
    {"allowed_id",
     [](Submission& s) {
       s.params.allowed_token_ids = {{1, 100}};
     },
     "allowed_token_ids"},
    {"allowed_none", [](Submission& s) { s.params.allowed_token_ids.emplace(); },
     "allowed_token_ids is empty"},
    {"allowed_many", [](Submission& s) { s.params.allowed_token_ids.emplace(101, 1); },
     "allowed_token_ids has 101 ids"},
    {"bad_word_id",
     [](Submission& s) {
       s.params.bad_words = {{1, -7}};
     },
     "bad_words"},
    {"bad_word_empty", [](Submission& s) { s.params.bad_words = {{}}; }, "without tokens"},
    {"bad_word_long", [](Submission& s) { s.params.bad_words = {std::vector<int32_t>(33, 1)}; },
     "a word of bad_words has 33 tokens"},
    {"bad_words_many", [](Submission& s) { s.params.bad_words.assign(257, {1}); },
     "bad_words has 257 words"},
};

INSTANTIATE_TEST_SUITE_P(All, AdmissionRefuses, testing::ValuesIn(kRefusals),
                         [](const auto& info) { return std::string(info.param.name); });

std::string refusal(Submission s, const AdmissionLimits& bounds) {
  try {
    admit(std::move(s), bounds);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Admission, BoundsProductsAndNotOnlyFactors) {
  AdmissionLimits wide = limits();
  wide.max_model_len = 1 << 20;
  wide.vocab_size = 200000;
  wide.max_logprobs = -1;
  Submission s = good();
  s.params.n = 256;
  EXPECT_NE(refusal(s, wide).find("n * max_tokens is"), std::string::npos);
  s.params.max_tokens = 1000;
  EXPECT_EQ(refusal(s, wide), "");
  s.params.logprobs = -1;
  EXPECT_NE(refusal(s, wide).find("(logprobs + 1)"), std::string::npos);
  s = good();
  s.params.prompt_logprobs = -1;
  EXPECT_EQ(refusal(s, wide), "");
  s.prompt.assign(1000, 1);
  EXPECT_NE(refusal(s, wide).find("(prompt_logprobs + 1)"), std::string::npos);
}

TEST(Admission, ResolvesMaxTokens) {
  EXPECT_EQ(admit(good(), limits()).request()->max_tokens, 17);
  Submission s = good();
  s.params.max_tokens = 1000;
  EXPECT_EQ(admit(s, limits()).request()->max_tokens, 17);
  s.params.max_tokens = 4;
  EXPECT_EQ(admit(s, limits()).request()->max_tokens, 4);
  s.prompt.assign(19, 1);
  EXPECT_EQ(admit(s, limits()).request()->max_tokens, 1);
}

TEST(Admission, ResolvesStopIds) {
  Submission s = good();
  s.eos_ids = {7, 1000, -1, 3};
  s.params.stop_token_ids = {9, 3};
  const auto request = admit(s, limits()).request();
  EXPECT_EQ(request->eos_ids, (std::vector<int32_t>{7, 3}));
  EXPECT_EQ(*request->stop_ids, (std::vector<int32_t>{3, 7, 9}));
  s.params.ignore_eos = true;
  const auto ignoring = admit(s, limits()).request();
  EXPECT_TRUE(ignoring->eos_ids.empty());
  EXPECT_EQ(*ignoring->stop_ids, (std::vector<int32_t>{3, 9}));
}

TEST(Admission, ResolvesTopKAndLogprobs) {
  Submission s = good();
  s.params.top_k = -1;
  EXPECT_EQ(admit(s, limits()).request()->params->top_k, 0);
  AdmissionLimits unbounded = limits();
  unbounded.max_logprobs = -1;
  s.params.logprobs = -1;
  s.params.prompt_logprobs = 100;
  const auto request = admit(s, unbounded).request();
  EXPECT_EQ(request->params->logprobs, 100);
  EXPECT_EQ(request->params->prompt_logprobs, 100);
}

TEST(Admission, SeedsAreTheCallersOrDerived) {
  Submission s = good();
  const uint64_t derived = admit(s, limits()).request()->seed;
  EXPECT_EQ(derived, admit(s, limits()).request()->seed);
  s.id = 2;
  EXPECT_NE(derived, admit(s, limits()).request()->seed);
  AdmissionLimits other = limits();
  other.seed = 4;
  s.id = 1;
  EXPECT_NE(derived, admit(s, other).request()->seed);
  s.params.seed = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(admit(s, limits()).request()->seed, std::numeric_limits<uint64_t>::max());
}

TEST(Admission, AllowsTheEdges) {
  Submission s = good();
  s.params.n = SamplingLimits::kMaxN;
  s.params.temperature = 0.0f;  // greedy with n > 1: equal texts
  s.params.min_p = 1.0f;
  s.params.presence_penalty = -2.0f;
  s.params.frequency_penalty = 2.0f;
  s.params.min_tokens = 17;
  s.params.stop.assign(64, std::string(1024, 'x'));
  s.params.allowed_token_ids.emplace(100, 99);
  s.params.logit_bias = {{99, -100.0f}};
  s.params.logprobs = 0;
  EXPECT_NO_THROW(admit(s, limits()));
}

}  // namespace
}  // namespace llmserve
