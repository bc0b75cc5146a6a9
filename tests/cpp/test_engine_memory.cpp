// Allocations that fail under a running engine: the request that wanted them ends with an error,
// alone; where nothing can be had any more the engine fails, and never the process.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <thread>

#include "cpu/sampling.h"
#include "engine_harness.h"
#include "heap_hooks.h"

namespace {

// Which of this program's calls of operator new throw. Never those of its first thread.
struct Faults {
  const std::thread::id first_thread = std::this_thread::get_id();
  std::atomic<std::size_t> fail_from{SIZE_MAX};  // allocations of so many bytes or more
  std::atomic<bool> first_thread_too{false};
  std::atomic<int64_t> let_pass{0};      // so many of them are granted first
  std::atomic<int64_t> most{INT64_MAX};  // so many of them fail
  std::atomic<int64_t> num_bytes{0};     // granted in all
};
Faults& faults() {
  static Faults instance;
  return instance;
}

}  // namespace

bool on_allocate(std::size_t bytes) noexcept {
  Faults& state = faults();
  if (bytes >= state.fail_from &&
      (state.first_thread_too || std::this_thread::get_id() != state.first_thread) &&
      --state.let_pass < 0 && --state.most >= 0) {
    return false;
  }
  state.num_bytes += static_cast<int64_t>(bytes);
  return true;
}
void on_release() noexcept {}

namespace llmserve {
namespace {

using testing::collect;
using testing::generate;
using testing::prompt_of;
using testing::started_engine;
using testing::submission_of;
using testing::tiny_config;
using testing::tiny_spec;

TEST(EngineMemory, ARequestThatFindsNoMemoryEndsAlone) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  const uint64_t before = engine->submit(submission_of(prompt_of(9), 200));
  faults().most = 1;
  faults().fail_from = 40000;  // what a request of 200 samples wants at once, and nobody else
  Submission big = submission_of(prompt_of(5), 2);
  big.params.n = 200;
  const uint64_t id = engine->submit(std::move(big));
  const uint64_t after = engine->submit(submission_of(prompt_of(4), 3));
  const auto outputs = collect(*engine, 202);
  faults().fail_from = SIZE_MAX;
  ASSERT_EQ(outputs.size(), 202u);
  for (int32_t i = 0; i < 200; ++i) {
    const Output& output = outputs.at({id, i});
    EXPECT_EQ(output.finish_reason, FinishReason::kError);
    EXPECT_EQ(output.error_cause, ErrorCause::kEngine);
    EXPECT_NE(output.error, "");
  }
  EXPECT_EQ(outputs.at({before, 0}).token_ids.size(), 200u);
  EXPECT_EQ(outputs.at({after, 0}).token_ids.size(), 3u);
  const EngineStats stats = engine->stats();
  EXPECT_EQ(stats.state, EngineState::kRunning);
  EXPECT_EQ(stats.scheduler.num_waiting, 0);
}

TEST(EngineMemory, WithoutAnyMemoryTheEngineFailsAndTheProcessLives) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  generate(*engine, submission_of(prompt_of(9), 2));
  faults().most = INT64_MAX;
  faults().fail_from = 0;
  engine->submit(submission_of(prompt_of(9), 100));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (engine->stats().state == EngineState::kRunning &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(engine->stats().state, EngineState::kFailed);
  faults().fail_from = SIZE_MAX;
  engine->close();
}

TEST(EngineMemory, OnlyTheFirstRankKeepsResultsOnTheHost) {
  ModelSpec spec = tiny_spec();
  spec.vocab_size = 20000;
  EngineConfig config = tiny_config();
  config.max_logprobs = -1;
  config.tensor_parallel_size = 4;
  const int64_t before = faults().num_bytes;
  const EngineThread engine(spec, config, nullptr);
  const int64_t taken = faults().num_bytes - before;
  for (const MemoryItem& item : engine.memory_plan().items) {
    if (item.name == "host results") {
      EXPECT_LT(taken, item.bytes * 3 / 2);
    }
  }
}

// Penalties count tokens, and there are no more of those than the vocabulary has.
TEST(EngineMemory, ASlotTakesNoMoreThanTheVocabularyNeeds) {
  StepLimits limits;
  limits.max_rows = 1;
  limits.max_model_len = 1 << 20;
  limits.vocab_size = 500;
  std::vector<char> workspace(CpuSampler::workspace_bytes(limits, 1));
  CpuSampler sampler;
  sampler.reserve(limits, 1, workspace.data());
  SamplingParams params;
  params.repetition_penalty = 1.5f;
  std::vector<int32_t> prompt(1000);
  for (int32_t i = 0; i < 1000; ++i) prompt[i] = i % 500;
  SlotInit init;
  init.slot = 0;
  init.params = std::make_shared<const SamplingParams>(params);
  init.prompt = std::make_shared<const std::vector<int32_t>>(prompt);
  const int64_t before = faults().num_bytes;
  sampler.init_slot(init);
  EXPECT_LT(faults().num_bytes - before, 100 * 500);
}

// What a failed put left over meets what came after it: one sample twice, the older first.
TEST(Outbox, KeepsTheOrderOfASample) {
  std::vector<Output> outputs(2);
  outputs[0].token_ids = {1, 2};
  outputs[1].token_ids = {3};
  outputs[1].finish_reason = FinishReason::kLength;
  Outbox outbox;
  outbox.put(outputs);
  const std::vector<Output> taken = outbox.take(std::chrono::nanoseconds(0));
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].token_ids, (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(taken[0].finish_reason, FinishReason::kLength);
}

bool is_readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

std::vector<Output> three_outputs() {
  std::vector<Output> outputs(3);
  for (int32_t i = 0; i < 3; ++i) {
    outputs[static_cast<size_t>(i)].request_id = 7;
    outputs[static_cast<size_t>(i)].index = i;
    outputs[static_cast<size_t>(i)].token_ids = {i};
  }
  return outputs;
}

TEST(Outbox, AFailedPutLeavesItWhole) {
  bool passed = false;
  for (int64_t k = 0; !passed; ++k) {
    ASSERT_LT(k, 20);
    Outbox outbox;
    std::vector<Output> outputs = three_outputs();
    faults().let_pass = k;
    faults().first_thread_too = true;
    faults().fail_from = 0;
    try {
      outbox.put(outputs);
      passed = true;
    } catch (const std::bad_alloc&) {
    }
    faults().fail_from = SIZE_MAX;
    faults().first_thread_too = false;
    outputs = three_outputs();
    outbox.put(outputs);
    EXPECT_TRUE(is_readable(outbox.event_fd()));
    const std::vector<Output> taken = outbox.take(std::chrono::nanoseconds(0));
    EXPECT_EQ(taken.size(), 3u);
    EXPECT_FALSE(is_readable(outbox.event_fd()));
    outputs = three_outputs();
    outbox.put(outputs);
    EXPECT_TRUE(is_readable(outbox.event_fd()));
  }
}

}  // namespace
}  // namespace llmserve
