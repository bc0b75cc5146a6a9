#include "cpu/sampling.h"

#include <algorithm>

#include "base/checked.h"
#include "cpu/draw.h"
#include "cpu/logit_rules.h"
#include "cpu/logprobs.h"
#include "cpu/sampling_state.h"

namespace llmserve {

struct CpuSampler::Impl {
  // Of one thread, each [vocab_size].
  struct Scratch {
    std::span<float> values;
    std::span<float> copy;
    std::span<Candidate> candidates;
  };
  // All of one call of sample().
  struct Draws {
    LogitsView logits;
    std::span<const SampleRow> rows;
    SlotTable slots;
    int32_t* tokens;
    uint8_t* finite;
    LogprobsView logprobs;
  };

  void check(const LogitsView& logits) const;
  std::span<const float> raw_row(const LogitsView& logits, int32_t row, Scratch& scratch) const;
  void sample_row(const Draws& draws, int64_t index, Scratch& scratch);
  int32_t choose(const SlotState& slot, std::span<const float> raw, float raw_max,
                 Scratch& scratch) const;

  int64_t vocab_size = 0;
  int32_t max_model_len = 0;
  std::vector<SlotState> slots;
  std::vector<Scratch> scratch;
};

namespace {

constexpr int32_t kNothingLeft = -1;
// Of one thread and token of the vocabulary.
constexpr int64_t kScratchBytes = 2 * sizeof(float) + sizeof(Candidate);

void check_top(const LogprobsView& view, int32_t num_top, int64_t vocab_size) {
  CHECK(view.logprob && view.rank, "log probabilities are wanted, but there is no room for them");
  CHECK(num_top >= 0 && num_top <= std::min<int64_t>(view.stride, vocab_size), num_top,
        " best tokens are wanted; there is room for ", view.stride);
}

}  // namespace

void CpuSampler::Impl::check(const LogitsView& logits) const {
  CHECK(logits.data && logits.num_shards > 0, "no logits");
  CHECK(logits.vocab_size > 0 && logits.vocab_size <= vocab_size, "logits of ", logits.vocab_size,
        " tokens; reserved for ", vocab_size);
  CHECK_GE(logits.num_shards * logits.shard_width, logits.vocab_size);
}

// The row by token id: as it lies, or put together from the shards in scratch.values.
std::span<const float> CpuSampler::Impl::raw_row(const LogitsView& logits, int32_t row,
                                                 Scratch& scratch) const {
  CHECK(row >= 0 && row < logits.num_rows, "logit row ", row, " of ", logits.num_rows);
  const float* data = logits.data + row * logits.shard_width;
  const auto size = static_cast<size_t>(logits.vocab_size);
  if (logits.num_shards == 1) return {data, size};
  int64_t done = 0;
  for (int32_t shard = 0; shard < logits.num_shards && done < logits.vocab_size; ++shard) {
    const int64_t count = std::min(logits.shard_width, logits.vocab_size - done);
    std::copy_n(data + shard * logits.num_rows * logits.shard_width, count,
                scratch.values.data() + done);
    done += count;
  }
  return scratch.values.first(size);
}

void CpuSampler::Impl::sample_row(const Draws& draws, int64_t index, Scratch& scratch) {
  const SampleRow& row = draws.rows[static_cast<size_t>(index)];
  CHECK(row.slot >= 0 && row.slot < std::ssize(slots), "sample ", index, " has slot ", row.slot);
  SlotState& slot = slots[static_cast<size_t>(row.slot)];
  CHECK(slot.used(), "sample ", index, ": slot ", row.slot, " was never initialised");
  const bool with_logprobs = row.num_logprobs != SampleRow::kNoLogprobs;
  if (with_logprobs) check_top(draws.logprobs, row.num_logprobs, draws.logits.vocab_size);
  const LogprobsRow out{&draws.logprobs, index, with_logprobs ? row.num_logprobs : 0};

  const std::span<const float> raw = raw_row(draws.logits, row.logit_row, scratch);
  const RowMax max = find_max(raw);
  const int32_t token = max.valid ? choose(slot, raw, max.value, scratch) : kNothingLeft;
  draws.finite[index] = token != kNothingLeft;
  draws.tokens[index] = std::max(token, 0);
  if (token == kNothingLeft) {
    if (with_logprobs) write_invalid_logprobs(out);
    return;
  }
  if (with_logprobs) {
    // choose() may have written over a row put together from shards.
    const std::span<const float> again = raw_row(draws.logits, row.logit_row, scratch);
    write_logprobs(again, max.value, token, out, scratch.candidates);
  }
  slot.append(token);
  draws.slots.last_token[row.slot] = token;
}

int32_t CpuSampler::Impl::choose(const SlotState& slot, std::span<const float> raw, float raw_max,
                                 Scratch& scratch) const {
  DrawArgs args{&slot.params(), slot.seed(), slot.num_tokens(), raw_max};
  if (!has_logit_rules(slot)) return draw_token(raw, args, scratch.candidates);
  const std::span<float> values = scratch.values.first(raw.size());
  if (values.data() != raw.data()) std::copy(raw.begin(), raw.end(), values.begin());
  apply_logit_rules(slot, values, scratch.copy.first(raw.size()));
  const RowMax max = find_max(values);
  if (!max.valid) return kNothingLeft;
  args.max = max.value;
  return draw_token(values, args, scratch.candidates);
}

CpuSampler::CpuSampler() : impl_(std::make_unique<Impl>()) {}

CpuSampler::~CpuSampler() = default;

int64_t CpuSampler::workspace_bytes(const StepLimits& limits, int num_threads) {
  return checked_mul(num_threads, checked_mul(limits.vocab_size, kScratchBytes));
}

void CpuSampler::reserve(const StepLimits& limits, int num_threads, void* workspace) {
  impl_->vocab_size = limits.vocab_size;
  impl_->max_model_len = limits.max_model_len;
  impl_->slots.resize(static_cast<size_t>(limits.max_rows));
  impl_->scratch.resize(static_cast<size_t>(num_threads));
  const auto vocab = static_cast<size_t>(limits.vocab_size);
  auto* memory = static_cast<char*>(workspace);
  for (Impl::Scratch& scratch : impl_->scratch) {
    auto* floats = reinterpret_cast<float*>(memory);
    scratch.values = {floats, vocab};
    scratch.copy = {floats + vocab, vocab};
    scratch.candidates = {reinterpret_cast<Candidate*>(floats + 2 * vocab), vocab};
    memory += limits.vocab_size * kScratchBytes;
  }
}

void CpuSampler::init_slot(const SlotInit& init) {
  CHECK(init.slot >= 0 && init.slot < std::ssize(impl_->slots), "init_slot: slot ", init.slot);
  impl_->slots[static_cast<size_t>(init.slot)].init(init, impl_->max_model_len, impl_->vocab_size);
}

void CpuSampler::sample(ThreadPool& pool, const LogitsView& logits, std::span<const SampleRow> rows,
                        const SlotTable& slots, int32_t* tokens, uint8_t* finite,
                        const LogprobsView& logprobs) {
  if (rows.empty()) return;
  impl_->check(logits);
  const Impl::Draws draws{logits, rows, slots, tokens, finite, logprobs};
  pool.parallel_each(std::ssize(rows), [this, &draws](int64_t row, int thread) {
    impl_->sample_row(draws, row, impl_->scratch[static_cast<size_t>(thread)]);
  });
}

void CpuSampler::score(ThreadPool& pool, const LogitsView& logits, std::span<const ScoreRow> rows,
                       const LogprobsView& logprobs) {
  if (rows.empty()) return;
  impl_->check(logits);
  struct Scores {
    Impl& impl;
    const LogitsView& logits;
    std::span<const ScoreRow> rows;
    const LogprobsView& logprobs;
  } scores{*impl_, logits, rows, logprobs};
  pool.parallel_each(std::ssize(rows), [&scores](int64_t index, int thread) {
    const ScoreRow& row = scores.rows[static_cast<size_t>(index)];
    Impl::Scratch& scratch = scores.impl.scratch[static_cast<size_t>(thread)];
    check_top(scores.logprobs, row.num_logprobs, scores.logits.vocab_size);
    CHECK(row.target >= 0 && row.target < scores.logits.vocab_size, "score ", index, " has target ",
          row.target);
    const LogprobsRow out{&scores.logprobs, index, row.num_logprobs};
    const std::span<const float> raw = scores.impl.raw_row(scores.logits, row.logit_row, scratch);
    const RowMax max = find_max(raw);
    if (!max.valid) return write_invalid_logprobs(out);
    write_logprobs(raw, max.value, row.target, out, scratch.candidates);
  });
}

}  // namespace llmserve
