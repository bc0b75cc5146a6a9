// BlasLibrary: cuBLASLt as this backend uses it: products of row-major matrices by algorithms that
// do not split K, so that a row is summed in the same way whatever else is in the step.
#pragma once

#include <cublasLt.h>

#include <cstdint>
#include <vector>

#include "base/dtype.h"

namespace llmserve {

// out = x weight^T: row-major, `weight_rows` columns of out.
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

using BlasAlgorithm = cublasLtMatmulAlgo_t;

class BlasLibrary {
 public:
  static constexpr int64_t kWorkspaceBytes = int64_t{32} << 20;

  // `workspace`: kWorkspaceBytes on the device, which outlive this.
  explicit BlasLibrary(void* workspace);
  ~BlasLibrary();
  BlasLibrary(const BlasLibrary&) = delete;
  BlasLibrary& operator=(const BlasLibrary&) = delete;

  // At most `most` algorithms for the product, the one that the library takes for the fastest
  // first. Found on the host alone; only sizes and types of the product count.
  std::vector<BlasAlgorithm> algorithms(const Product& product, int most) const;
  bool takes(const Product& product, const BlasAlgorithm& algorithm) const;
  // False, with nothing done, where the library does not take the product.
  bool multiply(const Product& product, const BlasAlgorithm& algorithm, cudaStream_t stream) const;

 private:
  cublasLtHandle_t handle_ = nullptr;
  void* const workspace_;
};

}  // namespace llmserve
