// How a linear weight lies in device memory: rows of the checkpoint's order, each padded to whole
// 16-byte vectors with zeros. The rows of a gated weight are interleaved by eights, gate before up,
// so that the two accumulators of one thread of a tensor-core tile are a gate and its own up.
#pragma once

#include "backend/weight.h"
#include "base/checked.h"

namespace llmserve {

class WeightLayout {
 public:
  static constexpr int64_t kGateRows = 8;

  explicit WeightLayout(const LinearShape& shape)
      : shape_(shape),
        row_elements_(round_up(shape.in_features, int64_t{16} / dtype_size(shape.dtype))) {}

  // Elements from one row to the next.
  int64_t row_elements() const { return row_elements_; }
  // Rows in memory. Gated: both halves are padded to whole eights with zero rows.
  int64_t num_rows() const {
    if (!shape_.gated) return shape_.out_features;
    return 2 * round_up(shape_.out_features / 2, kGateRows);
  }
  int64_t bytes() const {
    return checked_mul(checked_mul(num_rows(), row_elements_), dtype_size(shape_.dtype));
  }
  // Where row `row` of the checkpoint lies. Gated rows are numbered all of gate, then all of up.
  int64_t place(int64_t row) const {
    if (!shape_.gated) return row;
    const int64_t half = shape_.out_features / 2;
    const int64_t index = row < half ? row : row - half;
    const int64_t up = row < half ? 0 : kGateRows;
    return (index / kGateRows) * 2 * kGateRows + up + index % kGateRows;
  }

 private:
  LinearShape shape_;
  int64_t row_elements_;
};

}  // namespace llmserve
