// Worker on a device that takes its time: the next step is launched while one runs, and results
// come in order.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "cpu/cpu_backend.h"
#include "engine/worker.h"
#include "engine_harness.h"

namespace llmserve {
namespace {

using testing::tiny_config;
using testing::tiny_spec;

// Marks are reached when the test says so.
class SlowDevice : public CpuBackend {
 public:
  SlowDevice() : CpuBackend(1) {}

  uint64_t record() override {
    std::lock_guard lock(mutex_);
    return ++num_marks_;
  }
  bool reached(uint64_t mark) override {
    std::lock_guard lock(mutex_);
    return mark <= num_reached_;
  }
  void wait(uint64_t mark) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return mark <= num_reached_; });
  }

  void reach(uint64_t mark) {
    {
      std::lock_guard lock(mutex_);
      num_reached_ = mark;
    }
    changed_.notify_all();
  }
  uint64_t num_marks() const {
    std::lock_guard lock(mutex_);
    return num_marks_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t num_marks_ = 0;
  uint64_t num_reached_ = UINT64_MAX;
};

// The first step takes slot 0 and computes one token; the others go on from it.
std::shared_ptr<const StepPlan> plan_of(int64_t id) {
  StepPlan plan;
  plan.id = id;
  const bool first = id == 1;
  if (first) {
    plan.slot_inits.push_back({.slot = 0,
                               .params = std::make_shared<const SamplingParams>(),
                               .seed = 1,
                               .prompt = std::make_shared<const std::vector<int32_t>>(1, 5),
                               .output = {},
                               .stop_ids = std::make_shared<const std::vector<int32_t>>()});
    plan.page_updates.push_back({.slot = 0, .index = 0, .block = 0});
    plan.tokens = {5};
  }
  plan.rows.push_back({.slot = 0,
                       .start = static_cast<int32_t>(id - 1),
                       .num_tokens = 1,
                       .token_offset = first ? 0 : PlanRow::kFromSlot});
  plan.logit_tokens = {0};
  plan.samples = {{.logit_row = 0, .slot = 0, .num_logprobs = SampleRow::kNoLogprobs}};
  return std::make_shared<const StepPlan>(std::move(plan));
}

template <typename Condition>
bool comes_true(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TEST(Worker, LaunchesTheNextStepWhileOneRuns) {
  const ModelSpec spec = tiny_spec();
  auto owned = std::make_unique<SlowDevice>();
  SlowDevice& device = *owned;
  Worker worker(spec, 0, 1, std::move(owned), nullptr);
  worker.allocate(plan_memory(spec, tiny_config(), worker.weights().bytes(), device));
  worker.weights().load_dummy(1);
  const uint64_t before = device.num_marks();
  device.reach(before);

  std::atomic<int64_t> num_results{0};
  worker.start([&](StepResult&& result) { EXPECT_EQ(result.id, ++num_results); },
               [](std::exception_ptr error) { std::rethrow_exception(error); });
  worker.submit(plan_of(1));
  EXPECT_TRUE(comes_true([&] { return device.num_marks() == before + 1; }));
  // As after every step but the first, the next plan comes when the worker is waiting already.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  worker.submit(plan_of(2));
  EXPECT_TRUE(comes_true([&] { return device.num_marks() == before + 2; }))
      << "the device has nothing to go on with";
  EXPECT_EQ(num_results, 0);
  device.reach(before + 1);
  EXPECT_TRUE(comes_true([&] { return num_results == 1; }));
  device.reach(before + 2);
  EXPECT_TRUE(comes_true([&] { return num_results == 2; })) << "a last result waits for no plan";
  worker.submit(plan_of(3));
  device.reach(UINT64_MAX);
  worker.close();
  EXPECT_EQ(num_results, 3);
}

}  // namespace
}  // namespace llmserve
