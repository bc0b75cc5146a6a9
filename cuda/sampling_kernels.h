// The launches of the sampling kernels, in the order in which a call makes them. Each takes all
// rows of the call and looks at those it is meant for.
#pragma once

#include <cuda_runtime_api.h>

#include "sampling_state.h"

namespace llmserve {

// Finds each row's best token, and ends greedy rows and those that are no distribution.
void launch_scan(const SamplingCall& call, cudaStream_t stream);
// Ends the rows of kRace.
void launch_race(const SamplingCall& call, cudaStream_t stream);
// Rows of kCount and kMass: finds the bin in which their cut lies, and lists the candidates.
void launch_candidates(const SamplingCall& call, cudaStream_t stream);
// Ends the rows of kCount and kMass.
void launch_filter(const SamplingCall& call, cudaStream_t stream);

// The log probability and rank of each row's token, and what launch_candidates() needs.
void launch_logprobs(const SamplingCall& call, cudaStream_t stream);
// The best tokens of each row, from the candidates.
void launch_top(const SamplingCall& call, cudaStream_t stream);

// Adds tokens to a slot's counts: once to the output, or as part of the prompt.
struct CountArgs {
  uint32_t* counts;       // of the slot
  const int32_t* tokens;  // [num_tokens] on the host, pinned
  int32_t num_tokens;
  int64_t vocab_size;  // ids outside it are passed over
  bool in_prompt;
};
void launch_count(const CountArgs& args, cudaStream_t stream);

}  // namespace llmserve
