#include "engine/worker_group.h"

#include <algorithm>

#include "base/cpu_info.h"

namespace llmserve {
namespace {

int threads_per_rank(const EngineConfig& config) {
  const int threads = config.num_threads > 0 ? config.num_threads : num_physical_cores();
  return std::max(1, threads / config.tensor_parallel_size);
}

}  // namespace

WorkerGroup::WorkerGroup(const ModelSpec& spec, const EngineConfig& config,
                         const BackendMaker& maker) {
  const int32_t size = config.tensor_parallel_size;
  std::vector<std::unique_ptr<Backend>> backends;
  std::vector<Backend*> views;
  for (int32_t rank = 0; rank < size; ++rank) {
    backends.push_back(maker({config.device, rank}, threads_per_rank(config)));
    views.push_back(backends.back().get());
  }
  std::vector<std::unique_ptr<Communicator>> communicators(backends.size());
  if (size > 1) communicators = make_communicators(views);
  for (int32_t rank = 0; rank < size; ++rank) {
    const auto i = static_cast<size_t>(rank);
    workers_.push_back(std::make_unique<Worker>(spec, rank, size, std::move(backends[i]),
                                                std::move(communicators[i])));
  }
  memory_plan_ = plan_memory(spec, config, workers_[0]->weights().bytes(), workers_[0]->backend());
  for (auto& worker : workers_) worker->allocate(memory_plan_);
}

WorkerGroup::~WorkerGroup() { close(); }

void WorkerGroup::load(const std::string& slot, const Tensor& tensor) {
  for (auto& worker : workers_) worker->weights().load(slot, tensor);
}

void WorkerGroup::load_dummy(uint64_t seed) {
  for (auto& worker : workers_) worker->weights().load_dummy(seed);
}

std::vector<std::string> WorkerGroup::missing_weights() const {
  return workers_[0]->weights().missing();
}

void WorkerGroup::start() {
  for (auto& worker : workers_) {
    worker->start([this](StepResult&& result) { results_.push(std::move(result)); },
                  [this](std::exception_ptr error) { fail(error); });
  }
  try {
    for (auto& worker : workers_) worker->wait_until_ready();
  } catch (...) {  // what this rank met may follow from another one's failure
    std::lock_guard lock(failure_mutex_);
    std::rethrow_exception(failure_);
  }
}

void WorkerGroup::submit(StepPlan&& plan) {
  try {
    auto shared = std::make_shared<const StepPlan>(std::move(plan));
    for (auto& worker : workers_) worker->submit(shared);
  } catch (...) {  // some ranks may have it and wait for the others
    fail(std::current_exception());
    throw;
  }
}

StepResult WorkerGroup::wait() {
  auto result = results_.pop();
  if (result) return std::move(*result);
  std::lock_guard lock(failure_mutex_);
  CHECK(failure_ != nullptr, "waiting on a closed worker group");
  std::rethrow_exception(failure_);
}

// Takes no memory: it may be memory that has run out.
void WorkerGroup::fail(std::exception_ptr error) {
  {
    std::lock_guard lock(failure_mutex_);
    if (failure_) return;
    failure_ = error;
  }
  for (auto& worker : workers_) {
    if (worker->communicator()) worker->communicator()->abort();
  }
  results_.close();
}

void WorkerGroup::close() {
  for (auto& worker : workers_) worker->close();
  results_.close();
}

}  // namespace llmserve
