// EngineThread through its public calls, on the CPU backend with a random model.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <filesystem>
#include <future>

#include "engine_harness.h"

namespace llmserve {
namespace {

using testing::collect;
using testing::generate;
using testing::prompt_of;
using testing::started_engine;
using testing::submission_of;
using testing::tiny_config;
using testing::tiny_spec;

TEST(EngineThread, TheSameRequestGivesTheSameTokensWhateverItsNeighbours) {
  for (float temperature : {0.0f, 1.0f}) {
    const auto engine = started_engine(tiny_spec(), tiny_config());
    const auto wanted = [&] { return submission_of(prompt_of(37), 20, temperature); };
    const std::vector<int32_t> alone = generate(*engine, wanted());
    ASSERT_EQ(alone.size(), 20u);
    EXPECT_EQ(generate(*engine, wanted()), alone) << "after a cache hit";
    std::vector<uint64_t> ids;
    for (int i = 0; i < 32; ++i) {
      engine->submit(submission_of(prompt_of(3 + 5 * i, i), 9 + i % 7, 0.7f));
      if (i % 8 == 3) ids.push_back(engine->submit(wanted()));
    }
    const auto outputs = collect(*engine, 32 + ids.size());
    for (uint64_t id : ids) EXPECT_EQ(outputs.at({id, 0}).token_ids, alone) << "in a crowd";
  }
}

TEST(EngineThread, PreemptionAndTinyCachesDoNotChangeTokens) {
  const auto roomy = started_engine(tiny_spec(), tiny_config());
  EngineConfig config = tiny_config();
  config.max_model_len = 64;
  config.num_blocks_override = 12;
  const auto tight = started_engine(tiny_spec(), config);
  const auto make = [](int i) {
    return submission_of(prompt_of(5 + 2 * i, i % 5), 24, 0.8f * (i % 2));
  };
  std::vector<std::vector<int32_t>> tokens;
  for (int i = 0; i < 16; ++i) tokens.push_back(generate(*roomy, make(i)));
  std::map<uint64_t, std::vector<int32_t>> wanted;
  for (int i = 0; i < 16; ++i) wanted[tight->submit(make(i))] = tokens[i];
  const auto outputs = collect(*tight, wanted.size());
  for (const auto& [id, alone] : wanted) EXPECT_EQ(outputs.at({id, 0}).token_ids, alone);
  EXPECT_GT(tight->stats().scheduler.num_preemptions, 0);
}

TEST(EngineThread, TensorParallelRanksGiveTheSameTokens) {
  const auto single = started_engine(tiny_spec(), tiny_config());
  for (int32_t size : {2, 4}) {  // 4 ranks share 2 kv heads
    EngineConfig config = tiny_config();
    config.tensor_parallel_size = size;
    const auto parallel = started_engine(tiny_spec(), config);
    for (int length : {1, 30, 100}) {
      const auto make = [&] { return submission_of(prompt_of(length), 16); };
      EXPECT_EQ(generate(*parallel, make()), generate(*single, make())) << size << " ranks";
    }
  }
}

TEST(EngineThread, SamplesOfOneRequestHaveSeedsOfTheirOwn) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  Submission submission = submission_of(prompt_of(21), 12, 1.0f);
  submission.params.n = 4;
  const uint64_t id = engine->submit(std::move(submission));
  const auto outputs = collect(*engine, 4);
  for (int32_t i = 0; i < 4; ++i) {
    Submission alone = submission_of(prompt_of(21), 12, 1.0f);
    alone.params.seed = 42 + i;
    EXPECT_EQ(outputs.at({id, i}).token_ids, generate(*engine, std::move(alone)));
  }
}

TEST(EngineThread, LogprobsComeWithEveryToken) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  Submission submission = submission_of(prompt_of(19), 6);
  submission.params.logprobs = 3;
  submission.params.prompt_logprobs = 2;
  const uint64_t id = engine->submit(std::move(submission));
  const Output output = collect(*engine, 1).at({id, 0});
  ASSERT_EQ(output.logprobs.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    const TokenLogprobs& token = output.logprobs[i];
    EXPECT_EQ(token.token, output.token_ids[i]);
    EXPECT_EQ(token.rank, 1);
    ASSERT_EQ(token.top.size(), 3u);
    EXPECT_EQ(token.top[0].first, token.token);
    EXPECT_LE(token.top[1].second, token.top[0].second);
  }
  ASSERT_EQ(output.prompt_logprobs.size(), 18u);
  EXPECT_EQ(output.prompt_logprobs[0].token, prompt_of(19)[1]);
}

TEST(EngineThread, AbortEndsARequestAtOnceAndFreesItsPages) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  const uint64_t id = engine->submit(submission_of(prompt_of(10), 400));
  while (engine->stats().scheduler.num_generation_tokens < 3) std::this_thread::yield();
  engine->abort(id);
  engine->abort(id);
  engine->abort(12345);
  const auto outputs = collect(*engine, 1);
  EXPECT_EQ(outputs.at({id, 0}).finish_reason, FinishReason::kAbort);
  EXPECT_LT(outputs.at({id, 0}).token_ids.size(), 400u);
  generate(*engine, submission_of(prompt_of(4), 2));  // the engine has gone on
  const SchedulerStats stats = engine->stats().scheduler;
  EXPECT_EQ(stats.num_running, 0);
  EXPECT_EQ(stats.num_free_blocks, stats.num_blocks);
}

TEST(EngineThread, BadRequestsAreRefusedAndHarmNobody) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  EXPECT_THROW(engine->submit(submission_of({}, 5)), Error);
  EXPECT_THROW(engine->submit(submission_of({1, 211}, 5)), Error);
  EXPECT_THROW(engine->submit(submission_of({-1}, 5)), Error);
  EXPECT_THROW(engine->submit(submission_of(prompt_of(513), 5)), Error);
  EXPECT_THROW(engine->submit(submission_of({1}, 5, std::nanf(""))), Error);
  EXPECT_EQ(generate(*engine, submission_of({1, 2, 3}, 5)).size(), 5u);
}

void expect_that_most_are_refused(const EngineConfig& config) {
  const auto engine = started_engine(tiny_spec(), config);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 20; ++i) {
    try {
      engine->submit(submission_of(prompt_of(8, i), 100));
      ++accepted;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kOverloaded);
      ++refused;
    }
  }
  EXPECT_GE(accepted, 3);
  EXPECT_GE(refused, 10);
  EXPECT_EQ(collect(*engine, accepted).size(), static_cast<size_t>(accepted));
}

TEST(EngineThread, AFullQueueRefusesInsteadOfGrowing) {
  EngineConfig config = tiny_config();
  config.max_num_seqs = 1;
  config.max_num_queued_reqs = 3;
  expect_that_most_are_refused(config);
}

TEST(EngineThread, AQueueFullOfTokensRefusesToo) {
  EngineConfig config = tiny_config();
  config.max_num_seqs = 1;
  config.max_num_queued_tokens = 3 * 8 + 7;
  expect_that_most_are_refused(config);
}

TEST(EngineThread, ADeadlineEndsARequestWithAnError) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  Submission submission = submission_of(prompt_of(5), 490);
  submission.timeout = std::chrono::milliseconds(5);
  const uint64_t id = engine->submit(std::move(submission));
  const Output output = collect(*engine, 1).at({id, 0});
  EXPECT_EQ(output.finish_reason, FinishReason::kError);
  EXPECT_EQ(output.error_cause, ErrorCause::kDeadline);
  EXPECT_NE(output.error, "");
}

TEST(EngineThread, CloseEndsEverythingAndIsIdempotent) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  for (int i = 0; i < 20; ++i) engine->submit(submission_of(prompt_of(9, i), 300));
  engine->close();
  engine->close();
  const auto outputs = collect(*engine, 20);
  ASSERT_EQ(outputs.size(), 20u);
  for (const auto& [key, output] : outputs) {
    EXPECT_EQ(output.finish_reason, FinishReason::kAbort);
  }
  try {
    engine->submit(submission_of({1}, 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

// A stats() between the two must not show an idle hour as a hanging step.
TEST(EngineThread, TimeWithoutWorkIsNotTimeWithoutProgress) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto before = std::chrono::steady_clock::now();
    engine->submit(submission_of(prompt_of(5, i), 3));
    const double shown = engine->stats().seconds_since_step;
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - before;
    EXPECT_LE(shown, since.count());
    collect(*engine, 1);
  }
}

TEST(EngineThread, CloseWaitsForThoseWhoLoad) {
  ModelSpec spec = tiny_spec();
  spec.vocab_size = 20000;  // a load of some milliseconds
  EngineThread engine(spec, tiny_config(), nullptr);
  std::vector<float> table(spec.vocab_size * spec.hidden_size, 0.5f);
  const Tensor tensor(table.data(), DType::kFloat32, {spec.vocab_size, spec.hidden_size});
  std::atomic<int> num_loads{0};
  std::vector<std::future<ErrorKind>> loaders;
  for (const char* slot : {"embedding", "head"}) {
    loaders.push_back(std::async(std::launch::async, [&engine, &num_loads, &tensor, slot] {
      try {
        for (;; ++num_loads) engine.loading_workers()->load(slot, tensor);
      } catch (const Error& error) {
        return error.kind();
      }
    }));
  }
  while (num_loads < 4) std::this_thread::yield();
  engine.close();
  for (auto& loader : loaders) EXPECT_EQ(loader.get(), ErrorKind::kUnavailable);
}

TEST(EngineThread, StartNamesTheMissingWeights) {
  EngineThread engine(tiny_spec(), tiny_config(), nullptr);
  const std::vector<float> ones(48, 1.0f);
  engine.loading_workers()->load("final_norm",
                                 Tensor(const_cast<float*>(ones.data()), DType::kFloat32, {48}));
  try {
    engine.start();
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("embedding"), std::string::npos) << text;
    EXPECT_EQ(text.find("final_norm"), std::string::npos) << text;
  }
}

int64_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}
int64_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

TEST(EngineThread, FiftyEnginesLeaveNoThreadAndNoDescriptor) {
  generate(*started_engine(tiny_spec(), tiny_config()), submission_of({1, 2}, 2));
  const int64_t files = open_files();
  const int64_t tasks = threads();
  for (int i = 0; i < 50; ++i) {
    const auto engine = started_engine(tiny_spec(), tiny_config());
    EXPECT_EQ(generate(*engine, submission_of({1, 2}, 2)).size(), 2u);
    if (i % 2) engine->close();
  }
  EXPECT_EQ(open_files(), files);
  EXPECT_EQ(threads(), tasks);
}

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return t.tv_sec + t.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(EngineThread, AnIdleEngineUsesNoCpu) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  generate(*engine, submission_of({1, 2}, 4));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // spinning threads go to sleep
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_LT(cpu_seconds() - before, 0.02);
  EXPECT_EQ(engine->stats().seconds_since_step, 0.0);
}

TEST(EngineThread, ManyThreadsMaySubmitAndAbortAtOnce) {
  const auto engine = started_engine(tiny_spec(), tiny_config());
  std::vector<std::future<void>> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.push_back(std::async(std::launch::async, [&engine, caller] {
      for (int i = 0; i < 25; ++i) {
        const uint64_t id = engine->submit(submission_of(prompt_of(1 + i, caller), 5));
        if (i % 3 == 0) engine->abort(id);
        engine->stats();
      }
    }));
  }
  for (auto& caller : callers) caller.get();
  EXPECT_EQ(collect(*engine, 100).size(), 100u);
}

}  // namespace
}  // namespace llmserve
