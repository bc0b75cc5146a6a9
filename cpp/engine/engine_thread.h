// EngineThread: brings an Engine its thread and its callers. Requests enter by an inbox, outputs
// leave by the outbox; the thread never takes a lock of Python's, sleeps when there is nothing to
// do, and turns any failure into an error ending of every request.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <variant>

#include "base/queue.h"
#include "engine/engine.h"
#include "engine/outbox.h"

namespace llmserve {

enum class EngineState : uint8_t { kLoading, kRunning, kFailed, kClosed };

struct EngineStats {
  SchedulerStats scheduler;
  int64_t num_steps = 0;
  int64_t num_corrupted = 0;
  double seconds_since_step = 0.0;  // 0 when there is no work
  EngineState state = EngineState::kLoading;
  std::string failure;
};

class EngineThread {
 public:
  EngineThread(const ModelSpec& spec, const EngineConfig& config,
               std::shared_ptr<const TokenTable> table, const BackendMaker& maker = make_backend);
  // Closes.
  ~EngineThread();

  // Loading, by any number of threads. Throws Unavailable once started or closed; start() and
  // close() wait until nobody holds one.
  class Loading {
   public:
    WorkerGroup* operator->() const { return workers_; }

   private:
    friend class EngineThread;
    explicit Loading(std::shared_mutex& mutex) : lock_(mutex) {}

    std::shared_lock<std::shared_mutex> lock_;
    WorkerGroup* workers_ = nullptr;
  };
  Loading loading_workers();
  void start();

  // Any thread. Throws InvalidArgument, Overloaded or Unavailable; otherwise the request will have
  // exactly one ending per sample. Returns the request's id.
  uint64_t submit(Submission&& submission);
  void abort(uint64_t request_id);
  void stop(uint64_t request_id, int32_t index);
  void reset_prefix_cache();
  Outbox& outbox() { return outbox_; }
  EngineStats stats() const;

  const MemoryPlan& memory_plan() const { return memory_plan_; }
  const std::string& backend_name() const { return backend_name_; }
  const EngineConfig& config() const { return config_; }
  int64_t vocab_size() const { return admission_.vocab_size; }

  // Ends every request (kAbort), joins all threads, frees all memory. Again: nothing.
  void close();

 private:
  struct Submit {
    Admitted admitted;
    Time arrival;
  };
  struct Abort {
    uint64_t request_id;
  };
  struct Stop {
    uint64_t request_id;
    int32_t index;
  };
  struct ResetPrefixCache {};
  using Command = std::variant<Submit, Abort, Stop, ResetPrefixCache>;

  void run();
  void step_until_closed();
  void drain_inbox();
  void apply(Command& command);
  void add(Submit& submit);
  void publish();
  void fail(const char* cause);
  void end_all_on_close();
  void end_everything(FinishReason reason, const std::string& error);
  // Error or abort endings of all samples of a request that the engine does not know.
  void end_unknown(const Request& request, FinishReason reason, const std::string& error);
  void check_queue_limits(int64_t prompt_tokens);
  void require_loading() const;
  void require_running() const;
  bool has_work() const;

  const EngineConfig config_;
  std::unique_ptr<Engine> engine_;  // touched by the thread alone while it runs
  AdmissionLimits admission_;
  MemoryPlan memory_plan_;
  std::string backend_name_;
  Queue<Command> inbox_;
  std::vector<Output> unpublished_;  // of the thread: on their way to the outbox
  Outbox outbox_;
  std::thread thread_;
  std::mutex close_mutex_;
  std::shared_mutex loading_mutex_;  // shared: weights are being loaded; taken after close_mutex_

  mutable std::mutex mutex_;  // guards what follows
  EngineState state_ = EngineState::kLoading;
  std::string failure_;
  uint64_t next_id_ = 1;
  SchedulerStats scheduler_stats_;
  int64_t num_steps_ = 0;
  int64_t num_corrupted_ = 0;
  int32_t inbox_requests_ = 0;  // submitted, not yet with the scheduler
  int64_t inbox_tokens_ = 0;
  Time last_step_{0};  // or when work came after a time without
};

}  // namespace llmserve
