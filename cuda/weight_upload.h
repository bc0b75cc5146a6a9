// WeightUpload: host rows to their place in a device weight, through pinned buffers and a stream of
// its own, from several threads at once.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "base/tensor.h"
#include "weight_layout.h"

namespace llmserve {

class WeightUpload {
 public:
  // `reader`: the stream whose kernels read the weights; it waits for what was loaded before.
  WeightUpload(int device_index, cudaStream_t reader);
  ~WeightUpload();

  // As Backend::load_rows. Returns when the source may be reused.
  void load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                 int64_t col_begin);
  // Waits for all copies and gives the pinned memory back: nothing is loaded afterwards.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmserve
