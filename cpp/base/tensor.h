// Tensor: a non-owning, contiguous, row-major view with its shape, element type and device.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/dtype.h"
#include "base/error.h"

namespace llmserve {

enum class DeviceType : uint8_t { kCpu, kCuda };

struct Device {
  DeviceType type = DeviceType::kCpu;
  int index = 0;

  bool operator==(const Device&) const = default;
};

class Shape {
 public:
  static constexpr int kMaxRank = 4;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims);
  Shape(const int64_t* dims, int rank);

  int rank() const { return rank_; }
  int64_t operator[](int i) const { return dims_[i]; }
  int64_t numel() const;
  std::string str() const;  // "[2, 3]"
  bool operator==(const Shape& other) const = default;

 private:
  std::array<int64_t, kMaxRank> dims_{};
  int rank_ = 0;
};

class Tensor {
 public:
  Tensor() = default;
  Tensor(void* data, DType dtype, Shape shape, Device device = {})
      : data_(data), shape_(shape), dtype_(dtype), device_(device) {}

  void* raw() const { return data_; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  Device device() const { return device_; }
  int64_t dim(int i) const { return shape_[i]; }
  int64_t numel() const { return shape_.numel(); }
  int64_t nbytes() const { return numel() * dtype_size(dtype_); }
  bool empty() const { return data_ == nullptr; }

  template <typename T>
  T* data() const {
    CHECK(dtype_ == dtype_of<T>(), "tensor is ", dtype_name(dtype_));
    return static_cast<T*>(data_);
  }

  // Rows [begin, begin + count) along the first dimension.
  Tensor rows(int64_t begin, int64_t count) const;
  // The same memory under another shape of the same number of elements or fewer.
  Tensor view(Shape shape) const;

 private:
  void* data_ = nullptr;
  Shape shape_;
  DType dtype_ = DType::kFloat32;
  Device device_;
};

// A named size that binds on first use and is compared afterwards, so that one line both checks an
// argument and names its shape:  Dim tokens("tokens"), hidden("hidden");
//                                expect(x, "x", DType::kFloat32, {&tokens, &hidden});
class Dim {
 public:
  explicit Dim(const char* name, int64_t value = -1) : name_(name), value_(value) {}
  int64_t value() const { return value_; }
  const char* name() const { return name_; }
  bool match(int64_t size);

 private:
  const char* name_;
  int64_t value_;
};

void expect(const Tensor& tensor, const char* name, DType dtype, std::initializer_list<Dim*> dims);

}  // namespace llmserve
