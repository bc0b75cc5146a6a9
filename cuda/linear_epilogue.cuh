// The last step of every linear, one value or one gated pair at a time: bias, activation, residual,
// rounding. Sums come as float32; rounding happens once, at the store.
#pragma once

#include "activation.cuh"
#include "linear_kernels.h"
#include "linear_tile.h"
#include "linear_values.cuh"

namespace llmserve {

template <typename T>
__device__ void put(const LinearJob& job, int64_t at, float value) {
  if (job.out_dtype == DType::kFloat32) {
    float* out = static_cast<float*>(job.out) + at;
    *out = job.epilogue == Epilogue::kAdd ? *out + value : value;
  } else {
    T* out = static_cast<T*>(job.out) + at;
    *out = from_float<T>(job.epilogue == Epilogue::kAdd ? to_float(*out) + value : value);
  }
}

// The sum of row `row` in memory; rows of padding are left out.
template <typename T>
__device__ void finish_value(const LinearJob& job, int token, int row, float value) {
  const int column = checkpoint_row(row, job.out_features, job.gated);
  if (column < 0) return;
  if (job.bias) value += job.bias[column];
  if (job.epilogue == Epilogue::kActivation) value = activate<T>(job.activation, value);
  put<T>(job, static_cast<int64_t>(token) * job.out_width + column, value);
}

// act(gate) * up of pair `pair`, which must not be padding.
template <typename T>
__device__ float gated_value(const LinearJob& job, int pair, float gate, float up) {
  if (job.bias) {
    gate += job.bias[pair];
    up += job.bias[job.out_features / 2 + pair];
  }
  return activate<T>(job.activation, gate) * up;
}

template <typename T>
__device__ void finish_pair(const LinearJob& job, int token, int pair, float gate, float up) {
  if (pair >= job.out_features / 2) return;
  put<T>(job, static_cast<int64_t>(token) * job.out_width + pair,
         gated_value<T>(job, pair, gate, up));
}

}  // namespace llmserve
