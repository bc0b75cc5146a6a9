// WeightStore: slots, their shapes, and each rank's part of a tensor.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>

#include "cpu/cpu_backend.h"
#include "engine_harness.h"
#include "model/weights.h"

namespace llmserve {
namespace {

using testing::tiny_spec;

struct Store {
  explicit Store(const ModelSpec& spec, int32_t rank = 0, int32_t size = 1)
      : backend(1), weights(spec, rank, size, backend) {
    weights.allocate();
    backend.reserve_workspace({.max_tokens = 1,
                               .max_rows = 1,
                               .max_logit_rows = 1,
                               .max_model_len = 16,
                               .page_size = 16,
                               .vocab_size = 211,
                               .max_in_features = 128,
                               .max_heads = 4,
                               .max_head_dim = 20});
  }
  // The rank's linear as it computes: y = W e_column for every column, [in_features][out_features].
  std::vector<std::vector<float>> columns(const LinearWeight& weight) {
    std::vector<std::vector<float>> all;
    for (int64_t column = 0; column < weight.shape.in_features; ++column) {
      std::vector<float> x(weight.shape.in_features), y(weight.shape.out_features);
      x[column] = 1.0f;
      backend.linear({.x = Tensor(x.data(), DType::kFloat32, {1, weight.shape.in_features}),
                      .weight = weight,
                      .out = Tensor(y.data(), DType::kFloat32, {1, weight.shape.out_features})});
      all.push_back(std::move(y));
    }
    return all;
  }

  CpuBackend backend;
  WeightStore weights;
};

std::vector<float> numbered(int64_t rows, int64_t columns) {
  std::vector<float> values(rows * columns);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return values;
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(WeightStore, ListsEverySlotOnceAndAllAreMissingAtFirst) {
  Store store(tiny_spec());
  EXPECT_EQ(store.weights.missing().size(), store.weights.slots().size());
  EXPECT_EQ(store.weights.slots().size(), 3u + 3 * 9);
  store.weights.load_dummy(3);
  EXPECT_TRUE(store.weights.missing().empty());
}

TEST(WeightStore, OptionalPartsHaveSlotsOnlyWhereTheModelHasThem) {
  ModelSpec spec = tiny_spec();
  spec.tied_head = true;
  for (LayerSpec& layer : spec.layers) {
    layer.attention.qkv_bias = true;
    layer.attention.o_bias = true;
    layer.attention.qk_norm = NormSpec{};
    layer.ffn.gated = false;
    layer.ffn.bias = true;
  }
  Store store(spec);
  // Per layer: 2 norms, q k v o with 4 biases, q_norm k_norm, up down with 2 biases.
  EXPECT_EQ(store.weights.slots().size(), 2u + 3 * 16);
  store.weights.load_dummy(3);
  EXPECT_EQ(store.weights.weights().head.data, store.weights.weights().embedding.data);
}

TEST(WeightStore, NamesSlotAndShapesOnAMismatch) {
  Store store(tiny_spec());
  std::vector<float> values(48 * 48);
  const Tensor wrong(values.data(), DType::kFloat32, {48, 48});
  EXPECT_EQ(error_of([&] { store.weights.load("layers.0.attention.q", wrong); }),
            "weight layers.0.attention.q has shape [48, 48]; the model's config asks for [80, 48]");
  EXPECT_EQ(error_of([&] { store.weights.load("layers.9.attention.q", wrong); }),
            "weight slot 'layers.9.attention.q' does not exist in this model");
  const Tensor integers(values.data(), DType::kInt32, {80, 48});
  EXPECT_NE(error_of([&] { store.weights.load("layers.0.attention.q", integers); }), "");
}

// A backend's queue belongs to one thread: loading ones must not be in it at once.
TEST(WeightStore, ThreadsMayLoadDifferentSlots) {
  class Watchful : public CpuBackend {
   public:
    Watchful() : CpuBackend(1) {}
    void upload(void* to, const void* from_host, int64_t bytes) override {
      EXPECT_EQ(++num_inside_, 1);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      CpuBackend::upload(to, from_host, bytes);
      --num_inside_;
    }

   private:
    std::atomic<int> num_inside_{0};
  } backend;
  WeightStore weights(tiny_spec(), 0, 1, backend);
  weights.allocate();
  std::vector<float> norm(48, 2.0f);
  const Tensor tensor(norm.data(), DType::kFloat32, {48});
  std::vector<std::thread> loaders;
  for (const char* slot : {"layers.0.ffn_norm", "layers.1.ffn_norm", "layers.2.ffn_norm"}) {
    loaders.emplace_back([&weights, &tensor, slot] { weights.load(slot, tensor); });
  }
  for (std::thread& loader : loaders) loader.join();
  for (const LayerWeights& layer : weights.weights().layers) EXPECT_EQ(layer.ffn_norm[47], 2.0f);
}

TEST(WeightStore, EachRankTakesItsRowsAndColumns) {
  const ModelSpec spec = tiny_spec();  // 4 heads, 2 kv heads of 20; intermediate 100
  const std::vector<float> k = numbered(40, 48);
  const std::vector<float> o = numbered(48, 80);
  for (int32_t rank = 0; rank < 4; ++rank) {  // two ranks share a kv head
    Store store(spec, rank, 4);
    store.weights.load("layers.1.attention.k",
                       Tensor(const_cast<float*>(k.data()), DType::kFloat32, {40, 48}));
    store.weights.load("layers.1.attention.o",
                       Tensor(const_cast<float*>(o.data()), DType::kFloat32, {48, 80}));
    const LayerWeights& layer = store.weights.weights().layers[1];
    const auto qkv = store.columns(layer.qkv);
    ASSERT_EQ(qkv[0].size(), 60u);  // q, k and v of one head
    for (int64_t row = 0; row < 20; ++row) {
      EXPECT_EQ(qkv[5][20 + row], k[(rank / 2 * 20 + row) * 48 + 5]);
    }
    const auto projected = store.columns(layer.o);
    ASSERT_EQ(projected.size(), 20u);
    for (int64_t row = 0; row < 48; ++row) {
      EXPECT_EQ(projected[7][row], o[row * 80 + rank * 20 + 7]);
    }
  }
}

TEST(WeightStore, TheVocabularyIsSplitWithPadding) {
  const ModelSpec spec = tiny_spec();  // 211 rows: 53 a rank, the last has 52
  const std::vector<float> table = numbered(211, 48);
  Store store(spec, 3, 4);
  store.weights.load("embedding",
                     Tensor(const_cast<float*>(table.data()), DType::kFloat32, {211, 48}));
  const DecoderWeights& weights = store.weights.weights();
  EXPECT_EQ(weights.vocab.begin, 159);
  EXPECT_EQ(weights.vocab.count, 52);
  const auto columns = store.columns(weights.embedding);
  EXPECT_EQ(columns[9][51], table[210 * 48 + 9]);
  EXPECT_EQ(columns[9][52], 0.0f);
}

TEST(WeightStore, DummyWeightsDoNotDependOnTheSplit) {
  Store whole(tiny_spec());
  whole.weights.load_dummy(5);
  const auto full = whole.columns(whole.weights.weights().layers[2].down);
  for (int32_t rank = 0; rank < 2; ++rank) {
    Store half(tiny_spec(), rank, 2);
    half.weights.load_dummy(5);
    const auto part = half.columns(half.weights.weights().layers[2].down);
    ASSERT_EQ(part.size(), 50u);
    for (size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], full[rank * 50 + i]);
  }
}

// Large enough for several threads.
TEST(WeightStore, DummyWeightsAreTheSameEachTime) {
  ModelSpec spec = tiny_spec();
  spec.vocab_size = 60000;
  Store first(spec), second(spec), other(spec);
  first.weights.load_dummy(5);
  second.weights.load_dummy(5);
  other.weights.load_dummy(6);
  const auto bytes_of = [](const Store& store, const LinearWeight& weight) {
    const char* data = static_cast<const char*>(weight.data);
    return std::string_view(data, store.backend.linear_weight_bytes(weight.shape));
  };
  const auto head_of = [&](const Store& store) {
    return bytes_of(store, store.weights.weights().head);
  };
  const auto down_of = [&](const Store& store) {
    return bytes_of(store, store.weights.weights().layers[2].down);
  };
  EXPECT_TRUE(first.weights.missing().empty());
  EXPECT_EQ(head_of(first), head_of(second));
  EXPECT_EQ(down_of(first), down_of(second));
  EXPECT_NE(head_of(first), head_of(other));
}

}  // namespace
}  // namespace llmserve
