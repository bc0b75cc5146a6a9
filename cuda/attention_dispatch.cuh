// From run-time types and head sizes to the instances of the tensor-core kernels, and how many of
// their blocks share a multiprocessor.
#pragma once

#include <algorithm>

#include "attention_mma.cuh"
#include "attention_params.h"
#include "device_math.cuh"

namespace llmserve {

// Calls f.template operator()<T, kDim>() with the device's type.
template <typename F>
void dispatch_tensor_core(DType dtype, int32_t head_dim, F&& f) {
  const auto with_type = [&]<typename T>() {
    switch (head_dim) {
      case 64:
        return f.template operator()<T, 64>();
      case 80:
        return f.template operator()<T, 80>();
      case 96:
        return f.template operator()<T, 96>();
      case 128:
        return f.template operator()<T, 128>();
      case 256:
        return f.template operator()<T, 256>();
      default:
        throw_error(ErrorKind::kInternal, "no tensor-core attention for head size ", head_dim);
    }
  };
  switch (dtype) {
    case DType::kBFloat16:
      return with_type.template operator()<__nv_bfloat16>();
    case DType::kFloat16:
      return with_type.template operator()<__half>();
    default:
      throw_error(ErrorKind::kInternal, "no tensor-core attention for ", dtype_name(dtype));
  }
}

// The same for the kernels of Hopper GPUs.
template <typename F>
void dispatch_hopper(DType dtype, int32_t head_dim, F&& f) {
  CHECK(is_hopper_head_dim(head_dim), "head size ", head_dim);
  dispatch_half(dtype, [&]<typename T>() {
    if (head_dim == 64) return f.template operator()<T, 64>();
    return f.template operator()<T, 128>();
  });
}

// Of a kernel that takes so much shared memory and is made for `most` blocks at once.
inline int blocks_that_fit(int64_t shared_bytes, int most, const DeviceInfo& device) {
  constexpr int64_t kReserved = 1024;  // that the system takes of each block
  const int64_t fit = (device.max_shared_bytes + kReserved) / (shared_bytes + kReserved);
  CHECK_GE(fit, 1, "attention needs ", shared_bytes, " bytes of shared memory");
  return static_cast<int>(std::min<int64_t>(fit, most));
}

}  // namespace llmserve
