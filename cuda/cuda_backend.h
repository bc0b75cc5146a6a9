// CudaBackend: the Backend of one NVIDIA GPU: its memory, one stream, and the ops as kernels.
// Calls return before the device is done; what the host hands over is copied to pinned memory
// first. The methods live with their op family: embedding.cu, norm.cu, rope.cu, prepare.cu; the
// rest in cuda_backend.cpp.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "attention.h"
#include "backend/backend.h"
#include "cuda_handles.h"
#include "device_info.h"
#include "linear.h"
#include "sampling.h"
#include "staging.h"
#include "weight_upload.h"

namespace llmserve {

// A row of a step as prepare()'s kernel reads it.
struct StepRow {
  PlanRow row;
  int32_t begin;  // index of its first token in the step
};

class CudaBackend : public Backend {
 public:
  // Throws Unavailable where the machine has no such device or its driver is too old.
  explicit CudaBackend(int index);
  ~CudaBackend() override;

  // What all ops are enqueued on.
  cudaStream_t stream() const { return stream_; }

  Device device() const override;
  std::string name() const override;
  DType activation_dtype(DType model_dtype) const override;
  MemoryInfo memory_info() const override;
  void* allocate(int64_t bytes) override;
  void deallocate(void* data) noexcept override;
  int64_t allocated_bytes() const override;
  void seal() override;

  void upload(void* to, const void* from_host, int64_t bytes) override;
  void download(void* to_host, const void* from, int64_t bytes) override;
  uint64_t record() override;
  bool reached(uint64_t mark) override;
  void wait(uint64_t mark) override;
  void enter_thread() override;

  int64_t linear_weight_bytes(const LinearShape& shape) const override;
  void load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                 int64_t col_begin) override;

  int64_t workspace_bytes(const StepLimits& limits) const override;
  void reserve_workspace(const StepLimits& limits) override;

  bool has_graphs() const override { return true; }
  void tune() override { linear_.tune(stream_); }
  int64_t graph_bytes(int64_t num_graphs, int64_t num_ops) const override;
  int32_t capture(const std::function<void()>& ops) override;
  void launch_graph(int32_t graph) override;

  void copy_pages(const KvPages& kv, std::span<const PageCopy> copies) override;
  void init_slot(const SlotInit& init, const SlotTable& slots) override;
  void prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
               std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) override;

  void embedding(const LinearWeight& table, int64_t begin, const int32_t* ids,
                 const Tensor& out) override;
  void rms_norm(const Tensor& x, const float* weight, float eps, const Tensor& out) override;
  void linear(const LinearArgs& args) override;
  void rope_table(const RopeTable& table, const StepView& step, float* cos_sin) override;
  void rope_and_cache(const RopeAndCacheArgs& args, const StepView& step,
                      const SlotTable& slots) override;
  void attention(const AttentionArgs& args, const StepView& step, const SlotTable& slots) override;
  void gather_rows(const Tensor& x, std::span<const int32_t> indices, const Tensor& out) override;

  void sample(const LogitsView& logits, std::span<const SampleRow> rows, const SlotTable& slots,
              int32_t* tokens, uint8_t* finite, const LogprobsView& logprobs) override;
  void score(const LogitsView& logits, std::span<const ScoreRow> rows,
             const LogprobsView& logprobs) override;

 private:
  // How the workspace is divided, in this order; each a multiple of 256 bytes.
  struct WorkspaceSizes {
    int64_t linear;
    int64_t attention;
    int64_t sampling;
  };
  WorkspaceSizes workspace_sizes(const StepLimits& limits) const;
  void reserve_staging(const StepLimits& limits);
  // CUDA keeps a device per thread: whatever may come from any thread sets it first.
  void use_device() const;

  static int64_t prepare_bytes(const StepLimits& limits);

  const DeviceInfo info_;  // first: what comes after it is made on this device
  CudaStream stream_;
  std::array<CudaEvent, Staging::kTurns> events_;  // mark m is events_[m % kTurns]
  WeightUpload weight_upload_;
  CudaLinear linear_;
  CudaAttention attention_;
  CudaSampler sampler_;
  Staging staging_;

  mutable std::mutex memory_mutex_;  // of allocations_
  std::unordered_map<void*, int64_t> allocations_;
  int64_t allocated_bytes_ = 0;
  bool sealed_ = false;

  StepLimits limits_;  // zero until reserve_workspace()
  void* workspace_ = nullptr;
  std::vector<CudaGraph> graphs_;
  std::vector<StepRow> step_rows_;  // of prepare(), kept so that nothing is allocated each time
  uint64_t marks_ = 0;
  uint64_t reached_ = 0;
};

}  // namespace llmserve
