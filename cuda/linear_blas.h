// LinearBlas: products of many tokens through cuBLASLt. A shape of weight has one algorithm,
// without a split of K, for every number of tokens: a row is then summed in the same way whatever
// else is in the step.
#pragma once

#include <cublasLt.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "base/dtype.h"

namespace llmserve {

// out = x weight^T, or out += x weight^T: row-major, `weight_rows` columns of out.
struct Product {
  const void* x = nullptr;       // [num_tokens, in_features]
  const void* weight = nullptr;  // [weight_rows, row_elements]
  void* out = nullptr;           // [num_tokens, weight_rows]
  DType dtype = DType::kBFloat16;
  DType out_dtype = DType::kBFloat16;
  int64_t num_tokens = 0;
  int64_t in_features = 0;
  int64_t weight_rows = 0;
  int64_t row_elements = 0;
};

class LinearBlas {
 public:
  static constexpr int64_t kWorkspaceBytes = int64_t{32} << 20;

  explicit LinearBlas(void* workspace);
  ~LinearBlas();
  LinearBlas(const LinearBlas&) = delete;
  LinearBlas& operator=(const LinearBlas&) = delete;

  // Whether the library has an algorithm for the product's shape and types. The first question of a
  // shape looks for one, on the host alone.
  bool takes(const Product& product);
  void multiply(const Product& product, cudaStream_t stream);

 private:
  using Algorithm = std::optional<cublasLtMatmulAlgo_t>;
  using Key = std::array<int64_t, 5>;

  const Algorithm& algorithm(const Product& product);
  Algorithm find(const Product& product) const;

  cublasLtHandle_t handle_ = nullptr;
  void* const workspace_;
  std::map<Key, Algorithm> algorithms_;
};

}  // namespace llmserve
