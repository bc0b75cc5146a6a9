// CpuLinear: cuts a layer into chunks of rows, parts for threads and pieces for caches, and
// finishes the sums that the kernels leave. The cutting never changes a result: see
// linear_kernels.h.
#include "cpu/linear.h"

#include <algorithm>

#include "base/checked.h"
#include "cpu/norm.h"

namespace llmserve {
namespace {

constexpr int64_t kChunkRows = 252;   // rows that share a pass over the weights
constexpr int64_t kSliceLines = 256;  // lines of a group that stay in the L2 cache between tiles
constexpr int64_t kMinStage = 16384;  // staged elements that are worth another thread
constexpr int64_t kSumStride = kLinearGroup * kLinearLanes;
constexpr int64_t kSumBytes = kChunkRows * kSumStride * sizeof(float);  // of a thread

// An odd number of cache lines: rows that are a power of two apart would share few cache sets.
int64_t staged_row_bytes(int64_t in_features, int64_t element_bytes) {
  const int64_t padded = round_up(in_features, 2);
  return (ceil_div(padded * element_bytes, 64) | 1) * 64;
}

}  // namespace

// One call of run(), or rather one chunk of its rows.
struct CpuLinear::Job {
  const LinearArgs& args;
  const LinearKernel& kernel;
  ActivationFunction activation;  // null: none
  PackedLayout layout;
  char* staged;
  int64_t row_bytes;
  char* sums;             // [num_threads, kSumBytes]
  int64_t row_begin = 0;  // of the chunk
  int64_t num_rows = 0;
  int64_t unit_parts = 1;  // parts for threads: units of blocks times rows
  int64_t row_parts = 1;

  bool gated_output() const { return activation != nullptr && layout.blocks_per_unit == 2; }
  int64_t out_width() const { return args.out.dim(1); }

  void stage(int64_t row) const;
  void compute(int64_t row, int64_t rows, int64_t block, int64_t blocks, float* sums) const;
  void finish(float* sums, int64_t block, int64_t blocks, float* out_row) const;
  void add_bias(float* sums, int64_t block, int64_t blocks) const;
  void write(const float* values, int64_t column, int64_t count, float* out_row) const;
};

void CpuLinear::Job::stage(int64_t row) const {
  const int64_t in_features = args.weight.shape.in_features;
  const float* x = args.x.data<float>() + (row_begin + row) * in_features;
  kernel.stage({.x = x,
                .norm_weight = args.norm_weight,
                .norm_scale = args.norm_weight ? rms_scale(x, in_features, args.norm_eps) : 1.0f,
                .count = in_features,
                .padded = layout.lines_per_block * layout.line_features,
                .out = staged + row * row_bytes});
}

// All of K for some rows of the chunk and a group of blocks.
void CpuLinear::Job::compute(int64_t row, int64_t rows, int64_t block, int64_t blocks,
                             float* sums) const {
  // A single tile reads each line once; more of them read it again, from the cache.
  const int64_t slice = rows <= kLinearTileRows ? layout.lines_per_block : kSliceLines;
  const char* x = staged + row * row_bytes;
  const char* weight = static_cast<const char*>(args.weight.data) + block * layout.block_bytes;
  for (int64_t line = 0; line < layout.lines_per_block; line += slice) {
    kernel.tile({.x = x + line * layout.line_features * kernel.x_element_bytes,
                 .x_stride = row_bytes,
                 .weight = weight + line * layout.line_bytes,
                 .block_stride = layout.block_bytes,
                 .num_lines = std::min(slice, layout.lines_per_block - line),
                 .sums = sums,
                 .num_rows = static_cast<int32_t>(rows),
                 .num_blocks = static_cast<int32_t>(blocks),
                 .resume = line > 0});
  }
  for (int64_t r = 0; r < rows; ++r) {
    float* out_row = args.out.data<float>() + (row_begin + row + r) * out_width();
    finish(sums + r * kSumStride, block, blocks, out_row);
  }
}

void CpuLinear::Job::add_bias(float* sums, int64_t block, int64_t blocks) const {
  for (int64_t b = 0; b < blocks; ++b) {
    const float* bias = args.weight.bias + layout.first_row(block + b);
    const int64_t count = layout.num_rows(block + b);
    for (int64_t i = 0; i < count; ++i) sums[b * kLinearLanes + i] += bias[i];
  }
}

void CpuLinear::Job::write(const float* values, int64_t column, int64_t count,
                           float* out_row) const {
  float* out = out_row + column;
  if (args.epilogue == Epilogue::kAdd) {
    for (int64_t i = 0; i < count; ++i) out[i] += values[i];
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = values[i];
  }
}

// The epilogue of one row: always over whole blocks, so that no value knows its neighbours.
void CpuLinear::Job::finish(float* sums, int64_t block, int64_t blocks, float* out_row) const {
  if (args.weight.bias) add_bias(sums, block, blocks);
  if (!gated_output()) {
    if (activation) activation(sums, blocks * kLinearLanes);
    for (int64_t b = 0; b < blocks; ++b) {
      write(sums + b * kLinearLanes, layout.first_row(block + b), layout.num_rows(block + b),
            out_row);
    }
    return;
  }
  for (int64_t b = 0; b < blocks; b += 2) {
    float* gate = sums + b * kLinearLanes;
    const float* up = gate + kLinearLanes;
    activation(gate, kLinearLanes);
    for (int i = 0; i < kLinearLanes; ++i) gate[i] *= up[i];
    write(gate, layout.first_row(block + b), layout.num_rows(block + b), out_row);
  }
}

CpuLinear::CpuLinear(ThreadPool& pool, CpuIsa isa)
    : pool_(pool), isa_(isa), kernels_(linear_kernels_generic()) {
#if defined(__x86_64__)
  if (isa == CpuIsa::kAvx2) kernels_ = linear_kernels_avx2();
  if (isa >= CpuIsa::kAvx512) kernels_ = linear_kernels_avx512();
  if (isa == CpuIsa::kAvx512Bf16) kernels_.bfloat16 = linear_kernel_avx512_bf16();
#endif
}

const LinearKernel& CpuLinear::kernel(DType dtype) const {
  if (dtype == DType::kBFloat16) return kernels_.bfloat16;
  if (dtype == DType::kFloat16) return kernels_.float16;
  return kernels_.float32;
}

int64_t CpuLinear::workspace_bytes(int64_t max_rows, int64_t max_in_features) const {
  return checked_add(
      checked_mul(std::min(max_rows, kChunkRows), staged_row_bytes(max_in_features, sizeof(float))),
      pool_.num_threads() * kSumBytes);
}

void CpuLinear::compute_part(const Job& job, int64_t part, int thread) {
  const int64_t units = job.layout.num_blocks / job.layout.blocks_per_unit;
  const int64_t unit_part = part % job.unit_parts;
  const int64_t row_part = part / job.unit_parts;
  const int64_t begin = units * unit_part / job.unit_parts * job.layout.blocks_per_unit;
  const int64_t end = units * (unit_part + 1) / job.unit_parts * job.layout.blocks_per_unit;
  const int64_t row = job.num_rows * row_part / job.row_parts;
  const int64_t rows = job.num_rows * (row_part + 1) / job.row_parts - row;
  float* sums = reinterpret_cast<float*>(job.sums + thread * kSumBytes);
  for (int64_t block = begin; block < end; block += kLinearGroup) {
    job.compute(row, rows, block, std::min<int64_t>(kLinearGroup, end - block), sums);
  }
}

void CpuLinear::stage_rows(const Job& job, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) job.stage(row);
}

void CpuLinear::run(const LinearArgs& args, void* workspace, int64_t workspace_bytes) const {
  const LinearShape& shape = args.weight.shape;
  const bool activated = args.epilogue == Epilogue::kActivation;
  Dim tokens("tokens"), in("in_features", shape.in_features);
  Dim out("out_features", activated && shape.gated ? shape.out_features / 2 : shape.out_features);
  expect(args.x, "x", DType::kFloat32, {&tokens, &in});
  expect(args.out, "out", DType::kFloat32, {&tokens, &out});
  CHECK(args.weight.data != nullptr);
  const int64_t needed = this->workspace_bytes(tokens.value(), shape.in_features);
  CHECK_LE(needed, workspace_bytes, "bytes of workspace for linear ", args.x.shape().str());

  const LinearKernel& kernel = this->kernel(shape.dtype);
  const int64_t row_bytes = staged_row_bytes(shape.in_features, kernel.x_element_bytes);
  char* staged = static_cast<char*>(workspace) + pool_.num_threads() * kSumBytes;
  Job job{.args = args,
          .kernel = kernel,
          .activation = activated ? activation_function(args.activation, isa_) : nullptr,
          .layout = PackedLayout(shape),
          .staged = staged,
          .row_bytes = row_bytes,
          .sums = static_cast<char*>(workspace)};
  const int64_t units = job.layout.num_blocks / job.layout.blocks_per_unit;
  for (; job.row_begin < tokens.value(); job.row_begin += job.num_rows) {
    job.num_rows = std::min(kChunkRows, tokens.value() - job.row_begin);
    const int64_t stage_grain = ceil_div(kMinStage, shape.in_features);
    pool_.parallel_for(job.num_rows, stage_grain,
                       [&job](int64_t begin, int64_t end, int) { stage_rows(job, begin, end); });
    // Threads share the blocks; where there are too few of them, the rows as well.
    job.unit_parts = std::min<int64_t>(units, pool_.num_threads());
    job.row_parts = std::clamp<int64_t>(pool_.num_threads() / job.unit_parts, 1,
                                        ceil_div(job.num_rows, kLinearTileRows));
    pool_.parallel_for(job.unit_parts * job.row_parts, 1,
                       [&job](int64_t begin, int64_t end, int thread) {
                         for (int64_t i = begin; i < end; ++i) compute_part(job, i, thread);
                       });
  }
}

}  // namespace llmserve
