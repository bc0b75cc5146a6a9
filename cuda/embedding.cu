// Embedding and the gathering of rows: both copy whole rows by index.
#include "cuda_backend.h"
#include "launch.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 256;

// Rows of a table, in units of its copies.
template <typename Unit>
struct RowTable {
  const Unit* rows;
  int64_t num_rows;
  int64_t stride;
  int64_t width;
};

// out[i] = row indices[i] - begin of the table, zero where it has no such row. A block has a row.
template <typename Unit>
__global__ __launch_bounds__(kThreads) void copy_rows(RowTable<Unit> table, int64_t begin,
                                                      const int32_t* indices, Unit* out) {
  await_previous_kernels();
  let_next_kernel_start();
  const int64_t index = indices[blockIdx.x] - begin;
  const bool exists = index >= 0 && index < table.num_rows;
  const Unit* from = table.rows + (exists ? index * table.stride : 0);
  Unit* to = out + static_cast<int64_t>(blockIdx.x) * table.width;
  for (int64_t i = threadIdx.x; i < table.width; i += kThreads) {
    to[i] = exists ? from[i] : Unit{};
  }
}

// Elements, `stride` from one row of the table to the next; Unit is a whole number of them.
struct RowCopy {
  const void* table;
  int64_t num_rows;
  int64_t stride;
  int64_t begin;
  const int32_t* indices;  // on the device or pinned
  Tensor out;              // [rows, width]
};

template <typename Unit>
void launch(const RowCopy& copy, cudaStream_t stream, bool overlaps) {
  const int64_t elements = static_cast<int64_t>(sizeof(Unit)) / dtype_size(copy.out.dtype());
  const RowTable<Unit> table{static_cast<const Unit*>(copy.table), copy.num_rows,
                             copy.stride / elements, copy.out.dim(1) / elements};
  launch_kernel({.grid = static_cast<unsigned>(copy.out.dim(0)),
                 .block = kThreads,
                 .stream = stream,
                 .overlaps = overlaps},
                copy_rows<Unit>, table, copy.begin, copy.indices,
                static_cast<Unit*>(copy.out.raw()));
}

void launch_copy(const RowCopy& copy, cudaStream_t stream, bool overlaps) {
  if (copy.out.numel() == 0) return;
  const int64_t element = dtype_size(copy.out.dtype());
  const int64_t lanes = int64_t{sizeof(uint4)} / element;
  if (copy.stride % lanes == 0 && copy.out.dim(1) % lanes == 0) {
    launch<uint4>(copy, stream, overlaps);
  } else if (element == sizeof(uint32_t)) {
    launch<uint32_t>(copy, stream, overlaps);
  } else {
    launch<uint16_t>(copy, stream, overlaps);
  }
}

}  // namespace

void CudaBackend::embedding(const LinearWeight& table, int64_t begin, const int32_t* ids,
                            const Tensor& out) {
  Dim tokens("tokens"), features("in_features", table.shape.in_features);
  expect(out, "out", table.shape.dtype, {&tokens, &features});
  CHECK(table.data != nullptr && (ids != nullptr || tokens.value() == 0));
  CHECK(!table.shape.gated, "a gated embedding");
  const WeightLayout layout(table.shape);
  launch_copy({table.data, table.shape.out_features, layout.row_elements(), begin, ids, out},
              stream_, info_.overlaps_launches());
}

void CudaBackend::gather_rows(const Tensor& x, std::span<const int32_t> indices,
                              const Tensor& out) {
  Dim tokens("tokens"), features("features");
  Dim rows("rows", static_cast<int64_t>(indices.size()));
  expect(x, "x", x.dtype(), {&tokens, &features});
  expect(out, "out", x.dtype(), {&rows, &features});
  for (const int32_t index : indices) {
    CHECK(index >= 0 && index < tokens.value(), "index ", index, " of ", tokens.value(), " rows");
  }
  launch_copy({x.raw(), tokens.value(), features.value(), 0, staging_.stage(indices), out}, stream_,
              info_.overlaps_launches());
}

}  // namespace llmserve
