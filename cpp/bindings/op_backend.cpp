#include "bindings/op_backend.h"

#include <algorithm>
#include <span>

#include "engine/backend_factory.h"

namespace py = pybind11;

namespace llmserve {
namespace {

constexpr EnumNames<DType, 3> kDTypes{
    {{DType::kFloat32, "float32"}, {DType::kBFloat16, "bfloat16"}, {DType::kFloat16, "float16"}}};
constexpr EnumNames<DeviceType, 2> kDevices{
    {{DeviceType::kCpu, "cpu"}, {DeviceType::kCuda, "cuda"}}};
constexpr uint8_t kPoison = 0xff;     // of every float type a NaN, of int32 -1
constexpr int64_t kGuardBytes = 256;  // behind every tensor

}  // namespace

DType Options::take_dtype(const char* name, DType fallback) {
  return take_enum(name, kDTypes, enum_name(kDTypes, fallback).c_str());
}

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

std::string OpBackend::activation_dtype(const std::string& dtype) const {
  return std::string(dtype_name(backend_->activation_dtype(enum_value(kDTypes, "dtype", dtype))));
}

// The host memory may be reused when it returns.
void OpBackend::upload_bytes(void* to, const void* from, int64_t bytes) {
  backend_->upload(to, from, bytes);
  backend_->wait(backend_->record());
}

Buffer OpBackend::make_poisoned(int64_t bytes) {
  Buffer made(*backend_, bytes + kGuardBytes);
  const std::vector<uint8_t> poison(static_cast<size_t>(made.bytes()), kPoison);
  upload_bytes(made.as<>(), poison.data(), made.bytes());
  return made;
}

DeviceTensor OpBackend::make_tensor(DType dtype, const Shape& shape) {
  DeviceTensor made;
  made.buffer = make_poisoned(shape.numel() * dtype_size(dtype));
  made.tensor = Tensor(made.buffer.as<>(), dtype, shape, backend_->device());
  return made;
}

DeviceTensor OpBackend::upload(const FloatArray& array, DType dtype) {
  DeviceTensor made = make_tensor(dtype, shape_of(array));
  dispatch_float(dtype, [&]<typename T>() {
    std::vector<T> rounded(static_cast<size_t>(array.size()));
    std::transform(array.data(), array.data() + array.size(), rounded.begin(),
                   [](float value) { return T(value); });
    upload_bytes(made.buffer.as<>(), rounded.data(), made.tensor.nbytes());
  });
  return made;
}

// Float32 parameters; None: no memory at all.
Buffer OpBackend::upload_floats(const py::object& array) {
  if (array.is_none()) return {};
  return std::move(upload(array.cast<FloatArray>(), DType::kFloat32).buffer);
}

OpBackend::DeviceWeight OpBackend::load(const FloatArray& rows, DType dtype, bool gated) {
  DeviceWeight made;
  made.weight.shape = {rows.shape(0), rows.shape(1), dtype, gated};
  made.memory = Buffer(*backend_, backend_->linear_weight_bytes(made.weight.shape));
  made.weight.data = made.memory.as<>();
  FloatArray source = rows;
  backend_->load_rows(made.weight, 0,
                      Tensor(source.mutable_data(), DType::kFloat32, shape_of(source)), 0);
  return made;
}

// Also checks that the guard behind it is whole.
FloatArray OpBackend::download(const DeviceTensor& from) {
  const Tensor& tensor = from.tensor;
  std::array<uint8_t, kGuardBytes> guard;
  backend_->download(guard.data(), from.buffer.as<char>() + tensor.nbytes(), kGuardBytes);
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
  CHECK(std::all_of(guard.begin(), guard.end(), [](uint8_t byte) { return byte == kPoison; }),
        "something was written behind a tensor of shape ", tensor.shape().str());
  return result;
}

// Rows are (slot, start, num_tokens, token_offset). pages: [slots, max_pages], -1: not set.
// last_tokens: of the first slots.
OpBackend::Step OpBackend::make_step(const std::vector<std::array<int32_t, 4>>& rows,
                                     const IntArray& pages, const std::vector<int32_t>& tokens,
                                     const IntArray& last_tokens) {
  Step step;
  const auto ints = [&](int64_t count) {
    step.buffers.push_back(make_poisoned(count * dtype_size(DType::kInt32)));
    return step.buffers.back().as<int32_t>();
  };
  require(pages.ndim() == 2, "pages has rank ", pages.ndim(), "; it must be [slots, max_pages]");
  step.slots.num_slots = static_cast<int32_t>(pages.shape(0));
  step.slots.max_pages = static_cast<int32_t>(pages.shape(1));
  require(last_tokens.size() <= pages.shape(0), "last_tokens has ", last_tokens.size(),
          " entries for ", pages.shape(0), " slots");
  step.slots.last_token = ints(step.slots.num_slots);
  upload_bytes(step.slots.last_token, last_tokens.data(), last_tokens.nbytes());
  // Zeroed, as the engine's: a kernel may look up a page that its row does not have yet.
  step.buffers.emplace_back(*backend_, std::max<int64_t>(pages.nbytes(), 1));
  step.slots.pages = step.buffers.back().as<int32_t>();
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
  // No step of an engine brings more updates than this; the rows are the same each time.
  const auto most = static_cast<size_t>(limits_.max_tokens / limits_.page_size + limits_.max_rows);
  std::span<const PageUpdate> left = updates;
  for (; left.size() > most; left = left.subspan(most)) {
    backend_->prepare(left.first(most), plan, tokens, step.slots, step.view);
  }
  backend_->prepare(left, plan, tokens, step.slots, step.view);
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
