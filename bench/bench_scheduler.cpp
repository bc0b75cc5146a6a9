// Host cost of scheduling: schedule() and commit() with the device taken out.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sched/scheduler.h"

namespace llmserve {
namespace {

SchedulerConfig make_config(int32_t num_seqs, int32_t context) {
  SchedulerConfig config;
  config.block_size = 16;
  config.max_num_seqs = num_seqs;
  config.max_num_batched_tokens = 8192;
  config.max_logit_rows = num_seqs;
  config.max_model_len = context;
  config.num_blocks = num_seqs * (context / 16) + num_seqs;
  return config;
}

// Requests of one `text` begin alike.
Admitted make_request(uint64_t id, uint64_t text, int32_t max_tokens, int32_t context) {
  Submission s;
  s.id = id;
  s.prompt.resize(static_cast<size_t>(context - max_tokens) / 2);
  for (int32_t& token : s.prompt) token = static_cast<int32_t>(text++ % 9973);
  s.params.max_tokens = max_tokens;
  s.params.ignore_eos = true;
  return admit(std::move(s),
               {.vocab_size = 10000, .max_model_len = context, .max_logprobs = 20, .seed = 1});
}

// Two steps in flight, as the engine runs: a plan is made before the last result is known.
class Loop {
 public:
  explicit Loop(const SchedulerConfig& config) : scheduler_(config) {}

  // The number of sampled tokens that were committed.
  int64_t step() {
    const StepPlan plan = scheduler_.schedule(Time(0));
    if (!plan.empty()) {
      StepResult result;
      result.id = plan.id;
      result.samples.resize(plan.samples.size());
      for (SampleResult& sample : result.samples) sample.token = ++token_ % 9973;
      results_.push_back(std::move(result));
    }
    if (results_.size() < 2 && !plan.empty()) return 0;
    if (results_.empty()) return 0;
    scheduler_.commit(results_.front(), Time(0));
    const auto count = static_cast<int64_t>(results_.front().samples.size());
    results_.pop_front();
    benchmark::DoNotOptimize(scheduler_.take_events());
    return count;
  }

  Scheduler& scheduler() { return scheduler_; }

 private:
  Scheduler scheduler_;
  std::deque<StepResult> results_;
  int32_t token_ = 0;
};

// All sequences decode; pages are taken and published as they grow.
void decode(benchmark::State& state) {
  const auto num_seqs = static_cast<int32_t>(state.range(0));
  constexpr int32_t kContext = 4096;
  const auto make_loop = [&](uint64_t first_id) {
    auto loop = std::make_unique<Loop>(make_config(num_seqs, kContext));
    for (int32_t i = 0; i < num_seqs; ++i) {
      const uint64_t id = first_id + static_cast<uint64_t>(i);
      loop->scheduler().add(make_request(id, id * 37, kContext - 128, kContext), Time(0));
    }
    while (loop->scheduler().stats().num_waiting > 0) loop->step();
    for (int i = 0; i < 4; ++i) loop->step();
    return loop;
  };
  auto loop = make_loop(1);
  int64_t tokens = 0;
  int64_t steps = 0;
  for (auto _ : state) {
    tokens += loop->step();
    if (++steps % (kContext - 200) == 0) {
      state.PauseTiming();
      loop = make_loop(1);
      state.ResumeTiming();
    }
  }
  state.SetItemsProcessed(tokens);
}
BENCHMARK(decode)->Arg(1)->Arg(32)->Arg(256)->Arg(1024);

// Whole lives of requests, arriving as others end: admission, prefill, decode, freeing.
void serve(benchmark::State& state) {
  constexpr int32_t kSeqs = 256;
  constexpr int32_t kContext = 1152;
  const bool shared_prefix = state.range(0) != 0;
  Loop loop(make_config(kSeqs, kContext));
  uint64_t id = 0;
  int64_t tokens = 0;
  for (auto _ : state) {
    while (loop.scheduler().stats().num_waiting < 16) {
      ++id;
      loop.scheduler().add(make_request(id, shared_prefix ? id % 4 : id * 37, 128, kContext),
                           Time(0));
    }
    tokens += loop.step();
  }
  state.SetItemsProcessed(tokens);
  const SchedulerStats stats = loop.scheduler().stats();
  state.counters["hit_rate"] =
      static_cast<double>(stats.prefix_cache_hits) /
      static_cast<double>(std::max<int64_t>(stats.prefix_cache_queries, 1));
}
BENCHMARK(serve)->ArgName("shared_prefix")->Arg(0)->Arg(1);

}  // namespace
}  // namespace llmserve

BENCHMARK_MAIN();
