// WorkerGroup: all ranks of an engine. Gives every rank the same plan and hands out the first
// rank's results. The first failure of any rank aborts all of them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/backend_factory.h"
#include "engine/worker.h"

namespace llmserve {

class WorkerGroup {
 public:
  // Makes the backends, plans memory and allocates all of it. `spec` outlives the group.
  WorkerGroup(const ModelSpec& spec, const EngineConfig& config, const BackendMaker& maker);
  ~WorkerGroup();

  const MemoryPlan& memory_plan() const { return memory_plan_; }
  std::string describe_backend() const { return workers_[0]->backend().name(); }

  const std::vector<WeightSlot>& weight_slots() const { return workers_[0]->weights().slots(); }
  void load(const std::string& slot, const Tensor& tensor);
  void load_dummy(uint64_t seed);
  std::vector<std::string> missing_weights() const;

  // Returns when all ranks are ready for the first step; throws what the first of them failed with.
  void start();
  // Where it throws, the group has failed as if a rank had.
  void submit(StepPlan&& plan);
  // Waits for the result of the oldest step; throws what a rank failed with.
  StepResult wait();
  // Ends waiting ranks, joins all threads. No submit or wait afterwards.
  void close();

 private:
  void fail(std::exception_ptr error);

  std::vector<std::unique_ptr<Worker>> workers_;
  MemoryPlan memory_plan_;
  Queue<StepResult> results_;  // closed by a failure
  std::mutex failure_mutex_;
  std::exception_ptr failure_;  // the first; the others follow from its abort
};

}  // namespace llmserve
