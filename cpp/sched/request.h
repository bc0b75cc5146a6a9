// Request: what was submitted, checked and immutable. Only admit() makes an Admitted, and the
// scheduler takes nothing else: what it holds can always run.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spec/engine_config.h"
#include "spec/sampling_params.h"

namespace llmserve {

// The scheduler has no clock of its own: every call brings the time, from any steady origin.
using Time = std::chrono::nanoseconds;

// As it comes from outside.
struct Submission {
  uint64_t id = 0;  // ours alone, unique; a caller's own id is text for the log
  std::vector<int32_t> prompt;
  SamplingParams params;
  std::vector<int32_t> eos_ids;  // ids that end a sequence unless ignore_eos
  int32_t priority = 0;          // lower first, under the priority policy
  std::string cache_salt;        // prefix-cache hits only among equal salts
  std::optional<Time> timeout;   // from arrival
};

// What a submission is checked against.
struct AdmissionLimits {
  int64_t vocab_size = 0;  // width of the logits; ids of a prompt are below it too
  int32_t max_model_len = 0;
  int32_t max_logprobs = 0;  // -1: the whole vocabulary
  uint64_t seed = 0;         // of the engine: what unseeded requests draw theirs from
};

struct Request {
  uint64_t id = 0;
  std::shared_ptr<const std::vector<int32_t>> prompt;
  std::shared_ptr<const SamplingParams> params;
  std::shared_ptr<const std::vector<int32_t>>
      stop_ids;                  // eos and stop_token_ids: masked ids of min_tokens
  std::vector<int32_t> eos_ids;  // empty with ignore_eos
  int32_t max_tokens = 0;        // resolved: >= 1, fits the context
  uint64_t seed = 0;             // of sample 0; sample i has seed + i
  int32_t priority = 0;
  std::string cache_salt;
  std::optional<Time> timeout;
};

class Admitted {
 public:
  const std::shared_ptr<const Request>& request() const { return request_; }

 private:
  explicit Admitted(std::shared_ptr<const Request> request) : request_(std::move(request)) {}
  friend Admitted admit(Submission submission, const AdmissionLimits& limits);

  std::shared_ptr<const Request> request_;
};

// Checks every field and every product against its bound. Throws InvalidArgument with one sentence
// that names the field, the value and what is allowed.
Admitted admit(Submission submission, const AdmissionLimits& limits);

}  // namespace llmserve
