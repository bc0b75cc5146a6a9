#include "engine/engine_thread.h"

#include <new>

#include "base/log.h"

namespace llmserve {
namespace {

// The longest sleep without work or deadline; a bound only, as every command wakes the thread.
constexpr Time kIdle = std::chrono::hours(1);

Time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

// For endings, which callers wait for: a heap that is out of memory may have some again in a
// moment. Gives up after a second, as waiting for ever would hold up close().
template <typename F>
void with_patience(F&& call) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    try {
      return call();
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  log(LogLevel::kError, "out of memory: some requests are left without an ending");
}

double seconds(Time time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

EngineThread::EngineThread(const ModelSpec& spec, const EngineConfig& config,
                           std::shared_ptr<const TokenTable> table, const BackendMaker& maker)
    : config_(config), engine_(std::make_unique<Engine>(spec, config, std::move(table), maker)) {
  admission_ = engine_->admission_limits();
  memory_plan_ = engine_->workers().memory_plan();
  backend_name_ = engine_->workers().describe_backend();
  scheduler_stats_ = engine_->stats();
}

EngineThread::~EngineThread() { close(); }

EngineThread::Loading EngineThread::loading_workers() {
  Loading loading(loading_mutex_);
  std::lock_guard lock(mutex_);
  require_loading();
  loading.workers_ = &engine_->workers();
  return loading;
}

void EngineThread::require_loading() const {
  if (state_ == EngineState::kLoading) return;
  throw_error(ErrorKind::kUnavailable, "weights can be loaded only before the engine is started");
}

void EngineThread::start() {
  std::lock_guard closing(close_mutex_);
  std::unique_lock loading(loading_mutex_);
  {
    std::lock_guard lock(mutex_);
    require_loading();
  }
  engine_->start();
  std::lock_guard lock(mutex_);  // nobody submits before there is a thread
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::exception& error) {
    state_ = EngineState::kFailed;
    failure_ = error.what();
    throw;
  }
  state_ = EngineState::kRunning;
}

void EngineThread::require_running() const {
  if (state_ == EngineState::kRunning) return;
  if (state_ == EngineState::kFailed) {
    throw_error(ErrorKind::kUnavailable, "the engine has failed: ", failure_);
  }
  throw_error(ErrorKind::kUnavailable, state_ == EngineState::kLoading
                                           ? "the engine has not been started"
                                           : "the engine is closed");
}

bool EngineThread::has_work() const {
  return scheduler_stats_.num_running > 0 || scheduler_stats_.num_waiting > 0 ||
         inbox_requests_ > 0;
}

void EngineThread::check_queue_limits(int64_t prompt_tokens) {
  const int64_t requests = int64_t{scheduler_stats_.num_waiting} + inbox_requests_;
  if (config_.max_num_queued_reqs > 0 && requests >= config_.max_num_queued_reqs) {
    throw_error(ErrorKind::kOverloaded, "the queue is full: ", requests,
                " requests wait and max_num_queued_reqs is ", config_.max_num_queued_reqs);
  }
  const int64_t tokens = scheduler_stats_.num_waiting_tokens + inbox_tokens_;
  if (config_.max_num_queued_tokens > 0 && tokens > 0 &&
      tokens + prompt_tokens > config_.max_num_queued_tokens) {
    throw_error(ErrorKind::kOverloaded, "the queue is full: ", tokens,
                " prompt tokens wait, this request has ", prompt_tokens,
                " and max_num_queued_tokens is ", config_.max_num_queued_tokens);
  }
}

uint64_t EngineThread::submit(Submission&& submission) {
  {
    std::lock_guard lock(mutex_);
    require_running();
    submission.id = next_id_++;
  }
  // The costly part, on the caller's thread and under no lock.
  Admitted admitted = admit(std::move(submission), admission_);
  const Request& request = *admitted.request();
  const uint64_t id = request.id;
  const int64_t prompt_tokens = static_cast<int64_t>(request.prompt->size());
  std::lock_guard lock(mutex_);
  require_running();
  check_queue_limits(prompt_tokens);
  if (!has_work()) last_step_ = now();  // time without work is not time without progress
  inbox_.push(Submit{std::move(admitted), now()});
  ++inbox_requests_;
  inbox_tokens_ += prompt_tokens;
  return id;
}

void EngineThread::abort(uint64_t request_id) { inbox_.push(Abort{request_id}); }

void EngineThread::stop(uint64_t request_id, int32_t index) {
  inbox_.push(Stop{request_id, index});
}

void EngineThread::reset_prefix_cache() {
  {
    std::lock_guard lock(mutex_);
    require_running();
  }
  inbox_.push(ResetPrefixCache{});
}

void EngineThread::run() {
  try {
    step_until_closed();
    end_all_on_close();
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("unknown error");
  }
}

void EngineThread::step_until_closed() {
  while (true) {
    if (!engine_->has_unfinished() && !engine_->has_steps_in_flight()) inbox_.wait_for(kIdle);
    drain_inbox();
    if (inbox_.closed()) return;
    const bool launched = engine_->launch(now());
    // With room for another step, plan it before waiting for this one.
    if (!launched && engine_->has_steps_in_flight()) {
      engine_->finish_step(now);
      std::lock_guard lock(mutex_);
      ++num_steps_;
      last_step_ = now();
    } else if (!launched && engine_->has_unfinished()) {
      throw_error(ErrorKind::kInternal, "requests wait, but no step can be made of them");
    }
    publish();
  }
}

void EngineThread::drain_inbox() {
  while (auto command = inbox_.try_pop()) apply(*command);
}

void EngineThread::apply(Command& command) {
  if (auto* submit = std::get_if<Submit>(&command)) {
    add(*submit);
  } else if (const auto* abort = std::get_if<Abort>(&command)) {
    engine_->abort(abort->request_id);
  } else if (const auto* stop = std::get_if<Stop>(&command)) {
    engine_->stop(stop->request_id, stop->index);
  } else {
    engine_->reset_prefix_cache();
  }
}

void EngineThread::add(Submit& submit) {
  const Request& request = *submit.admitted.request();
  try {
    engine_->add(submit.admitted, submit.arrival);
  } catch (const std::exception& error) {  // its own misfortune: it changed nothing
    const std::string cause = error.what();
    with_patience([&] { end_unknown(request, FinishReason::kError, cause); });
  }
  std::lock_guard lock(mutex_);
  --inbox_requests_;
  inbox_tokens_ -= static_cast<int64_t>(request.prompt->size());
  scheduler_stats_ = engine_->stats();
}

void EngineThread::publish() {
  {
    std::lock_guard lock(mutex_);
    scheduler_stats_ = engine_->stats();
    num_corrupted_ = engine_->num_corrupted();
  }
  engine_->take_outputs(unpublished_);
  outbox_.put(unpublished_);
}

// Steps on their way come to their end first, as they still write to memory.
void EngineThread::end_all_on_close() {
  while (engine_->has_steps_in_flight()) engine_->finish_step(now);
  end_everything(FinishReason::kAbort, "the engine was closed");
}

void EngineThread::fail(const char* cause) {
  log(LogLevel::kError, "the engine failed: ", cause);
  with_patience([&] {
    std::lock_guard lock(mutex_);
    failure_ = cause;
    state_ = EngineState::kFailed;
  });
  inbox_.close();
  with_patience(
      [&] { end_everything(FinishReason::kError, std::string("the engine failed: ") + cause); });
}

// The inbox takes nothing any more; what it took before gets its ending here.
void EngineThread::end_everything(FinishReason reason, const std::string& error) {
  engine_->end_all(reason, error);
  engine_->take_outputs(unpublished_);
  while (auto command = inbox_.try_pop()) {
    const auto* submit = std::get_if<Submit>(&*command);
    if (submit == nullptr) continue;
    with_patience([&] { end_unknown(*submit->admitted.request(), reason, error); });
  }
  outbox_.put(unpublished_);
}

void EngineThread::end_unknown(const Request& request, FinishReason reason,
                               const std::string& error) {
  std::vector<Output> endings(request.params->n);
  for (int32_t i = 0; i < request.params->n; ++i) {
    endings[i].request_id = request.id;
    endings[i].index = i;
    endings[i].finish_reason = reason;
    endings[i].error_cause = ErrorCause::kEngine;
    endings[i].error = error;
  }
  unpublished_.reserve(unpublished_.size() + endings.size());  // nothing below throws
  for (Output& ending : endings) unpublished_.push_back(std::move(ending));
}

EngineStats EngineThread::stats() const {
  std::lock_guard lock(mutex_);
  EngineStats stats;
  stats.scheduler = scheduler_stats_;
  stats.scheduler.num_waiting += inbox_requests_;
  stats.scheduler.num_waiting_tokens += inbox_tokens_;
  stats.num_steps = num_steps_;
  stats.num_corrupted = num_corrupted_;
  stats.state = state_;
  stats.failure = failure_;
  if (state_ == EngineState::kRunning && has_work()) {
    stats.seconds_since_step = seconds(now() - last_step_);
  }
  return stats;
}

void EngineThread::close() {
  std::lock_guard closing(close_mutex_);
  {
    std::lock_guard lock(mutex_);
    if (state_ == EngineState::kClosed) return;
    if (state_ != EngineState::kFailed) state_ = EngineState::kClosed;
  }
  inbox_.close();
  { std::unique_lock loading(loading_mutex_); }  // those who load are done, and nobody begins
  if (thread_.joinable()) thread_.join();
  engine_.reset();
  outbox_.close();
  std::lock_guard lock(mutex_);
  state_ = EngineState::kClosed;
}

}  // namespace llmserve
