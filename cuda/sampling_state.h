// What the sampler keeps on the device: the state of each slot and the scratch of a call.
#pragma once

#include <cstdint>

#include "backend/backend.h"

namespace llmserve {

// Tokens of one block: the cut of a row into tiles hangs on the vocabulary alone.
constexpr int32_t kTileTokens = 2048;
// Candidates that are listed and sorted; rows with more are searched as they lie, which is slow.
constexpr int32_t kListSize = 4096;
// Values fall into bins by their distance from the best: 32 to the unit, the last one open.
constexpr int32_t kNumBins = 1024;
constexpr float kBinsPerUnit = 32.0f;
// In SamplingMemory::counts.
constexpr uint32_t kInPrompt = 0x80000000u;

// Written whole by init_slot; only the last three change from token to token.
struct SlotSampling {
  uint64_t seed = 0;
  float temperature = 0.0f;
  float top_p = 1.0f;
  int32_t top_k = 0;
  float min_scaled = 0.0f;  // log(min_p); -inf: none
  float repetition_penalty = 1.0f;
  float frequency_penalty = 0.0f;
  float presence_penalty = 0.0f;
  int32_t min_tokens = 0;
  int32_t num_bias = 0;
  int32_t num_bad_words = 0;
  bool has_allowed = false;
  bool has_stops = false;
  bool has_penalties = false;
  int32_t num_tokens = 0;  // prompt and output
  int32_t num_output = 0;
  // The last output tokens, token i at i % size.
  int32_t recent[SamplingLimits::kMaxBadWordTokens] = {};
};

struct LogitBias {
  int32_t token;
  float bias;
};

// A word is banned by its last token once the output ends with the others.
struct BadWord {
  int32_t last;
  int32_t prefix_size;
  int32_t prefix[SamplingLimits::kMaxBadWordTokens - 1];
};

// One draw or score.
struct SamplingRow {
  int32_t logit_row;
  int32_t slot;     // -1: a score
  int32_t target;   // of a score
  int32_t num_top;  // SampleRow::kNoLogprobs: no log probabilities
};

enum class DrawKind : int32_t {
  kNone,    // nothing (more) to do
  kGreedy,  // the best
  kRace,    // among all, but for min_p
  kCount,   // among the best `need`: top_k, then top_p; also: the best ones for log probabilities
  kMass,    // among the best by weight: top_p without top_k
};

// What one kernel of a call tells the next of a row.
struct RowHead {
  DrawKind kind;
  float max;
  int32_t best_id;
  int32_t border;      // last bin that is not out of the question
  bool wide;           // kMass: the list holds the border bin alone, there are too many above it
  uint32_t list_size;  // what was offered to the list; above kListSize: it is not complete
  uint64_t need;       // kCount: tokens; kMass: weight, of `border` and on where wide
  double score_or_log_sum;  // of best_id in the race; log probabilities: log(sum(exp(x - max)))
};

struct RaceBest {
  double score;
  int32_t id;
};

// Of one tile, for log probabilities.
struct LogprobPart {
  uint64_t best;  // as place_of()
  double sum;     // of exp(x - the tile's greatest)
  int32_t greater;
};

struct SamplingMemory {
  int64_t mask_words = 0;     // of one slot's bit mask of the vocabulary
  int64_t counts_stride = 0;  // vocab_size in whole vectors

  SlotSampling* states = nullptr;  // [slots]
  LogitBias* bias = nullptr;       // [slots, kMaxLogitBias] sorted by token
  BadWord* bad_words = nullptr;    // [slots, kMaxBadWords]
  uint32_t* allowed = nullptr;     // [slots, mask_words]
  uint32_t* stops = nullptr;       // [slots, mask_words]
  uint32_t* counts = nullptr;      // [slots, counts_stride] times in the output, and kInPrompt
  SamplingRow* rows = nullptr;     // [rows] of the call
  RowHead* heads = nullptr;        // [rows]
  uint64_t* best = nullptr;        // [rows, tiles] of blocks, at most one a tile
  RaceBest* raced = nullptr;       // [rows, tiles] the same
  LogprobPart* parts = nullptr;    // [rows, tiles]
  uint64_t* lists = nullptr;       // [rows, kListSize] places of candidates, in no order
  uint32_t* bin_counts = nullptr;  // [rows, kNumBins] zero between calls, as the next two
  unsigned long long* bin_masses = nullptr;  // [rows, kNumBins]
  uint32_t* arrivals = nullptr;              // [rows]
};

// All that the kernels of a call need to know.
struct SamplingCall {
  SamplingMemory memory;
  LogitsView logits;
  int32_t num_rows = 0;
  int32_t num_tiles = 0;
  bool raw = false;       // logits as they are: log probabilities
  bool overlaps = false;  // of the launches: see launch.cuh
  int32_t* last_token = nullptr;
  int32_t* tokens = nullptr;
  uint8_t* finite = nullptr;
  LogprobsView logprobs;
};

}  // namespace llmserve
