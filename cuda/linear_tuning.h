// Which algorithm of cuBLASLt is the fastest, by timing: the ranges of tokens that have a choice of
// their own, what is timed how, and the file that remembers it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/cache_file.h"
#include "blas_library.h"
#include "device_info.h"

namespace llmserve {

// Each range ends with so many tokens and begins after the one before it: small enough for about
// the same number of tiles in all of it.
inline constexpr int64_t kManyTokens = std::numeric_limits<int64_t>::max();
inline constexpr std::array<int64_t, 25> kTokenRanges = {
    32,   64,   96,   128,  192,  256,  320,  384,  448,  512,   640,   768,        896,
    1024, 1280, 1536, 2048, 2560, 3072, 4096, 6144, 8192, 16384, 32768, kManyTokens};

constexpr size_t token_range(int64_t num_tokens) {
  size_t range = 0;
  while (num_tokens > kTokenRanges[range]) ++range;
  return range;
}

// What an algorithm is chosen for.
struct TuningTask {
  Product product;            // with the most tokens of the range; its x holds numbers
  int64_t tokens_before = 0;  // of the ranges before it
  // Of the product's shape: timing goes round them, so that they come from memory as in a step.
  std::span<const void* const> weights{};
  BlasAlgorithm common{};                    // whose bits all others must have
  std::optional<BlasAlgorithm> neighbour{};  // the choice of the range before
};

// Overwrites the out of what it is given.
class LinearTuner {
 public:
  LinearTuner(const BlasLibrary& library, cudaStream_t stream);

  // The fastest algorithm over the task's range.
  BlasAlgorithm choose(const TuningTask& task);
  // The library's own choice, where it has the right bits: for when there is no time.
  BlasAlgorithm propose(const TuningTask& task);
  // The median microseconds of each algorithm over some rounds.
  std::vector<float> time(const Product& product, std::span<const void* const> weights,
                          std::span<const BlasAlgorithm> algorithms, int rounds);
  bool same_bits(const Product& product, const BlasAlgorithm& a, const BlasAlgorithm& b);

 private:
  std::vector<BlasAlgorithm> candidates(const TuningTask& task);
  // The time of each algorithm in times of the first one's, summed over both timed counts.
  std::vector<float> score(const TuningTask& task, std::span<const BlasAlgorithm> algorithms,
                           int rounds);
  std::vector<float> time_round(const Product& product, std::span<const void* const> weights,
                                std::span<const BlasAlgorithm> algorithms, int repeats);
  void multiply(Product product, std::span<const void* const> weights,
                const BlasAlgorithm& algorithm);
  // Whether the algorithm runs; its kernel is loaded then.
  bool load(Product product, const BlasAlgorithm& algorithm);

  const BlasLibrary& library_;
  const cudaStream_t stream_;
  std::vector<BlasAlgorithm> loaded_;
  size_t next_weight_ = 0;
};

// The choices of earlier processes, for one device and one version of the library.
class TuningCache {
 public:
  explicit TuningCache(const DeviceInfo& device);

  std::optional<BlasAlgorithm> find(const Product& product) const;
  void put(const Product& product, const BlasAlgorithm& algorithm);
  void save() { file_.save(); }

 private:
  CacheFile file_;
};

}  // namespace llmserve
