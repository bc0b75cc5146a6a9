// CPU attention's use of its workspace and threads; the numbers are tested in test_attention.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "cpu/attention.h"

namespace llmserve {
namespace {

constexpr int32_t kPageSize = 16;

// Some rows of random sequences, with all memory that attention reads and writes.
struct Problem {
  Problem(std::vector<std::pair<int32_t, int32_t>> start_and_count, int32_t heads, int32_t kv_heads,
          int32_t head_dim)
      : rows(std::move(start_and_count)) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    int32_t longest = 0;
    row_begins.push_back(0);
    for (const auto& [start, count] : rows) {
      row_slots.push_back(static_cast<int32_t>(row_slots.size()));
      row_starts.push_back(start);
      row_begins.push_back(row_begins.back() + count);
      longest = std::max(longest, start + count);
    }
    const int32_t tokens = row_begins.back();
    const int32_t max_pages = (longest + kPageSize - 1) / kPageSize;
    const auto num_rows = static_cast<int32_t>(rows.size());
    pages.resize(static_cast<size_t>(num_rows) * max_pages);
    for (size_t i = 0; i < pages.size(); ++i) pages[i] = static_cast<int32_t>(i);
    const auto fill = [&](std::vector<float>& values, int64_t size) {
      values.resize(static_cast<size_t>(size));
      for (float& value : values) value = normal(random);
    };
    const int64_t kv_size = std::ssize(pages) * kv_heads * kPageSize * head_dim;
    fill(k, kv_size);
    fill(v, kv_size);
    fill(qkv, static_cast<int64_t>(tokens) * (heads + 2 * kv_heads) * head_dim);
    out.resize(static_cast<size_t>(tokens) * heads * head_dim);

    limits.max_tokens = tokens;
    limits.max_rows = num_rows;
    limits.max_model_len = longest;
    limits.page_size = kPageSize;
    limits.max_heads = heads;
    limits.max_head_dim = head_dim;
    slots = {num_rows, max_pages, nullptr, pages.data()};
    step.num_rows = num_rows;
    step.num_tokens = tokens;
    step.row_slots = row_slots.data();
    step.row_starts = row_starts.data();
    step.row_begins = row_begins.data();
    args.qkv = Tensor(qkv.data(), DType::kFloat32, {tokens, (heads + 2 * kv_heads) * head_dim});
    args.out = Tensor(out.data(), DType::kFloat32, {tokens, heads * head_dim});
    args.kv = {k.data(), v.data(),  DType::kFloat32, static_cast<int32_t>(pages.size()),
               kv_heads, kPageSize, head_dim};
    args.num_heads = heads;
    args.scale = 0.2f;
  }

  // Runs in a workspace of exactly the planned size, full of what a float cannot be taken for.
  std::vector<float> run(int num_threads, CpuIsa isa) {
    constexpr size_t kGuard = 4096;
    const auto bytes = static_cast<size_t>(cpu_attention_workspace(limits, num_threads));
    std::vector<uint8_t> memory(bytes + kGuard + 64, 0xff);
    uint8_t* workspace = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
    std::fill(out.begin(), out.end(), -1.0f);
    ThreadPool pool(num_threads);
    cpu_attention(pool, isa, args, step, slots, workspace);
    const bool intact = std::all_of(workspace + bytes, memory.data() + memory.size(),
                                    [](uint8_t byte) { return byte == 0xff; });
    EXPECT_TRUE(intact) << "wrote past its workspace";
    return out;
  }

  std::vector<std::pair<int32_t, int32_t>> rows;
  std::vector<int32_t> row_slots, row_starts, row_begins, pages;
  std::vector<float> k, v, qkv, out;
  StepLimits limits;
  SlotTable slots;
  StepView step;
  AttentionArgs args;
};

std::vector<CpuIsa> isas() {
  std::vector<CpuIsa> all;
  for (int i = 0; i <= static_cast<int>(std::min(detect_cpu_isa(), CpuIsa::kAvx512)); ++i) {
    all.push_back(static_cast<CpuIsa>(i));
  }
  return all;
}

// Steps in which rows are cut over threads, and the largest that fill the planned workspace.
TEST(CpuAttention, StaysInItsWorkspaceOnAnyNumberOfThreads) {
  const std::vector<std::vector<std::pair<int32_t, int32_t>>> steps = {
      {{1500, 1}},
      {{1499, 1}, {1500, 1}, {1400, 1}, {1200, 1}, {1300, 1}, {900, 1}},
      {{1490, 7}, {3, 1}},
      {{0, 300}, {700, 33}, {2, 1}}};
  for (const auto& rows : steps) {
    for (const auto& [heads, kv_heads] : {std::pair{6, 3}, {40, 1}}) {
      Problem problem(rows, heads, kv_heads, 20);
      for (const CpuIsa isa : isas()) {
        const std::vector<float> alone = problem.run(1, isa);
        for (const int threads : {2, 16}) EXPECT_EQ(problem.run(threads, isa), alone);
      }
    }
  }
}

TEST(CpuAttention, AllInstructionSetsAgree) {
  Problem problem({{0, 300}, {900, 1}}, 8, 2, 80);
  const std::vector<float> generic = problem.run(1, CpuIsa::kGeneric);
  for (const CpuIsa isa : isas()) {
    const std::vector<float> other = problem.run(1, isa);
    for (size_t i = 0; i < other.size(); ++i) ASSERT_NEAR(other[i], generic[i], 2e-6) << i;
  }
}

TEST(CpuAttention, APageOutOfRangeIsAnError) {
  for (const int32_t bad : {-1, 1 << 20}) {
    Problem problem({{40, 5}}, 2, 1, 16);
    problem.pages[1] = bad;
    EXPECT_THROW(problem.run(2, CpuIsa::kGeneric), Error);
  }
  Problem problem({{40, 5}}, 2, 1, 16);
  problem.row_slots[0] = 1;
  EXPECT_THROW(problem.run(2, CpuIsa::kGeneric), Error);
}

}  // namespace
}  // namespace llmserve
