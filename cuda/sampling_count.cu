// Counting the tokens of a slot that is taken anew, for penalties.
#include "base/checked.h"
#include "cuda_check.h"
#include "sampling_kernels.h"

namespace llmserve {
namespace {

constexpr int kCountThreads = 256;

__global__ __launch_bounds__(kCountThreads) void count_tokens(CountArgs args) {
  const int64_t i = static_cast<int64_t>(blockIdx.x) * kCountThreads + threadIdx.x;
  if (i >= args.num_tokens) return;
  const int32_t token = args.tokens[i];
  if (token < 0 || token >= args.vocab_size) return;
  if (args.in_prompt) {
    atomicOr(args.counts + token, kInPrompt);
  } else {
    atomicAdd(args.counts + token, 1u);
  }
}

}  // namespace

void launch_count(const CountArgs& args, cudaStream_t stream) {
  if (args.num_tokens == 0) return;
  const auto blocks = static_cast<uint32_t>(ceil_div(args.num_tokens, kCountThreads));
  count_tokens<<<blocks, kCountThreads, 0, stream>>>(args);
  CUDA_CHECK_LAUNCH();
}

}  // namespace llmserve
