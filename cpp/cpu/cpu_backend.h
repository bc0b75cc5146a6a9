// CpuBackend: the Backend of host memory and a pool of threads; the readable reference of every op.
// Its ops are done when they return. Activations are float32 throughout. The methods live with
// their op family: embedding.cpp, norm.cpp, rope.cpp, prepare.cpp; the rest in cpu_backend.cpp.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "backend/backend.h"
#include "cpu/isa.h"
#include "cpu/linear.h"
#include "cpu/parallel.h"
#include "cpu/sampling.h"

namespace llmserve {

std::unique_ptr<Backend> make_cpu_backend(int num_threads);

class CpuBackend : public Backend {
 public:
  // Throws InvalidArgument for fewer threads than one, or an LLMSERVE_CPU_ISA that is none.
  explicit CpuBackend(int num_threads);
  ~CpuBackend() override;

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

  int64_t linear_weight_bytes(const LinearShape& shape) const override;
  void load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                 int64_t col_begin) override;

  int64_t workspace_bytes(const StepLimits& limits) const override;
  void reserve_workspace(const StepLimits& limits) override;

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
  // How the workspace is divided, in this order.
  struct WorkspaceSizes {
    int64_t linear;
    int64_t attention;
    int64_t sampling;
  };
  WorkspaceSizes workspace_sizes(const StepLimits& limits) const;

  const CpuIsa isa_;
  ThreadPool pool_;
  CpuLinear linear_;
  CpuSampler sampler_;

  mutable std::mutex memory_mutex_;  // of allocations_
  std::unordered_map<void*, int64_t> allocations_;
  int64_t allocated_bytes_ = 0;
  bool sealed_ = false;

  StepLimits limits_;  // zero until reserve_workspace()
  WorkspaceSizes reserved_{0, 0, 0};
  void* workspace_ = nullptr;
  uint64_t marks_ = 0;
};

}  // namespace llmserve
