// Small scopes in full: three requests in a pool of a few pages, every order of arriving, stepping,
// committing, aborting and stopping up to a depth. Each state that is reached is audited and then
// run to its end: no deadlock, no loss, no leak, and the right text. States are told apart by what
// the device holds and what each request has got; longer ways to a known state are cut.
// LLMSERVE_SCOPE_DEPTH sets the depth.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>

#include "sched_harness.h"

namespace llmserve::test {
namespace {

enum Action : uint8_t {
  kArrive,  // + request 0 .. 2
  kSchedule = 3,
  kCommit,
  kAbort,  // + request 0 .. 2
  kStop = 8,
  kReset,
  kNumActions,
};

struct Scope {
  const char* name;
  SchedulerConfig config;
  int32_t depth;
};

SchedulerConfig tiny() {
  SchedulerConfig config;
  config.num_blocks = 5;
  config.block_size = 2;
  config.max_num_seqs = 3;
  config.max_num_batched_tokens = 6;
  config.max_logit_rows = 4;
  config.max_model_len = 9;
  return config;
}

Submission request(int32_t index) {
  Submission s;
  s.params.seed = 1;
  switch (index) {
    case 0:
      s.prompt = {1, 2, 3, 4};
      s.params.max_tokens = 4;
      break;
    case 1:  // shares a prefix, and forks with a partial page
      s.prompt = {1, 2, 3};
      s.params.n = 2;
      s.params.max_tokens = 3;
      s.priority = 1;
      break;
    default:
      s.prompt = {1, 2, 3, 4, 5, 6};
      s.params.max_tokens = 3;
      s.params.prompt_logprobs = 0;
      s.priority = -1;
      break;
  }
  return s;
}

struct Run {
  explicit Run(const SchedulerConfig& config) : harness(config) {}

  // False: the action does nothing here.
  bool act(uint8_t action) {
    if (action < kSchedule) {
      if (ids[action] != 0) return false;
      ids[action] = harness.add(request(action));
      return true;
    }
    if (action == kSchedule) return harness.schedule();
    if (action == kCommit) return harness.commit();
    if (action == kReset) {
      harness.scheduler().reset_prefix_cache();
      return true;
    }
    const uint64_t id = action == kStop ? ids[1] : ids[action - kAbort];
    if (id == 0 || harness.request(id).ended()) return false;
    if (action != kStop) {
      harness.abort(id);
    } else if (harness.request(id).samples[0].ended) {
      return false;
    } else {
      harness.stop(id, 0);
    }
    return true;
  }

  uint64_t digest() const {
    uint64_t hash = harness.digest();
    for (const uint64_t id : ids) hash = combine(hash, id);
    return hash;
  }

  Harness harness;
  std::array<uint64_t, 3> ids{};
};

using Path = std::vector<uint8_t>;

// The state after the path, audited; nothing where its last action does nothing.
std::optional<uint64_t> explore(const SchedulerConfig& config, const Path& path) {
  Run run(config);
  for (const uint8_t action : path) {
    if (!run.act(action)) return std::nullopt;
  }
  run.harness.scheduler().check_invariants();
  const uint64_t digest = run.digest();
  run.harness.drain();
  run.harness.check_idle();
  return digest;
}

class SchedulerExhaustive : public testing::TestWithParam<Scope> {};

TEST_P(SchedulerExhaustive, AllInterleavings) {
  const Scope& scope = GetParam();
  const char* wanted = std::getenv("LLMSERVE_SCOPE_DEPTH");
  const int32_t last_depth = wanted != nullptr ? std::atoi(wanted) : scope.depth;
  std::unordered_set<uint64_t> known;
  std::vector<Path> frontier{{}};
  for (int32_t depth = 1; depth <= last_depth; ++depth) {
    std::vector<Path> next;
    for (Path& path : frontier) {
      for (uint8_t action = 0; action < kNumActions; ++action) {
        path.push_back(action);
        try {
          const std::optional<uint64_t> state = explore(scope.config, path);
          if (state && known.insert(*state).second) next.push_back(path);
        } catch (const std::exception& error) {
          std::string text;
          for (const uint8_t step : path) text += detail::concat(" ", static_cast<int>(step));
          FAIL() << "after" << text << ": " << error.what();
        }
        path.pop_back();
      }
    }
    frontier = std::move(next);
  }
  std::printf("%zu states to depth %d\n", known.size(), last_depth);
  EXPECT_GT(known.size(), 10000u);
}

Scope scope(const char* name, int32_t depth, void (*change)(SchedulerConfig&)) {
  Scope made{name, tiny(), depth};
  change(made.config);
  return made;
}

INSTANTIATE_TEST_SUITE_P(Scopes, SchedulerExhaustive,
                         testing::Values(scope("Fcfs", 12, [](SchedulerConfig&) {}),
                                         scope("Priority", 12,
                                               [](SchedulerConfig& c) {
                                                 c.policy = SchedulingPolicy::kPriority;
                                                 c.max_num_seqs = 2;
                                               }),
                                         scope("WholePromptsNoCache", 12,
                                               [](SchedulerConfig& c) {
                                                 c.enable_chunked_prefill = false;
                                                 c.enable_prefix_caching = false;
                                                 c.max_num_batched_tokens = 9;
                                               })),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace llmserve::test
