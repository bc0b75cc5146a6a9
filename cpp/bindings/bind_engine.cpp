// Python's view of EngineThread. Every call that may wait or compute frees the GIL; nothing here
// runs on the engine's thread.
#include <chrono>

#include "bindings/bindings.h"
#include "engine/engine_thread.h"

namespace py = pybind11;

namespace llmserve {
namespace {

using Released = py::call_guard<py::gil_scoped_release>;

constexpr EnumNames<DType, 3> kFloatTypes{
    {{DType::kFloat32, "float32"}, {DType::kBFloat16, "bfloat16"}, {DType::kFloat16, "float16"}}};
constexpr EnumNames<FinishReason, 5> kFinishReasons{{{FinishReason::kNone, "none"},
                                                     {FinishReason::kStop, "stop"},
                                                     {FinishReason::kLength, "length"},
                                                     {FinishReason::kAbort, "abort"},
                                                     {FinishReason::kError, "error"}}};
constexpr EnumNames<ErrorCause, 4> kErrorCauses{{{ErrorCause::kNone, "none"},
                                                 {ErrorCause::kNonFinite, "non_finite"},
                                                 {ErrorCause::kDeadline, "deadline"},
                                                 {ErrorCause::kEngine, "engine"}}};
constexpr EnumNames<EngineState, 4> kStates{{{EngineState::kLoading, "loading"},
                                             {EngineState::kRunning, "running"},
                                             {EngineState::kFailed, "failed"},
                                             {EngineState::kClosed, "closed"}}};

double seconds(Time time) { return std::chrono::duration<double>(time).count(); }

Time time_of(double seconds) {
  return std::chrono::duration_cast<Time>(std::chrono::duration<double>(seconds));
}

// The buffer of a whole tensor, checked against the dtype and shape it is said to have.
void load_weight(EngineThread& engine, const std::string& slot, const py::buffer& data,
                 const std::string& dtype, const std::vector<int64_t>& dims) {
  const py::buffer_info info = data.request();
  require(dims.size() <= Shape::kMaxRank, "weight ", slot, " has ", dims.size(),
          " dimensions; allowed: up to ", Shape::kMaxRank);
  for (int64_t dim : dims) require(dim >= 0, "weight ", slot, " has a dimension of ", dim);
  const Tensor tensor(info.ptr, enum_value(kFloatTypes, "dtype", dtype),
                      Shape(dims.data(), static_cast<int>(dims.size())));
  require(PyBuffer_IsContiguous(info.view(), 'C'), "weight ", slot, " is not contiguous");
  require(info.size * info.itemsize == tensor.nbytes(), "weight ", slot, " has ",
          info.size * info.itemsize, " bytes; its dtype and shape make ", tensor.nbytes());
  const py::gil_scoped_release release;
  engine.loading_workers()->load(slot, tensor);
}

uint64_t submit(EngineThread& engine, std::vector<int32_t> prompt, const SamplingParams& params,
                std::vector<int32_t> eos_ids, int32_t priority, std::string cache_salt,
                std::optional<double> timeout) {
  Submission submission;
  submission.prompt = std::move(prompt);
  submission.params = params;
  submission.eos_ids = std::move(eos_ids);
  submission.priority = priority;
  submission.cache_salt = std::move(cache_salt);
  if (timeout) {
    require(*timeout > 0.0 && *timeout < 1e9, "timeout is ", *timeout,
            "; allowed: seconds, above 0 and below 1e9");
    submission.timeout = time_of(*timeout);
  }
  const py::gil_scoped_release release;
  return engine.submit(std::move(submission));
}

std::vector<Output> take_outputs(EngineThread& engine, double timeout) {
  return engine.outbox().take(time_of(std::clamp(timeout, 0.0, 1e6)));
}

py::object stop_reason(const Output& output) {
  if (output.stop_string) return py::str(*output.stop_string);
  if (output.stop_token) return py::int_(*output.stop_token);
  return py::none();
}

py::object none_if_empty(const std::vector<TokenLogprobs>& list) {
  return list.empty() ? py::object(py::none()) : py::cast(list);
}

void bind_outputs(py::module_& m) {
  py::class_<TokenLogprobs>(m, "TokenLogprobs")
      .def_readonly("token_id", &TokenLogprobs::token)
      .def_readonly("logprob", &TokenLogprobs::logprob)
      .def_readonly("rank", &TokenLogprobs::rank)
      .def_readonly("top", &TokenLogprobs::top);

  py::class_<Output>(m, "Output")
      .def_readonly("request_id", &Output::request_id)
      .def_readonly("index", &Output::index)
      .def_readonly("token_ids", &Output::token_ids)
      .def_readonly("text", &Output::text)
      .def_property_readonly("logprobs",
                             [](const Output& self) { return none_if_empty(self.logprobs); })
      .def_property_readonly("finish_reason",
                             [](const Output& self) -> std::optional<std::string> {
                               if (!self.finished()) return std::nullopt;
                               return enum_name(kFinishReasons, self.finish_reason);
                             })
      .def_property_readonly("stop_reason", &stop_reason)
      .def_property_readonly("error",
                             [](const Output& self) -> std::optional<std::string> {
                               if (self.error.empty()) return std::nullopt;
                               return self.error;
                             })
      .def_property_readonly("error_cause",
                             [](const Output& self) -> std::optional<std::string> {
                               if (self.error_cause == ErrorCause::kNone) return std::nullopt;
                               return enum_name(kErrorCauses, self.error_cause);
                             })
      .def_readonly("num_cached_tokens", &Output::num_cached_tokens)
      .def_readonly("num_preemptions", &Output::num_preemptions)
      .def_property_readonly("prompt_logprobs",
                             [](const Output& self) { return none_if_empty(self.prompt_logprobs); })
      .def_property_readonly("scheduled_time",
                             [](const Output& self) { return seconds(self.scheduled_at); })
      .def_property_readonly("first_token_time",
                             [](const Output& self) { return seconds(self.first_token_at); })
      .def_property_readonly("last_token_time",
                             [](const Output& self) { return seconds(self.last_token_at); });
}

template <typename Field>
auto scheduler_field(Field SchedulerStats::*field) {
  return [field](const EngineStats& self) { return self.scheduler.*field; };
}

void bind_stats(py::module_& m) {
  py::class_<EngineStats>(m, "EngineStats")
      .def_property_readonly("num_running", scheduler_field(&SchedulerStats::num_running))
      .def_property_readonly("num_waiting", scheduler_field(&SchedulerStats::num_waiting))
      .def_property_readonly("num_waiting_tokens",
                             scheduler_field(&SchedulerStats::num_waiting_tokens))
      .def_property_readonly("num_blocks", scheduler_field(&SchedulerStats::num_blocks))
      .def_property_readonly("num_free_blocks", scheduler_field(&SchedulerStats::num_free_blocks))
      .def_property_readonly("kv_cache_usage",
                             [](const EngineStats& self) {
                               const SchedulerStats& stats = self.scheduler;
                               return stats.num_blocks == 0
                                          ? 0.0
                                          : 1.0 - static_cast<double>(stats.num_free_blocks) /
                                                      stats.num_blocks;
                             })
      .def_property_readonly("num_preemptions", scheduler_field(&SchedulerStats::num_preemptions))
      .def_property_readonly("prefix_cache_queries",
                             scheduler_field(&SchedulerStats::prefix_cache_queries))
      .def_property_readonly("prefix_cache_hits",
                             scheduler_field(&SchedulerStats::prefix_cache_hits))
      .def_property_readonly("num_prompt_tokens",
                             scheduler_field(&SchedulerStats::num_prompt_tokens))
      .def_property_readonly("num_generation_tokens",
                             scheduler_field(&SchedulerStats::num_generation_tokens))
      .def_property_readonly("step_sizes",
                             [](const EngineStats& self) {
                               const StepSizes& sizes = self.scheduler.step_sizes;
                               return py::make_tuple(StepSizes::kBounds, sizes.counts,
                                                     sizes.num_tokens);
                             })
      .def_readonly("num_steps", &EngineStats::num_steps)
      .def_readonly("num_corrupted", &EngineStats::num_corrupted)
      .def_readonly("seconds_since_step", &EngineStats::seconds_since_step)
      .def_property_readonly("state",
                             [](const EngineStats& self) { return enum_name(kStates, self.state); })
      .def_readonly("failure", &EngineStats::failure);
}

std::unique_ptr<EngineThread> make_engine(const ModelSpec& spec, const EngineConfig& config,
                                          const std::shared_ptr<TokenTable>& table) {
  const py::gil_scoped_release release;
  return std::make_unique<EngineThread>(spec, config, table);
}

// Closing joins threads, which must not wait for the GIL that a dying object's owner holds.
struct CloseWithoutGil {
  void operator()(EngineThread* engine) const {
    const py::gil_scoped_release release;
    delete engine;
  }
};

void bind_loading(py::class_<EngineThread, std::unique_ptr<EngineThread, CloseWithoutGil>>& type) {
  type.def("weight_slots",
           [](EngineThread& self) { return self.loading_workers()->weight_slots(); })
      .def("load_weight", &load_weight, py::arg("slot"), py::arg("data"), py::arg("dtype"),
           py::arg("shape"))
      .def(
          "load_dummy_weights",
          [](EngineThread& self, uint64_t seed) { self.loading_workers()->load_dummy(seed); },
          py::arg("seed"), Released())
      .def("missing_weights",
           [](EngineThread& self) { return self.loading_workers()->missing_weights(); })
      .def("start", &EngineThread::start, Released());
}

}  // namespace

void bind_engine(py::module_& m) {
  bind_outputs(m);
  bind_stats(m);
  py::class_<WeightSlot>(m, "WeightSlot")
      .def_readonly("name", &WeightSlot::name)
      .def_property_readonly("shape", [](const WeightSlot& self) {
        py::tuple shape(self.shape.rank());
        for (int i = 0; i < self.shape.rank(); ++i) shape[i] = self.shape[i];
        return shape;
      });
  py::class_<MemoryItem>(m, "MemoryItem")
      .def_readonly("name", &MemoryItem::name)
      .def_readonly("bytes", &MemoryItem::bytes);

  py::class_<EngineThread, std::unique_ptr<EngineThread, CloseWithoutGil>> type(m, "Engine");
  type.def(py::init([](const ModelSpec& spec, const EngineConfig& config,
                       const std::shared_ptr<TokenTable>& table) {
             return std::unique_ptr<EngineThread, CloseWithoutGil>(
                 make_engine(spec, config, table).release());
           }),
           py::arg("spec"), py::arg("config"), py::arg("table") = nullptr);
  bind_loading(type);
  type.def_property_readonly(
          "max_model_len",
          [](const EngineThread& self) { return self.memory_plan().max_model_len; })
      .def_property_readonly("num_blocks",
                             [](const EngineThread& self) { return self.memory_plan().num_blocks; })
      .def_property_readonly("block_size",
                             [](const EngineThread& self) { return self.config().block_size; })
      .def_property_readonly("vocab_size", &EngineThread::vocab_size)
      .def("memory_plan", [](const EngineThread& self) { return self.memory_plan().items; })
      .def("describe_backend", &EngineThread::backend_name)
      .def("submit", &submit, py::arg("prompt_token_ids"), py::arg("params"),
           py::arg("eos_token_ids"), py::arg("priority") = 0, py::arg("cache_salt") = "",
           py::arg("timeout") = py::none())
      .def("abort", &EngineThread::abort, py::arg("request_id"), Released())
      .def("stop", &EngineThread::stop, py::arg("request_id"), py::arg("index"), Released())
      .def("event_fd", [](EngineThread& self) { return self.outbox().event_fd(); })
      .def("take_outputs", &take_outputs, py::arg("timeout") = 0.0, Released())
      .def("stats", &EngineThread::stats, Released())
      .def("reset_prefix_cache", &EngineThread::reset_prefix_cache, Released())
      .def("close", &EngineThread::close, Released());
}

}  // namespace llmserve
