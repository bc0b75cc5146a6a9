// Cases of linear layers: each of a decoder's, with what is fused into it, by number of tokens.
#include <array>
#include <cmath>
#include <memory>

#include "ops/case.h"

namespace llmserve {
namespace {

constexpr std::array kTokens = {1, 8, 16, 32, 64, 128, 256, 2048, 8192};
constexpr int32_t kMostLogitRows = 256;
constexpr int64_t kLargeProduct = 8192;

struct Layer {
  std::string model;
  std::string name;
  LinearShape shape;
  bool norm = false;
  Epilogue epilogue = Epilogue::kStore;
  bool is_head = false;

  int64_t out_width() const { return shape.gated ? shape.out_features / 2 : shape.out_features; }
};

const char* epilogue_name(Epilogue epilogue) {
  switch (epilogue) {
    case Epilogue::kStore:
      return "store";
    case Epilogue::kAdd:
      return "add";
    case Epilogue::kActivation:
      return "activation";
  }
  return "?";
}

std::vector<Layer> layers_of(const ModelSizes& model, DType dtype) {
  const int64_t heads = int64_t{model.heads} * model.head_dim;
  const int64_t qkv = heads + int64_t{2} * model.kv_heads * model.head_dim;
  const auto shape = [dtype](int64_t out, int64_t in, bool gated) {
    return LinearShape{.out_features = out, .in_features = in, .dtype = dtype, .gated = gated};
  };
  return {
      {.model = model.name, .name = "qkv", .shape = shape(qkv, model.hidden, false), .norm = true},
      {.model = model.name,
       .name = "o",
       .shape = shape(model.hidden, heads, false),
       .epilogue = Epilogue::kAdd},
      {.model = model.name,
       .name = "gate_up",
       .shape = shape(2 * model.intermediate, model.hidden, true),
       .norm = true,
       .epilogue = Epilogue::kActivation},
      {.model = model.name,
       .name = "down",
       .shape = shape(model.hidden, model.intermediate, false),
       .epilogue = Epilogue::kAdd},
      {.model = model.name,
       .name = "head",
       .shape = shape(model.vocab, model.hidden, false),
       .is_head = true},
  };
}

// Copies of a weight.
struct WeightSets {
  std::vector<Buffer> memory;
  std::vector<LinearWeight> weights;
};

std::shared_ptr<WeightSets> make_weights(Bed& bed, const LinearShape& shape, int64_t count) {
  auto sets = std::make_shared<WeightSets>();
  const int64_t rows_at_once = std::min(shape.out_features, Bed::kPattern / shape.in_features);
  // Sums of products as large as the inputs.
  const float deviation = 1.0f / std::sqrt(static_cast<float>(shape.in_features));
  const std::span<const char> rows =
      bed.pattern(rows_at_once * shape.in_features, shape.dtype, deviation);
  for (int64_t i = 0; i < count; ++i) {
    sets->memory.emplace_back(bed.backend(), bed.backend().linear_weight_bytes(shape));
    sets->weights.push_back({shape, sets->memory.back().as<>(), nullptr});
    for (int64_t row = 0; row < shape.out_features; row += rows_at_once) {
      const int64_t some = std::min(rows_at_once, shape.out_features - row);
      const Tensor source(const_cast<char*>(rows.data()), shape.dtype, {some, shape.in_features});
      bed.backend().load_rows(sets->weights.back(), row, source, 0);
    }
  }
  return sets;
}

// The weights of the layer whose cases follow one another are made once.
class LastWeights {
 public:
  std::shared_ptr<WeightSets> get(Bed& bed, const Layer& layer, const CaseSettings& settings) {
    const std::string key = layer.model + "/" + layer.name;
    if (key != key_) {
      sets_.reset();
      key_.clear();
      const int64_t bytes = bed.backend().linear_weight_bytes(layer.shape);
      sets_ = make_weights(bed, layer.shape, settings.num_sets(bytes));
      key_ = key;
    }
    return sets_;
  }

 private:
  std::string key_;
  std::shared_ptr<WeightSets> sets_;
};

struct LinearData {
  std::shared_ptr<WeightSets> weights;
  Buffer x, norm, out;
  LinearArgs args;
};

Case make_case(Bed& bed, const Layer& layer, int32_t tokens, std::shared_ptr<WeightSets> weights) {
  const LinearShape& shape = layer.shape;
  const DType dtype = bed.backend().activation_dtype(shape.dtype);
  const DType out_dtype = layer.is_head ? DType::kFloat32 : dtype;
  auto data = std::make_shared<LinearData>();
  data->weights = std::move(weights);
  data->x = bed.normal(tokens * shape.in_features, dtype);
  data->out = bed.zeros(tokens * layer.out_width(), out_dtype);
  data->args.x = bed.tensor(data->x, dtype, {tokens, shape.in_features});
  data->args.out = bed.tensor(data->out, out_dtype, {tokens, layer.out_width()});
  data->args.epilogue = layer.epilogue;
  if (layer.norm) {
    data->norm = bed.normal(shape.in_features, DType::kFloat32);
    data->args.norm_weight = data->norm.as<float>();
    data->args.norm_eps = 1e-5f;
  }

  Case made;
  made.row.add("op", "linear").add("model", layer.model).add("layer", layer.name);
  made.row.add("tokens", tokens).add("in", shape.in_features).add("out", shape.out_features);
  made.row.add("norm", layer.norm).add("epilogue", epilogue_name(layer.epilogue));
  made.row.add("gated", shape.gated).add("out_dtype", dtype_name(out_dtype));
  made.num_sets = std::ssize(data->weights->weights);
  const int64_t out_bytes = data->out.bytes() * (layer.epilogue == Epilogue::kAdd ? 2 : 1);
  made.bytes =
      static_cast<double>(data->weights->memory.front().bytes() + data->x.bytes() + out_bytes);
  made.flops = 2.0 * tokens * static_cast<double>(shape.out_features * shape.in_features);
  Backend& backend = bed.backend();
  made.run = [&backend, data](int64_t i) {
    const auto& all = data->weights->weights;
    data->args.weight = all[static_cast<size_t>(i % std::ssize(all))];
    backend.linear(data->args);
  };
  return made;
}

}  // namespace

std::vector<CaseMaker> linear_cases(const CaseSettings& settings) {
  std::vector<CaseMaker> makers;
  const auto last = std::make_shared<LastWeights>();
  for (const ModelSizes& model : settings.models) {
    for (const Layer& layer : layers_of(model, settings.dtype)) {
      for (const int32_t tokens : kTokens) {
        if (tokens > settings.most_tokens || (layer.is_head && tokens > kMostLogitRows)) continue;
        const std::string name =
            detail::concat("linear/", layer.model, "/", layer.name, "/", tokens);
        makers.push_back({name, [=](Bed& bed) {
                            return make_case(bed, layer, tokens, last->get(bed, layer, settings));
                          }});
      }
    }
  }
  return makers;
}

CaseMaker large_product(const CaseSettings& settings) {
  const int64_t size = std::min<int64_t>(kLargeProduct, settings.most_tokens);
  const Layer layer{.model = "",
                    .name = "product",
                    .shape = {.out_features = size, .in_features = size, .dtype = settings.dtype}};
  return {"ceiling/product", [=](Bed& bed) {
            Case made = make_case(bed, layer, static_cast<int32_t>(size),
                                  make_weights(bed, layer.shape, 1));
            made.row.add("ceiling", "flops");
            return made;
          }};
}

}  // namespace llmserve
