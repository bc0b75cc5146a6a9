#include "model/decode_graphs.h"

#include <algorithm>

namespace llmserve {
namespace {

// Of a layer: four linears and two norms, which a backend may do apart, rope_and_cache, attention;
// and what comes before and after all layers.
constexpr int64_t kOpsPerLayer = 8;
constexpr int64_t kOtherOps = 8;

bool has_graph_form(const StepPlan& plan) {
  const auto is_single = [](const PlanRow& row) { return row.num_tokens == 1; };
  if (plan.logit_tokens.size() != plan.rows.size()) return false;
  for (size_t i = 0; i < plan.logit_tokens.size(); ++i) {
    if (plan.logit_tokens[i] != static_cast<int32_t>(i)) return false;
  }
  return std::all_of(plan.rows.begin(), plan.rows.end(), is_single);
}

}  // namespace

// Coarser where a row more or less costs less.
std::vector<int32_t> DecodeGraphs::sizes(int32_t max_rows) {
  const int32_t most = std::min(max_rows, kMostRows);
  std::vector<int32_t> sizes;
  for (int32_t size = 1; size < most; size += size < 4     ? size
                                              : size < 8   ? 4
                                              : size < 64  ? 8
                                              : size < 256 ? 16
                                                           : 32) {
    sizes.push_back(size);
  }
  sizes.push_back(most);
  return sizes;
}

int64_t DecodeGraphs::bytes(const ModelSpec& spec, int32_t max_rows, const Backend& backend) {
  if (!backend.has_graphs()) return 0;
  const int64_t ops = kOtherOps + kOpsPerLayer * std::ssize(spec.layers);
  const int64_t graphs = std::ssize(sizes(max_rows));
  return backend.graph_bytes(graphs, graphs * ops);
}

DecodeGraphs::DecodeGraphs(Decoder& decoder, StepBuffers& buffers, Backend& backend,
                           int32_t max_rows)
    : decoder_(decoder), buffers_(buffers), backend_(backend), max_rows_(max_rows) {
  rows_.reserve(static_cast<size_t>(std::min(max_rows, kMostRows)));
}

void DecodeGraphs::capture() {
  const auto run = [this] {
    decoder_.forward();
    decoder_.all_logits();
  };
  for (const int32_t size : sizes(max_rows_)) {
    rows_.assign(static_cast<size_t>(size), PlanRow::padding(1));
    backend_.prepare({}, rows_, {}, buffers_.slots(), buffers_.step());
    run();
    graphs_[size] = backend_.capture(run);
  }
}

std::span<const PlanRow> DecodeGraphs::pad(const StepPlan& plan) {
  const auto graph = graphs_.lower_bound(static_cast<int32_t>(plan.rows.size()));
  if (graph == graphs_.end() || !has_graph_form(plan)) return {};
  rows_.assign(plan.rows.begin(), plan.rows.end());
  rows_.resize(static_cast<size_t>(graph->first), PlanRow::padding(1));
  return rows_;
}

LogitsView DecodeGraphs::launch() {
  const int32_t num_rows = buffers_.step().num_rows;
  const auto graph = graphs_.find(num_rows);
  CHECK(graph != graphs_.end(), "there is no graph of ", num_rows, " rows");
  backend_.launch_graph(graph->second);
  return decoder_.logits_view(num_rows);
}

}  // namespace llmserve
