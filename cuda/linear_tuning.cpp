#include "linear_tuning.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>
#include <system_error>

#include "cuda_check.h"

namespace llmserve {
namespace {

constexpr int kMostProposals = 8;  // of the library, for one number of tokens
// The library loads a kernel when it first runs, which takes longer than to time it: milliseconds.
// So only the first proposals are loaded; the others count where something else has loaded them.
constexpr size_t kLoadedProposals = 2;
// All candidates are timed once, the best of them some more.
constexpr size_t kFinalists = 3;
constexpr float kFinalistSlack = 1.25f;
constexpr int kRounds = 3;
constexpr float kRoundMicroseconds = 60.0f;
constexpr float kMostRepeats = 8.0f;
// What is not faster by this much may only seem so.
constexpr float kLeastGain = 0.99f;
constexpr int64_t kLoadingTokens = 65;
constexpr size_t kComparedBytes = 256 << 10;
// What the entries of the file mean; another number where that changes.
constexpr const char* kFormat = "linear tuning 1";

class TimingEvent {
 public:
  TimingEvent() { CUDA_CHECK(cudaEventCreate(&event_)); }
  ~TimingEvent() { static_cast<void>(cudaEventDestroy(event_)); }
  TimingEvent(const TimingEvent&) = delete;
  TimingEvent& operator=(const TimingEvent&) = delete;

  void record(cudaStream_t stream) { CUDA_CHECK(cudaEventRecord(event_, stream)); }
  float microseconds_since(const TimingEvent& begin) const {
    float milliseconds = 0.0f;
    CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin.event_, event_));
    return 1000.0f * milliseconds;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

bool is_same(const BlasAlgorithm& a, const BlasAlgorithm& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

bool holds(std::span<const BlasAlgorithm> algorithms, const BlasAlgorithm& algorithm) {
  return std::any_of(algorithms.begin(), algorithms.end(),
                     [&](const BlasAlgorithm& a) { return is_same(a, algorithm); });
}

float median(std::span<float> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The algorithms after the first one, which the others are compared with: the fastest first.
std::vector<size_t> ranking(std::span<const float> scores) {
  std::vector<size_t> order(scores.size() - 1);
  std::iota(order.begin(), order.end(), size_t{1});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  return order;
}

// What a range is timed at: its end, as full steps and blocks have it, and an uneven number inside,
// which some algorithms are much slower with.
std::array<int64_t, 2> timed_counts(const TuningTask& task) {
  const int64_t most = task.product.num_tokens;
  return {most, std::max(task.tokens_before + 1, most - (most - task.tokens_before) / 2 - 5)};
}

// Of the runtime's version as well as of the device: an algorithm may be another one's elsewhere.
std::string file_name(const DeviceInfo& device) {
  std::string name = detail::concat("linear-", device.name, "-cublaslt-", cublasLtGetVersion());
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '-';
  }
  return name + ".txt";
}

std::string identity(const DeviceInfo& device) {
  return detail::concat(kFormat, ", cuBLASLt ", cublasLtGetVersion(), ", ", device.name, ", ",
                        device.num_sms, " multiprocessors");
}

std::string key(const Product& p) {
  return detail::concat(p.weight_rows, "x", p.in_features, " every ", p.row_elements, ", ",
                        dtype_name(p.dtype), " to ", dtype_name(p.out_dtype), ", ", p.num_tokens,
                        " tokens");
}

// An algorithm is plain data, good for the version of the library that it comes from.
using Words = std::array<uint64_t, sizeof(BlasAlgorithm) / sizeof(uint64_t)>;
static_assert(sizeof(Words) == sizeof(BlasAlgorithm));
constexpr int kWordDigits = 16;

std::string format(const BlasAlgorithm& algorithm) {
  std::string text;
  for (const uint64_t word : std::bit_cast<Words>(algorithm)) {
    char digits[kWordDigits + 1];
    std::snprintf(digits, sizeof digits, "%016" PRIx64, word);
    text += digits;
  }
  return text;
}

std::optional<BlasAlgorithm> parse(const std::string& text) {
  Words words;
  if (text.size() != words.size() * kWordDigits) return std::nullopt;
  const char* at = text.data();
  for (uint64_t& word : words) {
    const auto [stop, error] = std::from_chars(at, at + kWordDigits, word, 16);
    at += kWordDigits;
    if (error != std::errc() || stop != at) return std::nullopt;
  }
  return std::bit_cast<BlasAlgorithm>(words);
}

}  // namespace

LinearTuner::LinearTuner(const BlasLibrary& library, cudaStream_t stream)
    : library_(library), stream_(stream) {}

BlasAlgorithm LinearTuner::choose(const TuningTask& task) {
  const std::vector<BlasAlgorithm> all = candidates(task);
  const std::vector<float> first = score(task, all, 1);
  const float best = *std::min_element(first.begin(), first.end());
  std::vector<BlasAlgorithm> finalists = {task.common};
  for (const size_t i : ranking(first)) {
    if (finalists.size() <= kFinalists && first[i] <= kFinalistSlack * best) {
      finalists.push_back(all[i]);
    }
  }
  const std::vector<float> scores = score(task, finalists, kRounds);
  for (const size_t i : ranking(scores)) {
    if (scores[i] < kLeastGain * scores[0] && same_bits(task.product, finalists[i], task.common)) {
      return finalists[i];
    }
  }
  return task.common;
}

BlasAlgorithm LinearTuner::propose(const TuningTask& task) {
  for (const BlasAlgorithm& a : library_.algorithms(task.product, 1)) {
    if (load(task.product, a) && same_bits(task.product, a, task.common)) return a;
  }
  return task.common;
}

// The task's own algorithm, its neighbour's, then what the library proposes.
std::vector<BlasAlgorithm> LinearTuner::candidates(const TuningTask& task) {
  std::vector<BlasAlgorithm> candidates = {task.common};
  const auto add = [&](const BlasAlgorithm& algorithm) {
    if (!holds(candidates, algorithm) && load(task.product, algorithm)) {
      candidates.push_back(algorithm);
    }
  };
  if (task.neighbour) add(*task.neighbour);
  Product product = task.product;
  for (const int64_t count : timed_counts(task)) {
    product.num_tokens = count;
    const std::vector<BlasAlgorithm> proposals = library_.algorithms(product, kMostProposals);
    for (size_t i = 0; i < proposals.size(); ++i) {
      if (i < kLoadedProposals || holds(loaded_, proposals[i])) add(proposals[i]);
    }
  }
  return candidates;
}

bool LinearTuner::load(Product product, const BlasAlgorithm& algorithm) {
  if (!library_.takes(product, algorithm)) return false;
  if (holds(loaded_, algorithm)) return true;
  product.num_tokens = std::min(product.num_tokens, kLoadingTokens);
  if (!library_.multiply(product, algorithm, stream_)) return false;
  loaded_.push_back(algorithm);
  return true;
}

std::vector<float> LinearTuner::score(const TuningTask& task,
                                      std::span<const BlasAlgorithm> algorithms, int rounds) {
  std::vector<float> scores(algorithms.size());
  Product product = task.product;
  for (const int64_t count : timed_counts(task)) {
    product.num_tokens = count;
    const std::vector<float> times = time(product, task.weights, algorithms, rounds);
    for (size_t i = 0; i < times.size(); ++i) scores[i] += times[i] / times[0];
  }
  return scores;
}

std::vector<float> LinearTuner::time(const Product& product, std::span<const void* const> weights,
                                     std::span<const BlasAlgorithm> algorithms, int rounds) {
  std::vector<std::vector<float>> times(algorithms.size());
  int repeats = 1;
  for (int round = 0; round < rounds; ++round) {
    const std::vector<float> each = time_round(product, weights, algorithms, repeats);
    for (size_t i = 0; i < each.size(); ++i) times[i].push_back(each[i]);
    const float best = *std::min_element(each.begin(), each.end());
    repeats = static_cast<int>(std::clamp(kRoundMicroseconds / best, 1.0f, kMostRepeats));
  }
  std::vector<float> medians;
  for (std::vector<float>& of_one : times) medians.push_back(median(of_one));
  return medians;
}

// The microseconds of each: `repeats` products in a row, their mean.
std::vector<float> LinearTuner::time_round(const Product& product,
                                           std::span<const void* const> weights,
                                           std::span<const BlasAlgorithm> algorithms, int repeats) {
  std::vector<TimingEvent> events(algorithms.size() + 1);
  // While the device is busy with this one, the host gets ahead of it, and nothing timed waits for
  // a launch.
  multiply(product, weights, algorithms[0]);
  events[0].record(stream_);
  for (size_t i = 0; i < algorithms.size(); ++i) {
    for (int j = 0; j < repeats; ++j) multiply(product, weights, algorithms[i]);
    events[i + 1].record(stream_);
  }
  CUDA_CHECK(cudaStreamSynchronize(stream_));
  std::vector<float> times;
  for (size_t i = 0; i < algorithms.size(); ++i) {
    times.push_back(events[i + 1].microseconds_since(events[i]) / static_cast<float>(repeats));
  }
  return times;
}

void LinearTuner::multiply(Product product, std::span<const void* const> weights,
                           const BlasAlgorithm& algorithm) {
  product.weight = weights[next_weight_++ % weights.size()];
  CHECK(library_.multiply(product, algorithm, stream_));
}

// Of the first rows alone: another order of sums shows in one of a hundred numbers.
bool LinearTuner::same_bits(const Product& product, const BlasAlgorithm& a,
                            const BlasAlgorithm& b) {
  const size_t bytes =
      std::min(kComparedBytes, static_cast<size_t>(product.num_tokens * product.weight_rows *
                                                   dtype_size(product.out_dtype)));
  std::array<std::vector<char>, 2> results = {std::vector<char>(bytes), std::vector<char>(bytes)};
  for (size_t i = 0; i < results.size(); ++i) {
    CUDA_CHECK(cudaMemsetAsync(product.out, 0xff, bytes, stream_));
    CHECK(library_.multiply(product, i == 0 ? a : b, stream_));
    CUDA_CHECK(
        cudaMemcpyAsync(results[i].data(), product.out, bytes, cudaMemcpyDeviceToHost, stream_));
  }
  CUDA_CHECK(cudaStreamSynchronize(stream_));
  return results[0] == results[1];
}

TuningCache::TuningCache(const DeviceInfo& device)
    : file_(cache_folder(), file_name(device), identity(device)) {}

std::optional<BlasAlgorithm> TuningCache::find(const Product& product) const {
  const std::optional<std::string> text = file_.find(key(product));
  return text ? parse(*text) : std::nullopt;
}

void TuningCache::put(const Product& product, const BlasAlgorithm& algorithm) {
  file_.put(key(product), format(algorithm));
}

}  // namespace llmserve
