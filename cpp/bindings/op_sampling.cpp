// The ops of OpBackend at the end of a step. Slots live on from call to call.
#include <algorithm>

#include "bindings/op_backend.h"

namespace py = pybind11;

namespace llmserve {
namespace {

// The most best tokens that a row wants; rows are (logit_row, slot or target, num_logprobs).
int32_t most_logprobs(const std::vector<std::array<int32_t, 3>>& rows) {
  int32_t most = 0;
  for (const auto& row : rows) most = std::max(most, row[2]);
  return most;
}

}  // namespace

// logits: [rows, vocab_size], or [shards, rows, shard_width] with `vocab_size` given.
LogitsView OpBackend::view_logits(const DeviceTensor& logits, int64_t vocab_size) const {
  const Shape& shape = logits.tensor.shape();
  const bool sharded = shape.rank() == 3;
  require(sharded || shape.rank() == 2, "logits has shape ", shape.str());
  LogitsView view;
  view.data = logits.buffer.as<float>();
  view.num_shards = sharded ? static_cast<int32_t>(shape[0]) : 1;
  view.num_rows = static_cast<int32_t>(shape[sharded ? 1 : 0]);
  view.shard_width = shape[sharded ? 2 : 1];
  view.vocab_size = vocab_size > 0 ? vocab_size : view.num_shards * view.shard_width;
  return view;
}

OpBackend::Logprobs OpBackend::make_logprobs(int64_t rows, int32_t stride) {
  const auto room = [&](int64_t count) { return make_poisoned(count * 4); };
  Logprobs made{room(rows), room(rows), room(rows * stride), room(rows * stride), {}};
  made.view = {made.logprob.as<float>(), made.rank.as<int32_t>(), made.top_ids.as<int32_t>(),
               made.top_logprobs.as<float>(), stride};
  return made;
}

void OpBackend::add_logprobs(py::dict& result, const Logprobs& logprobs, int64_t rows) {
  const LogprobsView& view = logprobs.view;
  result["logprob"] = download<float>(view.logprob, {rows});
  result["rank"] = download<int32_t>(view.rank, {rows});
  result["top_ids"] = download<int32_t>(view.top_ids, {rows, view.stride});
  result["top_logprobs"] = download<float>(view.top_logprobs, {rows, view.stride});
}

SlotTable OpBackend::sampling_slots() const {
  SlotTable slots;
  slots.num_slots = limits_.max_rows;
  slots.last_token = last_token_.as<int32_t>();
  return slots;
}

void OpBackend::init_slot(int32_t slot, const SamplingParams& params, const py::kwargs& given) {
  Options options(given);
  SlotInit init;
  init.slot = slot;
  init.params = std::make_shared<SamplingParams>(params);
  init.seed = options.take<uint64_t>("seed", 0);
  init.prompt =
      std::make_shared<std::vector<int32_t>>(options.take<std::vector<int32_t>>("prompt", {0}));
  init.output = options.take<std::vector<int32_t>>("output", {});
  init.stop_ids =
      std::make_shared<std::vector<int32_t>>(options.take<std::vector<int32_t>>("stop_ids", {}));
  options.done();
  backend_->init_slot(init, sampling_slots());
}

IntArray OpBackend::last_tokens() {
  return download<int32_t>(last_token_.as<>(), {limits_.max_rows});
}

py::dict OpBackend::sample(const FloatArray& logits,
                           const std::vector<std::array<int32_t, 3>>& rows,
                           const py::kwargs& given) {
  Options options(given);
  const DeviceTensor values = upload(logits, DType::kFloat32);
  const LogitsView view = view_logits(values, options.take<int64_t>("vocab_size", 0));
  options.done();
  std::vector<SampleRow> plan;
  for (const auto& [logit_row, slot, count] : rows) plan.push_back({logit_row, slot, count});
  const auto count = static_cast<int64_t>(rows.size());
  const Logprobs logprobs = make_logprobs(count, most_logprobs(rows));
  const Buffer tokens = make_poisoned(count * dtype_size(DType::kInt32));
  const Buffer finite = make_poisoned(count);
  backend_->sample(view, plan, sampling_slots(), tokens.as<int32_t>(), finite.as<uint8_t>(),
                   logprobs.view);
  py::dict result;
  result["tokens"] = download<int32_t>(tokens.as<>(), {count});
  result["finite"] = download<uint8_t>(finite.as<>(), {count});
  add_logprobs(result, logprobs, count);
  return result;
}

py::dict OpBackend::score(const FloatArray& logits, const std::vector<std::array<int32_t, 3>>& rows,
                          const py::kwargs& given) {
  Options options(given);
  const DeviceTensor values = upload(logits, DType::kFloat32);
  const LogitsView view = view_logits(values, options.take<int64_t>("vocab_size", 0));
  options.done();
  std::vector<ScoreRow> plan;
  for (const auto& [logit_row, target, count] : rows) plan.push_back({logit_row, target, count});
  const auto count = static_cast<int64_t>(rows.size());
  const Logprobs logprobs = make_logprobs(count, most_logprobs(rows));
  backend_->score(view, plan, logprobs.view);
  py::dict result;
  add_logprobs(result, logprobs, count);
  return result;
}

}  // namespace llmserve
