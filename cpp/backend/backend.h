// Backend: one device queue of one rank. Memory, copies, and the few ops a decoder is made of, at
// the grain of a fused kernel. Ops run in the order of the calls; a backend may return before they
// are done. All are called from the rank's own thread, but for load_rows (any thread, distinct
// rows).
//
// Activations are [tokens, features] in activation_dtype(). Norm weights and biases are float32.
// Every row's result depends on that row alone: neither on the number of rows nor on its
// neighbours. CpuBackend is the reference; it checks the whole contract of each op.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "backend/weight.h"
#include "base/tensor.h"
#include "spec/model_spec.h"
#include "spec/rope.h"
#include "spec/step.h"

namespace llmserve {

struct MemoryInfo {
  int64_t total_bytes;
  int64_t free_bytes;
};

// The largest step there will ever be: what a backend sizes its workspace and slot state by.
struct StepLimits {
  int32_t max_tokens = 0;      // in one step
  int32_t max_rows = 0;        // sequences in one step; also the number of slots
  int32_t max_logit_rows = 0;  // samples and scores in one step
  int32_t max_model_len = 0;
  int32_t page_size = 0;
  int64_t vocab_size = 0;
  int64_t max_in_features = 0;  // of any linear of this rank
  int32_t max_heads = 0;        // query heads of this rank
  int32_t max_head_dim = 0;
};

// Device memory that outlives a step: what each slot's sequence is at.
struct SlotTable {
  int32_t num_slots = 0;
  int32_t max_pages = 0;
  int32_t* last_token = nullptr;  // [num_slots] input of the slot's next decode row
  int32_t* pages = nullptr;       // [num_slots, max_pages]
};

// A step's rows expanded on the device. Arrays are sized by StepLimits and stay at their addresses.
struct StepView {
  int32_t num_rows = 0;
  int32_t num_tokens = 0;
  int32_t* token_ids = nullptr;    // [tokens] -1: padding
  int32_t* positions = nullptr;    // [tokens] place in its sequence
  int32_t* token_slots = nullptr;  // [tokens] PlanRow::kNoSlot: padding
  int32_t* row_slots = nullptr;    // [rows] the same
  int32_t* row_starts = nullptr;   // [rows] position of the row's first token
  int32_t* row_begins = nullptr;   // [rows + 1] index of the row's first token in the step
};

// One layer's paged KV cache.
struct KvPages {
  void* k = nullptr;  // [num_pages, num_kv_heads, page_size, head_dim]
  void* v = nullptr;  // the same
  DType dtype = DType::kFloat32;
  int32_t num_pages = 0;
  int32_t num_kv_heads = 0;
  int32_t page_size = 0;
  int32_t head_dim = 0;

  int64_t page_elements() const {
    return static_cast<int64_t>(num_kv_heads) * page_size * head_dim;
  }
};

enum class Epilogue : uint8_t {
  kStore,       // out = y
  kAdd,         // out += y: the residual stream
  kActivation,  // out = act(y); gated weights: out = act(gate) * up, [tokens, out_features / 2]
};

struct LinearArgs {
  Tensor x;                            // [tokens, in_features]
  const float* norm_weight = nullptr;  // RMSNorm of x first: [in_features]; null: none
  float norm_eps = 0.0f;
  LinearWeight weight;
  Tensor out;  // [tokens, out_features]
  Epilogue epilogue = Epilogue::kStore;
  Activation activation = Activation::kSilu;
};

struct RopeAndCacheArgs {
  Tensor qkv;                     // [tokens, (num_heads + 2 * num_kv_heads) * head_dim]; q in place
  const float* q_norm = nullptr;  // [head_dim] RMSNorm per head before RoPE; null: none
  const float* k_norm = nullptr;
  float norm_eps = 0.0f;
  const float* cos_sin = nullptr;  // [tokens, 2, rotary_dim / 2] of rope_table(); null: no RoPE
  int32_t rotary_dim = 0;
  bool interleaved = false;
  int32_t num_heads = 0;
  KvPages kv;  // k and v of every token are written to their place
};

// Of a row, only the keys and values from its first position on come with the layer's
// rope_and_cache(); those before were in the cache when the first layer of the step began.
struct AttentionArgs {
  Tensor qkv;  // as left by rope_and_cache; only q is read
  Tensor out;  // [tokens, num_heads * head_dim]
  KvPages kv;
  int32_t num_heads = 0;
  float scale = 1.0f;
  int32_t sliding_window = 0;  // 0: none
};

// Logits as the ranks left them: [num_shards, rows, shard_width]; the token id is
// shard * shard_width + column, and columns from vocab_size on are padding.
struct LogitsView {
  const float* data = nullptr;
  int32_t num_shards = 1;
  int32_t num_rows = 0;
  int64_t shard_width = 0;
  int64_t vocab_size = 0;
};

// Device arrays of log probabilities. `stride` best tokens have room in each row.
struct LogprobsView {
  float* logprob = nullptr;       // [rows]
  int32_t* rank = nullptr;        // [rows] 1: the best
  int32_t* top_ids = nullptr;     // [rows, stride] best first; ties: the smaller id first
  float* top_logprobs = nullptr;  // [rows, stride]
  int32_t stride = 0;
};

class Backend {
 public:
  virtual ~Backend();

  // --- Memory. allocate() is refused after seal(): a running engine allocates nothing.
  virtual Device device() const = 0;
  virtual std::string name() const = 0;  // for people: "cpu (avx512_bf16, 2 threads)"
  virtual DType activation_dtype(DType model_dtype) const = 0;
  virtual MemoryInfo memory_info() const = 0;
  virtual void* allocate(int64_t bytes) = 0;  // aligned to 256 bytes, zeroed
  virtual void deallocate(void* data) noexcept = 0;
  virtual int64_t allocated_bytes() const = 0;
  virtual void seal() = 0;

  // --- Copies and time. record() marks the queue's present end; wait() returns when it is reached;
  // what was downloaded before the mark is then on the host.
  virtual void upload(void* to, const void* from_host, int64_t bytes) = 0;
  virtual void download(void* to_host, const void* from, int64_t bytes) = 0;
  virtual uint64_t record() = 0;
  virtual bool reached(uint64_t mark) = 0;
  virtual void wait(uint64_t mark) = 0;
  // The calling thread is the one that makes all calls from now on.
  virtual void enter_thread() {}

  // --- Weights.
  virtual int64_t linear_weight_bytes(const LinearShape& shape) const = 0;
  // Packs host rows (any float dtype) into rows [row_begin, row_begin + count) of the weight, from
  // columns [col_begin, col_begin + in_features) of `source` [count, >= in_features]. Rows of a
  // gated weight are numbered gate first, then up.
  virtual void load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                         int64_t col_begin) = 0;

  // --- Planning: bytes for the largest step, then the reservation itself, once, before seal().
  virtual int64_t workspace_bytes(const StepLimits& limits) const = 0;
  virtual void reserve_workspace(const StepLimits& limits) = 0;

  // --- Graphs: ops that are recorded once and then launched as one, for steps that look the same
  // each time. A backend without them runs the ops; it needs no warming up either.
  virtual bool has_graphs() const { return false; }
  // Chooses by time between ways to do the ops that have run so far. Waits for the device.
  virtual void tune() {}
  // Device memory of so many graphs, with so many ops in all.
  virtual int64_t graph_bytes(int64_t num_graphs, int64_t num_ops) const;
  // Records the ops that `ops` calls, which must have run once with the same sizes, and returns the
  // graph's number. Of the decoder's ops only.
  virtual int32_t capture(const std::function<void()>& ops);
  virtual void launch_graph(int32_t graph);

  // --- The head of a step.
  virtual void copy_pages(const KvPages& kv, std::span<const PageCopy> copies) = 0;
  // Takes the slot anew: clears and writes all sampling state, and last_token if there is output.
  virtual void init_slot(const SlotInit& init, const SlotTable& slots) = 0;
  // Applies page updates to the slot table and expands rows into the view (num_rows, num_tokens and
  // all arrays). Host spans may be reused as soon as it returns. The tokens of padding rows have no
  // result: what the ops below leave for them may be anything.
  virtual void prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
                       std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) = 0;

  // --- The decoder.
  // out[t] = table row ids[t] - begin, zero where it is outside [0, rows of the table).
  virtual void embedding(const LinearWeight& table, int64_t begin, const int32_t* ids,
                         const Tensor& out) = 0;
  virtual void rms_norm(const Tensor& x, const float* weight, float eps, const Tensor& out) = 0;
  virtual void linear(const LinearArgs& args) = 0;
  // cos_sin: [tokens, 2, rotary_dim / 2]: cosines, then sines, times the table's scale.
  virtual void rope_table(const RopeTable& table, const StepView& step, float* cos_sin) = 0;
  virtual void rope_and_cache(const RopeAndCacheArgs& args, const StepView& step,
                              const SlotTable& slots) = 0;
  // Causal attention of each token over the pages of its sequence, its own position included.
  virtual void attention(const AttentionArgs& args, const StepView& step,
                         const SlotTable& slots) = 0;
  // out[i] = x[indices[i]]; the indices are on the host.
  virtual void gather_rows(const Tensor& x, std::span<const int32_t> indices,
                           const Tensor& out) = 0;

  // --- The end of a step.
  // Draws one token a row in vLLM's order: allowed ids, bad words, min_tokens and logit_bias,
  // penalties, temperature, min_p, top_k, top_p, draw. Log probabilities are of the raw logits. The
  // token goes to `tokens` [samples], to the slot's last_token and to its output history. finite[i]
  // is 0 where the raw logits hold a NaN or +inf or nothing finite; the token is then 0 and the
  // slot's state is left as it was.
  virtual void sample(const LogitsView& logits, std::span<const SampleRow> rows,
                      const SlotTable& slots, int32_t* tokens, uint8_t* finite,
                      const LogprobsView& logprobs) = 0;
  virtual void score(const LogitsView& logits, std::span<const ScoreRow> rows,
                     const LogprobsView& logprobs) = 0;
};

}  // namespace llmserve
