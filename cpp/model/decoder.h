// Decoder: the only model. Reads the parts of a ModelSpec layer by layer and calls the backend's
// ops; of a family it knows nothing. One instance per rank.
#pragma once

#include <vector>

#include "backend/communicator.h"
#include "model/kv_cache.h"
#include "model/step_buffers.h"
#include "model/weights.h"

namespace llmserve {

class Decoder {
 public:
  // All arguments outlive the decoder. `communicator` is null for a single rank.
  Decoder(const ModelSpec& spec, const DecoderWeights& weights, const KvCache& cache,
          StepBuffers& buffers, Backend& backend, Communicator* communicator);

  // `max_model_len` as resolved: it decides the factors of longrope.
  void make_rope_tables(int32_t max_model_len);

  // Runs the step's tokens through all layers, writing their keys and values to the cache.
  void forward();
  // The logits after the given tokens of the step (indices into its tokens).
  LogitsView logits(std::span<const int32_t> tokens);
  // The logits after every token of the step, which must be as many as a step's logit rows at most.
  LogitsView all_logits();
  // Where the first `count` rows of logits are, once they have been computed.
  LogitsView logits_view(int64_t count) const;

 private:
  LogitsView project(const Tensor& x);
  void attention_block(size_t layer, const Tensor& x);
  void ffn_block(size_t layer, const Tensor& x);
  // x += W in, summed over the ranks.
  void add_projection(const LinearWeight& weight, const Tensor& in, const Tensor& x);

  const ModelSpec& spec_;
  const DecoderWeights& weights_;
  const KvCache& cache_;
  StepBuffers& buffers_;
  Backend& backend_;
  Communicator* const communicator_;
  const int32_t rank_;
  const int32_t size_;
  std::vector<RopeTable> rope_tables_;
};

}  // namespace llmserve
