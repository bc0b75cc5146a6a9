// LinearBlas: products of many tokens through cuBLASLt. Which of its algorithms takes a product
// depends on the weight's shape and on the range that the number of tokens is in; all of them give
// the same bits, so that this is a matter of time alone.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "blas_library.h"
#include "linear_tuning.h"

namespace llmserve {

class LinearBlas {
 public:
  static constexpr int64_t kWorkspaceBytes = BlasLibrary::kWorkspaceBytes;

  explicit LinearBlas(void* workspace) : library_(workspace) {}

  // Whether the library has an algorithm for the product's shape and types. The first question of a
  // shape looks for one, on the host alone.
  bool takes(const Product& product) { return choices(product).common.has_value(); }
  void multiply(const Product& product, cudaStream_t stream);

  // Chooses by time where cache_folder() has no choice yet: once, before the first step and any
  // recording, as it waits for the device. The products are those of all weights, each with as many
  // tokens as it will ever have; their x and out are overwritten. What they do not show stays with
  // the library's own choice.
  void tune(std::span<const Product> products, const DeviceInfo& device, cudaStream_t stream);

 private:
  using Key = std::array<int64_t, 5>;
  using MaybeAlgorithm = std::optional<BlasAlgorithm>;

  struct Choices {
    MaybeAlgorithm common;  // for any number of tokens
    std::array<MaybeAlgorithm, kTokenRanges.size()> tuned;
  };

  static Key key(const Product& product);
  Choices& choices(const Product& product);
  MaybeAlgorithm find_common(Product product) const;
  struct Tuning;
  void tune_shape(const Product& largest, std::span<const void* const> weights, Tuning& tuning);
  void tune_range(const TuningTask& task, MaybeAlgorithm& choice, Tuning& tuning);

  const BlasLibrary library_;
  std::map<Key, Choices> choices_;
};

}  // namespace llmserve
