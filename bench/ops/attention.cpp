// Cases of attention: decode by batch and context, equal and mixed, and prefill from the start of a
// prompt and far into it.
#include <cmath>
#include <memory>

#include "ops/case.h"

namespace llmserve {
namespace {

struct Load {
  std::string name;
  std::vector<Sequences> sequences;
};

const std::vector<Load>& loads() {
  static const std::vector<Load> all = {
      {"decode/1x128", {{1, 1, 128}}},
      {"decode/1x1024", {{1, 1, 1024}}},
      {"decode/1x8192", {{1, 1, 8192}}},
      {"decode/8x128", {{8, 1, 128}}},
      {"decode/32x128", {{32, 1, 128}}},
      {"decode/32x2048", {{32, 1, 2048}}},
      {"decode/128x512", {{128, 1, 512}}},
      {"decode/256x128", {{256, 1, 128}}},
      {"decode/1x65536+31x2048", {{1, 1, 65536}, {31, 1, 2048}}},
      {"prefill/1x8192", {{1, 8192, 8192}}},
      {"prefill/4x2048", {{4, 2048, 2048}}},
      {"prefill/16x512", {{16, 512, 512}}},
      {"prefill/2048-after-16384", {{1, 2048, 2048 + 16384}}},
  };
  return all;
}

bool fits(const Load& load, const CaseSettings& settings) {
  int32_t tokens = 0, context = 0;
  for (const Sequences& some : load.sequences) {
    tokens += some.count * some.tokens;
    context = std::max(context, some.context);
  }
  return tokens <= settings.most_tokens && context <= settings.most_context;
}

// What the sequences make the op do, in a layer with one head of size one.
struct Work {
  double keys = 0;   // that are read, at least once
  double pairs = 0;  // of a query and a key
};

Work work_of(const std::vector<Sequences>& sequences) {
  Work work;
  for (const Sequences& some : sequences) {
    const double before = some.context - some.tokens;
    work.keys += static_cast<double>(some.count) * some.context;
    work.pairs += some.count * (some.tokens * before + 0.5 * some.tokens * (some.tokens + 1.0));
  }
  return work;
}

std::string describe(const std::vector<Sequences>& sequences) {
  std::string text;
  for (const Sequences& some : sequences) {
    text += detail::concat(text.empty() ? "" : ", ", "[", some.count, ", ", some.tokens, ", ",
                           some.context, "]");
  }
  return "[" + text + "]";
}

struct AttentionData {
  Buffer qkv, out, kv;
  std::vector<AttentionArgs> sets;
};

std::shared_ptr<AttentionData> make_data(Bed& bed, const ModelSizes& model, int32_t pages,
                                         const CaseSettings& settings) {
  auto data = std::make_shared<AttentionData>();
  const int64_t tokens = bed.step().num_tokens;
  const int64_t q_features = int64_t{model.heads} * model.head_dim;
  const int64_t features = q_features + int64_t{2} * model.kv_heads * model.head_dim;
  const DType dtype = bed.backend().activation_dtype(settings.dtype);
  data->qkv = bed.normal(tokens * features, dtype);
  data->out = bed.zeros(tokens * q_features, dtype);
  KvPages kv{.dtype = settings.dtype,
             .num_pages = pages,
             .num_kv_heads = model.kv_heads,
             .page_size = bed.limits().page_size,
             .head_dim = model.head_dim};
  const int64_t elements = pages * kv.page_elements();
  const int64_t num_sets = settings.num_sets(2 * elements * dtype_size(kv.dtype));
  data->kv = bed.normal(num_sets * 2 * elements, kv.dtype);
  char* at = data->kv.as<char>();
  for (int64_t i = 0; i < num_sets; ++i) {
    kv.k = at;
    kv.v = at + elements * dtype_size(kv.dtype);
    at += 2 * elements * dtype_size(kv.dtype);
    data->sets.push_back({.qkv = bed.tensor(data->qkv, dtype, {tokens, features}),
                          .out = bed.tensor(data->out, dtype, {tokens, q_features}),
                          .kv = kv,
                          .num_heads = model.heads,
                          .scale = 1.0f / std::sqrt(static_cast<float>(model.head_dim))});
  }
  return data;
}

Case make_case(Bed& bed, const ModelSizes& model, const Load& load, const CaseSettings& settings) {
  bed.set_step(load.sequences);
  const auto data = make_data(bed, model, bed.num_pages(load.sequences), settings);
  Case made;
  made.row.add("op", "attention").add("model", model.name).add("load", load.name);
  made.row.add("heads", model.heads).add("kv_heads", model.kv_heads);
  made.row.add("head_dim", model.head_dim).add("page_size", bed.limits().page_size);
  made.row.raw("sequences", describe(load.sequences));  // count, tokens, context
  made.num_sets = std::ssize(data->sets);
  const Work work = work_of(load.sequences);
  const double kv_width = 2.0 * model.kv_heads * model.head_dim;
  const double q_width = 2.0 * model.heads * model.head_dim;  // read, and written as the result
  made.bytes = work.keys * kv_width * static_cast<double>(dtype_size(settings.dtype)) +
               bed.step().num_tokens * q_width *
                   static_cast<double>(dtype_size(data->sets.front().qkv.dtype()));
  made.flops = 4.0 * work.pairs * model.heads * model.head_dim;
  made.run = [&bed, data](int64_t i) {
    const auto set = static_cast<size_t>(i % std::ssize(data->sets));
    bed.backend().attention(data->sets[set], bed.step(), bed.slots());
  };
  return made;
}

}  // namespace

std::vector<CaseMaker> attention_cases(const CaseSettings& settings) {
  std::vector<CaseMaker> makers;
  for (const ModelSizes& model : settings.models) {
    for (const Load& load : loads()) {
      if (!fits(load, settings)) continue;
      makers.push_back({"attention/" + model.name + "/" + load.name,
                        [=](Bed& bed) { return make_case(bed, model, load, settings); }});
    }
  }
  return makers;
}

}  // namespace llmserve
