#include "cpu/sampling_state.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace llmserve {

void TokenCounts::reset(int64_t capacity) {
  entries_ = {};
  index_ = {};
  if (capacity == 0) return;
  entries_.reserve(static_cast<size_t>(capacity));
  rebuild_index(std::bit_ceil(static_cast<size_t>(capacity) * 2));
}

TokenCounts::Entry& TokenCounts::find_or_add(int32_t token) {
  if ((entries_.size() + 1) * 2 > index_.size()) {
    rebuild_index(std::max<size_t>(16, index_.size() * 2));
  }
  const size_t mask = index_.size() - 1;
  size_t at = static_cast<uint32_t>(token) * 0x9e3779b1u & mask;
  while (index_[at] != kEmpty) {
    Entry& entry = entries_[static_cast<size_t>(index_[at])];
    if (entry.token == token) return entry;
    at = (at + 1) & mask;
  }
  index_[at] = static_cast<int32_t>(entries_.size());
  return entries_.emplace_back(Entry{token, 0});
}

void TokenCounts::rebuild_index(size_t size) {
  index_.assign(size, kEmpty);
  const size_t mask = size - 1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t at = static_cast<uint32_t>(entries_[i].token) * 0x9e3779b1u & mask;
    while (index_[at] != kEmpty) at = (at + 1) & mask;
    index_[at] = static_cast<int32_t>(i);
  }
}

void SlotState::init(const SlotInit& init, int32_t max_model_len, int64_t vocab_size) {
  CHECK(init.params && init.prompt, "init_slot: slot ", init.slot, " has no params or no prompt");
  params_ = init.params;
  stop_ids_ = init.stop_ids;
  seed_ = init.seed;
  num_prompt_ = static_cast<int32_t>(init.prompt->size());
  num_output_ = 0;
  counts_.reset(0);
  if (params_->has_penalties()) {
    const bool with_prompt = params_->repetition_penalty != 1.0f;
    const int64_t most_output =
        std::min<int64_t>(params_->max_tokens.value_or(max_model_len), max_model_len - num_prompt_);
    // A few more: tokens may be drawn past the end before anyone has seen that it was reached.
    const int64_t most = (with_prompt ? num_prompt_ : 0) + std::max<int64_t>(most_output, 0) + 8;
    counts_.reset(std::min(most, vocab_size + 1));
    if (with_prompt) {
      for (const int32_t token : *init.prompt) counts_.add_prompt(token);
    }
  }
  for (const int32_t token : init.output) append(token);
}

bool SlotState::ends_with_prefix(const std::vector<int32_t>& word) const {
  const int32_t length = static_cast<int32_t>(word.size()) - 1;
  if (length > num_output_) return false;
  for (int32_t i = 0; i < length; ++i) {
    const auto at = static_cast<size_t>(num_output_ - length + i) % recent_.size();
    if (recent_[at] != word[static_cast<size_t>(i)]) return false;
  }
  return true;
}

void SlotState::append(int32_t token) {
  recent_[static_cast<size_t>(num_output_) % recent_.size()] = token;
  ++num_output_;
  if (params_->has_penalties()) counts_.add_output(token);
}

}  // namespace llmserve
