// What kernels share: element types, loads and stores of 16 bytes, and sums whose order is fixed by
// the number of threads alone.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "base/dtype.h"

namespace llmserve {

constexpr int kWarpSize = 32;
constexpr unsigned kAllLanes = 0xffffffffu;

// Calls f.template operator()<T>() with the device's type of a floating dtype.
template <typename F>
decltype(auto) dispatch_element(DType dtype, F&& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f.template operator()<float>();
    case DType::kBFloat16:
      return f.template operator()<__nv_bfloat16>();
    case DType::kFloat16:
      return f.template operator()<__half>();
    default:
      throw_error(ErrorKind::kInternal, "not a floating dtype: ", dtype_name(dtype));
  }
}

__device__ inline float to_float(float value) { return value; }
__device__ inline float to_float(__nv_bfloat16 value) { return __bfloat162float(value); }
__device__ inline float to_float(__half value) { return __half2float(value); }

// Rounds to nearest, ties to even, as the storage types of base/dtype.h do.
template <typename T>
__device__ T from_float(float value);
template <>
__device__ inline float from_float<float>(float value) {
  return value;
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float value) {
  return __float2bfloat16_rn(value);
}
template <>
__device__ inline __half from_float<__half>(float value) {
  return __float2half_rn(value);
}

// Elements of a 16-byte access.
template <typename T>
inline constexpr int kVectorLanes = 16 / static_cast<int>(sizeof(T));

template <typename T, int kCount>
struct alignas(sizeof(T) * kCount) Elements {
  static_assert(sizeof(T) * kCount <= 16, "more than one access");
  T values[kCount];
};

// kCount neighbours by one access; `from` is aligned to their size.
template <int kCount, typename T>
__device__ void load_elements(const T* from, float (&values)[kCount]) {
  const auto loaded = *reinterpret_cast<const Elements<T, kCount>*>(from);
#pragma unroll
  for (int i = 0; i < kCount; ++i) values[i] = to_float(loaded.values[i]);
}

template <int kCount, typename T>
__device__ void store_elements(T* to, const float (&values)[kCount]) {
  Elements<T, kCount> stored;
#pragma unroll
  for (int i = 0; i < kCount; ++i) stored.values[i] = from_float<T>(values[i]);
  *reinterpret_cast<Elements<T, kCount>*>(to) = stored;
}

// Parameters are float32: as many as there are elements in an access, by one or two.
template <int kCount>
__device__ void load_floats(const float* from, float (&values)[kCount]) {
  constexpr int kAtOnce = kCount < 4 ? kCount : 4;
  static_assert(kCount % kAtOnce == 0);
#pragma unroll
  for (int i = 0; i < kCount; i += kAtOnce) {
    const auto loaded = *reinterpret_cast<const Elements<float, kAtOnce>*>(from + i);
#pragma unroll
    for (int j = 0; j < kAtOnce; ++j) values[i + j] = loaded.values[j];
  }
}

// Over the kWidth neighbouring lanes that a lane is among: the same bits in each of them. All lanes
// of the warp take part.
template <int kWidth = kWarpSize>
__device__ float sum_lanes(float value) {
#pragma unroll
  for (int distance = kWidth / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(kAllLanes, value, distance);
  }
  return value;
}

template <int kWidth = kWarpSize>
__device__ float max_lanes(float value) {
#pragma unroll
  for (int distance = kWidth / 2; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, distance));
  }
  return value;
}

// Over the block, whose threads are whole warps and all take part; once per `shared`, [warps].
__device__ inline float sum_block(float value, float* shared) {
  value = sum_lanes(value);
  if (threadIdx.x % kWarpSize == 0) shared[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  float sum = 0.0f;
  for (unsigned warp = 0; warp < blockDim.x / kWarpSize; ++warp) sum += shared[warp];
  return sum;
}

// Calls f.template operator()<T>() with the device's type of a 16-bit floating dtype.
template <typename F>
decltype(auto) dispatch_half(DType dtype, F&& f) {
  if (dtype == DType::kBFloat16) return f.template operator()<__nv_bfloat16>();
  CHECK(dtype == DType::kFloat16, "not a 16-bit float: ", dtype_name(dtype));
  return f.template operator()<__half>();
}

}  // namespace llmserve
