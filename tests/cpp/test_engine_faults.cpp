// Faults injected at every point of an engine's life: each ends in a clean error, an ending for
// every request, and nothing held back (the address sanitizer's leak check sees to the last).
#include <gtest/gtest.h>

#include "engine_harness.h"
#include "faulty_backend.h"

namespace llmserve {
namespace {

using testing::collect;
using testing::Fault;
using testing::faulty_maker;
using testing::prompt_of;
using testing::submission_of;
using testing::tiny_config;
using testing::tiny_spec;

TEST(EngineFaults, TheKthAllocationFails) {
  int failures = 0;
  for (int64_t k = 1;; ++k) {
    Fault fault;
    fault.allocations_left = k;
    try {
      EngineThread engine(tiny_spec(), tiny_config(), nullptr, faulty_maker(fault));
      break;
    } catch (const std::bad_alloc&) {
      ++failures;
    }
  }
  EXPECT_GE(failures, 4);  // weights, cache, buffers, workspace
}

// Runs six requests; true if the fault struck.
bool run_with_fault(int64_t k, int32_t tensor_parallel_size) {
  Fault fault;
  EngineConfig config = tiny_config();
  config.tensor_parallel_size = tensor_parallel_size;
  EngineThread engine(tiny_spec(), config, nullptr, faulty_maker(fault));
  engine.loading_workers()->load_dummy(1);
  engine.start();
  fault.ops_left = k;
  size_t endings = 0;
  bool refused = false;
  for (int i = 0; i < 6; ++i) {
    try {
      engine.submit(submission_of(prompt_of(10 + i, i), 4));
      ++endings;
    } catch (const Error& error) {  // it struck between two of them
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      refused = true;
    }
  }
  const auto outputs = collect(engine, endings);
  EXPECT_EQ(outputs.size(), endings);
  int errors = 0;
  for (const auto& [key, output] : outputs) {
    EXPECT_TRUE(output.finished());
    if (output.finish_reason != FinishReason::kError) continue;
    ++errors;
    EXPECT_NE(output.error.find("injected fault"), std::string::npos) << output.error;
  }
  const EngineStats stats = engine.stats();
  if (errors == 0 && !refused) {
    EXPECT_EQ(stats.state, EngineState::kRunning);
    return false;
  }
  EXPECT_EQ(stats.state, EngineState::kFailed);
  EXPECT_NE(stats.failure.find("injected fault"), std::string::npos);
  EXPECT_THROW(engine.submit(submission_of({1}, 1)), Error);
  return true;
}

TEST(EngineFaults, TheKthOpFails) {
  int64_t k = 1;
  while (run_with_fault(k, 1)) k += 1 + k / 4;
  EXPECT_GT(k, 20);
}

TEST(EngineFaults, AFailingRankWakesTheOthers) {
  int64_t k = 1;
  while (run_with_fault(k, 2)) k += 1 + k / 2;
  EXPECT_GT(k, 20);
}

TEST(EngineFaults, LoadingFailsAndTheEngineCanBeDropped) {
  Fault fault;
  EngineThread engine(tiny_spec(), tiny_config(), nullptr, faulty_maker(fault));
  fault.ops_left = 3;
  EXPECT_THROW(engine.loading_workers()->load_dummy(1), Error);
  EXPECT_THROW(engine.start(), Error);  // weights are missing
}

TEST(EngineFaults, AfterAFailureACloseIsAClose) {
  Fault fault;
  EngineThread engine(tiny_spec(), tiny_config(), nullptr, faulty_maker(fault));
  engine.loading_workers()->load_dummy(1);
  engine.start();
  fault.ops_left = 1;
  engine.submit(submission_of(prompt_of(4), 4));
  EXPECT_EQ(collect(engine, 1).size(), 1u);
  engine.close();
  try {
    engine.submit(submission_of({1}, 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the engine is closed");
  }
}

TEST(EngineFaults, AStuckStepShowsInTheStats) {
  Fault fault;
  EngineThread engine(tiny_spec(), tiny_config(), nullptr, faulty_maker(fault));
  engine.loading_workers()->load_dummy(1);
  engine.start();
  fault.stall_ms = 150;
  engine.submit(submission_of(prompt_of(4), 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_GT(engine.stats().seconds_since_step, 0.1);
  fault.stall_ms = 0;
  EXPECT_EQ(collect(engine, 1).size(), 1u);
  EXPECT_EQ(engine.stats().seconds_since_step, 0.0);
}

}  // namespace
}  // namespace llmserve
