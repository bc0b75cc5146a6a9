// The scheduler's rules one by one: budgets, order, preemption, endings, misuse. What requests
// share is in test_scheduler_sharing.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sched/scheduler.h"
#include "sched_harness.h"

namespace llmserve::test {
namespace {

std::string refusal(const SchedulerConfig& config) {
  try {
    Scheduler scheduler(config);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kInvalidArgument ? error.what() : "wrong kind";
  }
  return "";
}

TEST(SchedulerConfig, RefusesWhatCannotWork) {
  const auto with = [](auto&& change) {
    SchedulerConfig config = small();
    change(config);
    return refusal(config);
  };
  using C = SchedulerConfig;
  EXPECT_EQ(refusal(small()), "");
  EXPECT_NE(with([](C& c) { c.num_blocks = 0; }), "");
  EXPECT_NE(with([](C& c) { c.block_size = 0; }), "");
  EXPECT_NE(with([](C& c) { c.max_num_seqs = 0; }), "");
  EXPECT_NE(with([](C& c) { c.max_model_len = 1; }), "");
  EXPECT_NE(with([](C& c) { c.max_steps_in_flight = 0; }), "");
  EXPECT_NE(with([](C& c) { c.num_blocks = 15; }).find("hold only 60"), std::string::npos);
  EXPECT_NE(with([](C& c) { c.max_num_batched_tokens = 7; }).find("starve"), std::string::npos);
  EXPECT_NE(with([](C& c) { c.max_logit_rows = 7; }), "");
  EXPECT_NE(with([](C& c) { c.long_prefill_token_threshold = -1; }), "");
  EXPECT_NE(with([](C& c) {
              c.enable_chunked_prefill = false;
              c.max_num_batched_tokens = 63;
            }).find("must fit one step"),
            std::string::npos);
  EXPECT_NE(with([](C& c) {
              c.enable_chunked_prefill = false;
              c.long_prefill_token_threshold = 5;
            }),
            "");
}

TEST(Scheduler, EmptyPlanWhereThereIsNothingToDo) {
  Harness h(small());
  EXPECT_FALSE(h.schedule());
  EXPECT_EQ(h.last_plan().id, 0);
  EXPECT_FALSE(h.scheduler().has_unfinished());
}

TEST(Scheduler, PrefillsThenDecodesFromTheSlot) {
  Harness h(small());
  h.add(prompt_of(10, 3));
  ASSERT_TRUE(h.schedule());
  const StepPlan first = h.last_plan();
  ASSERT_EQ(first.rows.size(), 1u);
  EXPECT_EQ(first.rows[0].num_tokens, 10);
  EXPECT_EQ(first.rows[0].token_offset, 0);
  EXPECT_EQ(first.tokens.size(), 10u);
  EXPECT_EQ(first.page_updates.size(), 3u);
  EXPECT_EQ(first.slot_inits.size(), 1u);
  EXPECT_EQ(first.logit_tokens, (std::vector<int32_t>{9}));
  // The second step is planned before the first token is known.
  ASSERT_TRUE(h.schedule());
  const StepPlan second = h.last_plan();
  EXPECT_EQ(second.id, first.id + 1);
  EXPECT_EQ(second.rows[0].start, 10);
  EXPECT_EQ(second.rows[0].token_offset, PlanRow::kFromSlot);
  EXPECT_TRUE(second.tokens.empty() && second.slot_inits.empty() && second.page_updates.empty());
  EXPECT_EQ(h.scheduler().num_in_flight(), 2);
  EXPECT_FALSE(h.schedule());  // two in flight are all
  h.drain();
  h.check_idle();
}

TEST(Scheduler, NoRowBeyondAKnownLength) {
  Harness h(small());
  h.add(prompt_of(5, 2));
  EXPECT_TRUE(h.schedule());
  EXPECT_TRUE(h.schedule());
  h.commit();
  EXPECT_FALSE(h.schedule());  // the second token is on its way and is the last
  h.drain();
  EXPECT_EQ(h.num_steps(), 2);
  EXPECT_EQ(h.request(1).samples[0].reason, FinishReason::kLength);
}

TEST(Scheduler, AStopWastesOneRowAndDropsItOnce) {
  Harness h(small());
  Submission s = prompt_of(5, 30);
  const Expected plain = expected_output({}, *admit(s, h.limits()).request(), 0);
  s.params.stop_token_ids = {plain.tokens[0]};
  h.add(s);
  h.schedule();
  h.schedule();
  h.commit();
  EXPECT_EQ(h.request(1).samples[0].reason, FinishReason::kStop);
  EXPECT_FALSE(h.scheduler().has_unfinished());
  EXPECT_EQ(h.scheduler().num_in_flight(), 1);
  EXPECT_EQ(h.scheduler().stats().num_free_blocks, 32);  // at once, for the next plan
  h.commit();
  EXPECT_EQ(h.request(1).samples[0].num_tokens, 1u);
  h.check_idle();
}

TEST(Scheduler, MinTokensAndIgnoreEosKeepItGoing) {
  Harness h(small());
  Submission s = prompt_of(5, 30);
  s.params.min_tokens = 10;
  for (int32_t id = 0; id < 20; ++id) s.eos_ids.push_back(id);
  h.add(s);
  h.drain();
  EXPECT_GE(h.request(1).samples[0].num_tokens, 10u);
  EXPECT_EQ(h.request(1).samples[0].reason, FinishReason::kStop);
  s.params.min_tokens = 0;
  s.params.ignore_eos = true;
  h.add(s);
  h.drain();
  EXPECT_EQ(h.request(2).samples[0].num_tokens, 30u);
}

TEST(Scheduler, ChunksAPromptBesideDecodes) {
  SchedulerConfig config = small();
  config.max_num_batched_tokens = 16;
  Harness h(config);
  h.add(prompt_of(4, 20, 1));
  h.schedule();
  h.commit();
  h.add(prompt_of(40, 4, 2));
  h.schedule();
  ASSERT_EQ(h.last_plan().rows.size(), 2u);
  EXPECT_EQ(h.last_plan().rows[0].num_tokens, 1);  // the decode row is first and is always there
  EXPECT_EQ(h.last_plan().rows[1].num_tokens, 15);
  EXPECT_EQ(h.last_plan().samples.size(), 1u);
  h.schedule();
  ASSERT_EQ(h.last_plan().rows.size(), 2u);
  EXPECT_EQ(h.last_plan().rows[1].start, 15);
  h.drain();
  h.check_idle();
}

TEST(Scheduler, LongPromptsLeaveRoomForShortOnes) {
  SchedulerConfig config = small();
  config.long_prefill_token_threshold = 8;
  Harness h(config);
  h.add(prompt_of(40, 4, 1));
  h.add(prompt_of(6, 4, 2));
  h.schedule();
  ASSERT_EQ(h.last_plan().rows.size(), 2u);
  EXPECT_EQ(h.last_plan().rows[0].num_tokens, 8);
  EXPECT_EQ(h.last_plan().rows[1].num_tokens, 6);
  h.drain();
}

TEST(Scheduler, WholePromptsWithoutChunking) {
  SchedulerConfig config = small();
  config.enable_chunked_prefill = false;
  Harness h(config);
  h.add(prompt_of(40, 4, 1));
  h.add(prompt_of(30, 4, 2));
  h.schedule();
  ASSERT_EQ(h.last_plan().rows.size(), 1u);
  EXPECT_EQ(h.last_plan().rows[0].num_tokens, 40);
  h.schedule();
  ASSERT_EQ(h.last_plan().rows.size(), 2u);
  EXPECT_EQ(h.last_plan().rows[1].num_tokens, 30);
  h.drain();
}

TEST(Scheduler, TheHeadOfTheQueueIsNotOvertaken) {
  Harness h(small());
  h.add(prompt_of(60, 4, 1));
  h.schedule();
  h.commit();
  h.add(prompt_of(50, 4, 2));
  h.add(prompt_of(60, 4, 3));  // waits for pages
  h.add(prompt_of(2, 1, 4));   // would fit, but came later
  h.schedule();
  h.commit();
  EXPECT_EQ(h.scheduler().stats().num_waiting, 2);
  EXPECT_EQ(h.request(4).samples[0].num_tokens, 0u);
  h.drain();
  h.check_idle();
}

TEST(Preemption, TheOldestNeverAndAllComeOutRight) {
  SchedulerConfig config = small();
  config.num_blocks = 16;
  Harness h(config);
  for (uint64_t text = 1; text <= 4; ++text) h.add(prompt_of(8, 50, text));
  std::vector<uint64_t> order;
  while (h.scheduler().has_unfinished()) {
    h.schedule();
    h.commit();
    h.scheduler().check_invariants();
    for (const auto& [id, tracked] : h.requests()) {
      if (tracked.ended() && std::find(order.begin(), order.end(), id) == order.end()) {
        order.push_back(id);
      }
    }
  }
  h.drain();
  h.check_idle();
  EXPECT_GT(h.scheduler().stats().num_preemptions, 0);
  EXPECT_EQ(order.front(), 1u);
  int64_t num_told = 0;
  for (auto& [id, tracked] : h.requests()) {
    EXPECT_EQ(tracked.samples[0].num_tokens, 50u);
    num_told += tracked.samples[0].num_preemptions;
  }
  EXPECT_EQ(num_told, h.scheduler().stats().num_preemptions);
}

TEST(Preemption, TakesWhoLosesLeast) {
  SchedulerConfig config = small();
  config.num_blocks = 16;
  config.enable_prefix_caching = false;
  Harness h(config);
  h.add(prompt_of(8, 40, 1));
  h.add(prompt_of(7, 40, 2));   // the least work
  h.add(prompt_of(28, 20, 3));  // the youngest, but the most work
  while (h.scheduler().stats().num_preemptions == 0) {
    ASSERT_TRUE(h.schedule());
    h.commit();
  }
  ASSERT_EQ(h.scheduler().stats().num_waiting, 1);
  EXPECT_EQ(h.scheduler().stats().num_waiting_tokens, 7);
  h.drain();
  h.check_idle();
}

TEST(Preemption, TheOldestNotEvenIfItLosesLeast) {
  SchedulerConfig config = small();
  config.num_blocks = 16;
  config.enable_prefix_caching = false;
  Harness h(config);
  h.add(prompt_of(4, 50, 1));
  h.add(prompt_of(24, 30, 2));
  h.add(prompt_of(24, 30, 3));
  const auto oldest = h.request(1).request->prompt;
  int32_t num_starts = 0;
  while (h.scheduler().has_unfinished()) {
    if (h.schedule()) {
      for (const SlotInit& init : h.last_plan().slot_inits) num_starts += init.prompt == oldest;
    }
    h.commit();
  }
  h.drain();
  EXPECT_EQ(num_starts, 1);
  EXPECT_GT(h.scheduler().stats().num_preemptions, 0);
}

TEST(Preemption, LateTokensAreDeliveredOnceAndBeforeItRunsAgain) {
  SchedulerConfig config = small();
  config.num_blocks = 16;
  Harness h(config);
  h.add(prompt_of(20, 40, 1));
  h.add(prompt_of(20, 40, 2));
  while (h.scheduler().stats().num_preemptions == 0) {
    h.schedule();
    if (h.num_results() == 2) h.commit();
  }
  const size_t before = h.request(2).samples[0].num_tokens;
  const size_t in_flight = h.num_results();
  while (h.num_results() > 0) h.commit();
  EXPECT_GE(h.request(2).samples[0].num_tokens, before);
  EXPECT_GE(in_flight, 1u);
  h.drain();  // the harness compares every token
  h.check_idle();
}

TEST(Priority, TheMoreImportantPreempts) {
  SchedulerConfig config = small();
  config.policy = SchedulingPolicy::kPriority;
  config.max_num_seqs = 2;
  Harness h(config);
  Submission s = prompt_of(8, 30, 1);
  s.priority = 5;
  h.add(s);
  s = prompt_of(8, 30, 2);
  s.priority = 5;
  h.add(s);
  h.schedule();
  h.commit();
  s = prompt_of(8, 3, 3);
  s.priority = 0;
  h.add(s);
  h.schedule();
  EXPECT_EQ(h.scheduler().stats().num_preemptions, 1);
  EXPECT_EQ(h.last_plan().slot_inits.size(), 1u);
  h.drain();
  h.check_idle();
}

TEST(Priority, EqualsAreNotPreemptedAndFcfsIgnoresIt) {
  for (const auto policy : {SchedulingPolicy::kPriority, SchedulingPolicy::kFcfs}) {
    SchedulerConfig config = small();
    config.policy = policy;
    config.max_num_seqs = 2;
    Harness h(config);
    for (uint64_t text = 1; text <= 3; ++text) {
      Submission s = prompt_of(8, 30, text);
      s.priority = policy == SchedulingPolicy::kPriority ? 1 : 3 - static_cast<int32_t>(text);
      h.add(s);
    }
    h.drain();
    EXPECT_EQ(h.scheduler().stats().num_preemptions, 0);
  }
}

TEST(Endings, AbortAnywhere) {
  Harness h(small());
  h.scheduler().abort(99);  // unknown: nothing
  h.add(prompt_of(8, 30, 1));
  h.abort(1);  // waiting
  EXPECT_EQ(h.request(1).samples[0].reason, FinishReason::kAbort);
  Submission s = prompt_of(8, 30, 2);
  s.params.n = 3;
  h.add(s);
  h.schedule();
  h.schedule();
  h.abort(2);  // running, two steps in flight
  h.abort(2);  // again: nothing
  EXPECT_FALSE(h.scheduler().has_unfinished());
  EXPECT_EQ(h.scheduler().stats().num_free_blocks, 32);
  h.add(prompt_of(8, 4, 3));
  h.drain();
  h.check_idle();
}

TEST(Endings, StopEndsOneSampleInSilence) {
  Harness h(small());
  Submission s = prompt_of(8, 30, 2);
  s.params.n = 2;
  h.add(s);
  h.schedule();
  h.schedule();
  h.commit();
  h.stop(1, 1);
  h.scheduler().stop(1, 1);
  h.scheduler().stop(1, 7);
  h.scheduler().stop(9, 0);
  h.drain();
  EXPECT_EQ(h.request(1).samples[0].num_tokens, 30u);
  EXPECT_EQ(h.request(1).samples[1].num_tokens, 1u);
  h.check_idle();
}

TEST(Endings, DeadlinesOfThoseWhoRunAndWait) {
  SchedulerConfig config = small();
  config.max_num_seqs = 1;
  Harness h(config);
  Submission s = prompt_of(8, 50, 1);
  s.timeout = std::chrono::seconds(2);
  h.add(s);
  s.timeout = std::chrono::seconds(1);
  h.add(s);
  EXPECT_EQ(h.scheduler().next_deadline(), Time(std::chrono::seconds(1)));
  h.schedule();
  h.advance(std::chrono::seconds(1));
  h.schedule();
  EXPECT_NE(h.request(2).samples[0].error.find("timeout of 1 seconds"), std::string::npos);
  EXPECT_EQ(h.scheduler().next_deadline(), Time(std::chrono::seconds(2)));
  h.commit();
  h.commit();
  h.advance(std::chrono::seconds(1));
  EXPECT_FALSE(h.schedule());
  EXPECT_EQ(h.request(1).samples[0].reason, FinishReason::kError);
  EXPECT_EQ(h.request(1).samples[0].num_tokens, 2u);
  h.check_idle();
}

TEST(Endings, ATimeoutBeyondTheClockIsNone) {
  Harness h(small());
  h.advance(std::chrono::hours(1));
  Submission s = prompt_of(8, 5, 1);
  s.timeout = Time::max();
  h.add(s);
  h.drain();
  EXPECT_EQ(h.request(1).samples[0].num_tokens, 5u);
}

TEST(Misuse, ResultsOutOfOrderFailTheScheduler) {
  Scheduler scheduler(small());
  EXPECT_THROW(scheduler.commit({}, Time(0)), Error);
  // A failed scheduler refuses all that would trust its state.
  EXPECT_THROW(scheduler.schedule(Time(0)), Error);
  EXPECT_THROW(scheduler.check_invariants(), Error);
  EXPECT_TRUE(scheduler.take_events().empty());
}

TEST(Misuse, AnIdInUseIsRefusedAndNothingChanges) {
  Harness h(small());
  h.add(prompt_of(4, 2));
  Submission s = prompt_of(4, 2);
  s.id = 1;
  EXPECT_THROW(h.scheduler().add(admit(s, h.limits()), Time(0)), Error);
  h.scheduler().check_invariants();
  h.drain();
  h.check_idle();
}

}  // namespace
}  // namespace llmserve::test
