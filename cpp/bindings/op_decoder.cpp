// The ops of OpBackend that a decoder is made of.
#include <algorithm>

#include "bindings/op_backend.h"
#include "spec/rope.h"

namespace py = pybind11;

namespace llmserve {
namespace {

constexpr EnumNames<Epilogue, 3> kEpilogues{
    {{Epilogue::kStore, "store"}, {Epilogue::kAdd, "add"}, {Epilogue::kActivation, "activation"}}};
constexpr EnumNames<Activation, 4> kActivations{{{Activation::kSilu, "silu"},
                                                 {Activation::kGelu, "gelu"},
                                                 {Activation::kGeluTanh, "gelu_tanh"},
                                                 {Activation::kRelu, "relu"}}};

}  // namespace

FloatArray OpBackend::linear(const FloatArray& x, const FloatArray& weight,
                             const py::kwargs& given) {
  Options options(given);
  const DType dtype = options.take_dtype();
  const Buffer bias = upload_floats(options.take<py::object>("bias", py::none()));
  const Buffer norm = upload_floats(options.take<py::object>("norm_weight", py::none()));
  const FloatArray out_init = options.take("out_init", FloatArray(0));
  LinearArgs args;
  args.norm_weight = norm.as<float>();
  args.norm_eps = options.take("eps", 1e-6f);
  args.epilogue = options.take_enum("epilogue", kEpilogues, "store");
  args.activation = options.take_enum("activation", kActivations, "silu");
  const bool gated = options.take("gated", false);
  const DType activation = backend_->activation_dtype(dtype);
  const DType out_dtype = options.take_dtype("out_dtype", activation);
  options.done();

  const DeviceWeight loaded = load(weight, dtype, gated);
  args.weight = loaded.weight;
  args.weight.bias = bias.as<float>();
  const DeviceTensor in = upload(x, activation);
  const bool halved = gated && args.epilogue == Epilogue::kActivation;
  const DeviceTensor out =
      args.epilogue == Epilogue::kAdd
          ? upload(out_init, out_dtype)
          : make_tensor(out_dtype, {x.shape(0), weight.shape(0) / (halved ? 2 : 1)});
  args.x = in.tensor;
  args.out = out.tensor;
  backend_->linear(args);
  return download(out);
}

FloatArray OpBackend::embedding(const FloatArray& table, const IntArray& ids,
                                const py::kwargs& given) {
  Options options(given);
  const DType dtype = options.take_dtype();
  const auto begin = options.take<int64_t>("begin", 0);
  options.done();
  const DeviceWeight loaded = load(table, dtype, false);
  const Buffer device_ids = make_poisoned(ids.nbytes());
  upload_bytes(device_ids.as<>(), ids.data(), ids.nbytes());
  const DeviceTensor out =
      make_tensor(backend_->activation_dtype(dtype), {ids.size(), table.shape(1)});
  backend_->embedding(loaded.weight, begin, device_ids.as<int32_t>(), out.tensor);
  return download(out);
}

FloatArray OpBackend::rms_norm(const FloatArray& x, const FloatArray& weight,
                               const py::kwargs& given) {
  Options options(given);
  const DType dtype = backend_->activation_dtype(options.take_dtype());
  const auto eps = options.take("eps", 1e-6f);
  options.done();
  const Buffer scale = upload_floats(weight);
  const DeviceTensor in = upload(x, dtype), out = make_tensor(dtype, shape_of(x));
  backend_->rms_norm(in.tensor, scale.as<float>(), eps, out.tensor);
  return download(out);
}

// table: as make_rope_table() returns it.
FloatArray OpBackend::rope_table(const py::dict& table, const IntArray& positions) {
  RopeTable rope;
  rope.inv_freq = table["inv_freq"].cast<std::vector<float>>();
  rope.scale = table["scale"].cast<float>();
  rope.dynamic_start = table["dynamic_start"].cast<int32_t>();
  rope.theta = table["theta"].cast<float>();
  rope.factor = table["factor"].cast<float>();
  std::vector<std::array<int32_t, 4>> rows;
  for (py::ssize_t i = 0; i < positions.size(); ++i) rows.push_back({0, positions.at(i), 1, 0});
  const Step step = make_step(rows, IntArray(std::vector<py::ssize_t>{1, 0}), {0});
  const auto half = static_cast<int64_t>(rope.inv_freq.size());
  const DeviceTensor out = make_tensor(DType::kFloat32, {positions.size(), 2, half});
  backend_->rope_table(rope, step.view, out.buffer.as<float>());
  return download(out);
}

// Returns (qkv, k_pages, v_pages).
py::tuple OpBackend::rope_and_cache(const FloatArray& qkv, const py::kwargs& given) {
  Options options(given);
  const DType dtype = options.take_dtype();
  const Step step = take_step(options);
  const Kv kv = take_kv(options, dtype);
  const Buffer q_norm = upload_floats(options.take<py::object>("q_norm", py::none()));
  const Buffer k_norm = upload_floats(options.take<py::object>("k_norm", py::none()));
  const Buffer cos_sin = upload_floats(options.take<py::object>("cos_sin", py::none()));
  const DeviceTensor in = upload(qkv, backend_->activation_dtype(dtype));
  RopeAndCacheArgs args;
  args.qkv = in.tensor;
  args.q_norm = q_norm.as<float>();
  args.k_norm = k_norm.as<float>();
  args.norm_eps = options.take("eps", 1e-6f);
  args.cos_sin = cos_sin.as<float>();
  args.rotary_dim = options.take("rotary_dim", 0);
  args.interleaved = options.take("interleaved", false);
  args.num_heads = options.must<int32_t>("num_heads");
  args.kv = kv.pages;
  options.done();
  backend_->rope_and_cache(args, step.view, step.slots);
  return py::make_tuple(download(in), download(kv.k), download(kv.v));
}

FloatArray OpBackend::attention(const FloatArray& qkv, const py::kwargs& given) {
  Options options(given);
  const DType dtype = options.take_dtype(), activation = backend_->activation_dtype(dtype);
  const Step step = take_step(options);
  const Kv kv = take_kv(options, dtype);
  AttentionArgs args;
  args.num_heads = options.must<int32_t>("num_heads");
  args.scale = options.take("scale", 1.0f);
  args.sliding_window = options.take("sliding_window", 0);
  options.done();
  const DeviceTensor in = upload(qkv, activation);
  const DeviceTensor out = make_tensor(
      activation, {qkv.shape(0), static_cast<int64_t>(args.num_heads) * kv.pages.head_dim});
  args.qkv = in.tensor;
  args.out = out.tensor;
  args.kv = kv.pages;
  backend_->attention(args, step.view, step.slots);
  return download(out);
}

FloatArray OpBackend::gather_rows(const FloatArray& x, const std::vector<int32_t>& indices,
                                  const py::kwargs& given) {
  Options options(given);
  const DType dtype = backend_->activation_dtype(options.take_dtype());
  options.done();
  const DeviceTensor in = upload(x, dtype);
  const DeviceTensor out = make_tensor(dtype, {static_cast<int64_t>(indices.size()), x.shape(1)});
  backend_->gather_rows(in.tensor, indices, out.tensor);
  return download(out);
}

// Returns (k, v) after the copies.
py::tuple OpBackend::copy_pages(const FloatArray& k, const FloatArray& v,
                                const std::vector<std::pair<int32_t, int32_t>>& copies,
                                const py::kwargs& given) {
  py::kwargs all(given);
  all["k_pages"] = k;
  all["v_pages"] = v;
  Options options(all);
  const Kv kv = take_kv(options, options.take_dtype());
  options.done();
  std::vector<PageCopy> plan;
  for (const auto& [from, to] : copies) plan.push_back({from, to});
  backend_->copy_pages(kv.pages, plan);
  return py::make_tuple(download(kv.k), download(kv.v));
}

// rows: (slot, start, num_tokens, token_offset). Returns the view's arrays and the page table.
py::dict OpBackend::prepare(const std::vector<std::array<int32_t, 4>>& rows, const IntArray& pages,
                            const std::vector<int32_t>& tokens, const py::kwargs& given) {
  Options options(given);
  const Step step = make_step(rows, pages, tokens, options.take("last_tokens", IntArray(0)));
  options.done();
  const StepView& view = step.view;
  py::dict result;
  result["token_ids"] = download<int32_t>(view.token_ids, {view.num_tokens});
  result["positions"] = download<int32_t>(view.positions, {view.num_tokens});
  result["token_slots"] = download<int32_t>(view.token_slots, {view.num_tokens});
  result["row_slots"] = download<int32_t>(view.row_slots, {view.num_rows});
  result["row_starts"] = download<int32_t>(view.row_starts, {view.num_rows});
  result["row_begins"] = download<int32_t>(view.row_begins, {view.num_rows + 1});
  result["pages"] = download<int32_t>(step.slots.pages, {pages.shape(0), pages.shape(1)});
  return result;
}

}  // namespace llmserve
