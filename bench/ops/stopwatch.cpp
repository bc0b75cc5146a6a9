#include "ops/stopwatch.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace llmserve {

Stopwatch::Stopwatch(Backend& backend, const Case& subject, const Settings& settings)
    : backend_(backend), subject_(subject), settings_(settings) {
  subject_.run(0);
  backend_.wait(backend_.record());
  if (backend_.has_graphs() && subject_.is_decoder) {
    runs_ = std::max(settings_.least_runs, subject_.num_sets);
    graph_ = backend_.capture([this] {
      for (int64_t i = 0; i < runs_; ++i) subject_.run(i);
    });
  }
  seconds_of(1);
  const double one = seconds_of(1);
  launches_ = std::max<int64_t>(1, std::llround(std::ceil(settings_.least_s / one)));
  seconds_of(launches_);  // until the clocks are where work takes them
}

void Stopwatch::launch() {
  if (graph_) {
    backend_.launch_graph(*graph_);
    return;
  }
  subject_.run(next_++);
  backend_.record();  // what the op put aside for this run is free once it is done
}

double Stopwatch::seconds_of(int64_t launches) {
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < launches; ++i) launch();
  backend_.wait(backend_.record());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Timing Stopwatch::measure() {
  std::vector<double> seconds(static_cast<size_t>(settings_.samples));
  for (double& one : seconds) one = seconds_of(launches_) / static_cast<double>(runs());
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

}  // namespace llmserve
