// OpBackend: single ops of any Backend on numpy arrays, for tests: upload, call, download. Values
// are float32 outside; the op's dtype is a name, and rounding to it happens here. Whatever an op
// reads or writes begins as NaN and ends in a guard, so that what it misses or oversteps shows.
#pragma once

#include <pybind11/numpy.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/buffer.h"
#include "bindings/bindings.h"

namespace llmserve {

using FloatArray = pybind11::array_t<float, pybind11::array::c_style | pybind11::array::forcecast>;
using IntArray = pybind11::array_t<int32_t, pybind11::array::c_style | pybind11::array::forcecast>;

// Keyword arguments with defaults; a name that no one asked for is an error.
class Options {
 public:
  explicit Options(const pybind11::kwargs& given) : left_(pybind11::dict(given)) {}

  template <typename T>
  T take(const char* name, T fallback) {
    if (!left_.contains(name)) return fallback;
    T value = left_[name].cast<T>();
    PyDict_DelItemString(left_.ptr(), name);
    return value;
  }
  // Without a default: a TypeError if it is missing.
  template <typename T>
  T must(const char* name) {
    if (!left_.contains(name)) throw pybind11::type_error(std::string("missing argument ") + name);
    return take<T>(name, T());
  }
  template <typename E, size_t N>
  E take_enum(const char* name, const EnumNames<E, N>& names, const char* fallback) {
    return enum_value(names, name, take<std::string>(name, fallback));
  }
  DType take_dtype(const char* name = "dtype", DType fallback = DType::kFloat32);
  void done() const;

 private:
  pybind11::dict left_;
};

struct DeviceTensor {
  Buffer buffer;
  Tensor tensor;
};

class OpBackend {
 public:
  OpBackend(const std::string& device, int num_threads, const pybind11::kwargs& limits);

  std::string name() const { return backend_->name(); }
  // In which activations of a model of this dtype are; both are names.
  std::string activation_dtype(const std::string& dtype) const;
  FloatArray linear(const FloatArray& x, const FloatArray& weight, const pybind11::kwargs& given);
  FloatArray embedding(const FloatArray& table, const IntArray& ids, const pybind11::kwargs& given);
  FloatArray rms_norm(const FloatArray& x, const FloatArray& weight, const pybind11::kwargs& given);
  FloatArray rope_table(const pybind11::dict& table, const IntArray& positions);
  pybind11::tuple rope_and_cache(const FloatArray& qkv, const pybind11::kwargs& given);
  FloatArray attention(const FloatArray& qkv, const pybind11::kwargs& given);
  FloatArray gather_rows(const FloatArray& x, const std::vector<int32_t>& indices,
                         const pybind11::kwargs& given);
  pybind11::tuple copy_pages(const FloatArray& k, const FloatArray& v,
                             const std::vector<std::pair<int32_t, int32_t>>& copies,
                             const pybind11::kwargs& given);
  pybind11::dict prepare(const std::vector<std::array<int32_t, 4>>& rows, const IntArray& pages,
                         const std::vector<int32_t>& tokens, const pybind11::kwargs& given);

  void init_slot(int32_t slot, const SamplingParams& params, const pybind11::kwargs& given);
  IntArray last_tokens();
  pybind11::dict sample(const FloatArray& logits, const std::vector<std::array<int32_t, 3>>& rows,
                        const pybind11::kwargs& given);
  pybind11::dict score(const FloatArray& logits, const std::vector<std::array<int32_t, 3>>& rows,
                       const pybind11::kwargs& given);

 private:
  // A step and its slot table on the device.
  struct Step {
    std::vector<Buffer> buffers;
    SlotTable slots;
    StepView view;
  };
  struct Kv {
    DeviceTensor k;
    DeviceTensor v;
    KvPages pages;
  };
  struct DeviceWeight {
    Buffer memory;
    LinearWeight weight;
  };
  struct Logprobs {
    Buffer logprob, rank, top_ids, top_logprobs;
    LogprobsView view;
  };

  Buffer make_poisoned(int64_t bytes);
  void upload_bytes(void* to, const void* from, int64_t bytes);
  DeviceTensor make_tensor(DType dtype, const Shape& shape);
  DeviceTensor upload(const FloatArray& array, DType dtype);
  Buffer upload_floats(const pybind11::object& array);
  FloatArray download(const DeviceTensor& tensor);
  DeviceWeight load(const FloatArray& rows, DType dtype, bool gated);
  template <typename T>
  pybind11::array_t<T> download(const void* from, std::vector<pybind11::ssize_t> shape);

  Step make_step(const std::vector<std::array<int32_t, 4>>& rows, const IntArray& pages,
                 const std::vector<int32_t>& tokens, const IntArray& last_tokens = IntArray(0));
  Step take_step(Options& options);
  Kv take_kv(Options& options, DType dtype);
  LogitsView view_logits(const DeviceTensor& logits, int64_t vocab_size) const;
  SlotTable sampling_slots() const;
  Logprobs make_logprobs(int64_t rows, int32_t stride);
  void add_logprobs(pybind11::dict& result, const Logprobs& logprobs, int64_t rows);

  std::unique_ptr<Backend> backend_;
  StepLimits limits_;
  Buffer last_token_;  // [max_rows] of the sampling ops
};

Shape shape_of(const pybind11::array& array);

template <typename T>
pybind11::array_t<T> OpBackend::download(const void* from, std::vector<pybind11::ssize_t> shape) {
  pybind11::array_t<T> result(std::move(shape));
  backend_->download(result.mutable_data(), from, result.nbytes());
  backend_->wait(backend_->record());
  return result;
}

}  // namespace llmserve
