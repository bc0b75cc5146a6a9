// Sampling's own parts: the random words, the token counts, and that a step allocates nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>

#include "cpu/draw.h"
#include "cpu/philox.h"
#include "cpu/sampling.h"
#include "cpu/sampling_state.h"
#include "heap_hooks.h"

namespace {
std::atomic<int64_t> num_allocations{0};
}  // namespace

bool on_allocate(std::size_t) noexcept {
  ++num_allocations;
  return true;
}
void on_release() noexcept {}

namespace llmserve {
namespace {

// The vectors that the authors published.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, 0),
            (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, ~uint64_t{0}),
            (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(TokenCounts, CountsWhatAMapCounts) {
  std::mt19937 random(1);
  for (const int64_t capacity : {0, 4, 1000}) {  // it grows past its capacity, too
    TokenCounts counts;
    counts.reset(capacity);
    std::map<int32_t, int32_t> expected;
    for (int i = 0; i < 3000; ++i) {
      const auto token = static_cast<int32_t>(random() % 700 * 1024);
      if (i < 500) {
        counts.add_prompt(token);
        expected.try_emplace(token, 0);
      } else {
        counts.add_output(token);
        ++expected[token];
      }
    }
    ASSERT_EQ(counts.entries().size(), expected.size());
    for (const TokenCounts::Entry& entry : counts.entries()) {
      EXPECT_EQ(entry.in_output, expected.at(entry.token));
    }
  }
}

TEST(SelectBest, IsTheHeadOfASort) {
  std::mt19937 random(2);
  for (const size_t size : {1u, 5u, 300u, 5000u}) {
    std::vector<float> values(size);
    std::vector<Candidate> all, room(size);
    for (size_t i = 0; i < size; ++i) {
      values[i] = static_cast<float>(random() % 50);  // many ties
      if (random() % 10 == 0) values[i] = -INFINITY;
      if (values[i] > -INFINITY) all.push_back({values[i], static_cast<int32_t>(i)});
    }
    std::sort(all.begin(), all.end(), better);
    for (const size_t count : {size_t{1}, size_t{3}, size / 2, size - 1, size, size + 9}) {
      const auto best = select_best(values, static_cast<int64_t>(count), room);
      std::sort(best.begin(), best.end(), better);
      ASSERT_EQ(best.size(), std::min(count, all.size()));
      for (size_t i = 0; i < best.size(); ++i) EXPECT_EQ(best[i].id, all[i].id);
    }
  }
}

class SamplerTest : public ::testing::Test {
 protected:
  static constexpr int32_t kSlots = 8;
  static constexpr int64_t kVocab = 3000;

  SamplerTest() : pool_(3), logits_(kSlots * kVocab), last_token_(kSlots) {
    StepLimits limits;
    limits.max_rows = kSlots;
    limits.max_model_len = 200;
    limits.vocab_size = kVocab;
    workspace_.resize(CpuSampler::workspace_bytes(limits, pool_.num_threads()));
    sampler_.reserve(limits, pool_.num_threads(), workspace_.data());
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0.0f, 3.0f);
    for (float& value : logits_) value = normal(random);
  }

  void init(int32_t slot, const SamplingParams& params) {
    SlotInit init;
    init.slot = slot;
    init.params = std::make_shared<SamplingParams>(params);
    init.seed = 11;
    init.prompt = std::make_shared<std::vector<int32_t>>(std::vector<int32_t>{1, 2, 3});
    init.stop_ids = std::make_shared<std::vector<int32_t>>(std::vector<int32_t>{5});
    sampler_.init_slot(init);
  }

  void sample(const std::vector<SampleRow>& rows) {
    const LogitsView view{logits_.data(), 1, kSlots, kVocab, kVocab};
    const SlotTable slots{kSlots, 0, last_token_.data(), nullptr};
    const LogprobsView logprobs{logprob_.data(), rank_.data(), top_ids_.data(),
                                top_logprobs_.data(), kTop};
    sampler_.sample(pool_, view, rows, slots, tokens_.data(), finite_.data(), logprobs);
  }

  static constexpr int32_t kTop = 5;
  ThreadPool pool_;
  std::vector<char> workspace_;
  CpuSampler sampler_;
  std::vector<float> logits_;
  std::vector<int32_t> last_token_;
  std::vector<int32_t> tokens_ = std::vector<int32_t>(kSlots);
  std::vector<uint8_t> finite_ = std::vector<uint8_t>(kSlots);
  std::vector<float> logprob_ = std::vector<float>(kSlots);
  std::vector<int32_t> rank_ = std::vector<int32_t>(kSlots);
  std::vector<int32_t> top_ids_ = std::vector<int32_t>(kSlots * kTop);
  std::vector<float> top_logprobs_ = std::vector<float>(kSlots * kTop);
};

TEST_F(SamplerTest, AStepAllocatesNothing) {
  std::vector<SampleRow> rows;
  for (int32_t slot = 0; slot < kSlots; ++slot) {
    SamplingParams params;
    params.temperature = slot == 0 ? 0.0f : 0.9f;
    if (slot & 1) params.top_p = 0.9f;
    if (slot & 2) params.top_k = 40;
    if (slot & 4) {
      params.min_p = 0.01f;
      params.frequency_penalty = 0.5f;
      params.repetition_penalty = 1.2f;
      params.bad_words = {{1, 2}, {7}};
      params.logit_bias = {{4, 2.0f}};
      params.min_tokens = 50;
    }
    if (slot == 7) params.allowed_token_ids = std::vector<int32_t>{1, 2, 3, 8, 9};
    init(slot, params);
    rows.push_back({slot, slot, kTop});
  }
  sample(rows);
  const int64_t before = num_allocations;
  for (int i = 0; i < 190; ++i) sample(rows);
  EXPECT_EQ(num_allocations, before);
  TokenCounts counts;
  counts.reset(10);
  EXPECT_GT(num_allocations, before) << "the library's allocations are not counted";
}

TEST_F(SamplerTest, ASlotThatWasNeverTakenIsAnError) {
  init(0, {});
  EXPECT_THROW(sample({{0, 1, SampleRow::kNoLogprobs}}), Error);
  EXPECT_THROW(sample({{0, kSlots, SampleRow::kNoLogprobs}}), Error);
  EXPECT_THROW(sample({{kSlots, 0, SampleRow::kNoLogprobs}}), Error);
  EXPECT_THROW(sample({{0, 0, kTop + 1}}), Error);
  sample({{0, 0, kTop}});  // and the sampler still works
  EXPECT_EQ(finite_[0], 1);
  EXPECT_EQ(last_token_[0], tokens_[0]);
}

// All that a slot's last owner left is gone: the draw is that of a slot never used before.
TEST_F(SamplerTest, InitSlotLeavesNothingOfTheLastOwner) {
  SamplingParams heavy;
  heavy.frequency_penalty = 2.0f;
  heavy.logit_bias = {{9, 100.0f}};
  heavy.bad_words = {{9}};
  init(0, heavy);
  for (int i = 0; i < 20; ++i) sample({{0, 0, SampleRow::kNoLogprobs}});
  init(0, {});
  init(1, {});
  for (int i = 0; i < 20; ++i) {
    sample({{2, 0, SampleRow::kNoLogprobs}, {2, 1, SampleRow::kNoLogprobs}});
    EXPECT_EQ(tokens_[0], tokens_[1]);
  }
}

}  // namespace
}  // namespace llmserve
