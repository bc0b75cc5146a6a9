// CudaSampler's host side: where its memory lies, what a slot is given, and which kernels a call
// needs.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/checked.h"
#include "cuda_check.h"
#include "sampling.h"
#include "sampling_device.cuh"
#include "sampling_kernels.h"
#include "small_copy.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;
constexpr int64_t kStagedAlignment = 16;
constexpr float kMaxBias = 100.0f;
// Tiles of a row are counted by the second dimension of a grid.
constexpr int64_t kMaxVocab = int64_t{65535} * kTileTokens;

int64_t most_rows(const StepLimits& limits) {
  return std::max(limits.max_rows, limits.max_logit_rows);
}

int64_t tiles_of(int64_t vocab_size) { return ceil_div(vocab_size, kTileTokens); }

int64_t staged(int64_t count, int64_t size) {
  return round_up(checked_mul(count, size), kStagedAlignment);
}

// Hands out places one behind the other; from null it only counts.
class Carver {
 public:
  explicit Carver(void* memory) : begin_(reinterpret_cast<uintptr_t>(memory)) {}

  template <typename T>
  void take(T*& place, int64_t count) {
    place = reinterpret_cast<T*>(begin_ + static_cast<uintptr_t>(used_));
    used_ = checked_add(used_, round_up(checked_mul(count, sizeof(T)), kAlignment));
  }
  int64_t used() const { return used_; }

 private:
  uintptr_t begin_;
  int64_t used_ = 0;
};

struct Layout {
  SamplingMemory memory;
  int64_t zeroed;  // bytes at the beginning that must be zero before the first call
  int64_t bytes;
};

Layout lay_out(const StepLimits& limits, void* workspace) {
  const int64_t slots = limits.max_rows;
  const int64_t rows = most_rows(limits);
  const int64_t row_tiles = checked_mul(rows, tiles_of(limits.vocab_size));
  Layout layout{};
  SamplingMemory& memory = layout.memory;
  memory.mask_words = ceil_div(limits.vocab_size, 32);
  memory.counts_stride = round_up(limits.vocab_size, 4);
  Carver carver(workspace);
  carver.take(memory.arrivals, rows);
  carver.take(memory.bin_counts, checked_mul(rows, kNumBins));
  carver.take(memory.bin_masses, checked_mul(rows, kNumBins));
  layout.zeroed = carver.used();
  carver.take(memory.rows, rows);
  carver.take(memory.heads, rows);
  carver.take(memory.best, row_tiles);
  carver.take(memory.raced, row_tiles);
  carver.take(memory.parts, row_tiles);
  carver.take(memory.lists, checked_mul(rows, kListSize));
  carver.take(memory.states, slots);
  carver.take(memory.bias, checked_mul(slots, SamplingLimits::kMaxLogitBias));
  carver.take(memory.bad_words, checked_mul(slots, SamplingLimits::kMaxBadWords));
  carver.take(memory.allowed, checked_mul(slots, memory.mask_words));
  carver.take(memory.stops, checked_mul(slots, memory.mask_words));
  carver.take(memory.counts, checked_mul(slots, memory.counts_stride));
  layout.bytes = carver.used();
  return layout;
}

SlotSampling make_state(const SlotInit& init) {
  const SamplingParams& params = *init.params;
  SlotSampling state;
  state.seed = init.seed;
  state.temperature = params.temperature;
  state.top_p = params.top_p;
  state.top_k = params.top_k;
  state.min_scaled =
      params.min_p > 0.0f ? std::log(params.min_p) : -std::numeric_limits<float>::infinity();
  state.repetition_penalty = params.repetition_penalty;
  state.frequency_penalty = params.frequency_penalty;
  state.presence_penalty = params.presence_penalty;
  state.min_tokens = params.min_tokens;
  state.num_bias = static_cast<int32_t>(params.logit_bias.size());
  state.num_bad_words = static_cast<int32_t>(params.bad_words.size());
  state.has_allowed = params.allowed_token_ids.has_value();
  state.has_stops = init.stop_ids && !init.stop_ids->empty() && params.min_tokens > 0;
  state.has_penalties = params.has_penalties();
  state.num_output = static_cast<int32_t>(init.output.size());
  state.num_tokens = static_cast<int32_t>(init.prompt->size()) + state.num_output;
  constexpr int32_t kRecent = SamplingLimits::kMaxBadWordTokens;
  for (int32_t i = std::max(0, state.num_output - kRecent); i < state.num_output; ++i) {
    state.recent[i % kRecent] = init.output[static_cast<size_t>(i)];
  }
  return state;
}

void check_top(const LogprobsView& view, int32_t num_top, int64_t vocab_size) {
  CHECK(view.logprob && view.rank, "log probabilities are wanted, but there is no room for them");
  CHECK(num_top >= 0 && num_top <= std::min<int64_t>(view.stride, vocab_size), num_top,
        " best tokens are wanted; there is room for ", view.stride);
}

}  // namespace

struct CudaSampler::Impl {
  // A host copy goes to `to` on the device, through the staging.
  template <typename T>
  void send(T* to, std::span<const T> values) {
    if (values.empty()) return;
    CUDA_CHECK(cudaMemcpyAsync(to, staging->stage(values), values.size_bytes(),
                               cudaMemcpyHostToDevice, stream));
  }
  void send_mask(uint32_t* masks, int32_t slot, const std::vector<int32_t>& tokens);
  void send_bias(int32_t slot, const SamplingParams& params);
  void send_bad_words(int32_t slot, const SamplingParams& params);
  void send_counts(const SlotInit& init);
  SamplingCall begin_call(const LogitsView& logits, const LogprobsView& logprobs);
  void run_logprobs(SamplingCall call);

  bool overlaps = false;
  StepLimits limits;
  SamplingMemory memory;
  std::vector<SlotSampling> states;  // as init_slot() wrote them: what a slot's draw may need
  std::vector<bool> used;
  // What is put together for the device, kept so that nothing is allocated again and again.
  std::vector<uint32_t> mask;
  std::vector<LogitBias> bias;
  std::vector<BadWord> bad_words;
  std::vector<SamplingRow> rows;
  // Of the call that runs.
  Staging* staging = nullptr;
  cudaStream_t stream = nullptr;
};

void CudaSampler::Impl::send_mask(uint32_t* masks, int32_t slot,
                                  const std::vector<int32_t>& tokens) {
  std::fill(mask.begin(), mask.end(), 0u);
  for (const int32_t token : tokens) {
    if (token < 0 || token >= limits.vocab_size) continue;
    mask[static_cast<size_t>(token / 32)] |= 1u << (token % 32);
  }
  send<uint32_t>(masks + slot * memory.mask_words, mask);
}

void CudaSampler::Impl::send_bias(int32_t slot, const SamplingParams& params) {
  CHECK_LE(std::ssize(params.logit_bias), SamplingLimits::kMaxLogitBias);
  bias.clear();
  for (const auto& [token, value] : params.logit_bias) {
    bias.push_back({token, std::clamp(value, -kMaxBias, kMaxBias)});
  }
  // Entries of one token stay in their order, in which they are added.
  std::stable_sort(bias.begin(), bias.end(),
                   [](const LogitBias& a, const LogitBias& b) { return a.token < b.token; });
  send<LogitBias>(memory.bias + int64_t{slot} * SamplingLimits::kMaxLogitBias, bias);
}

void CudaSampler::Impl::send_bad_words(int32_t slot, const SamplingParams& params) {
  CHECK_LE(std::ssize(params.bad_words), SamplingLimits::kMaxBadWords);
  bad_words.clear();
  for (const std::vector<int32_t>& word : params.bad_words) {
    CHECK(std::ssize(word) <= SamplingLimits::kMaxBadWordTokens, "a bad word of ", word.size(),
          " tokens");
    BadWord made{-1, 0, {}};  // an empty word bans nothing
    if (!word.empty()) {
      made.last = word.back();
      made.prefix_size = static_cast<int32_t>(word.size()) - 1;
      std::copy(word.begin(), word.end() - 1, made.prefix);
    }
    bad_words.push_back(made);
  }
  send<BadWord>(memory.bad_words + int64_t{slot} * SamplingLimits::kMaxBadWords, bad_words);
}

void CudaSampler::Impl::send_counts(const SlotInit& init) {
  uint32_t* counts = memory.counts + init.slot * memory.counts_stride;
  CUDA_CHECK(cudaMemsetAsync(counts, 0, memory.counts_stride * sizeof(uint32_t), stream));
  const auto add = [&](std::span<const int32_t> tokens, bool in_prompt) {
    CHECK_LE(std::ssize(tokens), limits.max_model_len);
    const int32_t* on_host = tokens.empty() ? nullptr : staging->stage(tokens);
    launch_count(
        {counts, on_host, static_cast<int32_t>(tokens.size()), limits.vocab_size, in_prompt},
        stream);
  };
  if (init.params->repetition_penalty != 1.0f) add(*init.prompt, true);
  add(init.output, false);
}

// The rows of the call are in `rows`: they go to the device.
SamplingCall CudaSampler::Impl::begin_call(const LogitsView& logits, const LogprobsView& logprobs) {
  CHECK(logits.data && logits.num_shards > 0, "no logits");
  CHECK(logits.vocab_size > 0 && logits.vocab_size <= limits.vocab_size, "logits of ",
        logits.vocab_size, " tokens; reserved for ", limits.vocab_size);
  CHECK_GE(logits.num_shards * logits.shard_width, logits.vocab_size);
  for (const SamplingRow& row : rows) {
    CHECK(row.logit_row >= 0 && row.logit_row < logits.num_rows, "logit row ", row.logit_row,
          " of ", logits.num_rows);
    if (row.num_top != SampleRow::kNoLogprobs) check_top(logprobs, row.num_top, logits.vocab_size);
  }
  const SamplingRow* pinned = staging->stage(std::span<const SamplingRow>(rows));
  const int64_t bytes = std::ssize(rows) * int64_t{sizeof(SamplingRow)};
  if (is_small_copy(memory.rows, pinned, bytes)) {
    copy_small(memory.rows, pinned, bytes, stream, overlaps);
  } else {
    CUDA_CHECK(cudaMemcpyAsync(memory.rows, pinned, static_cast<size_t>(bytes),
                               cudaMemcpyHostToDevice, stream));
  }
  SamplingCall call;
  call.overlaps = overlaps;
  call.memory = memory;
  call.logits = logits;
  call.logprobs = logprobs;
  call.num_rows = static_cast<int32_t>(rows.size());
  call.num_tiles = static_cast<int32_t>(tiles_of(logits.vocab_size));
  return call;
}

void CudaSampler::Impl::run_logprobs(SamplingCall call) {
  int32_t most = SampleRow::kNoLogprobs;
  for (const SamplingRow& row : rows) most = std::max(most, row.num_top);
  if (most == SampleRow::kNoLogprobs) return;
  call.raw = true;
  launch_logprobs(call, stream);
  if (most == 0) return;
  launch_candidates(call, stream);
  launch_top(call, stream);
}

CudaSampler::CudaSampler(const DeviceInfo& device) : impl_(std::make_unique<Impl>()) {
  impl_->overlaps = device.overlaps_launches();
}

CudaSampler::~CudaSampler() = default;

int64_t CudaSampler::workspace_bytes(const StepLimits& limits) const {
  return lay_out(limits, nullptr).bytes;
}

int64_t CudaSampler::staging_bytes(const StepLimits& limits) {
  return checked_add(staged(limits.max_rows, sizeof(SamplingRow)),
                     staged(limits.max_logit_rows, sizeof(SamplingRow)));
}

int64_t CudaSampler::init_bytes(const StepLimits& limits) {
  const int64_t mask = staged(ceil_div(limits.vocab_size, 32), sizeof(uint32_t));
  const int64_t tokens = staged(limits.max_model_len, sizeof(int32_t));
  return staged(1, sizeof(SlotSampling)) +
         staged(SamplingLimits::kMaxLogitBias, sizeof(LogitBias)) +
         staged(SamplingLimits::kMaxBadWords, sizeof(BadWord)) + 2 * mask + 2 * tokens;
}

void CudaSampler::reserve(const StepLimits& limits, void* workspace, cudaStream_t stream) {
  CHECK(limits.vocab_size > 0 && limits.vocab_size <= kMaxVocab, "a vocabulary of ",
        limits.vocab_size);
  const Layout layout = lay_out(limits, workspace);
  impl_->limits = limits;
  impl_->memory = layout.memory;
  impl_->states.resize(static_cast<size_t>(limits.max_rows));
  impl_->used.resize(static_cast<size_t>(limits.max_rows));
  impl_->mask.resize(static_cast<size_t>(layout.memory.mask_words));
  impl_->bias.reserve(SamplingLimits::kMaxLogitBias);
  impl_->bad_words.reserve(SamplingLimits::kMaxBadWords);
  impl_->rows.reserve(static_cast<size_t>(most_rows(limits)));
  CUDA_CHECK(cudaMemsetAsync(workspace, 0, layout.zeroed, stream));
}

void CudaSampler::init_slot(const SlotInit& init, const SlotTable& slots, Staging& staging,
                            cudaStream_t stream) {
  Impl& impl = *impl_;
  CHECK(init.slot >= 0 && init.slot < impl.limits.max_rows, "init_slot: slot ", init.slot);
  CHECK(init.params && init.prompt, "init_slot: slot ", init.slot, " has no params or no prompt");
  impl.staging = &staging;
  impl.stream = stream;
  const SamplingParams& params = *init.params;
  const SlotSampling state = make_state(init);
  impl.states[static_cast<size_t>(init.slot)] = state;
  impl.used[static_cast<size_t>(init.slot)] = true;
  impl.send<SlotSampling>(impl.memory.states + init.slot, {&state, 1});
  if (state.num_bias > 0) impl.send_bias(init.slot, params);
  if (state.num_bad_words > 0) impl.send_bad_words(init.slot, params);
  if (state.has_allowed) impl.send_mask(impl.memory.allowed, init.slot, *params.allowed_token_ids);
  if (state.has_stops) impl.send_mask(impl.memory.stops, init.slot, *init.stop_ids);
  if (state.has_penalties) impl.send_counts(init);
  if (!init.output.empty()) {
    impl.send<int32_t>(slots.last_token + init.slot, {&init.output.back(), 1});
  }
}

void CudaSampler::sample(const LogitsView& logits, std::span<const SampleRow> rows,
                         const SlotTable& slots, int32_t* tokens, uint8_t* finite,
                         const LogprobsView& logprobs, Staging& staging, cudaStream_t stream) {
  if (rows.empty()) return;
  Impl& impl = *impl_;
  CHECK_LE(std::ssize(rows), impl.limits.max_rows, "samples of one call");
  impl.staging = &staging;
  impl.stream = stream;
  impl.rows.clear();
  bool any_race = false, any_cut = false;
  for (const SampleRow& row : rows) {
    CHECK(row.slot >= 0 && row.slot < impl.limits.max_rows, "a sample of slot ", row.slot);
    const auto slot = static_cast<size_t>(row.slot);
    CHECK(impl.used[slot], "slot ", row.slot, " was never initialised");
    const DrawKind kind = draw_kind(impl.states[slot], logits.vocab_size);
    any_race |= kind == DrawKind::kRace;
    any_cut |= kind == DrawKind::kCount || kind == DrawKind::kMass;
    impl.rows.push_back({row.logit_row, row.slot, -1, row.num_logprobs});
  }
  SamplingCall call = impl.begin_call(logits, logprobs);
  call.last_token = slots.last_token;
  call.tokens = tokens;
  call.finite = finite;
  launch_scan(call, stream);
  if (any_race) launch_race(call, stream);
  if (any_cut) {
    launch_candidates(call, stream);
    launch_filter(call, stream);
  }
  impl.run_logprobs(call);
}

void CudaSampler::score(const LogitsView& logits, std::span<const ScoreRow> rows,
                        const LogprobsView& logprobs, Staging& staging, cudaStream_t stream) {
  if (rows.empty()) return;
  Impl& impl = *impl_;
  CHECK_LE(std::ssize(rows), impl.limits.max_logit_rows, "scores of one call");
  impl.staging = &staging;
  impl.stream = stream;
  impl.rows.clear();
  for (const ScoreRow& row : rows) {
    CHECK(row.target >= 0 && row.target < logits.vocab_size, "a score of token ", row.target);
    CHECK_GE(row.num_logprobs, 0);
    impl.rows.push_back({row.logit_row, -1, row.target, row.num_logprobs});
  }
  impl.run_logprobs(impl.begin_call(logits, logprobs));
}

}  // namespace llmserve
