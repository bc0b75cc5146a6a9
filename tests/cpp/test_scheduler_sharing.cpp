// What sequences share: cached prefixes, the samples of one request, scores of one prompt.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sched_harness.h"

namespace llmserve::test {
namespace {

TEST(PrefixCaching, AHitSkipsFullBlocksButComputesTheLastToken) {
  Harness h(small());
  h.add(prompt_of(12, 2));
  h.drain();
  h.add(prompt_of(12, 2));
  h.schedule();
  // 12 tokens are 3 full blocks; the last is computed for its logits.
  EXPECT_EQ(h.last_plan().rows[0].start, 8);
  EXPECT_EQ(h.last_plan().rows[0].num_tokens, 4);
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 8);
  EXPECT_EQ(h.scheduler().stats().prefix_cache_hits, 8);
  EXPECT_EQ(h.scheduler().stats().prefix_cache_queries, 24);
  EXPECT_EQ(h.scheduler().stats().num_prompt_tokens, 24);
  EXPECT_EQ(h.scheduler().stats().num_generation_tokens, 4);
  // Steps of 12, 1, 4 and 1 tokens.
  const StepSizes& sizes = h.scheduler().stats().step_sizes;
  EXPECT_EQ(sizes.counts, (std::array<int64_t, 14>{2, 1, 1}));
  EXPECT_EQ(sizes.num_tokens, 18);
}

TEST(PrefixCaching, OutputIsCachedToo) {
  Harness h(small());
  h.add(prompt_of(6, 10));
  h.drain();
  Submission next = prompt_of(6, 2);
  const std::vector<int32_t>& output = h.request(1).samples[0].expected.tokens;
  next.prompt.insert(next.prompt.end(), output.begin(), output.end());
  h.add(next);
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 12);  // 15 of 16 tokens have their KV
}

TEST(PrefixCaching, OnlyAfterTheCommit) {
  SchedulerConfig config = small();
  Harness h(config);
  h.add(prompt_of(12, 4));
  h.schedule();
  h.add(prompt_of(12, 4));
  h.schedule();
  EXPECT_EQ(h.last_plan().rows.back().start, 0);
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 0);
}

TEST(PrefixCaching, NotAcrossSaltsNorAfterAResetNorWhenOff) {
  Harness h(small());
  Submission s = prompt_of(12, 2);
  const auto cached = [&] {
    const uint64_t id = h.add(s);
    h.drain();
    return h.request(id).samples[0].num_cached_tokens;
  };
  s.cache_salt = "a";
  EXPECT_EQ(cached(), 0);
  EXPECT_EQ(cached(), 8);
  s.cache_salt = "b";
  EXPECT_EQ(cached(), 0);
  s.cache_salt = "a";
  h.scheduler().reset_prefix_cache();
  EXPECT_EQ(cached(), 0);
  SchedulerConfig config = small();
  config.enable_prefix_caching = false;
  Harness off(config);
  for (int i = 0; i < 2; ++i) {
    off.add(s);
    off.drain();
  }
  EXPECT_EQ(off.request(2).samples[0].num_cached_tokens, 0);
  EXPECT_EQ(off.scheduler().stats().prefix_cache_queries, 0);
}

TEST(PrefixCaching, AResetAlsoEndsThePagesOfThoseWhoRun) {
  Harness h(small());
  h.add(prompt_of(12, 8));
  h.schedule();
  h.scheduler().reset_prefix_cache();
  h.drain();
  h.add(prompt_of(12, 2));
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 0);
}

TEST(PrefixCaching, NonFiniteLogitsAreNeverPublished) {
  FakeModel model;
  model.nonfinite_every = 3;
  // A text whose first token is sound and whose second is not: its prompt was sound and is kept;
  // and one whose prompt gives no token at all.
  for (uint64_t text = 1; text < 200; ++text) {
    Harness h(small(), model);
    h.add(prompt_of(12, 4, text));
    h.drain();
    const Harness::Sample& sample = h.request(1).samples[0];
    if (sample.reason != FinishReason::kError || sample.num_tokens > 0) continue;
    EXPECT_NE(sample.error.find("non-finite logits"), std::string::npos);
    h.add(prompt_of(12, 4, text));
    h.drain();
    EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 0);
    h.check_idle();
    return;
  }
  FAIL() << "no text gave non-finite logits";
}

TEST(PrefixCaching, LeastRecentlyUsedGoesFirst) {
  SchedulerConfig config = small();
  config.num_blocks = 16;
  Harness h(config);
  const auto run = [&](uint64_t text) {
    const uint64_t id = h.add(prompt_of(17, 1, text));
    h.drain();
    return h.request(id).samples[0].num_cached_tokens;
  };
  for (uint64_t text = 1; text <= 3; ++text) EXPECT_EQ(run(text), 0);
  EXPECT_EQ(run(1), 16);
  EXPECT_EQ(run(4), 0);  // takes the pages of text 2, its last ones first
  EXPECT_EQ(run(1), 16);
  EXPECT_EQ(run(2), 12);
}

TEST(Samples, ForkFromTheLeaderAndCopyOnWrite) {
  Harness h(small());
  Submission s = prompt_of(10, 6);
  s.params.n = 3;
  h.add(s);
  h.schedule();
  const StepPlan first = h.last_plan();
  EXPECT_EQ(first.rows.size(), 1u);
  EXPECT_EQ(first.samples.size(), 3u);
  EXPECT_EQ(first.logit_tokens.size(), 1u);
  for (const SampleRow& row : first.samples) EXPECT_EQ(row.logit_row, 0);
  EXPECT_EQ(first.slot_inits[1].seed, first.slot_inits[0].seed + 1);
  EXPECT_EQ(h.scheduler().stats().num_free_blocks, 29);  // 3 pages for all
  h.schedule();
  // Two of three copy the partial page; the last holder writes in place.
  EXPECT_EQ(h.last_plan().page_copies.size(), 2u);
  EXPECT_EQ(h.last_plan().page_updates.size(), 2u);
  h.drain();
  h.check_idle();
}

TEST(Samples, GreedyOnesAreEqual) {
  Harness h(small());
  Submission s = prompt_of(10, 6);
  s.params.n = 3;
  s.params.temperature = 0;
  h.add(s);
  h.drain();
  EXPECT_EQ(h.request(1).samples[0].expected.tokens, h.request(1).samples[2].expected.tokens);
  h.check_idle();
}

TEST(Samples, MoreThanThereAreSlots) {
  SchedulerConfig config = small();
  config.max_num_seqs = 2;
  Harness h(config);
  Submission s = prompt_of(10, 6);
  s.params.n = 7;
  h.add(s);
  h.schedule();
  EXPECT_EQ(h.scheduler().stats().num_running, 2);
  EXPECT_EQ(h.scheduler().stats().num_waiting, 5);
  h.drain();
  h.check_idle();
  EXPECT_EQ(h.request(1).samples[6].num_cached_tokens, 8);  // runs by itself, from the cache
}

TEST(Samples, TheNextOneLeadsWhenTheLeaderEnds) {
  SchedulerConfig config = small();
  config.max_num_batched_tokens = 8;
  Harness h(config);
  Submission s = prompt_of(30, 4);
  s.params.n = 3;
  h.add(s);
  h.schedule();
  h.stop(1, 0);
  h.scheduler().check_invariants();
  h.stop(1, 2);
  h.scheduler().check_invariants();
  h.drain();
  h.check_idle();
  EXPECT_EQ(h.request(1).samples[1].num_tokens, 4u);
}

TEST(PromptLogprobs, EachPositionOnceInChunks) {
  SchedulerConfig config = small();
  config.max_logit_rows = 8;
  Harness h(config);
  Submission s = prompt_of(30, 3);
  s.params.prompt_logprobs = 2;
  h.add(s);
  h.schedule();
  EXPECT_EQ(h.last_plan().rows[0].num_tokens, 8);
  EXPECT_EQ(h.last_plan().scores.size(), 8u);
  EXPECT_EQ(h.last_plan().scores[0].num_logprobs, 2);
  h.commit();
  EXPECT_EQ(h.request(1).num_scores, 8u);
  h.drain();
  EXPECT_EQ(h.request(1).num_scores, 29u);
  h.check_idle();
}

TEST(PromptLogprobs, DoNotReadTheCacheButFillIt) {
  Harness h(small());
  Submission s = prompt_of(14, 1);
  h.add(s);
  h.drain();
  s.params.prompt_logprobs = 0;
  h.add(s);
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_cached_tokens, 0);
  EXPECT_EQ(h.request(2).num_scores, 13u);
}

TEST(PromptLogprobs, LongerThanAStepsLogitRowsEvenWithoutChunking) {
  SchedulerConfig config = small();
  config.enable_chunked_prefill = false;
  config.max_logit_rows = 8;
  Harness h(config);
  Submission s = prompt_of(30, 3);
  s.params.prompt_logprobs = 0;
  h.add(s);
  h.drain();
  EXPECT_EQ(h.request(1).num_scores, 29u);
}

}  // namespace
}  // namespace llmserve::test
