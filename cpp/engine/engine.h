// Engine: scheduler, workers and the text of every sample, stepped by one thread. What is here
// knows neither threads of callers nor a clock; EngineThread brings both.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/output.h"
#include "engine/worker_group.h"
#include "sched/scheduler.h"
#include "text/text_stream.h"

namespace llmserve {

class Engine {
 public:
  // `table` is null where the caller makes text of tokens himself.
  Engine(const ModelSpec& spec, const EngineConfig& config, std::shared_ptr<const TokenTable> table,
         const BackendMaker& maker = make_backend);
  ~Engine();

  WorkerGroup& workers() { return *workers_; }
  const WorkerGroup& workers() const { return *workers_; }
  const AdmissionLimits& admission_limits() const { return admission_; }
  // Throws InvalidArgument that names all weights still missing; otherwise starts the workers.
  void start();

  void add(const Admitted& admitted, Time now);
  void abort(uint64_t request_id);
  void stop(uint64_t request_id, int32_t index);
  void reset_prefix_cache() { scheduler_->reset_prefix_cache(); }

  bool has_unfinished() const { return scheduler_->has_unfinished(); }
  bool has_steps_in_flight() const { return scheduler_->num_in_flight() > 0; }
  SchedulerStats stats() const { return scheduler_->stats(); }
  int64_t num_corrupted() const { return num_corrupted_; }

  // Launches the next step if there is one. False: nothing can be launched now.
  bool launch(Time now);
  // Waits for the oldest step in flight and takes it in; `clock` is read when it has come.
  void finish_step(Time (*clock)());
  // Appends what is new since the last call; all of it, or nothing where it throws.
  void take_outputs(std::vector<Output>& to);

  // Ends every request; for an engine that will not step again. Where it throws, it can be called
  // again and goes on.
  void end_all(FinishReason reason, const std::string& error);

 private:
  struct Sample {
    std::unique_ptr<TextStream> text;  // null: no text wanted
    Output pending;                    // what nobody has taken yet
    bool touched = false;              // is in touched_
    bool done = false;
  };
  struct Active {
    std::shared_ptr<const Request> request;
    std::vector<Sample> samples;
    int32_t live = 0;
  };

  void take_event(SequenceEvent& event, Time now);
  // Returns whether its text met a stop string.
  bool take_token(const Request& request, Sample& sample, SequenceEvent& event, Time now);
  void end_sample(uint64_t request_id, int32_t index, FinishReason reason);

  const ModelSpec spec_;
  const EngineConfig config_;
  std::shared_ptr<const TokenTable> table_;
  std::unique_ptr<WorkerGroup> workers_;
  std::unique_ptr<Scheduler> scheduler_;
  AdmissionLimits admission_;
  std::unordered_map<uint64_t, Active> active_;
  std::vector<std::pair<uint64_t, int32_t>> touched_;  // samples with something new
  std::vector<Output> ended_;                          // last outputs of ended samples
  int64_t num_corrupted_ = 0;
};

}  // namespace llmserve
