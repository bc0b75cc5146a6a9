// Case: one op of a backend at one shape, set up to be repeated. The lists of cases by family of
// ops stand in the files of this folder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ops/bed.h"
#include "ops/row.h"

namespace llmserve {

// The sizes of a decoder that ops are measured at.
struct ModelSizes {
  std::string name;
  int64_t hidden;
  int64_t intermediate;
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  int64_t vocab;
};

struct CaseSettings {
  std::vector<ModelSizes> models;
  DType dtype = DType::kBFloat16;
  int64_t rotated_bytes = 0;  // the sets of data of a case are together larger than this
  int32_t most_tokens = 0;    // of a step
  int32_t most_context = 0;   // of a sequence

  // How many sets of `bytes` it takes.
  int64_t num_sets(int64_t bytes) const { return rotated_bytes / bytes + 1; }
  // The same for activations, which are in a cache when an op comes to them, unless they are many.
  int64_t num_activation_sets(int64_t bytes) const {
    return std::min<int64_t>(num_sets(bytes), 16);
  }
};

struct Case {
  Row row;  // what is measured
  // Enqueues the op once, on the i-th set of data; owns them all.
  std::function<void(int64_t i)> run;
  int64_t num_sets = 1;
  double bytes = 0;        // that one run must move
  double flops = 0;        // that it must compute
  bool is_decoder = true;  // graphs are for the decoder's ops
};

struct CaseMaker {
  std::string name;  // such as "linear/8b/qkv/16"
  std::function<Case(Bed&)> make;
};

// What the backend can do at all: a copy, and one large product.
CaseMaker page_copy(const CaseSettings& settings);
CaseMaker large_product(const CaseSettings& settings);
std::vector<CaseMaker> linear_cases(const CaseSettings& settings);
std::vector<CaseMaker> attention_cases(const CaseSettings& settings);
std::vector<CaseMaker> token_cases(const CaseSettings& settings);  // rope_and_cache, rms_norm
std::vector<CaseMaker> sampling_cases(const CaseSettings& settings);

}  // namespace llmserve
