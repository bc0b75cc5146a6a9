// The whole engine on random weights, without Python: decode, prefill and offline throughput of a
// model whose sizes are flags. One JSON object a line on stdout; --help lists the flags.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/engine_thread.h"
#include "flags.h"

namespace llmserve {
namespace {

constexpr int kRepeats = 2;            // of a measurement; the shortest counts
constexpr int32_t kDecodeSteps = 128;  // that tell the time of one

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// --- What is measured, and how it is asked for

// So many requests at once.
struct Load {
  int32_t requests = 0;
  int32_t prompt = 0;
  int32_t output = 0;
};

SamplingParams greedy() {
  SamplingParams params;
  params.temperature = 0.0f;
  return params;
}

// What a sampler can be asked for at once.
SamplingParams filtered() {
  SamplingParams params;
  params.top_p = 0.9f;
  params.top_k = 50;
  params.presence_penalty = 0.5f;
  params.frequency_penalty = 0.5f;
  params.repetition_penalty = 1.1f;
  return params;
}

struct Settings {
  std::string tag = "llmserve";
  int32_t layers = 4;
  int32_t heads = 8;
  int32_t kv_heads = 2;
  int32_t head_dim = 64;
  int64_t hidden = 512;
  int64_t intermediate = 1408;
  int64_t vocab = 32000;
  bool tied = false;
  bool qk_norm = false;
  bool qkv_bias = false;
  int32_t sliding_window = 0;
  std::string dtype = "bfloat16";
  std::string device = "cpu";
  int32_t max_model_len = 16384;
  int32_t max_num_seqs = 256;
  int32_t max_num_batched_tokens = 8192;
  int32_t block_size = 16;
  int32_t num_threads = 0;
  int64_t kv_cache_memory_bytes = 0;
  double gpu_memory_utilization = 0.88;
  // The loads of the peers' figures, so that rows compare one to one.
  std::vector<Load> decode{{1, 128},   {1, 8192},  {8, 128},  {32, 128},
                           {32, 2048}, {128, 512}, {256, 128}};
  std::vector<Load> offline{{512, 512, 128}, {256, 1024, 256}, {512, 128, 256}};
  std::vector<Load> sampled{{512, 512, 128}};
  std::vector<Load> filtered{{512, 512, 128}};
};

// "8x128,32x2048": requests x prompt, and x output where `parts` is 3. Empty: none.
std::vector<Load> parse_loads(const std::string& flag, const std::string& text, size_t parts) {
  std::vector<Load> loads;
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, ',');) {
    std::vector<int32_t> sizes;
    std::istringstream numbers(item);
    for (std::string number; std::getline(numbers, number, 'x');) {
      sizes.push_back(parse_number<int32_t>(flag, number));
      require(sizes.back() > 0, flag, " has '", item, "'; its numbers must be above 0");
    }
    require(sizes.size() == parts, flag, " has '", item, "'; it must be ",
            parts == 3 ? "REQUESTSxPROMPTxOUTPUT" : "REQUESTSxPROMPT");
    loads.push_back({sizes[0], sizes[1], parts == 3 ? sizes[2] : 0});
  }
  return loads;
}

Flag loads_flag(const std::string& name, const std::string& help, std::vector<Load>& field,
                size_t parts) {
  return {name, help, [name, parts, &field](const std::string& text) {
            field = parse_loads(name, text, parts);
          }};
}

std::vector<Flag> make_flags(Settings& s) {
  return {
      text_flag("--tag", "a name for the rows", s.tag),
      number_flag("--layers", "", s.layers),
      number_flag("--hidden", "", s.hidden),
      number_flag("--intermediate", "", s.intermediate),
      number_flag("--heads", "query heads", s.heads),
      number_flag("--kv-heads", "", s.kv_heads),
      number_flag("--head-dim", "", s.head_dim),
      number_flag("--vocab", "", s.vocab),
      bool_flag("--tied", "the output head is the embedding", s.tied),
      bool_flag("--qk-norm", "a norm of each head of q and k", s.qk_norm),
      bool_flag("--qkv-bias", "", s.qkv_bias),
      number_flag("--sliding-window", "0: none", s.sliding_window),
      text_flag("--dtype", "float32, bfloat16 or float16", s.dtype),
      text_flag("--device", "cpu or cuda", s.device),
      number_flag("--max-model-len", "", s.max_model_len),
      number_flag("--max-num-seqs", "", s.max_num_seqs),
      number_flag("--max-num-batched-tokens", "", s.max_num_batched_tokens),
      number_flag("--block-size", "", s.block_size),
      number_flag("--num-threads", "of the CPU backend; 0: one per core", s.num_threads),
      number_flag("--kv-cache-memory-bytes", "0: what is free", s.kv_cache_memory_bytes),
      number_flag("--gpu-memory-utilization", "", s.gpu_memory_utilization),
      loads_flag("--decode", "list of REQUESTSxPROMPT", s.decode, 2),
      loads_flag("--offline", "list of REQUESTSxPROMPTxOUTPUT, greedy", s.offline, 3),
      loads_flag("--sampled", "the same at temperature 1", s.sampled, 3),
      loads_flag("--filtered", "the same with top_p 0.9, top_k 50 and all penalties, too",
                 s.filtered, 3),
  };
}

// --- The engine

DType dtype_by_name(const std::string& name) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    if (dtype_name(dtype) == name) return dtype;
  }
  throw_error(ErrorKind::kInvalidArgument, "--dtype is '", name,
              "'; allowed: float32, bfloat16, float16");
}

ModelSpec make_spec(const Settings& s) {
  ModelSpec spec;
  spec.vocab_size = s.vocab;
  spec.hidden_size = s.hidden;
  spec.max_position = s.max_model_len;
  spec.tied_head = s.tied;
  spec.dtype = dtype_by_name(s.dtype);
  LayerSpec layer;
  layer.attention.num_heads = s.heads;
  layer.attention.num_kv_heads = s.kv_heads;
  layer.attention.head_dim = s.head_dim;
  layer.attention.qkv_bias = s.qkv_bias;
  if (s.qk_norm) layer.attention.qk_norm = NormSpec{};
  layer.attention.scale = 1.0f / std::sqrt(static_cast<float>(s.head_dim));
  layer.attention.sliding_window = s.sliding_window;
  layer.attention.rope.rotary_dim = s.head_dim;
  layer.attention.rope.max_position = s.max_model_len;
  layer.ffn.intermediate_size = s.intermediate;
  require(s.layers > 0, "--layers is ", s.layers, "; it must be above 0");
  spec.layers.assign(static_cast<size_t>(s.layers), layer);
  return spec;
}

EngineConfig make_config(const Settings& s) {
  EngineConfig config;
  require(s.device == "cpu" || s.device == "cuda", "--device is '", s.device,
          "'; allowed: cpu, cuda");
  config.device = s.device == "cuda" ? DeviceType::kCuda : DeviceType::kCpu;
  config.num_threads = s.num_threads;
  config.max_model_len = s.max_model_len;
  config.block_size = s.block_size;
  config.max_num_seqs = s.max_num_seqs;
  config.max_num_batched_tokens = s.max_num_batched_tokens;
  config.gpu_memory_utilization = s.gpu_memory_utilization;
  if (s.kv_cache_memory_bytes > 0) config.kv_cache_memory_bytes = s.kv_cache_memory_bytes;
  config.enable_prefix_caching = false;  // the prompts are random: nothing would be found
  return config;
}

class Bench {
 public:
  explicit Bench(const Settings& settings) : settings_(settings) {
    auto begin = std::chrono::steady_clock::now();
    engine_ = std::make_unique<EngineThread>(make_spec(settings), make_config(settings), nullptr);
    const double engine_s = seconds_since(begin);
    begin = std::chrono::steady_clock::now();
    engine_->loading_workers()->load_dummy(1);
    const double weights_s = seconds_since(begin);
    begin = std::chrono::steady_clock::now();
    engine_->start();
    run({1, 1, 1}, greedy());
    const double first_token_s = seconds_since(begin);
    std::printf(
        "{\"tag\": \"%s\", \"what\": \"startup\", \"backend\": \"%s\", \"engine_s\": %.4f, "
        "\"weights_s\": %.4f, \"first_token_s\": %.4f, \"init_s\": %.4f, \"kv_blocks\": %d}\n",
        settings_.tag.c_str(), engine_->backend_name().c_str(), engine_s, weights_s, first_token_s,
        engine_s + weights_s + first_token_s, engine_->memory_plan().num_blocks);
    std::fflush(stdout);
  }

  void warm_up() {
    run({2, 64, 8}, greedy());
    run({8, std::min(512, settings_.max_model_len - 8), 8}, filtered());
  }

  // What one token costs is the difference between long and short runs: prefill falls out of it.
  void measure_decode(Load load) {
    load.output = 1;
    const double prefill_s = best_of(load);
    load.output = 1 + kDecodeSteps;
    const double decode_s = best_of(load) - prefill_s;
    std::printf(
        "{\"tag\": \"%s\", \"what\": \"decode\", \"batch\": %d, \"prompt\": %d, "
        "\"prefill_s\": %.6f, \"prefill_tok_s\": %.1f, \"tpot_ms\": %.5f, \"tok_s\": %.2f}\n",
        settings_.tag.c_str(), load.requests, load.prompt, prefill_s,
        static_cast<double>(load.requests) * load.prompt / prefill_s, decode_s / kDecodeSteps * 1e3,
        static_cast<double>(load.requests) * kDecodeSteps / decode_s);
    std::fflush(stdout);
  }

  void measure_offline(const char* what, const Load& load, const SamplingParams& params) {
    const int64_t steps_before = engine_->stats().num_steps;
    const double s = run(load, params);
    const double n = load.requests;
    std::printf(
        "{\"tag\": \"%s\", \"what\": \"%s\", \"n\": %d, \"prompt\": %d, \"output\": %d, "
        "\"s\": %.5f, \"req_s\": %.4f, \"out_tok_s\": %.2f, \"total_tok_s\": %.2f, "
        "\"steps\": %lld}\n",
        settings_.tag.c_str(), what, load.requests, load.prompt, load.output, s, n / s,
        n * load.output / s, n * (load.prompt + load.output) / s,
        static_cast<long long>(engine_->stats().num_steps - steps_before));
    std::fflush(stdout);
  }

 private:
  double best_of(const Load& load) {
    double best = run(load, greedy());
    for (int i = 1; i < kRepeats; ++i) best = std::min(best, run(load, greedy()));
    return best;
  }

  // Seconds from the first submission to the last token.
  double run(const Load& load, const SamplingParams& params) {
    std::vector<Submission> submissions(static_cast<size_t>(load.requests));
    std::uniform_int_distribution<int32_t> token(0, static_cast<int32_t>(settings_.vocab) - 1);
    for (Submission& submission : submissions) {
      submission.prompt.resize(static_cast<size_t>(load.prompt));
      for (int32_t& id : submission.prompt) id = token(random_);
      submission.params = params;
      submission.params.max_tokens = load.output;
      submission.params.ignore_eos = true;
      submission.params.output_kind = OutputKind::kFinalOnly;
    }
    const auto begin = std::chrono::steady_clock::now();
    for (Submission& submission : submissions) engine_->submit(std::move(submission));
    int64_t tokens = 0;
    for (int32_t ended = 0; ended < load.requests;) {
      for (const Output& output : engine_->outbox().take(std::chrono::seconds(1))) {
        require(output.finish_reason != FinishReason::kError, output.error);
        tokens += static_cast<int64_t>(output.token_ids.size());
        ended += output.finished();
      }
    }
    const double seconds = seconds_since(begin);
    CHECK_EQ(tokens, int64_t{load.requests} * load.output, "tokens came");
    return seconds;
  }

  const Settings settings_;
  std::unique_ptr<EngineThread> engine_;
  std::mt19937 random_{0};
};

int run_all(const std::vector<std::string>& arguments) {
  Settings settings;
  if (!parse_flags(arguments, make_flags(settings))) return 0;
  Bench bench(settings);
  bench.warm_up();
  for (const Load& load : settings.decode) bench.measure_decode(load);
  for (const Load& load : settings.offline) bench.measure_offline("offline", load, greedy());
  for (const Load& load : settings.sampled) {
    bench.measure_offline("offline sampled T=1", load, SamplingParams());
  }
  for (const Load& load : settings.filtered) {
    bench.measure_offline("offline filtered", load, filtered());
  }
  return 0;
}

}  // namespace
}  // namespace llmserve

int main(int argc, char** argv) {
  try {
    return llmserve::run_all({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "bench_engine: " << error.what() << '\n';
    return 1;
  }
}
