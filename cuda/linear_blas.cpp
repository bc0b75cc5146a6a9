#include "linear_blas.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kCommonTokens = 1024;  // what the library's own choice is asked for
constexpr int64_t kLeastTokens = 17;     // what it must take as well
constexpr int kMostResults = 16;
// Nothing more is timed after it, so that a start takes a second for all of it; the next one goes
// on.
constexpr std::chrono::milliseconds kPatience(800);

bool is_capturing(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  CUDA_CHECK(cudaStreamIsCapturing(stream, &status));
  return status != cudaStreamCaptureStatusNone;
}

// x is made of weights: numbers as a model has them, as zeros would let the device run faster.
// Every step writes it before it reads it.
void fill_x(const Product& p, cudaStream_t stream) {
  const int64_t x_bytes = p.num_tokens * p.in_features * dtype_size(p.dtype);
  const int64_t weight_bytes = p.weight_rows * p.row_elements * dtype_size(p.dtype);
  for (int64_t done = 0; done < x_bytes; done += weight_bytes) {
    const int64_t count = std::min(weight_bytes, x_bytes - done);
    CUDA_CHECK(cudaMemcpyAsync(static_cast<char*>(const_cast<void*>(p.x)) + done, p.weight,
                               static_cast<size_t>(count), cudaMemcpyDeviceToDevice, stream));
  }
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
  const Clock::time_point begin = Clock::now();
  int num_timed = 0;
  int num_untimed = 0;

  Clock::duration elapsed() const { return Clock::now() - begin; }
};

void LinearBlas::tune(std::span<const Product> products, const DeviceInfo& device,
                      cudaStream_t stream) {
  if (is_capturing(stream)) return;
  struct Group {
    Product largest;
    std::vector<const void*> weights;
  };
  std::map<Key, Group> groups;
  for (const Product& p : products) {
    Group& group = groups[key(p)];
    if (p.num_tokens > group.largest.num_tokens) group.largest = p;
    const auto end = group.weights.end();
    if (std::find(group.weights.begin(), end, p.weight) == end) group.weights.push_back(p.weight);
  }
  Tuning tuning{LinearTuner(library_, stream), TuningCache(device)};
  for (const auto& [key, group] : groups) {
    if (!takes(group.largest) || group.largest.num_tokens < kLeastTokens) continue;
    fill_x(group.largest, stream);
    tune_shape(group.largest, group.weights, tuning);
  }
  tuning.cache.save();
  CUDA_CHECK(cudaStreamSynchronize(stream));
  if (tuning.num_timed + tuning.num_untimed == 0) return;
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(tuning.elapsed());
  log(LogLevel::kInfo, "timed the ways to do ", tuning.num_timed, " matrix products in ",
      time.count(), " ms", tuning.num_untimed ? "; the next start goes on" : "");
}

void LinearBlas::tune_shape(const Product& largest, std::span<const void* const> weights,
                            Tuning& tuning) {
  Choices& choices = this->choices(largest);
  TuningTask task{.product = largest,
                  .tokens_before = kLeastTokens - 1,
                  .weights = weights,
                  .common = *choices.common};
  size_t range = 0;
  for (; task.tokens_before < largest.num_tokens; ++range) {
    task.product.num_tokens = std::min(kTokenRanges[range], largest.num_tokens);
    tune_range(task, choices.tuned[range], tuning);
    task.neighbour = choices.tuned[range];
    task.tokens_before = task.product.num_tokens;
  }
  // What is larger than all that was seen is most like the largest.
  for (; range < choices.tuned.size(); ++range) choices.tuned[range] = task.neighbour;
}

void LinearBlas::tune_range(const TuningTask& task, MaybeAlgorithm& choice, Tuning& tuning) {
  choice = tuning.cache.find(task.product);
  if (choice && library_.takes(task.product, *choice)) return;
  if (!library_.takes(task.product, task.common)) {
    choice.reset();
  } else if (tuning.elapsed() < kPatience) {
    choice = tuning.tuner.choose(task);
    tuning.cache.put(task.product, *choice);
    ++tuning.num_timed;
  } else {
    choice = tuning.tuner.propose(task);
    ++tuning.num_untimed;
  }
}

}  // namespace llmserve
