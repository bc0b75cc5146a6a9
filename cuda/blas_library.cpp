#include "blas_library.h"

#include <algorithm>

#include "base/error.h"

namespace llmserve {
namespace {

void check_blas(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS) [[unlikely]] {
    throw_error(ErrorKind::kUnavailable, call, ": ", cublasLtGetStatusString(status));
  }
}

bool is_refusal(cublasStatus_t status) {
  return status == CUBLAS_STATUS_NOT_SUPPORTED || status == CUBLAS_STATUS_INVALID_VALUE ||
         status == CUBLAS_STATUS_ARCH_MISMATCH;
}

cudaDataType_t data_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return CUDA_R_32F;
    case DType::kBFloat16:
      return CUDA_R_16BF;
    case DType::kFloat16:
      return CUDA_R_16F;
    default:
      throw_error(ErrorKind::kInternal, "no product of ", dtype_name(dtype));
  }
}

// The library is column-major: out^T [weight_rows, tokens] = weight x^T, where both operands lie
// with K along their columns. All of these are plain structs: nothing to give back.
struct Layouts {
  cublasLtMatmulDescOpaque_t operation;
  cublasLtMatrixLayoutOpaque_t weight;
  cublasLtMatrixLayoutOpaque_t x;
  cublasLtMatrixLayoutOpaque_t out;

  explicit Layouts(const Product& p) {
    const cublasOperation_t transpose = CUBLAS_OP_T;
    check_blas(cublasLtMatmulDescInit(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F), "operation");
    check_blas(cublasLtMatmulDescSetAttribute(&operation, CUBLASLT_MATMUL_DESC_TRANSA, &transpose,
                                              sizeof(transpose)),
               "transposed weight");
    init(weight, p.dtype, p.in_features, p.weight_rows, p.row_elements);
    init(x, p.dtype, p.in_features, p.num_tokens, p.in_features);
    init(out, p.out_dtype, p.weight_rows, p.num_tokens, p.weight_rows);
  }

 private:
  static void init(cublasLtMatrixLayoutOpaque_t& layout, DType dtype, int64_t rows, int64_t columns,
                   int64_t stride) {
    check_blas(cublasLtMatrixLayoutInit(&layout, data_type(dtype), static_cast<uint64_t>(rows),
                                        static_cast<uint64_t>(columns), stride),
               "layout");
  }
};

// What every row of `bytes` is aligned to where the first one is; beyond 16 it does not matter.
uint32_t row_alignment(int64_t bytes) {
  return static_cast<uint32_t>(std::min<int64_t>(bytes & -bytes, 16));
}

class Preference {
 public:
  explicit Preference(const Product& p) {
    check_blas(cublasLtMatmulPreferenceInit(&preference_), "preference");
    const uint32_t out_alignment = row_alignment(p.weight_rows * dtype_size(p.out_dtype));
    set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
        static_cast<uint64_t>(BlasLibrary::kWorkspaceBytes));
    set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, uint32_t{CUBLASLT_REDUCTION_SCHEME_NONE});
    set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, uint32_t{16});
    set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, uint32_t{16});
    set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, out_alignment);
    set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, out_alignment);
  }

  cublasLtMatmulPreference_t get() { return &preference_; }

 private:
  template <typename T>
  void set(cublasLtMatmulPreferenceAttributes_t attribute, T value) {
    check_blas(cublasLtMatmulPreferenceSetAttribute(&preference_, attribute, &value, sizeof(value)),
               "preference");
  }

  cublasLtMatmulPreferenceOpaque_t preference_;
};

// The mask of the preference should leave none that splits K; this is to be sure of it.
bool splits_k(const BlasAlgorithm& algorithm) {
  int32_t splits = 1;
  size_t written = 0;
  check_blas(cublasLtMatmulAlgoConfigGetAttribute(&algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM,
                                                  &splits, sizeof(splits), &written),
             "parts of K");
  return splits > 1;
}

}  // namespace

BlasLibrary::BlasLibrary(void* workspace) : workspace_(workspace) {
  check_blas(cublasLtCreate(&handle_), "cublasLtCreate");
}

BlasLibrary::~BlasLibrary() { cublasLtDestroy(handle_); }

std::vector<BlasAlgorithm> BlasLibrary::algorithms(const Product& p, int most) const {
  Layouts layouts(p);
  Preference preference(p);
  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<size_t>(most));
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle_, &layouts.operation, &layouts.weight, &layouts.x, &layouts.out, &layouts.out,
      preference.get(), most, results.data(), &count);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  check_blas(status, "cublasLtMatmulAlgoGetHeuristic");
  results.resize(static_cast<size_t>(count));
  std::vector<BlasAlgorithm> algorithms;
  for (const cublasLtMatmulHeuristicResult_t& result : results) {
    if (result.state != CUBLAS_STATUS_SUCCESS || splits_k(result.algo)) continue;
    algorithms.push_back(result.algo);
  }
  return algorithms;
}

bool BlasLibrary::takes(const Product& p, const BlasAlgorithm& algorithm) const {
  Layouts layouts(p);
  cublasLtMatmulHeuristicResult_t checked;
  const cublasStatus_t status =
      cublasLtMatmulAlgoCheck(handle_, &layouts.operation, &layouts.weight, &layouts.x,
                              &layouts.out, &layouts.out, &algorithm, &checked);
  return status == CUBLAS_STATUS_SUCCESS &&
         checked.workspaceSize <= static_cast<size_t>(kWorkspaceBytes);
}

bool BlasLibrary::multiply(const Product& p, const BlasAlgorithm& algorithm,
                           cudaStream_t stream) const {
  Layouts layouts(p);
  const float one = 1.0f;
  const float zero = 0.0f;
  const cublasStatus_t status =
      cublasLtMatmul(handle_, &layouts.operation, &one, p.weight, &layouts.weight, p.x, &layouts.x,
                     &zero, p.out, &layouts.out, p.out, &layouts.out, &algorithm, workspace_,
                     static_cast<size_t>(kWorkspaceBytes), stream);
  if (is_refusal(status)) return false;
  check_blas(status, "cublasLtMatmul");
  return true;
}

}  // namespace llmserve
