// DecodeGraphs on a backend whose graphs are the calls themselves: which steps run as graphs, and
// that padding changes nothing.
#include <gtest/gtest.h>

#include <atomic>

#include "cpu/cpu_backend.h"
#include "engine_harness.h"
#include "model/decode_graphs.h"

namespace llmserve {
namespace {

using testing::collect;
using testing::prompt_of;
using testing::submission_of;
using testing::tiny_config;
using testing::tiny_spec;

struct Counts {
  std::atomic<int64_t> captured{0};
  std::atomic<int64_t> launched{0};
  std::atomic<int64_t> prepared{0};
  std::atomic<int64_t> padding_rows{0};
};

class ReplayingBackend : public CpuBackend {
 public:
  explicit ReplayingBackend(Counts& counts) : CpuBackend(1), counts_(counts) {}

  bool has_graphs() const override { return true; }
  int64_t graph_bytes(int64_t num_graphs, int64_t num_ops) const override {
    return 1000 * num_graphs + num_ops;
  }
  int32_t capture(const std::function<void()>& ops) override {
    ++counts_.captured;
    graphs_.push_back(ops);
    return static_cast<int32_t>(graphs_.size()) - 1;
  }
  void launch_graph(int32_t graph) override {
    ++counts_.launched;
    graphs_.at(static_cast<size_t>(graph))();
  }
  void prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
               std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) override {
    ++counts_.prepared;
    for (const PlanRow& row : rows) counts_.padding_rows += row.is_padding();
    CpuBackend::prepare(updates, rows, tokens, slots, step);
  }

 private:
  Counts& counts_;
  std::vector<std::function<void()>> graphs_;
};

BackendMaker replaying_maker(Counts& counts) {
  return [&counts](Device, int) { return std::make_unique<ReplayingBackend>(counts); };
}

EngineConfig config_of(int32_t max_num_seqs) {
  EngineConfig config = tiny_config();
  config.max_num_seqs = max_num_seqs;
  return config;
}

std::vector<Submission> mixed_requests() {
  std::vector<Submission> requests;
  for (int32_t i = 0; i < 11; ++i) {
    Submission request =
        submission_of(prompt_of(1 + 9 * i % 50, i), 3 + 5 * i % 17, 0.7f * (i % 2));
    request.params.n = 1 + i % 3;
    if (i % 4 == 1) request.params.logprobs = 2;
    if (i % 4 == 2) request.params.prompt_logprobs = 1;
    requests.push_back(std::move(request));
  }
  return requests;
}

// Tokens of all samples in the order of requests, with the first token's log probability.
std::vector<std::pair<std::vector<int32_t>, float>> run_all(EngineThread& engine) {
  std::vector<std::pair<uint64_t, int32_t>> keys;
  for (Submission& request : mixed_requests()) {
    const int32_t n = request.params.n;
    const uint64_t id = engine.submit(std::move(request));
    for (int32_t index = 0; index < n; ++index) keys.emplace_back(id, index);
  }
  const auto outputs = collect(engine, keys.size());
  std::vector<std::pair<std::vector<int32_t>, float>> results;
  for (const auto& key : keys) {
    const Output& output = outputs.at(key);
    results.emplace_back(output.token_ids,
                         output.logprobs.empty() ? 0.0f : output.logprobs[0].logprob);
  }
  return results;
}

TEST(DecodeGraphs, SizesGrowAndEndAtTheMost) {
  EXPECT_EQ(DecodeGraphs::sizes(1), (std::vector<int32_t>{1}));
  EXPECT_EQ(DecodeGraphs::sizes(3), (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(DecodeGraphs::sizes(20), (std::vector<int32_t>{1, 2, 4, 8, 16, 20}));
  for (const int32_t most : {1, 2, 7, 8, 9, 64, 100, 256, 300, 512, 5000}) {
    const std::vector<int32_t> sizes = DecodeGraphs::sizes(most);
    EXPECT_EQ(sizes.front(), 1);
    EXPECT_EQ(sizes.back(), std::min(most, DecodeGraphs::kMostRows));
    for (size_t i = 1; i < sizes.size(); ++i) {
      EXPECT_GT(sizes[i], sizes[i - 1]);
      // Less than half of a step is padding, of larger ones less than a fifth.
      EXPECT_LE(sizes[i] - sizes[i - 1] - 1, sizes[i - 1] >= 64 ? sizes[i] / 5 : sizes[i] / 2);
    }
  }
}

TEST(DecodeGraphs, TokensAreThoseOfTheOpsAlone) {
  for (const int32_t max_num_seqs : {1, 3, 8}) {
    Counts counts;
    EngineConfig config = config_of(max_num_seqs);
    EngineThread with(tiny_spec(), config, nullptr, replaying_maker(counts));
    with.loading_workers()->load_dummy(1);
    with.start();
    EXPECT_EQ(counts.captured, std::ssize(DecodeGraphs::sizes(max_num_seqs)));
    counts.padding_rows = 0;
    const auto got = run_all(with);
    EXPECT_GT(counts.launched, 10);
    EXPECT_EQ(counts.padding_rows > 0, max_num_seqs == 8);

    config.enforce_eager = true;
    Counts none;
    EngineThread without(tiny_spec(), config, nullptr, replaying_maker(none));
    without.loading_workers()->load_dummy(1);
    without.start();
    EXPECT_EQ(got, run_all(without));
    EXPECT_EQ(none.captured + none.launched, 0);
  }
}

TEST(DecodeGraphs, MemoryIsPlanned) {
  Counts counts;
  const EngineThread engine(tiny_spec(), config_of(8), nullptr, replaying_maker(counts));
  const std::vector<MemoryItem>& items = engine.memory_plan().items;
  const auto graphs = std::find_if(items.begin(), items.end(),
                                   [](const MemoryItem& item) { return item.name == "graphs"; });
  ASSERT_NE(graphs, items.end());
  EXPECT_GT(graphs->bytes, 4 * 1000);
}

TEST(DecodeGraphs, OnlyStepsOfSingleTokensThatAllHaveLogits) {
  Counts counts;
  ReplayingBackend backend(counts);
  const ModelSpec spec = tiny_spec();
  StepLimits limits{.max_tokens = 64,
                    .max_rows = 8,
                    .max_logit_rows = 8,
                    .max_model_len = 64,
                    .page_size = 8,
                    .vocab_size = spec.vocab_size,
                    .max_in_features = 100,
                    .max_heads = 4,
                    .max_head_dim = 20};
  WeightStore weights(spec, 0, 1, backend);
  weights.allocate();
  KvCache cache(spec, 1, 8, 8, backend);
  StepBuffers buffers(spec, 1, limits, 1, DType::kFloat32);
  buffers.allocate(backend);
  backend.reserve_workspace(limits);
  Decoder decoder(spec, weights.weights(), cache, buffers, backend, nullptr);
  decoder.make_rope_tables(64);
  DecodeGraphs graphs(decoder, buffers, backend, 8);
  graphs.capture();

  StepPlan plan;
  plan.rows = {{0, 5, 1, PlanRow::kFromSlot}, {3, 0, 1, 0}, {1, 2, 1, PlanRow::kFromSlot}};
  plan.logit_tokens = {0, 1, 2};
  const std::span<const PlanRow> padded = graphs.pad(plan);
  ASSERT_EQ(padded.size(), 4u);
  EXPECT_EQ(padded[2].slot, 1);
  EXPECT_TRUE(padded[3].is_padding());
  plan.logit_tokens = {0, 2};
  EXPECT_TRUE(graphs.pad(plan).empty());
  plan.logit_tokens = {0, 2, 1};
  EXPECT_TRUE(graphs.pad(plan).empty());
  plan.logit_tokens = {0, 1, 2};
  plan.rows[1].num_tokens = 2;
  EXPECT_TRUE(graphs.pad(plan).empty());
}

}  // namespace
}  // namespace llmserve
