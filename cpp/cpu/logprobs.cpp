#include "cpu/logprobs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace llmserve {
namespace {

// log(sum(exp(logits - max))), summed in double.
double log_sum_exp(std::span<const float> logits, float max) {
  constexpr size_t kLanes = 4;  // independent sums: additions need not wait for each other
  std::array<double, kLanes> sums{};
  size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += std::exp(logits[i + lane] - max);
  }
  for (; i < logits.size(); ++i) sums[0] += std::exp(logits[i] - max);
  return std::log(sums[0] + sums[1] + sums[2] + sums[3]);
}

int32_t rank_of(std::span<const float> logits, float value) {
  int32_t greater = 0;
  for (const float logit : logits) greater += logit > value;
  return greater + 1;
}

// The best tokens, best first; impossible ones (-inf) by id once all others are there.
std::span<Candidate> sorted_best(std::span<const float> logits, int32_t count,
                                 std::span<Candidate> room) {
  const size_t wanted = std::min(static_cast<size_t>(count), logits.size());
  size_t size = select_best(logits, count, room).size();
  std::sort(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size), better);
  for (size_t i = 0; size < wanted && i < logits.size(); ++i) {
    if (logits[i] == -std::numeric_limits<float>::infinity()) {
      room[size++] = {logits[i], static_cast<int32_t>(i)};
    }
  }
  return room.first(size);
}

}  // namespace

void write_logprobs(std::span<const float> logits, float max, int32_t token, const LogprobsRow& out,
                    std::span<Candidate> room) {
  const LogprobsView& view = *out.view;
  const double norm = log_sum_exp(logits, max);
  const auto logprob = [&](float logit) {
    return static_cast<float>(static_cast<double>(logit) - max - norm);
  };
  const float chosen = logits[static_cast<size_t>(token)];
  view.logprob[out.row] = logprob(chosen);
  view.rank[out.row] = rank_of(logits, chosen);
  if (out.num_top == 0) return;
  int64_t at = out.row * view.stride;
  for (const Candidate& candidate : sorted_best(logits, out.num_top, room)) {
    view.top_ids[at] = candidate.id;
    view.top_logprobs[at++] = logprob(candidate.value);
  }
}

void write_invalid_logprobs(const LogprobsRow& out) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const LogprobsView& view = *out.view;
  view.logprob[out.row] = kNone;
  view.rank[out.row] = 0;
  const int64_t begin = out.row * view.stride;
  for (int64_t i = begin; i < begin + out.num_top; ++i) {
    view.top_ids[i] = 0;
    view.top_logprobs[i] = kNone;
  }
}

}  // namespace llmserve
