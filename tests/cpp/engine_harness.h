// A small model with random weights and the few calls that the engine's tests are made of.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/engine_thread.h"

namespace llmserve::testing {

inline ModelSpec tiny_spec(DType dtype = DType::kFloat32) {
  ModelSpec spec;
  spec.vocab_size = 211;
  spec.hidden_size = 48;
  spec.max_position = 512;
  spec.dtype = dtype;
  LayerSpec layer;
  layer.attention.num_heads = 4;
  layer.attention.num_kv_heads = 2;
  layer.attention.head_dim = 20;
  layer.attention.scale = 0.2236f;
  layer.attention.rope.rotary_dim = 20;
  layer.ffn.intermediate_size = 100;
  spec.layers.assign(3, layer);
  return spec;
}

inline EngineConfig tiny_config() {
  EngineConfig config;
  config.num_threads = 2;
  config.max_num_seqs = 8;
  config.max_num_batched_tokens = 64;
  config.block_size = 8;
  config.num_blocks_override = 128;
  return config;
}

inline std::vector<int32_t> prompt_of(int32_t length, int32_t salt = 0) {
  std::vector<int32_t> prompt(length);
  for (int32_t i = 0; i < length; ++i) prompt[i] = (7 * i * i + 13 * i + 31 * salt + 5) % 211;
  return prompt;
}

inline Submission submission_of(std::vector<int32_t> prompt, int32_t max_tokens,
                                float temperature = 0.0f) {
  Submission submission;
  submission.prompt = std::move(prompt);
  submission.params.temperature = temperature;
  submission.params.max_tokens = max_tokens;
  submission.params.seed = 42;
  return submission;
}

inline std::unique_ptr<EngineThread> started_engine(const ModelSpec& spec,
                                                    const EngineConfig& config) {
  auto engine = std::make_unique<EngineThread>(spec, config, nullptr);
  engine->loading_workers()->load_dummy(1);
  engine->start();
  return engine;
}

// Everything that comes until `endings` samples have ended or 30 s have passed, merged per sample.
inline std::map<std::pair<uint64_t, int32_t>, Output> collect(EngineThread& engine,
                                                              size_t endings) {
  std::map<std::pair<uint64_t, int32_t>, Output> outputs;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  size_t ended = 0;
  while (ended < endings && std::chrono::steady_clock::now() < deadline) {
    for (Output& output : engine.outbox().take(std::chrono::milliseconds(200))) {
      ended += output.finished();
      Output& all = outputs[{output.request_id, output.index}];
      all.request_id = output.request_id;
      all.index = output.index;
      all.merge(std::move(output));
    }
  }
  return outputs;
}

inline std::vector<int32_t> generate(EngineThread& engine, Submission submission) {
  const uint64_t id = engine.submit(std::move(submission));
  return collect(engine, 1).at({id, 0}).token_ids;
}

}  // namespace llmserve::testing
