#include "base/checked.h"
#include "launch.cuh"
#include "small_copy.h"

namespace llmserve {
namespace {

constexpr int kThreads = 128;
constexpr int64_t kUnit = sizeof(uint4);
constexpr int64_t kMostBytes = int64_t{64} << 10;

// A thread has a unit; the last one may be cut.
__global__ __launch_bounds__(kThreads) void copy_units(uint8_t* to, const uint8_t* from,
                                                       int32_t bytes) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto at = static_cast<int32_t>((blockIdx.x * kThreads + threadIdx.x) * kUnit);
  if (at + kUnit <= bytes) {
    *reinterpret_cast<uint4*>(to + at) = *reinterpret_cast<const uint4*>(from + at);
    return;
  }
  for (int32_t i = at; i < bytes; ++i) to[i] = from[i];
}

bool is_aligned(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % kUnit == 0; }

}  // namespace

bool is_small_copy(const void* to, const void* from, int64_t bytes) {
  return bytes <= kMostBytes && is_aligned(to) && is_aligned(from);
}

void copy_small(void* to, const void* from, int64_t bytes, cudaStream_t stream, bool overlaps) {
  CHECK(is_small_copy(to, from, bytes), bytes, " bytes");
  if (bytes == 0) return;
  const auto blocks = static_cast<unsigned>(ceil_div(bytes, kUnit * kThreads));
  launch_kernel({.grid = blocks, .block = kThreads, .stream = stream, .overlaps = overlaps},
                copy_units, static_cast<uint8_t*>(to), static_cast<const uint8_t*>(from),
                static_cast<int32_t>(bytes));
}

}  // namespace llmserve
