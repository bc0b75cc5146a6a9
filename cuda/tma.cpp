// The driver's encoder of tensor maps, found at run time: the library does not link the driver.
#include "tma.h"

#include <cuda_runtime_api.h>

#include "base/error.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

using Encode = decltype(&cuTensorMapEncodeTiled);

Encode find_encoder() {
  constexpr unsigned kSince = 12000;  // the version of CUDA that brought it
  void* found = nullptr;
  cudaDriverEntryPointQueryResult result{};
  CUDA_CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, kSince,
                                              cudaEnableDefault, &result));
  if (result != cudaDriverEntryPointSuccess || found == nullptr) {
    throw_error(ErrorKind::kUnavailable, "the CUDA driver has no cuTensorMapEncodeTiled");
  }
  return reinterpret_cast<Encode>(found);
}

}  // namespace

CUtensorMap make_tensor_map(const MatrixView& matrix, int box_rows) {
  static const Encode encode = find_encoder();
  constexpr int64_t kElementBytes = 2;
  CHECK(dtype_size(matrix.dtype) == kElementBytes, dtype_name(matrix.dtype));
  const CUtensorMapDataType type = matrix.dtype == DType::kBFloat16
                                       ? CU_TENSOR_MAP_DATA_TYPE_BFLOAT16
                                       : CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
  const cuuint64_t sizes[] = {static_cast<cuuint64_t>(matrix.columns),
                              static_cast<cuuint64_t>(matrix.rows)};
  const cuuint64_t strides[] = {static_cast<cuuint64_t>(matrix.row_bytes)};
  const cuuint32_t box[] = {kBoxBytes / kElementBytes, static_cast<cuuint32_t>(box_rows)};
  const cuuint32_t steps[] = {1, 1};
  CUtensorMap map;
  const CUresult result =
      encode(&map, type, 2, const_cast<void*>(matrix.data), sizes, strides, box, steps,
             CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
             CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  CHECK(result == CUDA_SUCCESS, "tensor map of ", matrix.rows, " x ", matrix.columns,
        " with rows of ", matrix.row_bytes, " bytes: error ", static_cast<int>(result));
  return map;
}

}  // namespace llmserve
