// Linear layers on the CPU: the packed layout of weights, and y = W x over it.
//
// One layout for one row and for many: blocks of 16 output features; in a block, line after line,
// one line for each input feature (float32, float16) or for each pair of them (bfloat16):
//   float32, float16  [N / 16][K][16]          bfloat16  [N / 16][K / 2][16][2]
// N is padded to 16 and K to the line with zeros. Blocks of gated weights alternate: 16 rows of
// gate, the matching 16 rows of up; each half is padded by itself.
#pragma once

#include "backend/backend.h"
#include "cpu/activation.h"
#include "cpu/isa.h"
#include "cpu/linear_kernels.h"
#include "cpu/parallel.h"

namespace llmserve {

struct PackedLayout {
  explicit PackedLayout(const LinearShape& shape);

  // Where an output feature is.
  struct Place {
    int64_t block;
    int lane;
  };
  Place place(int64_t row) const;

  // The output features of a block: [first_row, first_row + num_rows).
  int64_t first_row(int64_t block) const;
  int64_t num_rows(int64_t block) const;

  int64_t bytes() const { return num_blocks * block_bytes; }

  int64_t half;             // output features of a half; of the whole if not gated
  int blocks_per_unit;      // 2 if gated
  int line_features;        // input features in a line
  int64_t num_blocks;       // a multiple of blocks_per_unit
  int64_t lines_per_block;  // of kLinearLanes * line_features elements each
  int64_t line_bytes;
  int64_t block_bytes;
};

// Backend::load_rows.
void pack_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
               int64_t col_begin);

// One row of a packed weight, as float32 [in_features].
void unpack_row(const LinearWeight& weight, int64_t row, float* out);

// Backend::linear.
class CpuLinear {
 public:
  CpuLinear(ThreadPool& pool, CpuIsa isa);

  // Bytes that run() needs for up to `max_rows` rows.
  int64_t workspace_bytes(int64_t max_rows, int64_t max_in_features) const;
  void run(const LinearArgs& args, void* workspace, int64_t workspace_bytes) const;

 private:
  struct Job;

  const LinearKernel& kernel(DType dtype) const;
  static void stage_rows(const Job& job, int64_t begin, int64_t end);
  static void compute_part(const Job& job, int64_t part, int thread);

  ThreadPool& pool_;
  CpuIsa isa_;
  LinearKernels kernels_;
};

}  // namespace llmserve
