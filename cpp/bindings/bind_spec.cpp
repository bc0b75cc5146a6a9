// ModelSpec and its parts, EngineConfig, SamplingParams: plain values in, checked by the core.
#include "bindings/bindings.h"
#include "spec/engine_config.h"
#include "spec/model_spec.h"
#include "spec/sampling_params.h"

namespace py = pybind11;

namespace llmserve {
namespace {

constexpr EnumNames<RopeType, 7> kRopeTypes{{{RopeType::kNone, "none"},
                                             {RopeType::kDefault, "default"},
                                             {RopeType::kLinear, "linear"},
                                             {RopeType::kDynamic, "dynamic"},
                                             {RopeType::kLlama3, "llama3"},
                                             {RopeType::kYarn, "yarn"},
                                             {RopeType::kLongrope, "longrope"}}};
constexpr EnumNames<NormType, 1> kNormTypes{{{NormType::kRms, "rms"}}};
constexpr EnumNames<Activation, 4> kActivations{{{Activation::kSilu, "silu"},
                                                 {Activation::kGelu, "gelu"},
                                                 {Activation::kGeluTanh, "gelu_tanh"},
                                                 {Activation::kRelu, "relu"}}};
constexpr EnumNames<DType, 3> kDTypes{
    {{DType::kFloat32, "float32"}, {DType::kBFloat16, "bfloat16"}, {DType::kFloat16, "float16"}}};
constexpr EnumNames<DeviceType, 2> kDevices{
    {{DeviceType::kCpu, "cpu"}, {DeviceType::kCuda, "cuda"}}};
constexpr EnumNames<SchedulingPolicy, 2> kPolicies{
    {{SchedulingPolicy::kFcfs, "fcfs"}, {SchedulingPolicy::kPriority, "priority"}}};
constexpr EnumNames<OutputKind, 3> kOutputKinds{{{OutputKind::kCumulative, "cumulative"},
                                                 {OutputKind::kDelta, "delta"},
                                                 {OutputKind::kFinalOnly, "final_only"}}};

// A property that is an enum inside and a string outside.
template <typename T, typename E, size_t N>
void def_enum(py::class_<T>& type, const char* name, E T::*member, const EnumNames<E, N>& names) {
  type.def_property(
      name, [member, &names](const T& self) { return enum_name(names, self.*member); },
      [member, name, &names](T& self, const std::string& text) {
        self.*member = enum_value(names, name, text);
      });
}

void bind_rope(py::module_& m) {
  py::class_<RopeSpec> type(m, "RopeSpec");
  def_keyword_init(type);
  def_enum(type, "type", &RopeSpec::type, kRopeTypes);
  type.def_readwrite("theta", &RopeSpec::theta)
      .def_readwrite("rotary_dim", &RopeSpec::rotary_dim)
      .def_readwrite("interleaved", &RopeSpec::interleaved)
      .def_readwrite("factor", &RopeSpec::factor)
      .def_readwrite("max_position", &RopeSpec::max_position)
      .def_readwrite("original_max_position", &RopeSpec::original_max_position)
      .def_readwrite("low_freq_factor", &RopeSpec::low_freq_factor)
      .def_readwrite("high_freq_factor", &RopeSpec::high_freq_factor)
      .def_readwrite("beta_fast", &RopeSpec::beta_fast)
      .def_readwrite("beta_slow", &RopeSpec::beta_slow)
      .def_readwrite("mscale", &RopeSpec::mscale)
      .def_readwrite("mscale_all_dim", &RopeSpec::mscale_all_dim)
      .def_readwrite("attention_factor", &RopeSpec::attention_factor)
      .def_readwrite("truncate", &RopeSpec::truncate)
      .def_readwrite("short_factor", &RopeSpec::short_factor)
      .def_readwrite("long_factor", &RopeSpec::long_factor);
}

void bind_parts(py::module_& m) {
  py::class_<NormSpec> norm(m, "NormSpec");
  def_keyword_init(norm);
  def_enum(norm, "type", &NormSpec::type, kNormTypes);
  norm.def_readwrite("eps", &NormSpec::eps);

  py::class_<AttentionSpec> attention(m, "AttentionSpec");
  def_keyword_init(attention);
  attention.def_readwrite("num_heads", &AttentionSpec::num_heads)
      .def_readwrite("num_kv_heads", &AttentionSpec::num_kv_heads)
      .def_readwrite("head_dim", &AttentionSpec::head_dim)
      .def_readwrite("qkv_bias", &AttentionSpec::qkv_bias)
      .def_readwrite("o_bias", &AttentionSpec::o_bias)
      .def_readwrite("qk_norm", &AttentionSpec::qk_norm)
      .def_readwrite("scale", &AttentionSpec::scale)
      .def_readwrite("sliding_window", &AttentionSpec::sliding_window)
      .def_readwrite("rope", &AttentionSpec::rope);

  py::class_<FfnSpec> ffn(m, "FfnSpec");
  def_keyword_init(ffn);
  def_enum(ffn, "activation", &FfnSpec::activation, kActivations);
  ffn.def_readwrite("intermediate_size", &FfnSpec::intermediate_size)
      .def_readwrite("gated", &FfnSpec::gated)
      .def_readwrite("bias", &FfnSpec::bias);

  py::class_<LayerSpec> layer(m, "LayerSpec");
  def_keyword_init(layer);
  layer.def_readwrite("attention_norm", &LayerSpec::attention_norm)
      .def_readwrite("attention", &LayerSpec::attention)
      .def_readwrite("ffn_norm", &LayerSpec::ffn_norm)
      .def_readwrite("ffn", &LayerSpec::ffn);
}

void bind_model(py::module_& m) {
  py::class_<ModelSpec> type(m, "ModelSpec");
  def_keyword_init(type);
  def_enum(type, "dtype", &ModelSpec::dtype, kDTypes);
  type.def_readwrite("vocab_size", &ModelSpec::vocab_size)
      .def_readwrite("hidden_size", &ModelSpec::hidden_size)
      .def_readwrite("max_position", &ModelSpec::max_position)
      .def_readwrite("tied_head", &ModelSpec::tied_head)
      .def_readwrite("final_norm", &ModelSpec::final_norm)
      .def_readwrite("layers", &ModelSpec::layers)
      .def("validate", &ModelSpec::validate);
}

void bind_config(py::module_& m) {
  py::class_<EngineConfig> type(m, "EngineConfig");
  def_keyword_init(type);
  def_enum(type, "device", &EngineConfig::device, kDevices);
  def_enum(type, "scheduling_policy", &EngineConfig::scheduling_policy, kPolicies);
  type.def_readwrite("tensor_parallel_size", &EngineConfig::tensor_parallel_size)
      .def_readwrite("num_threads", &EngineConfig::num_threads)
      .def_readwrite("max_model_len", &EngineConfig::max_model_len)
      .def_readwrite("block_size", &EngineConfig::block_size)
      .def_readwrite("max_num_seqs", &EngineConfig::max_num_seqs)
      .def_readwrite("max_num_batched_tokens", &EngineConfig::max_num_batched_tokens)
      .def_readwrite("kv_cache_memory_bytes", &EngineConfig::kv_cache_memory_bytes)
      .def_readwrite("num_blocks_override", &EngineConfig::num_blocks_override)
      .def_readwrite("gpu_memory_utilization", &EngineConfig::gpu_memory_utilization)
      .def_readwrite("enable_prefix_caching", &EngineConfig::enable_prefix_caching)
      .def_readwrite("enable_chunked_prefill", &EngineConfig::enable_chunked_prefill)
      .def_readwrite("enforce_eager", &EngineConfig::enforce_eager)
      .def_readwrite("long_prefill_token_threshold", &EngineConfig::long_prefill_token_threshold)
      .def_readwrite("max_num_queued_reqs", &EngineConfig::max_num_queued_reqs)
      .def_readwrite("max_num_queued_tokens", &EngineConfig::max_num_queued_tokens)
      .def_readwrite("max_logprobs", &EngineConfig::max_logprobs)
      .def_readwrite("seed", &EngineConfig::seed);
}

void bind_sampling(py::module_& m) {
  py::class_<SamplingParams> type(m, "SamplingParams");
  def_keyword_init(type);
  def_enum(type, "output_kind", &SamplingParams::output_kind, kOutputKinds);
  type.def_readwrite("n", &SamplingParams::n)
      .def_readwrite("temperature", &SamplingParams::temperature)
      .def_readwrite("top_p", &SamplingParams::top_p)
      .def_readwrite("top_k", &SamplingParams::top_k)
      .def_readwrite("min_p", &SamplingParams::min_p)
      .def_readwrite("presence_penalty", &SamplingParams::presence_penalty)
      .def_readwrite("frequency_penalty", &SamplingParams::frequency_penalty)
      .def_readwrite("repetition_penalty", &SamplingParams::repetition_penalty)
      .def_readwrite("seed", &SamplingParams::seed)
      .def_readwrite("max_tokens", &SamplingParams::max_tokens)
      .def_readwrite("min_tokens", &SamplingParams::min_tokens)
      .def_readwrite("stop", &SamplingParams::stop)
      .def_readwrite("stop_token_ids", &SamplingParams::stop_token_ids)
      .def_readwrite("include_stop_str_in_output", &SamplingParams::include_stop_str_in_output)
      .def_readwrite("ignore_eos", &SamplingParams::ignore_eos)
      .def_readwrite("logprobs", &SamplingParams::logprobs)
      .def_readwrite("prompt_logprobs", &SamplingParams::prompt_logprobs)
      .def_readwrite("logit_bias", &SamplingParams::logit_bias)
      .def_readwrite("allowed_token_ids", &SamplingParams::allowed_token_ids)
      .def_readwrite("bad_words", &SamplingParams::bad_words)
      .def_readwrite("detokenize", &SamplingParams::detokenize)
      .def_readwrite("skip_special_tokens", &SamplingParams::skip_special_tokens);
}

}  // namespace

void bind_spec(py::module_& m) {
  bind_rope(m);
  bind_parts(m);
  bind_model(m);
  bind_config(m);
  bind_sampling(m);
}

}  // namespace llmserve
