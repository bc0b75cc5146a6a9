#include "base/tensor.h"

#include "base/checked.h"

namespace llmserve {

Shape::Shape(std::initializer_list<int64_t> dims)
    : Shape(dims.begin(), static_cast<int>(dims.size())) {}

Shape::Shape(const int64_t* dims, int rank) : rank_(rank) {
  CHECK_LE(rank, kMaxRank);
  for (int i = 0; i < rank; ++i) {
    CHECK_GE(dims[i], 0);
    dims_[i] = dims[i];
  }
}

int64_t Shape::numel() const {
  int64_t count = 1;
  for (int i = 0; i < rank_; ++i) count = checked_mul(count, dims_[i]);
  return count;
}

std::string Shape::str() const {
  std::string text = "[";
  for (int i = 0; i < rank_; ++i) text += (i ? ", " : "") + std::to_string(dims_[i]);
  return text + "]";
}

Tensor Tensor::rows(int64_t begin, int64_t count) const {
  CHECK_GE(shape_.rank(), 1);
  CHECK(begin >= 0 && count >= 0 && begin + count <= shape_[0], "rows [", begin, ", ",
        begin + count, ") of ", shape_.str());
  std::array<int64_t, Shape::kMaxRank> dims{};
  int64_t row_bytes = dtype_size(dtype_);
  for (int i = 0; i < shape_.rank(); ++i) {
    dims[i] = i == 0 ? count : shape_[i];
    if (i > 0) row_bytes *= shape_[i];
  }
  return Tensor(static_cast<char*>(data_) + begin * row_bytes, dtype_,
                Shape(dims.data(), shape_.rank()), device_);
}

Tensor Tensor::view(Shape shape) const {
  CHECK_LE(shape.numel(), numel(), "view ", shape.str(), " of ", shape_.str());
  return Tensor(data_, dtype_, shape, device_);
}

bool Dim::match(int64_t size) {
  if (value_ < 0) value_ = size;
  return value_ == size;
}

void expect(const Tensor& tensor, const char* name, DType dtype, std::initializer_list<Dim*> dims) {
  CHECK(tensor.dtype() == dtype, name, ": ", dtype_name(tensor.dtype()), ", expected ",
        dtype_name(dtype));
  CHECK(tensor.shape().rank() == static_cast<int>(dims.size()), name, ": shape ",
        tensor.shape().str(), ", expected rank ", dims.size());
  int i = 0;
  for (Dim* dim : dims) {
    const int64_t size = tensor.dim(i++);
    CHECK(dim->match(size), name, ": shape ", tensor.shape().str(), ", ", dim->name(), " is ",
          dim->value(), " elsewhere but ", size, " here");
  }
}

}  // namespace llmserve
