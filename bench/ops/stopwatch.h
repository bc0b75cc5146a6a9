// Stopwatch: how long one run of a case takes on the device. The runs are put into a graph where
// the backend has graphs, so that the host's part of a launch is shared by many of them.
#pragma once

#include <optional>

#include "ops/case.h"

namespace llmserve {

struct Timing {
  double median_s = 0;  // of one run, over the samples
  double min_s = 0;
  double max_s = 0;
};

class Stopwatch {
 public:
  struct Settings {
    int32_t samples = 5;
    double least_s = 0.02;    // a sample's length, at least: then its ends do not count
    int64_t least_runs = 20;  // in a graph
  };

  // Warms up and records the graph. `subject` outlives this.
  Stopwatch(Backend& backend, const Case& subject, const Settings& settings);

  Timing measure();
  int64_t runs() const { return launches_ * runs_; }  // in a sample
  bool has_graph() const { return graph_.has_value(); }

 private:
  void launch();
  double seconds_of(int64_t launches);

  Backend& backend_;
  const Case& subject_;
  const Settings settings_;
  std::optional<int32_t> graph_;
  int64_t runs_ = 1;  // in a launch
  int64_t launches_ = 1;
  int64_t next_ = 0;  // the set of data of the next run outside of a graph
};

}  // namespace llmserve
