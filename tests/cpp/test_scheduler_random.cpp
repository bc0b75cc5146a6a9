// Deterministic simulation: one seed drives arrivals, aborts, stops, deadlines, priorities, shared
// prefixes, salts, several samples, tiny pools, non-finite rows and late results. Every step is
// checked against the invariants and against what each request gives alone. LLMSERVE_SIM_STEPS sets
// the number of steps; a failure names the world whose seed repeats it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "sched_harness.h"

namespace llmserve::test {
namespace {

struct World {
  SchedulerConfig config;
  FakeModel model;
  int32_t max_alive = 0;
  int32_t arrival_percent = 0;
  int32_t many_samples_percent = 25;
  bool has_timeouts = false;
};

World make_world(Rng& rng) {
  World world;
  SchedulerConfig& c = world.config;
  c.block_size = 1 << rng.range(0, 4);
  c.max_model_len = rng.range(8, 120);
  const int32_t least_blocks = (c.max_model_len + c.block_size - 1) / c.block_size;
  c.num_blocks = least_blocks + (rng.chance(50) ? rng.range(0, 3) : rng.range(0, least_blocks * 4));
  c.max_num_seqs = rng.range(1, 10);
  c.max_num_batched_tokens = rng.range(c.max_num_seqs, c.max_num_seqs + 60);
  c.max_logit_rows = rng.range(c.max_num_seqs, c.max_num_seqs + 20);
  c.max_steps_in_flight = rng.range(1, 3);
  c.enable_prefix_caching = rng.chance(75);
  c.enable_chunked_prefill = rng.chance(75);
  if (!c.enable_chunked_prefill) {
    c.max_num_batched_tokens = std::max(c.max_num_batched_tokens, c.max_model_len);
  } else if (rng.chance(30)) {
    c.long_prefill_token_threshold = rng.range(1, 20);
  }
  c.policy = rng.chance(35) ? SchedulingPolicy::kPriority : SchedulingPolicy::kFcfs;
  c.hash_seed = rng.next();
  world.model.nonfinite_every = rng.chance(50) ? static_cast<uint64_t>(rng.range(50, 500)) : 0;
  world.max_alive = rng.range(1, 14);
  world.arrival_percent = rng.range(5, 90);
  world.has_timeouts = rng.chance(30);
  // Forks of several requests at once in a full pool: copies and preemptions in one plan.
  if (rng.chance(25)) {
    world.many_samples_percent = 90;
    c.max_num_seqs += 6;
    c.max_num_batched_tokens += 40;
    c.max_logit_rows += 10;
  }
  return world;
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed)
      : rng_(seed), world_(make_world(rng_)), harness_(world_.config, world_.model) {
    for (int i = 0; i < 3; ++i) {
      stems_.push_back(tokens_from(rng_, rng_.range(1, world_.config.max_model_len), 40));
    }
  }

  int64_t run(int64_t num_actions) {
    for (int64_t i = 0; i < num_actions; ++i) {
      act();
      harness_.scheduler().check_invariants();
      if (i % 64 == 0) check_waits();
    }
    while (harness_.scheduler().has_unfinished() || harness_.num_results() > 0) {
      const bool scheduled = harness_.schedule();
      harness_.scheduler().check_invariants();
      CHECK(harness_.commit() || scheduled, "stuck");
    }
    harness_.check_idle();
    return harness_.num_steps();
  }

  SchedulerStats stats() { return harness_.scheduler().stats(); }
  int64_t num_timeouts() const { return num_timeouts_; }
  int64_t num_nonfinite() const { return num_nonfinite_; }

 private:
  void act() {
    harness_.advance(Time(rng_.range(0, 5)));
    if (rng_.chance(world_.arrival_percent) && alive() < world_.max_alive) arrive();
    if (rng_.chance(2)) with_any([&](uint64_t id) { harness_.abort(id); });
    if (rng_.chance(2)) with_any([&](uint64_t id) { stop_any(id); });
    if (rng_.range(1, 400) == 1) harness_.scheduler().reset_prefix_cache();
    if (rng_.chance(60)) harness_.schedule();
    // Results may be late as long as the pipeline allows; a full one moves on.
    if (rng_.chance(50)) harness_.commit();
    for (const auto& [id, tracked] : harness_.requests()) {
      if (!tracked.ended()) continue;
      for (const Harness::Sample& sample : tracked.samples) {
        num_timeouts_ += sample.error.find("timeout") != std::string::npos;
        num_nonfinite_ += sample.error.find("non-finite") != std::string::npos;
      }
    }
    harness_.forget_ended();
  }

  int32_t alive() { return static_cast<int32_t>(harness_.requests().size()); }

  template <typename F>
  void with_any(F&& f) {
    if (harness_.requests().empty()) return;
    auto it = harness_.requests().begin();
    std::advance(it, rng_.range(0, alive() - 1));
    f(it->first);
  }

  void stop_any(uint64_t id) {
    harness_.stop(id, rng_.range(0, harness_.request(id).request->params->n - 1));
  }

  void arrive() {
    Submission s;
    const int32_t longest = world_.config.max_model_len - 1;
    const int32_t size = rng_.chance(10) ? longest : rng_.range(1, longest);
    if (rng_.chance(60)) s.prompt = stems_[static_cast<size_t>(rng_.range(0, 2))];
    s.prompt.resize(std::min(s.prompt.size(), static_cast<size_t>(rng_.range(0, size))));
    const auto rest = tokens_from(rng_, size - static_cast<int32_t>(s.prompt.size()), 40);
    s.prompt.insert(s.prompt.end(), rest.begin(), rest.end());
    s.params.n = rng_.chance(world_.many_samples_percent) ? rng_.range(2, 5) : 1;
    s.params.temperature = rng_.chance(30) ? 0.0f : 1.0f;
    s.params.seed = rng_.next() % 4;
    if (rng_.chance(70)) s.params.max_tokens = rng_.range(1, 30);
    const int32_t most = std::min(s.params.max_tokens.value_or(longest + 1), longest + 1 - size);
    if (rng_.chance(30)) s.params.min_tokens = rng_.range(0, most);
    if (rng_.chance(30)) s.params.stop_token_ids = {rng_.range(1, 39)};
    if (rng_.chance(15)) s.params.prompt_logprobs = rng_.range(0, 3);
    if (rng_.chance(20)) s.params.logprobs = rng_.range(0, 3);
    s.params.ignore_eos = rng_.chance(30);
    s.eos_ids = {0, 5};
    s.priority = rng_.range(-1, 2);
    if (rng_.chance(20)) s.cache_salt = rng_.chance(50) ? "a" : "b";
    if (world_.has_timeouts && rng_.chance(30)) s.timeout = Time(rng_.range(1, 300));
    harness_.add(std::move(s));
  }

  // Under FCFS a request is overtaken by none that came later, so its wait is bounded by the work
  // of the few before it.
  void check_waits() {
    if (world_.config.policy != SchedulingPolicy::kFcfs) return;
    const int64_t bound = 14 * 5 * 4 * int64_t{world_.config.max_model_len};
    for (const auto& [id, tracked] : harness_.requests()) {
      CHECK_LE(harness_.num_steps() - tracked.arrival_step, bound, "request ", id, " starves");
    }
  }

  Rng rng_;
  World world_;
  Harness harness_;
  std::vector<std::vector<int32_t>> stems_;
  int64_t num_timeouts_ = 0;
  int64_t num_nonfinite_ = 0;
};

TEST(SchedulerRandom, Simulation) {
  const char* wanted = std::getenv("LLMSERVE_SIM_STEPS");
  const int64_t num_steps = wanted != nullptr ? std::atoll(wanted) : 100000;
  const char* first = std::getenv("LLMSERVE_SIM_SEED");
  uint64_t seed = first != nullptr ? std::strtoull(first, nullptr, 10) : 1;
  int64_t steps = 0, preemptions = 0, hits = 0, timeouts = 0, nonfinite = 0;
  for (; steps < num_steps; ++seed) {
    SCOPED_TRACE(detail::concat("LLMSERVE_SIM_SEED=", seed));
    try {
      Simulation simulation(seed);
      steps += simulation.run(600);
      preemptions += simulation.stats().num_preemptions;
      hits += simulation.stats().prefix_cache_hits;
      timeouts += simulation.num_timeouts();
      nonfinite += simulation.num_nonfinite();
    } catch (const std::exception& error) {
      FAIL() << error.what();
    }
  }
  // The simulation is worth nothing where what it is for does not happen.
  EXPECT_GT(preemptions, num_steps / 200);
  EXPECT_GT(hits, num_steps / 20);
  EXPECT_GT(timeouts, num_steps / 2000);
  EXPECT_GT(nonfinite, num_steps / 2000);
  std::printf("steps %lld, preemptions %lld, hit tokens %lld, timeouts %lld, non-finite %lld\n",
              static_cast<long long>(steps), static_cast<long long>(preemptions),
              static_cast<long long>(hits), static_cast<long long>(timeouts),
              static_cast<long long>(nonfinite));
}

}  // namespace
}  // namespace llmserve::test
