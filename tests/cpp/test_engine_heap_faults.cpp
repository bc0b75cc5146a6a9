// The heap fails under a running engine, at every allocation of a short run in turn, on whichever
// thread makes it. The process lives, the engine can be dropped, and every accepted request that
// can still be told so has its ending.
#include <gtest/gtest.h>

#include <atomic>

#include "engine_harness.h"
#include "heap_hooks.h"

namespace {

std::atomic<int64_t> allocations_left{-1};  // the one that brings it to 0 fails; negative: none
std::atomic<bool> struck{false};

}  // namespace

bool on_allocate(std::size_t) noexcept {
  if (allocations_left.load(std::memory_order_relaxed) <= 0 || allocations_left.fetch_sub(1) != 1) {
    return true;
  }
  struck = true;
  return false;
}
void on_release() noexcept {}

namespace llmserve {
namespace {

using testing::prompt_of;
using testing::started_engine;
using testing::submission_of;
using testing::tiny_config;
using testing::tiny_spec;

// Runs three requests with the k-th allocation failing; true if it struck.
bool run_with_fault(int64_t k, int32_t tensor_parallel_size) {
  EngineConfig config = tiny_config();
  config.tensor_parallel_size = tensor_parallel_size;
  config.num_threads = 1;
  const auto engine = started_engine(tiny_spec(), config);
  std::vector<Submission> submissions;
  for (int i = 0; i < 3; ++i) {
    submissions.push_back(submission_of(prompt_of(12 + i, i), 3, 0.5f * i));
    submissions.back().params.n = 1 + i % 2;
    submissions.back().params.logprobs = 1;
  }
  size_t endings = 0;
  struck = false;
  allocations_left = k;
  for (Submission& submission : submissions) {
    const int32_t n = submission.params.n;
    try {
      engine->submit(std::move(submission));
      endings += n;
    } catch (const std::bad_alloc&) {  // it struck this caller
    } catch (const Error& error) {     // or the engine, a moment ago
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << error.what();
    }
  }
  size_t ended = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ended < endings && std::chrono::steady_clock::now() < deadline) {
    try {
      for (const Output& output : engine->outbox().take(std::chrono::milliseconds(100))) {
        ended += output.finished();
      }
    } catch (const std::bad_alloc&) {
    }
  }
  allocations_left = -1;
  EXPECT_EQ(ended, endings) << "with allocation " << k << " failing";
  return struck;
}

TEST(EngineHeapFaults, EveryAllocationMayFail) {
  int64_t k = 1;
  while (run_with_fault(k, 1) && !HasFailure()) ++k;
  EXPECT_GT(k, 50);
}

TEST(EngineHeapFaults, OnAnyRank) {
  int64_t k = 1;
  while (run_with_fault(k, 2) && !HasFailure()) k += 3;
  EXPECT_GT(k, 50);
}

}  // namespace
}  // namespace llmserve
