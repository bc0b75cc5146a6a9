// Eight neighbouring values of the linear kernels, whatever their type: as they lie in memory and
// as float32.
#pragma once

#include "base/dtype.h"
#include "device_math.cuh"

namespace llmserve {

// Eight neighbours as they lie in memory; aligned to 16 bytes.
template <typename T>
struct Eight {
  static constexpr int kVectors = sizeof(T) / 2;
  uint4 words[kVectors];

  __device__ static Eight load(const T* from) {
    Eight eight;
#pragma unroll
    for (int i = 0; i < kVectors; ++i) eight.words[i] = reinterpret_cast<const uint4*>(from)[i];
    return eight;
  }
  __device__ void store(T* to) const {
#pragma unroll
    for (int i = 0; i < kVectors; ++i) reinterpret_cast<uint4*>(to)[i] = words[i];
  }
  __device__ void unpack(float (&values)[8]) const {
    const T* elements = reinterpret_cast<const T*>(words);
#pragma unroll
    for (int i = 0; i < 8; ++i) values[i] = to_float(elements[i]);
  }
  __device__ static Eight pack(const float (&values)[8]) {
    Eight eight;
    T* elements = reinterpret_cast<T*>(eight.words);
#pragma unroll
    for (int i = 0; i < 8; ++i) elements[i] = from_float<T>(values[i]);
    return eight;
  }
};

}  // namespace llmserve
