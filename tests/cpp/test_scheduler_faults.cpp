// The k-th allocation fails, for k = 1, 2, ... until a scenario passes whole. add() and abort()
// then change nothing; after schedule() or commit() the scheduler is failed and can only be
// destroyed. In no case is a byte lost.
#include <gtest/gtest.h>

#include <memory>

#include "heap_hooks.h"
#include "sched_harness.h"

namespace {

// Only this program's operator new can be made to fail.
struct Faults {
  int64_t countdown = 0;  // 0: off
  int64_t num_live = 0;
  bool armed = false;
  bool struck = false;
};
Faults& faults() {
  static Faults instance;
  return instance;
}

}  // namespace

bool on_allocate(std::size_t) noexcept {
  Faults& state = faults();
  if (state.armed && --state.countdown == 0) {
    state.struck = true;
    return false;
  }
  ++state.num_live;
  return true;
}
void on_release() noexcept { --faults().num_live; }

namespace llmserve::test {
namespace {

// Allocations fail while it lives, at the k-th.
class Armed {
 public:
  explicit Armed(int64_t k) {
    faults().countdown = k;
    faults().struck = false;
    faults().armed = true;
  }
  ~Armed() { faults().armed = false; }
};

SchedulerConfig tight() {
  SchedulerConfig config;
  config.num_blocks = 12;
  config.block_size = 4;
  config.max_num_seqs = 4;
  config.max_num_batched_tokens = 16;
  config.max_logit_rows = 8;
  config.max_model_len = 40;
  config.hash_seed = 3;
  return config;
}

Admitted make_request(uint64_t id) {
  Rng rng(id % 3);
  Submission s;
  s.id = id;
  s.prompt = tokens_from(rng, 10 + static_cast<int32_t>(id), 40);
  s.params.max_tokens = 16;
  s.params.seed = id;
  s.params.n = id % 2 == 0 ? 3 : 1;
  if (id == 3) s.params.prompt_logprobs = 0;
  s.eos_ids = {0};
  s.timeout = Time(id == 5 ? 12 : 1000);
  return admit(std::move(s), {.vocab_size = 40, .max_model_len = 40, .max_logprobs = 5, .seed = 1});
}

enum class Target { kAdd, kSchedule, kCommit, kAbort };

bool same(const SchedulerStats& a, const SchedulerStats& b) {
  return a.num_running == b.num_running && a.num_waiting == b.num_waiting &&
         a.num_waiting_tokens == b.num_waiting_tokens && a.num_free_blocks == b.num_free_blocks;
}

// A run with preemption, forks, scores, a timeout and aborts, in which the k-th allocation of all
// calls to `target` fails. True: it did, and the run ended there.
class Scenario {
 public:
  Scenario(Target target, int64_t k)
      : target_(target), left_(k), scheduler_(tight()), device_(tight(), {}) {}

  bool run() {
    for (uint64_t id = 1; id <= 6; ++id) {
      const Admitted admitted = make_request(id);
      if (call(Target::kAdd, [&] { scheduler_.add(admitted, now_); })) return true;
      if (step()) return true;
    }
    for (int i = 0; scheduler_.has_unfinished() || !results_.empty(); ++i) {
      const uint64_t id = i == 4 ? 4 : i == 9 ? 2 : 0;
      if (id != 0 && call(Target::kAbort, [&] { scheduler_.abort(id); })) return true;
      if (step()) return true;
    }
    num_preemptions = scheduler_.stats().num_preemptions;
    return false;
  }

  int64_t num_preemptions = 0;

 private:
  bool step() {
    now_ += Time(1);
    StepPlan plan;
    if (call(Target::kSchedule, [&] { plan = scheduler_.schedule(now_); })) return true;
    if (!plan.empty()) results_.push_back(device_.run(plan));
    if (results_.size() == 2 || plan.empty()) {
      if (results_.empty()) return false;
      const StepResult result = std::move(results_.front());
      results_.pop_front();
      if (call(Target::kCommit, [&] { scheduler_.commit(result, now_); })) return true;
    }
    scheduler_.take_events();
    return false;
  }

  template <typename F>
  bool call(Target target, F&& f) {
    if (target != target_) {
      f();
      return false;
    }
    const SchedulerStats before = scheduler_.stats();
    bool threw = false;
    {
      Armed armed(left_);
      try {
        f();
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      left_ = faults().countdown;
    }
    CHECK_EQ(threw, faults().struck, "a failed allocation was swallowed, or made something else");
    if (!threw) return false;
    if (target == Target::kAdd || target == Target::kAbort) {
      CHECK(same(before, scheduler_.stats()), "a failed call left a trace");
      scheduler_.check_invariants();
      f();  // and works the next time
      scheduler_.check_invariants();
      finish();
    } else {
      bool refused = false;
      try {
        scheduler_.schedule(now_);
      } catch (const Error& error) {
        refused = error.kind() == ErrorKind::kUnavailable;
      }
      CHECK(refused, "a scheduler that failed in the middle goes on");
    }
    return true;
  }

  void finish() {
    target_ = Target(-1);
    while (scheduler_.has_unfinished() || !results_.empty()) step();
    scheduler_.check_invariants();
    CHECK_EQ(scheduler_.stats().num_free_blocks, scheduler_.stats().num_blocks);
  }

  Target target_;
  int64_t left_;
  Scheduler scheduler_;
  FakeDevice device_;
  std::deque<StepResult> results_;
  Time now_{0};
};

int64_t inject_everywhere(Target target) {
  for (int64_t k = 1;; ++k) {
    const int64_t live_before = faults().num_live;
    bool failed = false;
    {
      const auto scenario = std::make_unique<Scenario>(target, k);
      failed = scenario->run();
      EXPECT_TRUE(failed || scenario->num_preemptions > 0);
    }
    EXPECT_EQ(faults().num_live, live_before) << "leak at allocation " << k;
    if (!failed || testing::Test::HasFailure()) return k - 1;
  }
}

TEST(SchedulerFaults, AddIsAllOrNothing) { EXPECT_GT(inject_everywhere(Target::kAdd), 20); }
TEST(SchedulerFaults, AbortIsAllOrNothing) { EXPECT_GE(inject_everywhere(Target::kAbort), 1); }
TEST(SchedulerFaults, ScheduleFailsWhole) { EXPECT_GT(inject_everywhere(Target::kSchedule), 50); }
TEST(SchedulerFaults, CommitFailsWhole) { EXPECT_GT(inject_everywhere(Target::kCommit), 10); }

TEST(SchedulerFaults, ConstructionLeavesNothingBehind) {
  for (int64_t k = 1;; ++k) {
    const int64_t live_before = faults().num_live;
    bool threw = false;
    try {
      Armed armed(k);
      Scheduler scheduler(tight());
    } catch (const std::bad_alloc&) {
      threw = true;
    }
    EXPECT_EQ(faults().num_live, live_before);
    if (threw) continue;
    EXPECT_GT(k, 5);
    return;
  }
}

}  // namespace
}  // namespace llmserve::test
