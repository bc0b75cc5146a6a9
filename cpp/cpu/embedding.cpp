// Embedding and the gathering of rows.
#include <algorithm>
#include <cstring>
#include <functional>

#include "base/checked.h"
#include "cpu/cpu_backend.h"

namespace llmserve {
namespace {

constexpr int64_t kMinElements = 8192;  // of a thread

}  // namespace

void CpuBackend::embedding(const LinearWeight& table, int64_t begin, const int32_t* ids,
                           const Tensor& out) {
  Dim tokens("tokens"), features("in_features", table.shape.in_features);
  expect(out, "out", DType::kFloat32, {&tokens, &features});
  CHECK(table.data != nullptr && (ids != nullptr || tokens.value() == 0));
  const int64_t width = features.value();
  const auto body = [&](int64_t first, int64_t last, int) {
    for (int64_t t = first; t < last; ++t) {
      float* row = out.data<float>() + t * width;
      const int64_t id = ids[t] - begin;
      if (id >= 0 && id < table.shape.out_features) {
        unpack_row(table, id, row);
      } else {
        std::fill_n(row, width, 0.0f);  // another rank's, or none's
      }
    }
  };
  pool_.parallel_for(tokens.value(), ceil_div(kMinElements, width), std::cref(body));
}

void CpuBackend::gather_rows(const Tensor& x, std::span<const int32_t> indices, const Tensor& out) {
  Dim tokens("tokens"), features("features");
  Dim rows("rows", static_cast<int64_t>(indices.size()));
  expect(x, "x", x.dtype(), {&tokens, &features});
  expect(out, "out", x.dtype(), {&rows, &features});
  const int64_t row_bytes = features.value() * dtype_size(x.dtype());
  for (int64_t i = 0; i < rows.value(); ++i) {
    CHECK(indices[i] >= 0 && indices[i] < tokens.value(), "index ", indices[i], " of ",
          tokens.value(), " rows");
    std::memcpy(static_cast<char*>(out.raw()) + i * row_bytes,
                static_cast<const char*>(x.raw()) + indices[i] * row_bytes, row_bytes);
  }
}

}  // namespace llmserve
