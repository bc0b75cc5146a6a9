// The epilogue of a warpgroup's sums, from registers to memory: what linear_epilogue.cuh does, with
// the same roundings, for four neighbours of a token at once.
#pragma once

#include "linear_epilogue.cuh"

namespace llmserve {

// A thread's part of a tile: its two tokens and, of each sixteen columns, the four it stores. Rows
// of out are whole fours.
template <typename T, int kRows>
class WgmmaEpilogue {
 public:
  using Sums = float[kRows / 2];

  // `token`: of the thread's first sums; only from `first_token` on are they stored. `row`: the
  // tile's first.
  __device__ WgmmaEpilogue(const LinearJob& job, int first_token, int token, int row)
      : job_(job), row_(row) {
#pragma unroll
    for (int half = 0; half < kHalves; ++half) {
      const int at = token + half * 8;
      is_stored_[half] = at >= first_token && at < job.num_tokens;
      offsets_[half] = static_cast<int64_t>(at) * job.out_width;
    }
  }

  // Early, so that the first residuals are there once the sums are.
  __device__ void start() {
    if (job_.epilogue != Epilogue::kAdd) return;
#pragma unroll
    for (int block = 0; block < kBlocks; ++block) load_residual(0, block);
  }

  __device__ void finish(const Sums& sums) {
    if (job_.pairs()) {
      return job_.activation == Activation::kSilu ? finish_pairs<Activation::kSilu>(sums)
                                                  : finish_pairs<Activation::kGeluTanh>(sums);
    }
    return job_.epilogue == Epilogue::kAdd ? finish_rows<true>(sums) : finish_rows<false>(sums);
  }

 private:
  static constexpr int kFour = 4;
  static constexpr int kHalves = 2;           // of a thread's sums: a token each
  static constexpr int kBlocks = kRows / 16;  // of columns
  static_assert(kRows % 16 == 0);

  static __device__ int lane() { return static_cast<int>(threadIdx.x) % kWarpSize; }
  // Even lanes store from the first eight of sixteen columns, odd ones from the second.
  static __device__ int lane_column() { return lane() % 2 * 8 + lane() % 4 / 2 * 4; }

  __device__ int column(int block) const { return row_ + block * 16 + lane_column(); }
  __device__ bool is_inside(int half, int column) const {
    return is_stored_[half] && column < job_.out_width;
  }
  template <typename U>
  __device__ U* out(int half, int column) const {
    return static_cast<U*>(job_.out) + offsets_[half] + column;
  }

  __device__ void load_residual(int half, int block) {
    residual_[block] = {};
    if (is_inside(half, column(block))) {
      residual_[block] = *reinterpret_cast<const uint2*>(out<T>(half, column(block)));
    }
  }

  // A lane has two neighbours of each of two eights, and gets four neighbours of one of them: it
  // trades with the lane beside it.
  static __device__ void gather(float a0, float a1, float b0, float b1, float (&values)[kFour]) {
    const bool odd = lane() % 2 != 0;
    const float got0 = __shfl_xor_sync(kAllLanes, odd ? a0 : b0, 1);
    const float got1 = __shfl_xor_sync(kAllLanes, odd ? a1 : b1, 1);
    values[0] = odd ? got0 : a0;
    values[1] = odd ? got1 : a1;
    values[2] = odd ? b0 : got0;
    values[3] = odd ? b1 : got1;
  }

  template <bool kAdd>
  __device__ void finish_rows(const Sums& sums) {
#pragma unroll
    for (int i = 0; i < kHalves * kBlocks; ++i) {
      const int half = i / kBlocks;
      const int block = i % kBlocks;
      const float* from = sums + block * 8 + half * 2;
      float values[kFour];
      gather(from[0], from[1], from[4], from[5], values);
      if (job_.bias) add_bias(column(block), values);
      if constexpr (kAdd) {
        const auto residual = reinterpret_cast<const Elements<T, kFour>&>(residual_[block]);
#pragma unroll
        for (int j = 0; j < kFour; ++j) values[j] = to_float(residual.values[j]) + values[j];
        if (half + 1 < kHalves) load_residual(half + 1, block);
      }
      if (!is_inside(half, column(block))) continue;
      if (job_.out_dtype == DType::kFloat32) {
        store_elements(out<float>(half, column(block)), values);
      } else {
        store_elements(out<T>(half, column(block)), values);
      }
    }
  }

  __device__ void add_bias(int column, float (&values)[kFour]) const {
    if (column >= job_.out_width) return;
#pragma unroll
    for (int i = 0; i < kFour; ++i) values[i] += job_.bias[column + i];
  }

  template <Activation kActivation>
  __device__ void finish_pairs(const Sums& sums) const {
    if constexpr (kBlocks % 2 == 0) {
#pragma unroll
      for (int i = 0; i < kHalves * kBlocks / 2; ++i) {
        const int half = i / (kBlocks / 2);
        const int block = i % (kBlocks / 2);
        const int pair = row_ / 2 + block * 16;
        const float* from = sums + block * 16 + half * 2;
        float gated[2][2];  // [eight, neighbour]
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const float* gate = from + j / 2 * 8 + j % 2;
          gated[j / 2][j % 2] = activate<T>(kActivation, narrow(gate[0])) * narrow(gate[4]);
        }
        float values[kFour];
        gather(gated[0][0], gated[0][1], gated[1][0], gated[1][1], values);
        const int column = pair + lane_column();
        if (is_inside(half, column)) store_elements(out<T>(half, column), values);
      }
    }
  }

  // As the other kernels do with gates and ups before anything else.
  static __device__ float narrow(float value) { return to_float(from_float<T>(value)); }

  const LinearJob& job_;
  const int row_;
  bool is_stored_[kHalves];   // whether the token is
  int64_t offsets_[kHalves];  // of its row in `out`
  // Of one half, as words: the compiler does not take those apart.
  uint2 residual_[kBlocks];
};

}  // namespace llmserve
