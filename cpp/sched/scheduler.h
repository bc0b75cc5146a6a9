// Scheduler: decides what each step computes. Pure bookkeeping: no thread, no clock, no device.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sched/request.h"
#include "sched/step_plan.h"

namespace llmserve {

struct SchedulerConfig {
  int32_t num_blocks = 0;
  int32_t block_size = 16;
  int32_t max_num_seqs = 256;  // running at once; also the number of slots
  int32_t max_num_batched_tokens = 2048;
  int32_t max_logit_rows = 256;  // samples and scores in one step; >= max_num_seqs
  int32_t max_model_len = 0;     // num_blocks * block_size must hold it
  int32_t max_steps_in_flight = 2;
  bool enable_prefix_caching = true;
  bool enable_chunked_prefill = true;
  int32_t long_prefill_token_threshold = 0;
  SchedulingPolicy policy = SchedulingPolicy::kFcfs;
  uint64_t hash_seed = 0;  // keys the prefix cache: random per process, fixed in tests
};

// What happened to one sample of a request. A request's samples have index 0 .. n-1; each ends in
// exactly one event with a finish_reason.
struct SequenceEvent {
  uint64_t request_id = 0;
  int32_t index = 0;
  std::optional<int32_t> token;  // a new token
  TokenLogprobs logprobs;        // of it, if wanted
  FinishReason finish_reason = FinishReason::kNone;
  std::optional<int32_t> stop_token;           // the stop_token_ids entry that ended it; not EOS
  ErrorCause error_cause = ErrorCause::kNone;  // with kError
  std::string error;                           // one sentence, with kError
  std::vector<TokenLogprobs> prompt_logprobs;  // of further prompt tokens, from the second on
  int32_t num_cached_tokens = 0;               // prompt tokens taken from the prefix cache
  std::optional<Time> scheduled_at;            // with the first token: when it left the queue
  int32_t num_preemptions = 0;                 // of the sample, so far
};

// Steps by the number of tokens that each computed.
struct StepSizes {
  static constexpr std::array<int32_t, 13> kBounds = {1,   8,    16,   32,   64,   128,  256,
                                                      512, 1024, 2048, 4096, 8192, 16384};
  std::array<int64_t, kBounds.size() + 1> counts{};  // up to each bound, each step once; then more
  int64_t num_tokens = 0;                            // of all steps

  void add(int32_t tokens) noexcept {
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), tokens);
    ++counts[bound - kBounds.begin()];
    num_tokens += tokens;
  }
};

struct SchedulerStats {
  int32_t num_running = 0;
  int32_t num_waiting = 0;
  int64_t num_waiting_tokens = 0;  // prompt tokens
  int32_t num_free_blocks = 0;     // cached ones that nobody holds count as free
  int32_t num_blocks = 0;
  int64_t num_preemptions = 0;
  int64_t prefix_cache_queries = 0;  // tokens
  int64_t prefix_cache_hits = 0;
  int64_t num_prompt_tokens = 0;  // computed or taken from the cache, each once
  int64_t num_generation_tokens = 0;
  StepSizes step_sizes;
};

class Scheduler {
 public:
  explicit Scheduler(const SchedulerConfig& config);
  ~Scheduler();

  void add(const Admitted& admitted, Time now);
  // Ends all samples of a request (kAbort). Unknown or ended: nothing.
  void abort(uint64_t request_id);
  // Ends one sample because its text met a stop string (kStop). Unknown or ended: nothing. No event
  // comes of it: the caller knows.
  void stop(uint64_t request_id, int32_t index);

  // The next step, or an empty plan where nothing can run now (no work, or all of it in flight).
  StepPlan schedule(Time now);
  // The result of the oldest step in flight.
  void commit(const StepResult& result, Time now);
  // Everything that happened since the last call, in order.
  std::vector<SequenceEvent> take_events();

  bool has_unfinished() const;    // waiting or running
  int32_t num_in_flight() const;  // steps
  // The earliest deadline of any request, so that an idle caller knows when to look again.
  std::optional<Time> next_deadline() const;
  SchedulerStats stats() const;
  // Forgets all cached prefixes that no running sequence holds; hits begin anew from now.
  void reset_prefix_cache();
  // Throws on any broken invariant; the list is in scheduler_invariants.cpp.
  void check_invariants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmserve
