// The packed layout of linear weights: where each row is, writing rows and reading them back.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/checked.h"
#include "cpu/linear.h"

namespace llmserve {
namespace {

template <typename To, typename From>
To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else {
    return static_cast<To>(static_cast<float>(value));
  }
}

// Rows of one block from a row-major source: read side by side, so that each line of the block is
// written once.
template <typename To, typename From>
void pack_block(const From* source, int64_t source_stride, int num_rows, int64_t in_features,
                int line_features, To* out) {
  for (int64_t k = 0; k < in_features; k += line_features) {
    for (int lane = 0; lane < num_rows; ++lane) {
      const From* from = source + lane * source_stride + k;
      To* to = out + (k * kLinearLanes) + lane * line_features;
      to[0] = convert<To>(from[0]);
      if (line_features == 2) to[1] = k + 1 < in_features ? convert<To>(from[1]) : To{};
    }
  }
}

}  // namespace

PackedLayout::PackedLayout(const LinearShape& shape) {
  CHECK(shape.out_features > 0 && shape.in_features > 0, "linear weight [", shape.out_features,
        ", ", shape.in_features, "]");
  CHECK(!shape.gated || shape.out_features % 2 == 0, "gated weight of ", shape.out_features,
        " rows");
  const int64_t element =
      dispatch_float(shape.dtype, []<typename T>() { return static_cast<int64_t>(sizeof(T)); });
  blocks_per_unit = shape.gated ? 2 : 1;
  line_features = shape.dtype == DType::kBFloat16 ? 2 : 1;
  half = shape.out_features / blocks_per_unit;
  num_blocks = checked_mul(ceil_div(half, kLinearLanes), blocks_per_unit);
  lines_per_block = ceil_div(shape.in_features, line_features);
  line_bytes = kLinearLanes * line_features * element;
  block_bytes = checked_mul(lines_per_block, line_bytes);
  checked_mul(num_blocks, block_bytes);
}

PackedLayout::Place PackedLayout::place(int64_t row) const {
  const int64_t part = row / half;  // 0; 1: of up
  const int64_t in_half = row - part * half;
  return {in_half / kLinearLanes * blocks_per_unit + part,
          static_cast<int>(in_half % kLinearLanes)};
}

int64_t PackedLayout::first_row(int64_t block) const {
  return block % blocks_per_unit * half + block / blocks_per_unit * kLinearLanes;
}

int64_t PackedLayout::num_rows(int64_t block) const {
  return std::min<int64_t>(kLinearLanes, half - block / blocks_per_unit * kLinearLanes);
}

void pack_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
               int64_t col_begin) {
  const LinearShape& shape = weight.shape;
  const PackedLayout layout(shape);
  CHECK(weight.data != nullptr);
  CHECK(source.shape().rank() == 2, "source: shape ", source.shape().str(), ", expected rank 2");
  const int64_t count = source.dim(0);
  const int64_t stride = source.dim(1);
  CHECK(row_begin >= 0 && count <= shape.out_features - row_begin, "rows [", row_begin, ", ",
        row_begin + count, ") of a weight of ", shape.out_features);
  CHECK(col_begin >= 0 && shape.in_features <= stride - col_begin, "columns [", col_begin, ", ",
        col_begin + shape.in_features, ") of a source of ", stride);
  dispatch_float(source.dtype(), [&]<typename From>() {
    dispatch_float(shape.dtype, [&]<typename To>() {
      const From* from = static_cast<const From*>(source.raw()) + col_begin;
      for (int64_t row = row_begin; row < row_begin + count;) {
        const PackedLayout::Place place = layout.place(row);
        const int64_t block_end = layout.first_row(place.block) + layout.num_rows(place.block);
        const int64_t rows = std::min(row_begin + count, block_end) - row;
        auto* block = reinterpret_cast<To*>(static_cast<char*>(weight.data) +
                                            place.block * layout.block_bytes);
        pack_block(from + (row - row_begin) * stride, stride, static_cast<int>(rows),
                   shape.in_features, layout.line_features,
                   block + place.lane * layout.line_features);
        row += rows;
      }
    });
  });
}

void unpack_row(const LinearWeight& weight, int64_t row, float* out) {
  const PackedLayout layout(weight.shape);
  const PackedLayout::Place place = layout.place(row);
  dispatch_float(weight.shape.dtype, [&]<typename T>() {
    const T* from = reinterpret_cast<const T*>(static_cast<const char*>(weight.data) +
                                               place.block * layout.block_bytes);
    const int width = layout.line_features;
    for (int64_t k = 0; k < weight.shape.in_features; ++k) {
      out[k] =
          static_cast<float>(from[(k / width * kLinearLanes + place.lane) * width + k % width]);
    }
  });
}

}  // namespace llmserve
