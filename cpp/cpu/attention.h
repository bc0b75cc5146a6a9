// Paged attention on the CPU: the readable reference of every attention kernel.
#pragma once

#include "backend/backend.h"
#include "cpu/isa.h"
#include "cpu/parallel.h"

namespace llmserve {

// Bytes of scratch memory for the largest step.
int64_t cpu_attention_workspace(const StepLimits& limits, int num_threads);

// Backend::attention. Each (token, head) is computed in chunks of a fixed number of cached tokens
// and combined in chunk order, so that a token's result is the same bits whether it was computed in
// a prefill chunk or as a decode row, whoever its neighbours were, on any number of threads.
void cpu_attention(ThreadPool& pool, CpuIsa isa, const AttentionArgs& args, const StepView& step,
                   const SlotTable& slots, void* workspace);

}  // namespace llmserve
