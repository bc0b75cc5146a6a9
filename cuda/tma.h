// Tensor maps: what the bulk copy engine of sm_90 knows of a matrix whose boxes it brings to shared
// memory.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "base/dtype.h"

namespace llmserve {

inline constexpr int kBoxBytes = 128;  // of a row in a box: the width of the swizzle

// 16-bit elements; the data and its rows are aligned to 16 bytes.
struct MatrixView {
  const void* data = nullptr;
  DType dtype = DType::kBFloat16;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t row_bytes = 0;  // from one row to the next
};

// Boxes of kBoxBytes of each of `box_rows` rows (at most 256), swizzled over 128 bytes. What lies
// outside the matrix reads as zeros. On the host alone, in well under a microsecond.
CUtensorMap make_tensor_map(const MatrixView& matrix, int box_rows);

}  // namespace llmserve
