// After reserve_workspace() the ops of a CPU step take no memory, neither the backend's nor the
// heap's: operator new is counted while they run.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <numeric>
#include <vector>

#include "backend/buffer.h"
#include "cpu/cpu_backend.h"
#include "heap_hooks.h"

namespace {
std::atomic<int64_t> num_allocations{0};
}  // namespace

bool on_allocate(std::size_t) noexcept {
  ++num_allocations;
  return true;
}
void on_release() noexcept {}

namespace llmserve {
namespace {

constexpr int kTokens = 300, kWidth = 128, kHeads = 2, kDim = 32;
constexpr int kQkv = (kHeads + 2) * kDim;  // one kv head

struct Fixture {
  Fixture() {
    limits.max_tokens = kTokens;
    limits.max_rows = limits.max_logit_rows = 4;
    limits.max_model_len = 512;
    limits.page_size = 16;
    limits.vocab_size = limits.max_in_features = kWidth;
    limits.max_heads = kHeads;
    limits.max_head_dim = kDim;
    backend.reserve_workspace(limits);
    step.token_ids = ids.data();
    step.positions = positions.data();
    step.token_slots = token_slots.data();
    step.row_slots = row_slots;
    step.row_starts = row_starts;
    step.row_begins = row_begins;
    // The row's tokens lie in pages of their own, as in any plan: they are written in parallel.
    std::iota(pages.begin() + 32, pages.begin() + 64, 0);
  }

  Tensor matrix(std::vector<float>& values, int64_t width) {
    return Tensor(values.data(), DType::kFloat32, {kTokens, width});
  }

  CpuBackend backend{2};
  StepLimits limits;
  std::vector<int32_t> ids = std::vector<int32_t>(kTokens), positions = ids, token_slots = ids;
  int32_t row_slots[4], row_starts[4], row_begins[5], last_token[4] = {};
  std::vector<int32_t> pages = std::vector<int32_t>(4 * 32);
  SlotTable slots{4, 32, last_token, pages.data()};
  StepView step;
};

TEST(StepAllocations, OpsTakeNoMemory) {
  Fixture f;
  const LinearShape shape{.out_features = kWidth, .in_features = kWidth, .dtype = DType::kBFloat16};
  Buffer table(f.backend, f.backend.linear_weight_bytes(shape));
  std::vector<float> x(kTokens * kWidth, 1.0f), y(kTokens * kWidth), qkv(kTokens * kQkv, 1.0f);
  std::vector<float> cache(2 * 20 * 16 * kDim), angles(kTokens * kDim), norm(kWidth, 1.0f);
  const RopeTable rope{.inv_freq = std::vector<float>(kDim / 2, 0.5f)};
  const std::vector<int32_t> tokens(kTokens, 3), indices(kTokens, 5);
  const std::vector<PlanRow> rows = {
      {.slot = 1, .start = 0, .num_tokens = kTokens, .token_offset = 0}};
  LinearArgs linear;
  linear.x = f.matrix(x, kWidth);
  linear.norm_weight = norm.data();
  linear.weight = {shape, table.as(), nullptr};
  linear.out = f.matrix(y, kWidth);
  RopeAndCacheArgs roped;
  roped.qkv = f.matrix(qkv, kQkv);
  roped.q_norm = norm.data();
  roped.cos_sin = angles.data();
  roped.rotary_dim = kDim;
  roped.num_heads = kHeads;
  roped.kv = {.k = cache.data(),
              .v = cache.data() + 20 * 16 * kDim,
              .dtype = DType::kFloat32,
              .num_pages = 20,
              .num_kv_heads = 1,
              .page_size = 16,
              .head_dim = kDim};
  f.backend.seal();

  const int64_t before = num_allocations;
  const int64_t bytes = f.backend.allocated_bytes();
  for (int round = 0; round < 20; ++round) {
    f.backend.prepare({}, rows, tokens, f.slots, f.step);
    f.backend.embedding(linear.weight, 0, f.step.token_ids, linear.x);
    f.backend.rms_norm(linear.x, norm.data(), 1e-6f, linear.out);
    f.backend.linear(linear);
    f.backend.rope_table(rope, f.step, angles.data());
    f.backend.rope_and_cache(roped, f.step, f.slots);
    f.backend.gather_rows(linear.x, indices, linear.out);
    f.backend.wait(f.backend.record());
  }
  EXPECT_EQ(num_allocations - before, 0);
  EXPECT_EQ(f.backend.allocated_bytes(), bytes);
  EXPECT_GT(before, 0);  // the counter counts
}

}  // namespace
}  // namespace llmserve
