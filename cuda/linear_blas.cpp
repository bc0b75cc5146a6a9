// The calls of cuBLASLt, and the choice of an algorithm.
#include "linear_blas.h"

#include <algorithm>

#include "base/error.h"

namespace llmserve {
namespace {

constexpr int64_t kPlanTokens = 1024;  // what an algorithm is chosen for
constexpr int64_t kLeastTokens = 65;   // what it must take as well
constexpr int kMaxResults = 16;

void check_blas(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS) [[unlikely]] {
    throw_error(ErrorKind::kUnavailable, call, ": ", cublasLtGetStatusString(status));
  }
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

  Layouts(const Product& p, int64_t num_tokens) {
    const cublasOperation_t transpose = CUBLAS_OP_T;
    check_blas(cublasLtMatmulDescInit(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F), "operation");
    check_blas(cublasLtMatmulDescSetAttribute(&operation, CUBLASLT_MATMUL_DESC_TRANSA, &transpose,
                                              sizeof(transpose)),
               "transposed weight");
    init(weight, p.dtype, p.in_features, p.weight_rows, p.row_elements);
    init(x, p.dtype, p.in_features, num_tokens, p.in_features);
    init(out, p.out_dtype, p.weight_rows, num_tokens, p.weight_rows);
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
        static_cast<uint64_t>(LinearBlas::kWorkspaceBytes));
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
bool splits_k(const cublasLtMatmulAlgo_t& algorithm) {
  int32_t splits = 1;
  size_t written = 0;
  check_blas(cublasLtMatmulAlgoConfigGetAttribute(&algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM,
                                                  &splits, sizeof(splits), &written),
             "parts of K");
  return splits > 1;
}

}  // namespace

LinearBlas::LinearBlas(void* workspace) : workspace_(workspace) {
  check_blas(cublasLtCreate(&handle_), "cublasLtCreate");
}

LinearBlas::~LinearBlas() { cublasLtDestroy(handle_); }

bool LinearBlas::takes(const Product& product) { return algorithm(product).has_value(); }

const LinearBlas::Algorithm& LinearBlas::algorithm(const Product& p) {
  const Key key{p.weight_rows, p.in_features, p.row_elements, static_cast<int64_t>(p.dtype),
                static_cast<int64_t>(p.out_dtype)};
  auto found = algorithms_.find(key);
  if (found == algorithms_.end()) found = algorithms_.emplace(key, find(p)).first;
  return found->second;
}

LinearBlas::Algorithm LinearBlas::find(const Product& p) const {
  Layouts plan(p, kPlanTokens), least(p, kLeastTokens);
  Preference preference(p);
  std::array<cublasLtMatmulHeuristicResult_t, kMaxResults> results;
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle_, &plan.operation, &plan.weight, &plan.x, &plan.out, &plan.out, preference.get(),
      kMaxResults, results.data(), &count);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return std::nullopt;
  check_blas(status, "cublasLtMatmulAlgoGetHeuristic");
  // The best comes first.
  for (int i = 0; i < count; ++i) {
    const cublasLtMatmulHeuristicResult_t& result = results[static_cast<size_t>(i)];
    if (result.state != CUBLAS_STATUS_SUCCESS || splits_k(result.algo)) continue;
    cublasLtMatmulHeuristicResult_t checked;
    if (cublasLtMatmulAlgoCheck(handle_, &least.operation, &least.weight, &least.x, &least.out,
                                &least.out, &result.algo, &checked) == CUBLAS_STATUS_SUCCESS &&
        checked.workspaceSize <= static_cast<size_t>(kWorkspaceBytes)) {
      return result.algo;
    }
  }
  return std::nullopt;
}

void LinearBlas::multiply(const Product& p, cudaStream_t stream) {
  const Algorithm& algorithm = this->algorithm(p);
  CHECK(algorithm.has_value());
  Layouts layouts(p, p.num_tokens);
  const float one = 1.0f;
  const float zero = 0.0f;
  check_blas(cublasLtMatmul(handle_, &layouts.operation, &one, p.weight, &layouts.weight, p.x,
                            &layouts.x, &zero, p.out, &layouts.out, p.out, &layouts.out,
                            &*algorithm, workspace_, static_cast<size_t>(kWorkspaceBytes), stream),
             "cublasLtMatmul");
}

}  // namespace llmserve
