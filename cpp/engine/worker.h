// Worker: one rank. Owns its backend, weights, cache and decoder, and the thread that runs steps on
// them. Steps are launched as they come; results are handed over in order.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "backend/communicator.h"
#include "base/queue.h"
#include "engine/memory_plan.h"
#include "model/decode_graphs.h"
#include "model/sampler.h"
#include "model/weights.h"

namespace llmserve {

class Worker {
 public:
  using OnResult = std::function<void(StepResult&&)>;
  using OnFailure = std::function<void(std::exception_ptr)>;

  // `communicator` is null for a single rank.
  Worker(const ModelSpec& spec, int32_t rank, int32_t size, std::unique_ptr<Backend> backend,
         std::unique_ptr<Communicator> communicator);
  ~Worker();

  Backend& backend() { return *backend_; }
  const Backend& backend() const { return *backend_; }
  WeightStore& weights() { return weights_; }
  const WeightStore& weights() const { return weights_; }
  Communicator* communicator() { return communicator_.get(); }

  // All device memory there will ever be.
  void allocate(const MemoryPlan& plan);
  // Starts the thread. The callbacks come on it; after a failure no more results come.
  void start(OnResult on_result, OnFailure on_failure);
  // Returns when the thread has made itself ready for the first step; throws what hindered it.
  void wait_until_ready() { ready_.get_future().get(); }
  void submit(std::shared_ptr<const StepPlan> plan);
  // Lets the submitted steps end, then joins the thread.
  void close();

 private:
  struct Launched {
    std::shared_ptr<const StepPlan> plan;
    uint64_t mark;
  };

  void make_ready();
  void warm_up();
  void run();
  bool next_plan_comes_before(uint64_t mark);
  uint64_t launch(const StepPlan& plan);
  void deliver(std::optional<Launched>& launched);

  const ModelSpec& spec_;
  const int32_t rank_;
  const int32_t size_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Communicator> communicator_;
  WeightStore weights_;
  std::optional<KvCache> cache_;
  std::optional<StepBuffers> buffers_;
  std::optional<Decoder> decoder_;
  std::optional<DecodeGraphs> graphs_;  // where the backend has them and they are wanted
  StepLimits limits_;
  std::optional<Sampler> sampler_;
  Queue<std::shared_ptr<const StepPlan>> plans_;
  OnResult on_result_;
  OnFailure on_failure_;
  std::promise<void> ready_;
  std::thread thread_;
};

}  // namespace llmserve
