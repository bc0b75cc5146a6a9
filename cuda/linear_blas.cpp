#include "linear_blas.h"

#include <chrono>

#include "base/log.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kCommonTokens = 1024;  // what the library's own choice is asked for
constexpr int64_t kLeastTokens = 17;     // what it must take as well
constexpr int kMostResults = 16;
// A start is not to wait longer; what is left is tuned by the next one.
constexpr std::chrono::milliseconds kPatience(1000);

bool is_capturing(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  CUDA_CHECK(cudaStreamIsCapturing(stream, &status));
  return status != cudaStreamCaptureStatusNone;
}

}  // namespace

LinearBlas::Key LinearBlas::key(const Product& p) {
  return {p.weight_rows, p.in_features, p.row_elements, static_cast<int64_t>(p.dtype),
          static_cast<int64_t>(p.out_dtype)};
}

LinearBlas::Choices& LinearBlas::choices(const Product& p) {
  auto found = choices_.find(key(p));
  if (found == choices_.end()) {
    found = choices_.emplace(key(p), Choices{.common = find_common(p), .tuned = {}}).first;
  }
  return found->second;
}

LinearBlas::MaybeAlgorithm LinearBlas::find_common(Product p) const {
  p.num_tokens = kCommonTokens;
  const std::vector<BlasAlgorithm> algorithms = library_.algorithms(p, kMostResults);
  p.num_tokens = kLeastTokens;
  for (const BlasAlgorithm& algorithm : algorithms) {
    if (library_.takes(p, algorithm)) return algorithm;
  }
  return std::nullopt;
}

void LinearBlas::multiply(const Product& p, cudaStream_t stream) {
  const Choices& choices = this->choices(p);
  const MaybeAlgorithm& tuned = choices.tuned[token_range(p.num_tokens)];
  if (tuned && library_.multiply(p, *tuned, stream)) return;
  CHECK(choices.common && library_.multiply(p, *choices.common, stream), "product of ",
        p.num_tokens, " tokens with ", p.weight_rows, " x ", p.in_features);
}

struct LinearBlas::Tuning {
  LinearTuner tuner;
  TuningCache cache;
  const TuningScratch scratch;
  const Clock::time_point deadline = Clock::now() + kPatience;
  int num_timed = 0;
  int num_skipped = 0;
};

void LinearBlas::tune(std::span<const Product> products, const TuningScratch& scratch,
                      const DeviceInfo& device, cudaStream_t stream) {
  if (is_capturing(stream)) return;
  const Clock::time_point begin = Clock::now();
  struct Group {
    Product largest;
    std::vector<const void*> weights;
  };
  std::map<Key, Group> groups;
  for (const Product& p : products) {
    Group& group = groups[key(p)];
    if (p.num_tokens > group.largest.num_tokens) group.largest = p;
    group.weights.push_back(p.weight);
  }
  Tuning tuning{LinearTuner(library_, scratch, stream), TuningCache(device), scratch};
  for (const auto& [key, group] : groups) tune_shape(group.largest, group.weights, tuning);
  if (tuning.num_timed == 0 && tuning.num_skipped == 0) return;
  tuning.cache.save();
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  log(LogLevel::kInfo, "timed the ways to do ", tuning.num_timed, " matrix products in ",
      time.count(), " ms", tuning.num_skipped ? "; the next start goes on" : "");
}

void LinearBlas::tune_shape(const Product& largest, std::span<const void* const> weights,
                            Tuning& tuning) {
  Choices& choices = this->choices(largest);
  const int64_t most = std::min(largest.num_tokens, tuning.scratch.max_tokens(largest));
  if (!choices.common || most < kLeastTokens) return;
  Product p = largest;
  size_t range = 0;
  for (int64_t before = kLeastTokens - 1; before < most; before = kTokenRanges[range++]) {
    p.num_tokens = std::min(kTokenRanges[range], most);
    MaybeAlgorithm& choice = choices.tuned[range];
    choice = tuning.cache.find(p);
    if (choice && library_.takes(p, *choice)) continue;
    choice.reset();
    if (!library_.takes(p, *choices.common)) continue;
    if (Clock::now() > tuning.deadline) {
      ++tuning.num_skipped;
      continue;
    }
    choice =
        tuning.tuner.choose({.product = p,
                             .tokens_before = before,
                             .weights = weights,
                             .common = *choices.common,
                             .neighbour = range > 0 ? choices.tuned[range - 1] : std::nullopt});
    tuning.cache.put(p, *choice);
    ++tuning.num_timed;
  }
  // What is larger than anything timed is most like the largest.
  for (size_t next = range; range > 0 && next < choices.tuned.size(); ++next) {
    choices.tuned[next] = choices.tuned[range - 1];
  }
}

}  // namespace llmserve
