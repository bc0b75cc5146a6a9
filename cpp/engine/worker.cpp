#include "engine/worker.h"

namespace llmserve {
namespace {

// How often the device is asked whether a step is done while no other has been submitted.
constexpr std::chrono::microseconds kPoll(20);

}  // namespace

Worker::Worker(const ModelSpec& spec, int32_t rank, int32_t size, std::unique_ptr<Backend> backend,
               std::unique_ptr<Communicator> communicator)
    : spec_(spec),
      rank_(rank),
      size_(size),
      backend_(std::move(backend)),
      communicator_(std::move(communicator)),
      weights_(spec, rank, size, *backend_) {}

Worker::~Worker() { close(); }

void Worker::allocate(const MemoryPlan& plan) {
  weights_.allocate();
  cache_.emplace(spec_, size_, plan.num_blocks, plan.limits.page_size, *backend_);
  buffers_.emplace(spec_, size_, plan.limits, plan.logprobs_stride,
                   backend_->activation_dtype(spec_.dtype));
  buffers_->allocate(*backend_);
  backend_->reserve_workspace(plan.limits);
  decoder_.emplace(spec_, weights_.weights(), *cache_, *buffers_, *backend_, communicator_.get());
  decoder_->make_rope_tables(plan.max_model_len);
  sampler_.emplace(*backend_, *buffers_, plan.limits, rank_ == 0);
  backend_->seal();
}

void Worker::start(OnResult on_result, OnFailure on_failure) {
  CHECK(!thread_.joinable(), "a worker is started once");
  on_result_ = std::move(on_result);
  on_failure_ = std::move(on_failure);
  thread_ = std::thread([this] {
    try {
      run();
    } catch (...) {
      on_failure_(std::current_exception());
    }
  });
}

void Worker::submit(std::shared_ptr<const StepPlan> plan) { plans_.push(std::move(plan)); }

void Worker::close() {
  plans_.close();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  backend_->enter_thread();
  std::optional<Launched> previous;
  while (true) {
    if (previous && !next_plan_comes_before(previous->mark)) deliver(previous);
    std::optional<std::shared_ptr<const StepPlan>> plan =
        previous ? plans_.try_pop() : plans_.pop();
    if (plan) {
      Launched next{std::move(*plan), 0};
      next.mark = launch(*next.plan);
      // The device is busy with the next step while the host reads the last one.
      if (previous) deliver(previous);
      previous = std::move(next);
    } else if (previous) {
      deliver(previous);
    } else {
      return;  // closed and drained
    }
  }
}

// Waits for either: the next plan comes when the last result is known, that is, while the device
// is busy with `mark`, and must then not wait for it.
bool Worker::next_plan_comes_before(uint64_t mark) {
  while (!backend_->reached(mark) && !plans_.closed()) {
    if (plans_.wait_for(kPoll)) return true;
  }
  return false;
}

uint64_t Worker::launch(const StepPlan& plan) {
  cache_->copy_pages(*backend_, plan.page_copies);
  for (const SlotInit& init : plan.slot_inits) backend_->init_slot(init, buffers_->slots());
  backend_->prepare(plan.page_updates, plan.rows, plan.tokens, buffers_->slots(), buffers_->step());
  decoder_->forward();
  LogitsView logits;
  if (!plan.logit_tokens.empty()) logits = decoder_->logits(plan.logit_tokens);
  return sampler_->launch(plan, logits);
}

void Worker::deliver(std::optional<Launched>& launched) {
  backend_->wait(launched->mark);
  if (rank_ == 0) on_result_(sampler_->collect(*launched->plan));
  launched.reset();
}

}  // namespace llmserve
