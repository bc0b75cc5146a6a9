#include "bindings/op_backend.h"

#include <algorithm>

#include "engine/backend_factory.h"

namespace py = pybind11;

namespace llmserve {
namespace {

constexpr EnumNames<DType, 3> kDTypes{
    {{DType::kFloat32, "float32"}, {DType::kBFloat16, "bfloat16"}, {DType::kFloat16, "float16"}}};
constexpr EnumNames<DeviceType, 2> kDevices{
    {{DeviceType::kCpu, "cpu"}, {DeviceType::kCuda, "cuda"}}};

}  // namespace

DType Options::take_dtype() { return take_enum("dtype", kDTypes, "float32"); }

void Options::done() const {
  for (const auto& item : left_) {
    throw py::type_error("unknown argument '" + item.first.cast<std::string>() + "'");
  }
}

Shape shape_of(const py::array& array) {
  std::vector<int64_t> dims(array.shape(), array.shape() + array.ndim());
  return Shape(dims.data(), static_cast<int>(dims.size()));
}

OpBackend::OpBackend(const std::string& device, int num_threads, const py::kwargs& limits)
    : backend_(make_backend({enum_value(kDevices, "device", device), 0}, num_threads)) {
  Options options(limits);
  limits_.max_tokens = options.take("max_tokens", 4096);
  limits_.max_rows = options.take("max_rows", 256);
  limits_.max_logit_rows = options.take("max_logit_rows", 256);
  limits_.max_model_len = options.take("max_model_len", 8192);
  limits_.page_size = options.take("page_size", 16);
  limits_.vocab_size = options.take<int64_t>("vocab_size", 65536);
  limits_.max_in_features = options.take<int64_t>("max_in_features", 2048);
  limits_.max_heads = options.take("max_heads", 64);
  limits_.max_head_dim = options.take("max_head_dim", 256);
  options.done();
  backend_->reserve_workspace(limits_);
  last_token_ = Buffer(*backend_, limits_.max_rows * dtype_size(DType::kInt32));
}

DeviceTensor OpBackend::make_tensor(DType dtype, const Shape& shape) {
  DeviceTensor made;
  made.buffer = Buffer(*backend_, std::max<int64_t>(shape.numel() * dtype_size(dtype), 1));
  made.tensor = Tensor(made.buffer.as<>(), dtype, shape, backend_->device());
  return made;
}

DeviceTensor OpBackend::upload(const FloatArray& array, DType dtype) {
  DeviceTensor made = make_tensor(dtype, shape_of(array));
  dispatch_float(dtype, [&]<typename T>() {
    std::vector<T> rounded(static_cast<size_t>(array.size()));
    std::transform(array.data(), array.data() + array.size(), rounded.begin(),
                   [](float value) { return T(value); });
    backend_->upload(made.buffer.as<>(), rounded.data(), made.tensor.nbytes());
    backend_->wait(backend_->record());
  });
  return made;
}

// Float32 parameters; None: no memory at all.
Buffer OpBackend::upload_floats(const py::object& array) {
  if (array.is_none()) return {};
  return std::move(upload(array.cast<FloatArray>(), DType::kFloat32).buffer);
}

FloatArray OpBackend::download(const Tensor& tensor) {
  std::vector<py::ssize_t> shape;
  for (int i = 0; i < tensor.shape().rank(); ++i) shape.push_back(tensor.dim(i));
  FloatArray result(shape);
  dispatch_float(tensor.dtype(), [&]<typename T>() {
    std::vector<T> host(static_cast<size_t>(tensor.numel()));
    backend_->download(host.data(), tensor.raw(), tensor.nbytes());
    backend_->wait(backend_->record());
    std::transform(host.begin(), host.end(), result.mutable_data(),
                   [](T value) { return static_cast<float>(value); });
  });
  return result;
}

// Rows are (slot, start, num_tokens, token_offset). pages: [slots, max_pages], -1: not set.
OpBackend::Step OpBackend::make_step(const std::vector<std::array<int32_t, 4>>& rows,
                                     const IntArray& pages, const std::vector<int32_t>& tokens) {
  Step step;
  const auto ints = [&](int64_t count) {
    step.buffers.emplace_back(*backend_, std::max<int64_t>(count, 1) * dtype_size(DType::kInt32));
    return step.buffers.back().as<int32_t>();
  };
  require(pages.ndim() == 2, "pages has rank ", pages.ndim(), "; it must be [slots, max_pages]");
  step.slots.num_slots = static_cast<int32_t>(pages.shape(0));
  step.slots.max_pages = static_cast<int32_t>(pages.shape(1));
  step.slots.last_token = ints(step.slots.num_slots);
  step.slots.pages = ints(pages.size());
  step.view.token_ids = ints(limits_.max_tokens);
  step.view.positions = ints(limits_.max_tokens);
  step.view.token_slots = ints(limits_.max_tokens);
  step.view.row_slots = ints(limits_.max_rows);
  step.view.row_starts = ints(limits_.max_rows);
  step.view.row_begins = ints(limits_.max_rows + 1);

  std::vector<PageUpdate> updates;
  for (int32_t slot = 0; slot < step.slots.num_slots; ++slot) {
    for (int32_t index = 0; index < step.slots.max_pages; ++index) {
      const int32_t block = pages.at(slot, index);
      if (block >= 0) updates.push_back({slot, index, block});
    }
  }
  std::vector<PlanRow> plan;
  for (const auto& [slot, start, num_tokens, offset] : rows) {
    plan.push_back({slot, start, num_tokens, offset});
  }
  backend_->prepare(updates, plan, tokens, step.slots, step.view);
  return step;
}

// rows: (slot, start, num_tokens); the token ids do not matter.
OpBackend::Step OpBackend::take_step(Options& options) {
  std::vector<std::array<int32_t, 4>> rows;
  int32_t most = 0;
  for (const auto& [slot, start, count] :
       options.must<std::vector<std::array<int32_t, 3>>>("rows")) {
    rows.push_back({slot, start, count, 0});
    most = std::max(most, count);
  }
  return make_step(rows, options.must<IntArray>("pages"),
                   std::vector<int32_t>(static_cast<size_t>(most)));
}

OpBackend::Kv OpBackend::take_kv(Options& options, DType dtype) {
  Kv kv{upload(options.must<FloatArray>("k_pages"), dtype),
        upload(options.must<FloatArray>("v_pages"), dtype),
        {}};
  const Shape& shape = kv.k.tensor.shape();
  require(shape.rank() == 4 && shape == kv.v.tensor.shape(), "k_pages has shape ", shape.str(),
          "; it must be [pages, kv_heads, page_size, head_dim] and equal that of v_pages");
  kv.pages = {kv.k.buffer.as<>(),
              kv.v.buffer.as<>(),
              dtype,
              static_cast<int32_t>(shape[0]),
              static_cast<int32_t>(shape[1]),
              static_cast<int32_t>(shape[2]),
              static_cast<int32_t>(shape[3])};
  return kv;
}

}  // namespace llmserve
