// Cases of ops that do little but move memory: a copy, rope_and_cache, rms_norm.
#include <array>
#include <memory>

#include "ops/case.h"
#include "spec/rope.h"

namespace llmserve {
namespace {

constexpr std::array kTokens = {1, 32, 256, 2048, 8192};

// --- A copy, of pages: the only one that backends have from device to device.

Case make_copy(Bed& bed, int64_t bytes) {
  constexpr int32_t kPages = 32;  // to copy, of keys and of values
  struct Data {
    Buffer k, v;
    KvPages kv;
    std::vector<PageCopy> copies;
  };
  auto data = std::make_shared<Data>();
  const auto dim = static_cast<int32_t>(bytes / (2 * kPages * dtype_size(DType::kBFloat16)));
  data->kv = {.dtype = DType::kBFloat16,
              .num_pages = 2 * kPages,
              .num_kv_heads = 1,
              .page_size = 1,
              .head_dim = dim};
  const int64_t elements = data->kv.num_pages * data->kv.page_elements();
  data->k = bed.normal(elements, data->kv.dtype);
  data->v = bed.normal(elements, data->kv.dtype);
  data->kv.k = data->k.as<>();
  data->kv.v = data->v.as<>();
  for (int32_t i = 0; i < kPages; ++i) data->copies.push_back({i, kPages + i});

  Case made;
  made.row.add("op", "copy").add("ceiling", "bytes");
  made.bytes = static_cast<double>(data->k.bytes() + data->v.bytes());  // half read, half written
  made.is_decoder = false;
  Backend& backend = bed.backend();
  made.run = [&backend, data](int64_t) { backend.copy_pages(data->kv, data->copies); };
  return made;
}

// --- rope_and_cache

struct RopeData {
  std::vector<Buffer> memory;
  Buffer cos_sin;
  std::vector<RopeAndCacheArgs> sets;
};

std::shared_ptr<RopeData> make_rope_data(Bed& bed, const ModelSizes& model, int32_t pages,
                                         const CaseSettings& settings) {
  auto data = std::make_shared<RopeData>();
  const int64_t tokens = bed.step().num_tokens;
  const int64_t features = int64_t{model.heads + 2 * model.kv_heads} * model.head_dim;
  const DType dtype = bed.backend().activation_dtype(settings.dtype);
  KvPages kv{.dtype = settings.dtype,
             .num_pages = pages,
             .num_kv_heads = model.kv_heads,
             .page_size = bed.limits().page_size,
             .head_dim = model.head_dim};
  data->cos_sin = bed.zeros(tokens * model.head_dim, DType::kFloat32);
  RopeSpec rope;
  rope.rotary_dim = model.head_dim;
  rope.max_position = bed.limits().max_model_len;
  bed.backend().rope_table(make_rope_table(rope, rope.max_position), bed.step(),
                           data->cos_sin.as<float>());
  const int64_t page_elements = pages * kv.page_elements();
  const int64_t bytes = tokens * features * dtype_size(dtype) + 2 * page_elements;
  for (int64_t i = 0; i < settings.num_activation_sets(bytes); ++i) {
    Buffer& qkv = data->memory.emplace_back(bed.normal(tokens * features, dtype));
    const Tensor rows = bed.tensor(qkv, dtype, {tokens, features});
    kv.k = data->memory.emplace_back(bed.zeros(page_elements, kv.dtype)).as<>();
    kv.v = data->memory.emplace_back(bed.zeros(page_elements, kv.dtype)).as<>();
    data->sets.push_back({.qkv = rows,
                          .cos_sin = data->cos_sin.as<float>(),
                          .rotary_dim = model.head_dim,
                          .num_heads = model.heads,
                          .kv = kv});
  }
  return data;
}

Case make_rope(Bed& bed, const ModelSizes& model, int32_t tokens, const CaseSettings& settings) {
  // A few tokens: one of each sequence. Many: one prompt.
  const Sequences sequences =
      tokens <= bed.limits().max_rows ? Sequences{tokens, 1, 128} : Sequences{1, tokens, tokens};
  bed.set_step({&sequences, 1});
  const auto data = make_rope_data(bed, model, bed.num_pages({&sequences, 1}), settings);

  Case made;
  made.row.add("op", "rope_and_cache").add("model", model.name).add("tokens", tokens);
  made.row.add("heads", model.heads).add("kv_heads", model.kv_heads);
  made.row.add("head_dim", model.head_dim);
  made.num_sets = std::ssize(data->sets);
  const int64_t moved = 2 * (model.heads + 2 * model.kv_heads) * int64_t{model.head_dim};
  made.bytes = static_cast<double>(
      tokens * (moved * dtype_size(settings.dtype) + model.head_dim * int64_t{sizeof(float)}));
  made.run = [&bed, data](int64_t i) {
    const auto set = static_cast<size_t>(i % std::ssize(data->sets));
    bed.backend().rope_and_cache(data->sets[set], bed.step(), bed.slots());
  };
  return made;
}

// --- rms_norm

Case make_norm(Bed& bed, const ModelSizes& model, int32_t tokens, const CaseSettings& settings) {
  struct Data {
    std::vector<Buffer> memory;
    Buffer weight;
    std::vector<Tensor> x, out;
  };
  auto data = std::make_shared<Data>();
  const DType dtype = bed.backend().activation_dtype(settings.dtype);
  const int64_t elements = tokens * model.hidden;
  data->weight = bed.normal(model.hidden, DType::kFloat32);
  Case made;
  made.num_sets = settings.num_activation_sets(2 * elements * dtype_size(dtype));
  for (int64_t i = 0; i < made.num_sets; ++i) {
    Buffer& x = data->memory.emplace_back(bed.normal(elements, dtype));
    data->x.push_back(bed.tensor(x, dtype, {tokens, model.hidden}));
    Buffer& out = data->memory.emplace_back(bed.zeros(elements, dtype));
    data->out.push_back(bed.tensor(out, dtype, {tokens, model.hidden}));
  }
  made.row.add("op", "rms_norm").add("model", model.name).add("tokens", tokens);
  made.row.add("hidden", model.hidden);
  made.bytes = static_cast<double>(2 * elements * dtype_size(dtype));
  Backend& backend = bed.backend();
  made.run = [&backend, data](int64_t i) {
    const auto set = static_cast<size_t>(i % std::ssize(data->x));
    backend.rms_norm(data->x[set], data->weight.as<float>(), 1e-5f, data->out[set]);
  };
  return made;
}

}  // namespace

CaseMaker page_copy(const CaseSettings& settings) {
  const int64_t bytes = 4 * settings.rotated_bytes;
  return {"ceiling/copy", [bytes](Bed& bed) { return make_copy(bed, bytes); }};
}

std::vector<CaseMaker> token_cases(const CaseSettings& settings) {
  std::vector<CaseMaker> makers;
  for (const ModelSizes& model : settings.models) {
    for (const int32_t tokens : kTokens) {
      if (tokens > settings.most_tokens) continue;
      const std::string rest = detail::concat("/", model.name, "/", tokens);
      makers.push_back({"rope_and_cache" + rest,
                        [=](Bed& bed) { return make_rope(bed, model, tokens, settings); }});
      makers.push_back(
          {"rms_norm" + rest, [=](Bed& bed) { return make_norm(bed, model, tokens, settings); }});
    }
  }
  return makers;
}

}  // namespace llmserve
