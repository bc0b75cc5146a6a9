// A device and a model made of hashes, to run the scheduler against: the KV store remembers, for
// each position of each page, which text it was computed from, so that every row can be checked to
// attend exactly its own prefix; the next token is a hash of that prefix, so that any request's
// output is known without running it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"
#include "sched/scheduler.h"
#include "sched/siphash.h"

namespace llmserve::test {

inline uint64_t combine(uint64_t a, uint64_t b) { return mix64(a ^ mix64(b + 0x51ed27u)); }

// All randomness of a test comes from one seed.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}
  uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
  int32_t range(int32_t least, int32_t most) {
    return least + static_cast<int32_t>(next() % static_cast<uint64_t>(most - least + 1));
  }
  bool chance(int32_t percent) { return range(1, 100) <= percent; }

 private:
  uint64_t state_;
};

struct FakeModel {
  int32_t vocab_size = 40;
  uint64_t nonfinite_every = 0;  // one prefix in so many gives non-finite logits; 0: none

  bool finite(uint64_t prefix) const {
    return nonfinite_every == 0 || mix64(prefix ^ 0xbadu) % nonfinite_every != 0;
  }
  // The token after `prefix`, with stop ids masked until min_tokens are out.
  int32_t draw(uint64_t prefix, uint64_t seed, const SamplingParams& params,
               const std::vector<int32_t>& stop_ids, size_t num_output) const {
    const bool masked = num_output < static_cast<size_t>(params.min_tokens);
    for (uint64_t attempt = 0;; ++attempt) {
      const uint64_t hash = combine(combine(prefix, params.greedy() ? 0 : seed), attempt);
      const auto token = static_cast<int32_t>(hash % static_cast<uint64_t>(vocab_size));
      if (!masked || std::find(stop_ids.begin(), stop_ids.end(), token) == stop_ids.end()) {
        return token;
      }
    }
  }
  static float score(uint64_t prefix, int32_t target) {
    return -static_cast<float>(combine(prefix, static_cast<uint64_t>(target)) % 1000);
  }
};

// prefixes[i]: the text of the first i + 1 tokens.
inline std::vector<uint64_t> prefixes_of(const std::vector<int32_t>& tokens) {
  std::vector<uint64_t> prefixes;
  uint64_t prefix = 0;
  for (const int32_t token : tokens) {
    prefixes.push_back(prefix = combine(prefix, static_cast<uint64_t>(token)));
  }
  return prefixes;
}

// What a sample gives when it runs alone and undisturbed.
struct Expected {
  std::vector<int32_t> tokens;
  FinishReason reason = FinishReason::kNone;
  std::optional<int32_t> stop_token;
};

inline Expected expected_output(const FakeModel& model, const Request& request, int32_t index) {
  Expected expected;
  const auto holds = [](const std::vector<int32_t>& ids, int32_t token) {
    return std::find(ids.begin(), ids.end(), token) != ids.end();
  };
  uint64_t prefix = prefixes_of(*request.prompt).back();
  const uint64_t seed = request.seed + static_cast<uint64_t>(index);
  while (expected.reason == FinishReason::kNone) {
    if (!model.finite(prefix)) {
      expected.reason = FinishReason::kError;
      break;
    }
    const int32_t token =
        model.draw(prefix, seed, *request.params, *request.stop_ids, expected.tokens.size());
    expected.tokens.push_back(token);
    prefix = combine(prefix, static_cast<uint64_t>(token));
    const bool may_stop = expected.tokens.size() >= static_cast<size_t>(request.params->min_tokens);
    if (may_stop && holds(request.eos_ids, token)) {
      expected.reason = FinishReason::kStop;
    } else if (may_stop && holds(request.params->stop_token_ids, token)) {
      expected.reason = FinishReason::kStop;
      expected.stop_token = token;
    } else if (static_cast<int32_t>(expected.tokens.size()) == request.max_tokens) {
      expected.reason = FinishReason::kLength;
    }
  }
  return expected;
}

// Runs plans in order and at once; when a result is handed over is the test's choice.
class FakeDevice {
 public:
  FakeDevice(const SchedulerConfig& config, const FakeModel& model)
      : config_(config),
        model_(model),
        pages_(static_cast<size_t>(config.num_blocks),
               std::vector<uint64_t>(static_cast<size_t>(config.block_size), 0)),
        slots_(static_cast<size_t>(config.max_num_seqs)) {}

  StepResult run(const StepPlan& plan) {
    CHECK_EQ(plan.id, last_id_ + 1, "plans are numbered without a gap");
    last_id_ = plan.id;
    check_budgets(plan);
    copy_pages(plan);
    std::set<int32_t> initialised;
    for (const SlotInit& init : plan.slot_inits) {
      CHECK(initialised.insert(init.slot).second, "slot ", init.slot, " is given twice");
      slots_.at(static_cast<size_t>(init.slot)) = make_slot(init);
    }
    for (const PageUpdate& update : plan.page_updates) {
      CHECK(update.block >= 0 && update.block < config_.num_blocks);
      std::vector<int32_t>& pages = slot(update.slot).pages;
      CHECK_LE(static_cast<size_t>(update.index), pages.size(), "a gap in a page table");
      if (static_cast<size_t>(update.index) == pages.size()) pages.push_back(update.block);
      pages[static_cast<size_t>(update.index)] = update.block;
    }
    const std::vector<TokenAt> tokens = run_rows(plan);
    return finish(plan, tokens);
  }

  // Of all that later steps depend on.
  uint64_t digest() const {
    uint64_t hash = 0;
    for (const auto& page : pages_) {
      for (const uint64_t prefix : page) hash = combine(hash, prefix);
    }
    for (const SlotState& slot : slots_) {
      hash = combine(hash, slot.tokens.size());
      for (const int32_t page : slot.pages) hash = combine(hash, static_cast<uint64_t>(page));
      if (!slot.prefixes.empty()) hash = combine(hash, slot.prefixes.back());
    }
    return hash;
  }

 private:
  struct SlotState {
    std::shared_ptr<const SamplingParams> params;
    std::shared_ptr<const std::vector<int32_t>> stop_ids;
    uint64_t seed = 0;
    std::vector<int32_t> tokens;  // prompt and output: what its KV must be of
    std::vector<uint64_t> prefixes;
    size_t prompt_size = 0;
    std::vector<int32_t> pages;
    bool nonfinite = false;  // what comes after is computed in vain
  };

  struct TokenAt {
    int32_t slot;
    int32_t position;
  };

  SlotState& slot(int32_t index) {
    SlotState& state = slots_.at(static_cast<size_t>(index));
    CHECK(state.params != nullptr, "slot ", index, " was never given");
    return state;
  }

  uint64_t& kv(const SlotState& state, int32_t position) {
    const auto page = static_cast<size_t>(position / config_.block_size);
    CHECK_LT(page, state.pages.size(), "position ", position, " has no page");
    return pages_[static_cast<size_t>(state.pages[page])]
                 [static_cast<size_t>(position % config_.block_size)];
  }

  static SlotState make_slot(const SlotInit& init) {
    SlotState state;
    state.params = init.params;
    state.stop_ids = init.stop_ids;
    state.seed = init.seed;
    state.tokens = *init.prompt;
    state.prompt_size = init.prompt->size();
    state.tokens.insert(state.tokens.end(), init.output.begin(), init.output.end());
    state.prefixes = prefixes_of(state.tokens);
    return state;
  }

  void check_budgets(const StepPlan& plan) const {
    CHECK_LE(plan.num_tokens(), config_.max_num_batched_tokens);
    CHECK_LE(plan.rows.size(), static_cast<size_t>(config_.max_num_seqs));
    CHECK_LE(plan.samples.size() + plan.scores.size(), static_cast<size_t>(config_.max_logit_rows));
    CHECK_LE(plan.logit_tokens.size(), plan.samples.size() + plan.scores.size());
    for (const int32_t token : plan.logit_tokens) {
      CHECK(token >= 0 && token < plan.num_tokens());
    }
    bool prefill_seen = false;
    for (const PlanRow& row : plan.rows) {
      if (row.num_tokens > 1) prefill_seen = true;
      const bool decodes = row.token_offset == PlanRow::kFromSlot;
      const bool begins = std::any_of(plan.slot_inits.begin(), plan.slot_inits.end(),
                                      [&](const SlotInit& init) { return init.slot == row.slot; });
      CHECK(!decodes || begins || !prefill_seen, "a decode row after a prompt");
    }
  }

  // All at once, as on a device: no page may take part in two copies unless both only read it.
  void copy_pages(const StepPlan& plan) {
    std::set<int32_t> read, written;
    for (const PageCopy& copy : plan.page_copies) {
      CHECK(written.insert(copy.to).second, "page ", copy.to, " is written by two copies");
      read.insert(copy.from);
    }
    for (const int32_t page : written) CHECK(!read.contains(page), "page ", page, " races");
    for (const PageCopy& copy : plan.page_copies) {
      pages_.at(static_cast<size_t>(copy.to)) = pages_.at(static_cast<size_t>(copy.from));
    }
  }

  std::vector<TokenAt> run_rows(const StepPlan& plan) {
    std::vector<TokenAt> tokens;
    std::set<int32_t> used;
    std::set<const uint64_t*> written;
    for (const PlanRow& row : plan.rows) {
      CHECK(used.insert(row.slot).second, "slot ", row.slot, " has two rows");
      CHECK_GE(row.num_tokens, 1);
      SlotState& state = slot(row.slot);
      for (int32_t i = 0; i < row.num_tokens; ++i) {
        const int32_t position = row.start + i;
        tokens.push_back({row.slot, position});
        uint64_t& place = kv(state, position);
        CHECK(written.insert(&place).second, "two rows write one place");
        if (state.nonfinite) {
          place = 0;
          continue;
        }
        const int32_t token =
            row.token_offset == PlanRow::kFromSlot
                ? state.tokens.back()
                : plan.tokens.at(static_cast<size_t>(row.token_offset) + static_cast<size_t>(i));
        CHECK_LT(static_cast<size_t>(position), state.tokens.size(), "a token from the future");
        CHECK_EQ(token, state.tokens[static_cast<size_t>(position)], "at position ", position);
        place = state.prefixes[static_cast<size_t>(position)];
      }
    }
    // All rows have written before any attends, as in a layer.
    for (const PlanRow& row : plan.rows) check_attended(row.slot, row.start + row.num_tokens);
    return tokens;
  }

  void check_attended(int32_t index, int32_t end) {
    const SlotState& state = slot(index);
    if (state.nonfinite) return;
    for (int32_t position = 0; position < end; ++position) {
      CHECK_EQ(kv(state, position), state.prefixes[static_cast<size_t>(position)], "slot ", index,
               " attends another text at position ", position);
    }
  }

  StepResult finish(const StepPlan& plan, const std::vector<TokenAt>& tokens) {
    StepResult result;
    result.id = plan.id;
    const auto at_logit_row = [&](int32_t logit_row) {
      return tokens.at(static_cast<size_t>(plan.logit_tokens.at(static_cast<size_t>(logit_row))));
    };
    // Scores first: they read what the draws then change.
    for (const ScoreRow& row : plan.scores) {
      const TokenAt at = at_logit_row(row.logit_row);
      const SlotState& state = slot(at.slot);
      const auto next = static_cast<size_t>(at.position) + 1;
      CHECK(next < state.prompt_size && state.tokens[next] == row.target, "a wrong score target");
      TokenLogprobs logprobs;
      logprobs.token = row.target;
      logprobs.logprob = FakeModel::score(state.prefixes[next - 1], row.target);
      result.scores.push_back(logprobs);
    }
    std::set<int32_t> drawn;
    for (const SampleRow& row : plan.samples) {
      CHECK(drawn.insert(row.slot).second, "slot ", row.slot, " draws twice");
      result.samples.push_back(sample(row, at_logit_row(row.logit_row)));
    }
    return result;
  }

  SampleResult sample(const SampleRow& row, const TokenAt& at) {
    SlotState& state = slot(row.slot);
    SampleResult result;
    if (state.nonfinite) {
      result.finite = false;
      return result;
    }
    CHECK_EQ(static_cast<size_t>(at.position) + 1, state.tokens.size(), "not the last token");
    check_attended(row.slot, at.position + 1);
    const uint64_t prefix = state.prefixes.back();
    if (!model_.finite(prefix)) {
      state.nonfinite = true;
      result.finite = false;
      return result;
    }
    result.token = model_.draw(prefix, state.seed, *state.params, *state.stop_ids,
                               state.tokens.size() - state.prompt_size);
    if (row.num_logprobs >= 0) result.logprobs.logprob = FakeModel::score(prefix, result.token);
    state.tokens.push_back(result.token);
    state.prefixes.push_back(combine(prefix, static_cast<uint64_t>(result.token)));
    return result;
  }

  SchedulerConfig config_;
  FakeModel model_;
  std::vector<std::vector<uint64_t>> pages_;
  std::vector<SlotState> slots_;
  int64_t last_id_ = 0;
};

}  // namespace llmserve::test
