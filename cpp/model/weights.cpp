#include "model/weights.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>

#include "base/cpu_info.h"

namespace llmserve {
namespace {

constexpr int64_t kDummyElements = int64_t{1} << 20;  // of random weights, for a thread at least
constexpr int kDummyThreads = 32;

bool is_float(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kBFloat16 || dtype == DType::kFloat16;
}

uint64_t mix(uint64_t x) {  // splitmix64's finalizer
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

WeightStore::WeightStore(const ModelSpec& spec, int32_t rank, int32_t size, Backend& backend)
    : spec_(spec), rank_(rank), size_(size), backend_(backend) {
  spec_.validate();
  spec_.validate_tensor_parallel(size);
  const int64_t hidden = spec_.hidden_size;
  const Shape table{spec_.vocab_size, hidden};
  weights_.vocab = shard_vocab(spec_.vocab_size, rank, size);
  const LinearShape shard{weights_.vocab.width, hidden, spec_.dtype, false};
  Target rows{.source_row = weights_.vocab.begin, .count = weights_.vocab.count};

  place_linear(weights_.embedding, shard);
  rows.linear = &weights_.embedding;
  add_slot("embedding", table, rows);
  if (!spec_.tied_head) {
    place_linear(weights_.head, shard);
    rows.linear = &weights_.head;
    add_slot("head", table, rows);
  }
  const auto add_norm = [&](const std::string& name, const float*& pointer) {
    add_slot(name, {hidden}, {.vector_offset = place_vector(pointer, hidden), .count = hidden});
  };
  add_norm("final_norm", weights_.final_norm);
  weights_.layers.resize(spec_.layers.size());  // addresses of its elements are kept
  for (size_t i = 0; i < spec_.layers.size(); ++i) {
    const std::string name = "layers." + std::to_string(i);
    LayerWeights& layer = weights_.layers[i];
    add_norm(name + ".attention_norm", layer.attention_norm);
    lay_out_attention(name + ".attention", spec_.layers[i].attention, layer);
    add_norm(name + ".ffn_norm", layer.ffn_norm);
    lay_out_ffn(name + ".ffn", spec_.layers[i].ffn, layer);
  }
}

void WeightStore::place_linear(LinearWeight& weight, const LinearShape& shape) {
  weight.shape = shape;
  linear_places_.emplace_back(&weight, arena_.add(backend_.linear_weight_bytes(shape)));
}

int64_t WeightStore::place_vector(const float*& pointer, int64_t count) {
  const int64_t offset = arena_.add<float>(count);
  vector_places_.emplace_back(&pointer, offset);
  return offset;
}

void WeightStore::add_slot(const std::string& name, Shape shape, const Target& target) {
  names_.push_back({name, shape});
  slots_.emplace(name, Slot{shape, target});
}

void WeightStore::lay_out_attention(const std::string& name, const AttentionSpec& spec,
                                    LayerWeights& layer) {
  const int64_t hidden = spec_.hidden_size;
  const int64_t dim = spec.head_dim;
  const HeadShard shard = shard_heads(spec, rank_, size_);
  const int64_t q_rows = shard.num_heads * dim;
  const int64_t kv_rows = shard.num_kv_heads * dim;
  place_linear(layer.qkv, {q_rows + 2 * kv_rows, hidden, spec_.dtype, false});
  const int64_t bias = spec.qkv_bias ? place_vector(layer.qkv.bias, q_rows + 2 * kv_rows) : 0;

  const auto add_part = [&](const char* part, int64_t full, int64_t source, int64_t count,
                            int64_t to) {
    add_slot(name + part, {full, hidden},
             {.linear = &layer.qkv, .source_row = source, .count = count, .to_row = to});
    if (!spec.qkv_bias) return;
    add_slot(name + part + "_bias", {full},
             {.vector_offset = bias, .source_row = source, .count = count, .to_row = to});
  };
  const int64_t kv_full = spec.num_kv_heads * dim;
  const int64_t kv_source = shard.first_kv_head * dim;
  add_part(".q", spec.num_heads * dim, shard.first_head * dim, q_rows, 0);
  add_part(".k", kv_full, kv_source, kv_rows, q_rows);
  add_part(".v", kv_full, kv_source, kv_rows, q_rows + kv_rows);
  if (spec.qk_norm) {
    add_slot(name + ".q_norm", {dim},
             {.vector_offset = place_vector(layer.q_norm, dim), .count = dim});
    add_slot(name + ".k_norm", {dim},
             {.vector_offset = place_vector(layer.k_norm, dim), .count = dim});
  }
  place_linear(layer.o, {hidden, q_rows, spec_.dtype, false});
  add_slot(name + ".o", {hidden, spec.num_heads * dim},
           {.linear = &layer.o, .count = hidden, .source_col = shard.first_head * dim});
  if (!spec.o_bias) return;
  // The ranks' outputs are summed, so one of them brings the bias.
  Target target{.count = rank_ == 0 ? hidden : 0};
  if (rank_ == 0) target.vector_offset = place_vector(layer.o.bias, hidden);
  add_slot(name + ".o_bias", {hidden}, target);
}

void WeightStore::lay_out_ffn(const std::string& name, const FfnSpec& spec, LayerWeights& layer) {
  const int64_t hidden = spec_.hidden_size;
  const int64_t full = spec.intermediate_size;
  const int64_t part = full / size_;
  const int64_t rows = spec.gated ? 2 * part : part;
  place_linear(layer.up, {rows, hidden, spec_.dtype, spec.gated});
  const int64_t bias = spec.bias ? place_vector(layer.up.bias, rows) : 0;
  const auto add_part = [&](const char* suffix, int64_t to) {
    add_slot(name + suffix, {full, hidden},
             {.linear = &layer.up, .source_row = rank_ * part, .count = part, .to_row = to});
    if (!spec.bias) return;
    add_slot(name + suffix + "_bias", {full},
             {.vector_offset = bias, .source_row = rank_ * part, .count = part, .to_row = to});
  };
  if (spec.gated) add_part(".gate", 0);
  add_part(".up", spec.gated ? part : 0);
  place_linear(layer.down, {hidden, part, spec_.dtype, false});
  add_slot(name + ".down", {hidden, full},
           {.linear = &layer.down, .count = hidden, .source_col = rank_ * part});
  if (!spec.bias) return;
  Target target{.count = rank_ == 0 ? hidden : 0};
  if (rank_ == 0) target.vector_offset = place_vector(layer.down.bias, hidden);
  add_slot(name + ".down_bias", {hidden}, target);
}

void WeightStore::allocate() {
  arena_.commit(backend_);
  for (const auto& [weight, offset] : linear_places_) weight->data = arena_.at(offset);
  for (const auto& [pointer, offset] : vector_places_) *pointer = arena_.at<float>(offset);
  if (spec_.tied_head) weights_.head = weights_.embedding;
}

const WeightStore::Slot& WeightStore::slot(const std::string& name) const {
  const auto found = slots_.find(name);
  require(found != slots_.end(), "weight slot '", name, "' does not exist in this model");
  return found->second;
}

void WeightStore::load(const std::string& name, const Tensor& tensor) {
  const Slot& target = slot(name);
  require(is_float(tensor.dtype()), "weight ", name, " is ", dtype_name(tensor.dtype()),
          "; allowed: float32, bfloat16, float16");
  require(tensor.shape() == target.shape, "weight ", name, " has shape ", tensor.shape().str(),
          "; the model's config asks for ", target.shape.str());
  load_part(target, 0, tensor);
  std::lock_guard lock(mutex_);
  slots_.at(name).filled = true;
}

void WeightStore::load_part(const Slot& slot, int64_t first_row, const Tensor& rows) {
  const Target& target = slot.target;
  const int64_t begin = std::max(first_row, target.source_row);
  const int64_t end = std::min(first_row + rows.dim(0), target.source_row + target.count);
  if (begin >= end) return;
  const Tensor part = rows.rows(begin - first_row, end - begin);
  const int64_t to_row = target.to_row + (begin - target.source_row);
  if (target.linear) {
    backend_.load_rows(*target.linear, to_row, part, target.source_col);
    return;
  }
  std::vector<float> values(part.numel());
  dispatch_float(part.dtype(), [&]<typename T>() {
    const T* source = part.data<T>();
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(source[i]);
  });
  float* to = arena_.at<float>(target.vector_offset) + to_row;
  std::lock_guard lock(mutex_);  // all of a backend but load_rows() is for one thread at a time
  backend_.upload(to, values.data(), part.numel() * sizeof(float));
  backend_.wait(backend_.record());  // `values` dies here
}

// By several threads where there is enough to do: making the numbers takes longer than moving them.
void WeightStore::load_dummy(uint64_t seed) {
  int64_t elements = 0;
  for (const WeightSlot& named : names_) elements += named.shape.numel();
  const int64_t num_threads = std::clamp<int64_t>(elements / kDummyElements, 1,
                                                  std::min(num_physical_cores(), kDummyThreads));
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < names_.size(); i = next++) load_dummy_slot(names_[i].name, seed);
  };
  std::vector<std::future<void>> others;  // wait for their end where something throws
  for (int64_t i = 1; i < num_threads; ++i) {
    others.push_back(std::async(std::launch::async, work));
  }
  work();
  for (std::future<void>& other : others) other.get();
}

void WeightStore::load_dummy_slot(const std::string& name, uint64_t seed) {
  const Slot& target = slot(name);
  const int64_t columns = target.shape.rank() == 2 ? target.shape[1] : 1;
  const bool is_norm = ends_with(name, "norm");
  const bool is_bias = ends_with(name, "_bias");
  // Uniform of variance 1 / columns: a row's dot product with a normed input has variance 1.
  const float width = std::sqrt(12.0f / static_cast<float>(columns));
  uint64_t name_seed = mix(seed);
  for (char c : name) name_seed = mix(name_seed ^ static_cast<uint8_t>(c));

  const int64_t chunk = std::max<int64_t>(1, (int64_t{1} << 20) / columns);
  std::vector<float> values(std::min(chunk, target.shape[0]) * columns);
  for (int64_t row = 0; row < target.shape[0]; row += chunk) {
    const int64_t count = std::min(chunk, target.shape[0] - row);
    for (int64_t i = 0; i < count * columns; ++i) {
      const float uniform =
          static_cast<float>(mix(name_seed + row * columns + i) >> 40) * 0x1p-24f - 0.5f;
      values[i] = is_norm ? 1.0f : is_bias ? 0.0f : uniform * width;
    }
    const Shape shape = target.shape.rank() == 2 ? Shape{count, columns} : Shape{count};
    load_part(target, row, Tensor(values.data(), DType::kFloat32, shape));
  }
  std::lock_guard lock(mutex_);
  slots_.at(name).filled = true;
}

std::vector<std::string> WeightStore::missing() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const WeightSlot& named : names_) {
    if (!slots_.at(named.name).filled) names.push_back(named.name);
  }
  return names;
}

}  // namespace llmserve
