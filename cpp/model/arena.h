// Arena: many tensors in one allocation. Sizes are added up first, so that a plan knows the bytes
// before anything is allocated; then the same calls hand out the addresses.
#pragma once

#include "backend/buffer.h"
#include "base/checked.h"

namespace llmserve {

class Arena {
 public:
  static constexpr int64_t kAlignment = 256;

  // Reserves room and returns its place, good for at() once commit() was called.
  int64_t add(int64_t bytes) {
    const int64_t offset = size_;
    size_ = checked_add(size_, round_up(bytes, kAlignment));
    return offset;
  }
  template <typename T>
  int64_t add(int64_t count) {
    return add(checked_mul(count, sizeof(T)));
  }

  int64_t size() const { return size_; }
  void commit(Backend& backend) { buffer_ = Buffer(backend, size_); }

  template <typename T = void>
  T* at(int64_t offset) const {
    return reinterpret_cast<T*>(buffer_.as<char>() + offset);
  }

 private:
  int64_t size_ = 0;
  Buffer buffer_;
};

}  // namespace llmserve
