#include "sched/sequence.h"

#include <algorithm>

namespace llmserve {

Sequence::Sequence(Group* owner, const Rank& owner_rank)
    : group(owner), rank(owner_rank), node(WaitingQueue::make_node({owner_rank, nullptr})) {}

int32_t Sequence::token(int32_t position) const {
  const std::vector<int32_t>& prompt = *group->request->prompt;
  const auto index = static_cast<size_t>(position);
  return index < prompt.size() ? prompt[index] : output[index - prompt.size()];
}

void Sequence::copy_tokens(int32_t begin, std::span<int32_t> out) const {
  const std::vector<int32_t>& prompt = *group->request->prompt;
  const int32_t end = begin + static_cast<int32_t>(out.size());
  const int32_t from_prompt = std::clamp(prompt_size() - begin, 0, end - begin);
  if (from_prompt > 0) std::copy_n(prompt.begin() + begin, from_prompt, out.begin());
  const int32_t from_output = end - begin - from_prompt;
  if (from_output == 0) return;
  const auto first = output.begin() + (begin + from_prompt - prompt_size());
  std::copy_n(first, from_output, out.begin() + from_prompt);
}

void Sequence::release() noexcept {
  while (!blocks.empty()) blocks.pop_back();
  slot.reset();
  num_scheduled = num_computed = num_published = 0;
}

Group::Group(std::shared_ptr<const Request> of, int32_t priority, uint64_t arrival)
    : request(std::move(of)) {
  const int32_t n = request->params->n;
  samples.reserve(static_cast<size_t>(n));
  for (int32_t index = 0; index < n; ++index) {
    samples.emplace_back(this, Rank{priority, arrival, index});
    samples.back().node.value().sequence = &samples.back();
  }
  num_live = n;
}

}  // namespace llmserve
