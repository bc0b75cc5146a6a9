// DecodeGraphs: the decoder's part of those steps in which every row has one token and every token
// its logits, recorded for some numbers of rows. A step runs as the next larger graph, filled up
// with padding. For backends that have graphs.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "sched/step_plan.h"

namespace llmserve {

class DecodeGraphs {
 public:
  // Steps of more rows are not recorded: launching their ops one by one costs them little.
  static constexpr int32_t kMostRows = 512;

  // The numbers of rows that there are graphs for, ascending.
  static std::vector<int32_t> sizes(int32_t max_rows);
  // Device memory of all graphs together.
  static int64_t bytes(const ModelSpec& spec, int32_t max_rows, const Backend& backend);

  // All arguments outlive the graphs; `max_rows` is that of StepLimits.
  DecodeGraphs(Decoder& decoder, StepBuffers& buffers, Backend& backend, int32_t max_rows);

  // Runs each size once and records it. On the rank's own thread, before the first step.
  void capture();

  // The step's rows filled up to the size of a graph; none where it is no step for a graph. Valid
  // until the next call.
  std::span<const PlanRow> pad(const StepPlan& plan);
  // The logits of the rows that the step was prepared with, which pad() gave.
  LogitsView launch();

 private:
  Decoder& decoder_;
  StepBuffers& buffers_;
  Backend& backend_;
  const int32_t max_rows_;
  std::map<int32_t, int32_t> graphs_;  // by the number of rows
  std::vector<PlanRow> rows_;
};

}  // namespace llmserve
