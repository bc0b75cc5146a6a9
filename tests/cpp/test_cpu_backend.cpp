// CpuBackend: memory and its seal, the head of a step, and the small ops against plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "backend/buffer.h"
#include "base/error.h"
#include "cpu/cpu_backend.h"

namespace llmserve {
namespace {

std::vector<float> random_floats(int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

Tensor matrix(std::vector<float>& values, int64_t rows) {
  return Tensor(values.data(), DType::kFloat32, {rows, static_cast<int64_t>(values.size()) / rows});
}

ErrorKind kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kUnsupported;
}

StepLimits small_limits() {
  StepLimits limits;
  limits.max_tokens = 64;
  limits.max_rows = 8;
  limits.max_logit_rows = 8;
  limits.max_model_len = 64;
  limits.page_size = 4;
  limits.vocab_size = 100;
  limits.max_in_features = 64;
  limits.max_heads = 4;
  limits.max_head_dim = 16;
  return limits;
}

// Slots and a step's view in plain vectors.
struct Step {
  explicit Step(int32_t num_slots = 8, int32_t max_pages = 16)
      : last_token(num_slots, -1), pages(num_slots * max_pages, -1) {
    slots = {num_slots, max_pages, last_token.data(), pages.data()};
    view.token_ids = token_ids.data();
    view.positions = positions.data();
    view.token_slots = token_slots.data();
    view.row_slots = row_slots.data();
    view.row_starts = row_starts.data();
    view.row_begins = row_begins.data();
  }

  std::vector<int32_t> last_token, pages;
  std::vector<int32_t> token_ids = std::vector<int32_t>(64, -1), positions = token_ids,
                       token_slots = token_ids, row_slots = token_ids, row_starts = token_ids,
                       row_begins = token_ids;
  SlotTable slots;
  StepView view;
};

std::vector<int32_t> first(const std::vector<int32_t>& values, int64_t count) {
  return {values.begin(), values.begin() + count};
}

TEST(CpuBackendMemory, IsAlignedZeroedCountedAndGivenBack) {
  CpuBackend backend(1);
  {
    std::vector<Buffer> buffers;
    int64_t total = 0;
    for (int64_t bytes : {0L, 1L, 255L, 4096L, 100001L, (2L << 20) - 1, 2L << 20, 5000001L}) {
      buffers.emplace_back(backend, bytes);
      total += bytes;
      char* data = buffers.back().as<char>();
      EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 256, 0u);
      EXPECT_TRUE(std::all_of(data, data + bytes, [](char c) { return c == 0; }));
      std::memset(data, 1, bytes);
    }
    EXPECT_EQ(backend.allocated_bytes(), total);
    buffers.erase(buffers.begin() + 4);
    EXPECT_EQ(backend.allocated_bytes(), total - 100001);
  }
  EXPECT_EQ(backend.allocated_bytes(), 0);
}

TEST(CpuBackendMemory, TheWorkspaceHasRoomForEveryThreadsLogits) {
  CpuBackend backend(3);
  StepLimits limits{.max_tokens = 8, .max_rows = 8, .max_logit_rows = 8, .max_model_len = 64};
  limits.vocab_size = 1000;
  const int64_t small = backend.workspace_bytes(limits);
  limits.vocab_size = 201000;
  EXPECT_GE(backend.workspace_bytes(limits) - small,
            3 * 200000 * int64_t{2 * sizeof(float) + sizeof(float) + sizeof(int32_t)});
  backend.reserve_workspace(limits);
  EXPECT_EQ(backend.allocated_bytes(), backend.workspace_bytes(limits));
}

TEST(CpuBackendMemory, ASealedBackendAllocatesNothing) {
  CpuBackend backend(1);
  Buffer before(backend, 100);
  backend.seal();
  EXPECT_EQ(kind_of([&] { backend.allocate(1); }), ErrorKind::kInternal);
  EXPECT_EQ(backend.allocated_bytes(), 100);
}

TEST(CpuBackendMemory, WhatDoesNotFitIsOutOfMemory) {
  CpuBackend backend(1);
  EXPECT_EQ(kind_of([&] { backend.allocate(int64_t{1} << 60); }), ErrorKind::kOutOfMemory);
  EXPECT_EQ(kind_of([&] { backend.allocate(INT64_MAX); }), ErrorKind::kInvalidArgument);
  EXPECT_EQ(backend.allocated_bytes(), 0);
}

TEST(CpuBackendMemory, InfoIsPlausible) {
  const MemoryInfo info = CpuBackend(1).memory_info();
  EXPECT_GT(info.free_bytes, int64_t{1} << 20);
  EXPECT_GE(info.total_bytes, info.free_bytes);
  EXPECT_LT(info.total_bytes, int64_t{1} << 50);  // "no limit" must not look like memory
}

TEST(CpuBackendMemory, TheWorkspaceIsWhatWasPlanned) {
  CpuBackend backend(3);
  const StepLimits limits = small_limits();
  const int64_t planned = backend.workspace_bytes(limits);
  EXPECT_GT(planned, 0);
  backend.reserve_workspace(limits);
  EXPECT_EQ(backend.allocated_bytes(), planned);
  EXPECT_THROW(backend.reserve_workspace(limits), Error);
}

TEST(CpuBackend, NamesItselfAndItsLimits) {
  EXPECT_EQ(kind_of([] { CpuBackend(0); }), ErrorKind::kInvalidArgument);
  setenv("LLMSERVE_CPU_ISA", "generic", 1);
  EXPECT_EQ(CpuBackend(2).name(), "cpu (generic, 2 threads)");
  EXPECT_EQ(make_cpu_backend(1)->name(), "cpu (generic, 1 thread)");
  setenv("LLMSERVE_CPU_ISA", "mmx", 1);
  EXPECT_EQ(kind_of([] { CpuBackend(1); }), ErrorKind::kInvalidArgument);
  unsetenv("LLMSERVE_CPU_ISA");
  CpuBackend backend(1);
  EXPECT_EQ(backend.device(), (Device{DeviceType::kCpu, 0}));
  EXPECT_EQ(backend.activation_dtype(DType::kBFloat16), DType::kFloat32);
}

TEST(CpuBackend, MarksAreReachedInOrder) {
  CpuBackend backend(1);
  const uint64_t first_mark = backend.record();
  const uint64_t second_mark = backend.record();
  EXPECT_LT(first_mark, second_mark);
  EXPECT_TRUE(backend.reached(second_mark));
  backend.wait(second_mark);
  EXPECT_THROW(backend.wait(second_mark + 1), Error);
}

TEST(CpuBackend, EmbeddingIsTheRowsOfThePackedTable) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    CpuBackend backend(2);
    const int64_t rows = 37, width = 21, begin = 100;
    std::vector<float> table = random_floats(rows * width, 1);
    const LinearShape shape{.out_features = rows, .in_features = width, .dtype = dtype};
    Buffer memory(backend, backend.linear_weight_bytes(shape));
    const LinearWeight weight{shape, memory.as(), nullptr};
    backend.load_rows(weight, 0, matrix(table, rows), 0);
    // Below, above and far outside: another rank's rows, or a plan gone wrong.
    const std::vector<int32_t> ids = {100, 136, 99, 137, 0, -5, INT32_MAX, INT32_MIN, 116};
    std::vector<float> out(ids.size() * width, NAN);
    backend.embedding(weight, begin, ids.data(), matrix(out, static_cast<int64_t>(ids.size())));
    for (size_t t = 0; t < ids.size(); ++t) {
      const int64_t row = ids[t] - begin;
      for (int64_t i = 0; i < width; ++i) {
        const float want = row < 0 || row >= rows ? 0.0f : dispatch_float(dtype, [&]<typename T>() {
          return float(T(table[row * width + i]));
        });
        ASSERT_EQ(out[t * width + i], want) << ids[t];
      }
    }
  }
}

TEST(CpuBackend, RmsNormAgreesWithPlainLoops) {
  CpuBackend backend(2);
  for (const int64_t width : {1, 15, 16, 100, 2048}) {
    const int64_t tokens = 40;
    std::vector<float> x = random_floats(tokens * width, 2), out(tokens * width);
    const std::vector<float> weight = random_floats(width, 3);
    backend.rms_norm(matrix(x, tokens), weight.data(), 1e-5f, matrix(out, tokens));
    for (int64_t t = 0; t < tokens; ++t) {
      const float* row = x.data() + t * width;
      const double sum = std::inner_product(row, row + width, row, 0.0);
      for (int64_t i = 0; i < width; ++i) {
        const double want = row[i] / std::sqrt(sum / width + 1e-5) * weight[i];
        ASSERT_NEAR(out[t * width + i], want, 1e-6 * std::abs(want) + 1e-12);
      }
    }
    std::vector<float> alone(x.end() - width, x.end());
    backend.rms_norm(matrix(alone, 1), weight.data(), 1e-5f, matrix(alone, 1));  // in place
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), out.end() - width));
  }
}

TEST(CpuBackend, GatherRowsCopiesAndChecks) {
  CpuBackend backend(1);
  std::vector<float> x = random_floats(5 * 7, 1), out(3 * 7);
  const std::vector<int32_t> indices = {4, 0, 4};
  backend.gather_rows(matrix(x, 5), indices, matrix(out, 3));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(
        std::equal(out.begin() + i * 7, out.begin() + i * 7 + 7, x.begin() + indices[i] * 7));
  }
  const std::vector<int32_t> outside = {0, 5, 1};
  EXPECT_THROW(backend.gather_rows(matrix(x, 5), outside, matrix(out, 3)), Error);
}

TEST(CpuBackend, PrepareExpandsDecodeAndPrefillRows) {
  CpuBackend backend(1);
  backend.reserve_workspace(small_limits());
  Step step;
  step.last_token[3] = 77;
  const std::vector<PageUpdate> updates = {{3, 2, 9}, {5, 0, 4}, {5, 1, 6}, {5, 1, 7}};
  const std::vector<PlanRow> rows = {
      {.slot = 3, .start = 11, .num_tokens = 1, .token_offset = PlanRow::kFromSlot},
      {.slot = 0, .start = 2, .num_tokens = 1, .token_offset = 5},
      {.slot = 5, .start = 3, .num_tokens = 4, .token_offset = 1}};
  const std::vector<int32_t> tokens = {50, 51, 52, 53, 54, 55};
  backend.prepare(updates, rows, tokens, step.slots, step.view);
  EXPECT_EQ(step.view.num_rows, 3);
  EXPECT_EQ(step.view.num_tokens, 6);
  EXPECT_EQ(first(step.token_ids, 6), (std::vector<int32_t>{77, 55, 51, 52, 53, 54}));
  EXPECT_EQ(first(step.positions, 6), (std::vector<int32_t>{11, 2, 3, 4, 5, 6}));
  EXPECT_EQ(first(step.token_slots, 6), (std::vector<int32_t>{3, 0, 5, 5, 5, 5}));
  EXPECT_EQ(first(step.row_slots, 3), (std::vector<int32_t>{3, 0, 5}));
  EXPECT_EQ(first(step.row_starts, 3), (std::vector<int32_t>{11, 2, 3}));
  EXPECT_EQ(first(step.row_begins, 4), (std::vector<int32_t>{0, 1, 2, 6}));
  EXPECT_EQ(step.pages[3 * 16 + 2], 9);
  EXPECT_EQ(step.pages[5 * 16 + 0], 4);
  EXPECT_EQ(step.pages[5 * 16 + 1], 7);  // the last word counts
  backend.prepare({}, {}, {}, step.slots, step.view);
  EXPECT_EQ(step.view.num_tokens, 0);
  EXPECT_EQ(step.row_begins[0], 0);
}

TEST(CpuBackend, PrepareRefusesWhatIsOutOfBounds) {
  CpuBackend backend(1);
  backend.reserve_workspace(small_limits());
  Step step;
  const std::vector<int32_t> tokens(65, 1);
  for (const PlanRow& row : std::vector<PlanRow>{{8, 0, 1, 0},
                                                 {-1, 0, 1, 0},
                                                 {0, -1, 1, 0},
                                                 {0, 0, 0, 0},
                                                 {0, 0, 2, 64},
                                                 {0, 0, 1, -2},
                                                 {0, 0, 2, PlanRow::kFromSlot},
                                                 {0, 0, 65, 0}}) {
    EXPECT_THROW(backend.prepare({}, std::vector{row}, tokens, step.slots, step.view), Error);
  }
  EXPECT_THROW(
      backend.prepare({}, std::vector<PlanRow>(9, {0, 0, 1, 0}), tokens, step.slots, step.view),
      Error);
  for (const PageUpdate& update : std::vector<PageUpdate>{{8, 0, 0}, {0, 16, 0}, {0, 0, -1}}) {
    EXPECT_THROW(backend.prepare(std::vector{update}, {}, {}, step.slots, step.view), Error);
  }
  EXPECT_EQ(first(step.token_ids, 1), std::vector<int32_t>{-1});  // nothing was written
}

TEST(CpuBackend, InitSlotTakesUpTheLastOutput) {
  CpuBackend backend(1);
  backend.reserve_workspace(small_limits());
  Step step;
  SlotInit init{.slot = 2,
                .params = std::make_shared<SamplingParams>(),
                .seed = 1,
                .prompt = std::make_shared<std::vector<int32_t>>(3, 5),
                .output = {},
                .stop_ids = std::make_shared<std::vector<int32_t>>()};
  backend.init_slot(init, step.slots);
  EXPECT_EQ(step.last_token[2], -1);
  init.output = {8, 9};
  backend.init_slot(init, step.slots);
  EXPECT_EQ(step.last_token[2], 9);
  init.slot = 8;
  EXPECT_THROW(backend.init_slot(init, step.slots), Error);
}

TEST(CpuBackend, CopyPagesCopiesKeysAndValues) {
  CpuBackend backend(1);
  std::vector<float> k = random_floats(3 * 2 * 4 * 6, 1), v = random_floats(3 * 2 * 4 * 6, 2);
  const auto k_before = k;
  const KvPages kv{.k = k.data(),
                   .v = v.data(),
                   .dtype = DType::kFloat32,
                   .num_pages = 3,
                   .num_kv_heads = 2,
                   .page_size = 4,
                   .head_dim = 6};
  backend.copy_pages(kv, std::vector<PageCopy>{{0, 2}, {1, 1}});
  for (int i = 0; i < 48; ++i) {
    EXPECT_EQ(k[96 + i], k_before[i]);
    EXPECT_EQ(v[96 + i], v[i]);
    EXPECT_EQ(k[48 + i], k_before[48 + i]);
  }
  EXPECT_THROW(backend.copy_pages(kv, std::vector<PageCopy>{{0, 3}}), Error);
  EXPECT_THROW(backend.copy_pages(kv, std::vector<PageCopy>{{-1, 0}}), Error);
}

TEST(CpuBackendRope, TheTableFollowsTheFormula) {
  CpuBackend backend(2);
  RopeTable table{.inv_freq = {1.0f, 0.1f, 0.01f, 0.001f}, .scale = 1.5f};
  table.theta = 10000.0f;
  table.factor = 4.0f;
  Step step;
  step.view.num_tokens = 5;
  step.positions = {0, 1, 7, 8, 1000};
  step.view.positions = step.positions.data();
  for (const int32_t dynamic_start : {0, 8}) {
    table.dynamic_start = dynamic_start;
    std::vector<float> cos_sin(5 * 8, NAN);
    backend.rope_table(table, step.view, cos_sin.data());
    for (int t = 0; t < 5; ++t) {
      const double position = step.positions[t];
      for (int i = 0; i < 4; ++i) {
        double frequency = table.inv_freq[i];
        if (dynamic_start > 0 && position >= dynamic_start) {
          const double base = 1e4 * std::pow(4.0 * (position + 1) / dynamic_start - 3.0, 8.0 / 6.0);
          frequency = 1.0 / std::pow(base, 2.0 * i / 8.0);
        }
        // The angle itself is a float: its rounding is part of the formula.
        const double slack = 1e-6 + 1e-7 * position * frequency;
        EXPECT_NEAR(cos_sin[t * 8 + i], 1.5 * std::cos(position * frequency), 1.5 * slack);
        EXPECT_NEAR(cos_sin[t * 8 + 4 + i], 1.5 * std::sin(position * frequency), 1.5 * slack);
      }
    }
  }
}

struct RopeCase {
  bool interleaved;
  int32_t rotary_dim;  // 0: no RoPE at all
  bool norm;
  DType dtype;
};

class RopeTest : public testing::TestWithParam<RopeCase> {};
INSTANTIATE_TEST_SUITE_P(Cases, RopeTest,
                         testing::Values(RopeCase{false, 8, false, DType::kFloat32},
                                         RopeCase{true, 8, false, DType::kFloat32},
                                         RopeCase{false, 4, true, DType::kFloat32},
                                         RopeCase{true, 6, true, DType::kBFloat16},
                                         RopeCase{false, 8, true, DType::kFloat16},
                                         RopeCase{false, 0, true, DType::kFloat32}));

// One head as it should be: normed, then rotated.
std::vector<double> turned(const RopeCase& c, const float* head, const std::vector<float>& norm,
                           const float* cos_sin) {
  const int dim = static_cast<int>(norm.size());
  std::vector<double> x(head, head + dim);
  if (c.norm) {
    const double scale =
        1.0 / std::sqrt(std::inner_product(head, head + dim, head, 0.0) / dim + 1e-6);
    for (int i = 0; i < dim; ++i) x[i] *= scale * norm[i];
  }
  std::vector<double> y = x;
  const int half = c.rotary_dim / 2;
  for (int i = 0; i < half; ++i) {
    const int a = c.interleaved ? 2 * i : i;
    const int b = c.interleaved ? 2 * i + 1 : i + half;
    y[a] = x[a] * cos_sin[i] - x[b] * cos_sin[half + i];
    y[b] = x[b] * cos_sin[i] + x[a] * cos_sin[half + i];
  }
  return y;
}

TEST_P(RopeTest, RotatesAndWritesTheCache) {
  const RopeCase c = GetParam();
  const int64_t heads = 3, kv_heads = 2, dim = 8, page_size = 4, tokens = 7;
  CpuBackend backend(2);
  backend.reserve_workspace(small_limits());
  Step step;
  // Slot 1 crosses from page 5 to page 2; slot 4 has one decode token.
  backend.prepare(std::vector<PageUpdate>{{1, 0, 5}, {1, 1, 2}, {1, 2, 6}, {4, 0, 3}},
                  std::vector<PlanRow>{{4, 1, 1, 0}, {1, 3, 6, 1}}, std::vector<int32_t>(7, 0),
                  step.slots, step.view);
  const int64_t elements = 8 * kv_heads * page_size * dim;
  std::vector<char> k(elements * dtype_size(c.dtype)), v = k;
  const KvPages kv{.k = k.data(),
                   .v = v.data(),
                   .dtype = c.dtype,
                   .num_pages = 8,
                   .num_kv_heads = kv_heads,
                   .page_size = page_size,
                   .head_dim = dim};
  const int64_t width = (heads + 2 * kv_heads) * dim;
  const std::vector<float> before = random_floats(tokens * width, 1);
  std::vector<float> qkv = before;
  const std::vector<float> q_norm = random_floats(dim, 2), k_norm = random_floats(dim, 3);
  const std::vector<float> cos_sin = random_floats(tokens * dim, 4);  // rotary_dim a token
  backend.rope_and_cache({.qkv = matrix(qkv, tokens),
                          .q_norm = c.norm ? q_norm.data() : nullptr,
                          .k_norm = c.norm ? k_norm.data() : nullptr,
                          .norm_eps = 1e-6f,
                          .cos_sin = c.rotary_dim ? cos_sin.data() : nullptr,
                          .rotary_dim = c.rotary_dim,
                          .interleaved = c.interleaved,
                          .num_heads = heads,
                          .kv = kv},
                         step.view, step.slots);
  const double slack = c.dtype == DType::kFloat32 ? 2e-6 : c.dtype == DType::kFloat16 ? 1e-3 : 8e-3;
  const auto cached = [&](const std::vector<char>& cache, int64_t at) {
    return dispatch_float(c.dtype, [&]<typename T>() {
      return static_cast<float>(reinterpret_cast<const T*>(cache.data())[at]);
    });
  };
  for (int64_t t = 0; t < tokens; ++t) {
    const float* row = before.data() + t * width;
    const float* angles = cos_sin.data() + t * c.rotary_dim;
    for (int64_t h = 0; h < heads; ++h) {
      const auto want = turned(c, row + h * dim, q_norm, angles);
      for (int64_t i = 0; i < dim; ++i) {
        ASSERT_NEAR(qkv[t * width + h * dim + i], want[i], 2e-6 * (1 + 10 * std::abs(want[i])));
      }
    }
    const int64_t position = t == 0 ? 1 : t + 2;
    const int64_t page = t == 0 ? 3 : std::vector<int64_t>{5, 2, 6}[position / page_size];
    for (int64_t h = 0; h < kv_heads; ++h) {
      const auto want = turned(c, row + (heads + h) * dim, k_norm, angles);
      const int64_t at = ((page * kv_heads + h) * page_size + position % page_size) * dim;
      for (int64_t i = 0; i < dim; ++i) {
        ASSERT_NEAR(cached(k, at + i), want[i], slack * (1 + 5 * std::abs(want[i])));
        const float value = row[(heads + kv_heads + h) * dim + i];
        ASSERT_NEAR(cached(v, at + i), value, c.dtype == DType::kFloat32 ? 0 : slack * 3);
      }
    }
  }
}

TEST(CpuBackendRope, AWrongPageIsRefused) {
  CpuBackend backend(2);
  backend.reserve_workspace(small_limits());
  std::vector<float> qkv(3 * 8), k(2 * 4 * 8), v(2 * 4 * 8);
  const KvPages kv{.k = k.data(),
                   .v = v.data(),
                   .dtype = DType::kFloat32,
                   .num_pages = 2,
                   .num_kv_heads = 1,
                   .page_size = 4,
                   .head_dim = 8};
  RopeAndCacheArgs args;
  args.qkv = matrix(qkv, 1);
  args.num_heads = 1;
  args.kv = kv;
  Step step;
  for (const auto& [start, block] : std::vector<std::pair<int32_t, int32_t>>{{0, 2}, {64, 0}}) {
    backend.prepare(std::vector<PageUpdate>{{0, 0, block}}, std::vector<PlanRow>{{0, start, 1, 0}},
                    std::vector<int32_t>{1}, step.slots, step.view);
    EXPECT_THROW(backend.rope_and_cache(args, step.view, step.slots), Error);
  }
}

}  // namespace
}  // namespace llmserve
