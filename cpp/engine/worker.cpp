#include "engine/worker.h"

#include <algorithm>
#include <numeric>
#include <vector>

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
  limits_ = plan.limits;
  if (plan.has_graphs) graphs_.emplace(*decoder_, *buffers_, *backend_, limits_.max_rows);
  backend_->seal();
}

void Worker::start(OnResult on_result, OnFailure on_failure) {
  CHECK(!thread_.joinable(), "a worker is started once");
  on_result_ = std::move(on_result);
  on_failure_ = std::move(on_failure);
  thread_ = std::thread([this] {
    bool is_ready = false;
    try {
      make_ready();
      is_ready = true;
      ready_.set_value();
      run();
    } catch (...) {
      on_failure_(std::current_exception());
      if (!is_ready) ready_.set_exception(std::current_exception());
    }
  });
}

void Worker::make_ready() {
  backend_->enter_thread();
  if (backend_->has_graphs()) warm_up();
  if (graphs_) graphs_->capture();
}

// Steps of nothing but padding, so that the backend has loaded its kernels and made its choices,
// for any number of tokens, before the first request comes.
void Worker::warm_up() {
  for (int32_t tokens = limits_.max_tokens; tokens > 0; tokens /= 2) {
    const PlanRow row = PlanRow::padding(tokens);
    std::vector<int32_t> rows(static_cast<size_t>(std::min(tokens, limits_.max_logit_rows)));
    std::iota(rows.begin(), rows.end(), 0);
    backend_->prepare({}, {&row, 1}, {}, buffers_->slots(), buffers_->step());
    decoder_->forward();
    decoder_->logits(rows);
    if (tokens == limits_.max_tokens) backend_->tune();
    backend_->wait(backend_->record());
  }
}

void Worker::submit(std::shared_ptr<const StepPlan> plan) { plans_.push(std::move(plan)); }

void Worker::close() {
  plans_.close();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
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
  const std::span<const PlanRow> padded = graphs_ ? graphs_->pad(plan) : std::span<const PlanRow>();
  backend_->prepare(plan.page_updates, padded.empty() ? plan.rows : padded, plan.tokens,
                    buffers_->slots(), buffers_->step());
  LogitsView logits;
  if (!padded.empty()) {
    logits = graphs_->launch();
  } else {
    decoder_->forward();
    if (!plan.logit_tokens.empty()) logits = decoder_->logits(plan.logit_tokens);
  }
  return sampler_->launch(plan, logits);
}

void Worker::deliver(std::optional<Launched>& launched) {
  backend_->wait(launched->mark);
  if (rank_ == 0) on_result_(sampler_->collect(*launched->plan));
  launched.reset();
}

}  // namespace llmserve
