// What one slot keeps for sampling from token to token.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "spec/step.h"

namespace llmserve {

// How often each token occurs, for tokens that occur at all: a list to walk and a hash index into
// it. Far smaller than a row of counts over the vocabulary, and as exact.
class TokenCounts {
 public:
  struct Entry {
    int32_t token;
    int32_t in_output;
  };

  // Room for so many different tokens: none is allocated until there are more.
  void reset(int64_t capacity);
  void add_prompt(int32_t token) { find_or_add(token); }
  void add_output(int32_t token) { ++find_or_add(token).in_output; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  Entry& find_or_add(int32_t token);
  void rebuild_index(size_t size);

  std::vector<Entry> entries_;
  std::vector<int32_t> index_;  // into entries_, kEmpty where free; a power of two
  static constexpr int32_t kEmpty = -1;
};

class SlotState {
 public:
  // Takes the slot anew. `max_model_len` bounds the output that is still to come, `vocab_size` the
  // tokens that can differ.
  void init(const SlotInit& init, int32_t max_model_len, int64_t vocab_size);
  bool used() const { return params_ != nullptr; }

  const SamplingParams& params() const { return *params_; }
  uint64_t seed() const { return seed_; }
  int32_t num_tokens() const { return num_prompt_ + num_output_; }
  int32_t num_output() const { return num_output_; }
  const TokenCounts& counts() const { return counts_; }
  bool stop_is_masked() const { return num_output_ < params_->min_tokens && stop_ids_; }
  const std::vector<int32_t>& stop_ids() const { return *stop_ids_; }

  // Whether the output ends with all of the word but its last token.
  bool ends_with_prefix(const std::vector<int32_t>& word) const;
  void append(int32_t token);

 private:
  std::shared_ptr<const SamplingParams> params_;
  std::shared_ptr<const std::vector<int32_t>> stop_ids_;
  uint64_t seed_ = 0;
  int32_t num_prompt_ = 0;
  int32_t num_output_ = 0;
  // The last output tokens, token i at i % size: as many as the longest bad word looks back on.
  std::array<int32_t, SamplingLimits::kMaxBadWordTokens> recent_{};
  TokenCounts counts_;  // with penalties only; prompt tokens with repetition_penalty only
};

}  // namespace llmserve
