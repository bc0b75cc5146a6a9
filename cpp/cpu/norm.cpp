#include "cpu/norm.h"

#include <array>
#include <cmath>
#include <functional>

#include "base/checked.h"
#include "cpu/cpu_backend.h"

namespace llmserve {
namespace {

constexpr int64_t kMinElements = 16384;  // of a thread

}  // namespace

float rms_scale(const float* x, int64_t count, float eps) {
  constexpr int kLanes = 16;  // sums side by side, for the compiler to put into registers
  std::array<float, kLanes> sums{};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] += x[i + lane] * x[i + lane];
  }
  for (int lane = 0; i < count; ++i, ++lane) sums[lane] += x[i] * x[i];
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; ++lane) sums[lane] += sums[lane + width];
  }
  return 1.0f / std::sqrt(sums[0] / static_cast<float>(count) + eps);
}

void rms_norm_row(const float* x, const float* weight, int64_t count, float eps, float* out) {
  const float scale = rms_scale(x, count, eps);
  for (int64_t i = 0; i < count; ++i) out[i] = x[i] * scale * weight[i];
}

void CpuBackend::rms_norm(const Tensor& x, const float* weight, float eps, const Tensor& out) {
  Dim tokens("tokens"), features("features");
  expect(x, "x", DType::kFloat32, {&tokens, &features});
  expect(out, "out", DType::kFloat32, {&tokens, &features});
  CHECK(weight != nullptr);
  const int64_t width = features.value();
  if (width == 0) return;
  const auto body = [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t at = t * width;
      rms_norm_row(x.data<float>() + at, weight, width, eps, out.data<float>() + at);
    }
  };
  pool_.parallel_for(tokens.value(), ceil_div(kMinElements, width), std::cref(body));
}

}  // namespace llmserve
