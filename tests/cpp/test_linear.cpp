// Linear layers: every kernel that this machine can run, against plain loops in double precision;
// and the promise that a row has the same bits whatever is computed beside it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "base/checked.h"
#include "base/error.h"
#include "cpu/linear.h"

namespace llmserve {
namespace {

std::vector<float> random_floats(int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

float rounded(float value, DType dtype) {
  return dispatch_float(dtype, [&]<typename T>() { return static_cast<float>(T(value)); });
}

double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::kSilu:
      return x / (1.0 + std::exp(-x));
    case Activation::kGelu:
      return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
    case Activation::kGeluTanh:
      return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
    case Activation::kRelu:
      return x > 0 ? x : 0;
  }
  return 0;
}

// A layer with its packed and its plain weight.
struct Layer {
  Layer(LinearShape shape, bool with_bias)
      : plain(random_floats(shape.out_features * shape.in_features, 7)),
        bias(with_bias ? random_floats(shape.out_features, 8) : std::vector<float>()),
        packed(PackedLayout(shape).bytes()) {
    for (float& value : plain) value = rounded(value, shape.dtype);
    weight = {shape, packed.data(), with_bias ? bias.data() : nullptr};
    pack_rows(weight, 0,
              Tensor(plain.data(), DType::kFloat32, {shape.out_features, shape.in_features}), 0);
  }

  std::vector<float> plain;  // [out_features, in_features]
  std::vector<float> bias;
  std::vector<char> packed;
  LinearWeight weight;
};

class Runner {
 public:
  Runner(CpuIsa isa, int num_threads) : isa_(isa), pool_(num_threads), linear_(pool_, isa) {}

  void run(const LinearArgs& args) {
    workspace_.resize(linear_.workspace_bytes(args.x.dim(0), args.x.dim(1)) + 256);
    void* data = workspace_.data();
    size_t room = workspace_.size();
    std::align(256, room - 256, data, room);
    linear_.run(args, data, room);
  }

  std::vector<float> run(LinearArgs args, std::vector<float>& x, std::vector<float> out) {
    const int64_t rows = static_cast<int64_t>(x.size()) / args.weight.shape.in_features;
    args.x = Tensor(x.data(), DType::kFloat32, {rows, args.weight.shape.in_features});
    args.out = Tensor(out.data(), DType::kFloat32,
                      {rows, rows ? static_cast<int64_t>(out.size()) / rows : 0});
    run(args);
    return out;
  }

  // The input as the kernel sees it: AVX512-BF16 rounds activations.
  float seen(float x, DType dtype) const {
    return isa_ == CpuIsa::kAvx512Bf16 && dtype == DType::kBFloat16 ? rounded(x, dtype) : x;
  }

 private:
  CpuIsa isa_;
  ThreadPool pool_;
  CpuLinear linear_;
  std::vector<char> workspace_;
};

LinearArgs make_args(const Layer& layer, const std::vector<float>& norm = {}, float eps = 0.0f) {
  LinearArgs args;
  args.weight = layer.weight;
  args.norm_weight = norm.empty() ? nullptr : norm.data();
  args.norm_eps = eps;
  return args;
}

// y and the sum of the absolute terms, which bounds the rounding error, of one row.
struct Expected {
  std::vector<double> y;
  std::vector<double> scale;
};

Expected expected_row(const Runner& runner, const Layer& layer, const float* x,
                      const float* norm_weight, float eps) {
  const LinearShape& shape = layer.weight.shape;
  std::vector<double> input(x, x + shape.in_features);
  if (norm_weight) {
    double sum = 0;
    for (double value : input) sum += value * value;
    const double scale = 1.0 / std::sqrt(sum / static_cast<double>(shape.in_features) + eps);
    for (int64_t k = 0; k < shape.in_features; ++k) input[k] *= scale * norm_weight[k];
  }
  Expected expected;
  for (int64_t n = 0; n < shape.out_features; ++n) {
    double y = layer.bias.empty() ? 0.0 : layer.bias[n];
    double scale = std::abs(y);
    for (int64_t k = 0; k < shape.in_features; ++k) {
      const double term =
          static_cast<double>(runner.seen(static_cast<float>(input[k]), shape.dtype)) *
          layer.plain[n * shape.in_features + k];
      y += term;
      scale += std::abs(term);
    }
    expected.y.push_back(y);
    expected.scale.push_back(scale);
  }
  return expected;
}

class LinearTest : public testing::TestWithParam<std::tuple<CpuIsa, DType>> {
 protected:
  void SetUp() override {
    if (isa_ > detect_cpu_isa()) GTEST_SKIP() << "this machine lacks it";
  }

  CpuIsa isa_ = std::get<0>(GetParam());
  DType dtype_ = std::get<1>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Kernels, LinearTest,
                         testing::Combine(testing::Values(CpuIsa::kGeneric, CpuIsa::kAvx2,
                                                          CpuIsa::kAvx512, CpuIsa::kAvx512Bf16),
                                          testing::Values(DType::kFloat32, DType::kBFloat16,
                                                          DType::kFloat16)),
                         [](const auto& info) {
                           return std::string(cpu_isa_name(std::get<0>(info.param))) + "_" +
                                  std::string(dtype_name(std::get<1>(info.param)));
                         });

TEST_P(LinearTest, AgreesWithPlainLoops) {
  Runner runner(isa_, 2);
  for (const auto& [n, k] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {16, 16}, {17, 3}, {33, 129}, {64, 64}, {100, 77}, {130, 1030}}) {
    Layer layer({n, k, dtype_, false}, n % 2 == 0);
    for (int64_t m : {1, 2, 3, 4, 5, 6, 7, 12, 13, 31, 70}) {
      std::vector<float> x = random_floats(m * k, static_cast<uint32_t>(m));
      LinearArgs args = make_args(layer);
      const auto out = runner.run(args, x, std::vector<float>(m * n, NAN));
      args.epilogue = Epilogue::kAdd;
      const auto added = runner.run(args, x, std::vector<float>(m * n, 2.0f));
      for (int64_t row = 0; row < m; ++row) {
        const Expected expected = expected_row(runner, layer, x.data() + row * k, nullptr, 0);
        for (int64_t i = 0; i < n; ++i) {
          ASSERT_NEAR(out[row * n + i], expected.y[i], 3e-6 * expected.scale[i] + 1e-6)
              << "m " << m << " n " << n << " k " << k << " row " << row << " column " << i;
          ASSERT_EQ(added[row * n + i], 2.0f + out[row * n + i]);
        }
      }
    }
  }
}

TEST_P(LinearTest, GatedAndNormedAgreeWithPlainLoops) {
  Runner runner(isa_, 2);
  for (const int64_t half : {5, 16, 40, 100}) {
    const int64_t k = 75;
    Layer layer({2 * half, k, dtype_, true}, half % 10 == 0);
    const std::vector<float> norm = random_floats(k, 4);
    for (int64_t m : {1, 3, 20}) {
      std::vector<float> x = random_floats(m * k, 5);
      LinearArgs args = make_args(layer, norm, 1e-5f);
      const auto stored = runner.run(args, x, std::vector<float>(m * 2 * half, NAN));
      args.epilogue = Epilogue::kActivation;
      const auto out = runner.run(args, x, std::vector<float>(m * half, NAN));
      for (int64_t row = 0; row < m; ++row) {
        const Expected expected =
            expected_row(runner, layer, x.data() + row * k, norm.data(), 1e-5f);
        const float* y = stored.data() + row * 2 * half;
        // Where activations are rounded, the last bit of the norm can turn a rounding.
        const double slack = runner.seen(1.001f, dtype_) == 1.001f ? 3e-6 : 5e-4;
        for (int64_t i = 0; i < 2 * half; ++i) {
          ASSERT_NEAR(y[i], expected.y[i], slack * expected.scale[i] + 1e-6);
        }
        for (int64_t i = 0; i < half; ++i) {
          const double want = activate(Activation::kSilu, y[i]) * y[half + i];
          ASSERT_NEAR(out[row * half + i], want, 2e-6 * std::abs(want) + 1e-30);
        }
      }
    }
  }
}

TEST_P(LinearTest, ARowHasTheSameBitsWhateverIsBesideIt) {
  const int64_t n = 2 * 70, k = 601, m = 280;  // several chunks of rows and slices of K
  Layer layer({n, k, dtype_, true}, true);
  const std::vector<float> norm = random_floats(k, 4);
  std::vector<float> x = random_floats(m * k, 5);
  LinearArgs args = make_args(layer, norm, 1e-6f);
  args.epilogue = Epilogue::kActivation;
  const auto all = Runner(isa_, 1).run(args, x, std::vector<float>(m * n / 2));
  for (int threads : {1, 2, 3, 24}) {
    Runner runner(isa_, threads);
    EXPECT_EQ(runner.run(args, x, std::vector<float>(m * n / 2)), all);
    for (const auto& [first, count] : std::vector<std::pair<int64_t, int64_t>>{{0, 1},
                                                                               {279, 1},
                                                                               {5, 2},
                                                                               {250, 3},
                                                                               {17, 4},
                                                                               {100, 5},
                                                                               {3, 6},
                                                                               {133, 7},
                                                                               {251, 13},
                                                                               {20, 255}}) {
      std::vector<float> part(x.begin() + first * k, x.begin() + (first + count) * k);
      const auto out = runner.run(args, part, std::vector<float>(count * n / 2));
      const std::vector<float> same(all.begin() + first * n / 2,
                                    all.begin() + (first + count) * n / 2);
      EXPECT_EQ(out, same) << threads << " threads, rows " << first << " + " << count;
    }
  }
}

TEST_P(LinearTest, ANaNStaysInItsRow) {
  const int64_t n = 20, k = 33, m = 9;
  Layer layer({n, k, dtype_, false}, false);
  std::vector<float> x = random_floats(m * k, 5);
  x[4 * k + k - 1] = NAN;
  const auto out = Runner(isa_, 2).run(make_args(layer), x, std::vector<float>(m * n));
  for (int64_t i = 0; i < m * n; ++i) EXPECT_EQ(std::isnan(out[i]), i / n == 4) << i;
}

TEST_P(LinearTest, ActivationsAreAccurate) {
  // An identity layer, so that the activation functions are all that is seen.
  const int64_t n = 19;
  Layer layer({n, n, DType::kFloat32, false}, false);
  std::vector<float> identity(n * n, 0.0f);
  for (int64_t i = 0; i < n; ++i) identity[i * n + i] = 1.0f;
  pack_rows(layer.weight, 0, Tensor(identity.data(), DType::kFloat32, {n, n}), 0);
  Runner runner(isa_, 1);
  std::vector<float> x;
  for (int i = -4000; i < 4000; ++i) x.push_back(0.005f * static_cast<float>(i));
  for (float value : {-60.0f, 60.0f, -1e-6f, 1e-6f, 1e-30f, 1000.0f}) x.push_back(value);
  x.resize(round_up(static_cast<int64_t>(x.size()), n), 0.5f);
  for (const auto activation :
       {Activation::kSilu, Activation::kGelu, Activation::kGeluTanh, Activation::kRelu}) {
    LinearArgs args = make_args(layer);
    args.epilogue = Epilogue::kActivation;
    args.activation = activation;
    const auto out = runner.run(args, x, std::vector<float>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      const double want = activate(activation, x[i]);
      // Far left, GELU is a difference that nobody has exactly, the double reference included.
      const double floor = activation == Activation::kSilu ? 1e-32 : 1e-10;
      ASSERT_NEAR(out[i], want, 1e-6 * std::abs(want) + floor) << x[i];
    }
  }
}

class PackTest : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(DTypes, PackTest,
                         testing::Values(DType::kFloat32, DType::kBFloat16, DType::kFloat16),
                         [](const auto& info) { return std::string(dtype_name(info.param)); });

// Tensor-parallel slices: rows in any pieces, any columns of a wider source, any source dtype.
TEST_P(PackTest, RowsComeBackFromAnyPiecesOfAnySource) {
  for (const bool gated : {false, true}) {
    for (const DType from : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
      const LinearShape shape{
          .out_features = 2 * 37, .in_features = 45, .dtype = GetParam(), .gated = gated};
      const int64_t width = 101, col = 13;
      const auto values = random_floats(shape.out_features * width, 3);
      std::vector<char> source(values.size() * dtype_size(from));
      dispatch_float(from, [&]<typename T>() {
        for (size_t i = 0; i < values.size(); ++i)
          reinterpret_cast<T*>(source.data())[i] = T(values[i]);
      });
      std::vector<char> data(PackedLayout(shape).bytes());
      const LinearWeight weight{shape, data.data(), nullptr};
      const Tensor all(source.data(), from, {shape.out_features, width});
      for (const auto& [begin, count] :
           std::vector<std::pair<int64_t, int64_t>>{{30, 20}, {0, 1}, {1, 29}, {50, 24}}) {
        pack_rows(weight, begin, all.rows(begin, count), col);
      }
      std::vector<float> row(shape.in_features);
      for (int64_t r = 0; r < shape.out_features; ++r) {
        unpack_row(weight, r, row.data());
        for (int64_t k = 0; k < shape.in_features; ++k) {
          ASSERT_EQ(row[k], rounded(rounded(values[r * width + col + k], from), GetParam()));
        }
      }
    }
  }
}

TEST_P(PackTest, NothingIsWrittenOutsideTheRows) {
  const LinearShape shape{.out_features = 20, .in_features = 7, .dtype = GetParam()};
  std::vector<char> data(PackedLayout(shape).bytes());
  const auto values = random_floats(20 * 7, 3);
  pack_rows({shape, data.data(), nullptr}, 0,
            Tensor(const_cast<float*>(values.data()), DType::kFloat32, {20, 7}), 0);
  const PackedLayout layout(shape);
  ASSERT_EQ(layout.num_blocks, 2);
  dispatch_float(shape.dtype, [&]<typename T>() {
    const T* block = reinterpret_cast<const T*>(data.data() + layout.block_bytes);
    const int width = layout.line_features;
    for (int64_t i = 0; i < layout.block_bytes / static_cast<int64_t>(sizeof(T)); ++i) {
      const int64_t lane = i / width % kLinearLanes;
      const int64_t feature = i / (width * kLinearLanes) * width + i % width;
      const bool padding = lane >= 4 || feature >= 7;
      EXPECT_EQ(static_cast<float>(block[i]) == 0.0f, padding) << i;
    }
  });
}

TEST(Linear, WrongShapesAreRefused) {
  Layer layer({16, 8, DType::kFloat32, false}, false);
  std::vector<float> values(3 * 16);
  const Tensor source(values.data(), DType::kFloat32, {3, 16});
  EXPECT_THROW(pack_rows(layer.weight, 14, source, 0), Error);
  EXPECT_THROW(pack_rows(layer.weight, 0, source, 9), Error);
  EXPECT_THROW(pack_rows(layer.weight, -1, source, 0), Error);
  EXPECT_THROW(PackedLayout({.out_features = 3, .in_features = 8, .gated = true}), Error);
  EXPECT_THROW(PackedLayout({.out_features = 3, .in_features = 8, .dtype = DType::kInt32}), Error);
  EXPECT_THROW(PackedLayout({.out_features = int64_t{1} << 40, .in_features = int64_t{1} << 40}),
               Error);
  ThreadPool pool(1);
  CpuLinear linear(pool, CpuIsa::kGeneric);
  LinearArgs args = make_args(layer);
  args.x = Tensor(values.data(), DType::kFloat32, {1, 8});
  args.out = Tensor(values.data() + 8, DType::kFloat32, {1, 16});
  EXPECT_THROW(linear.run(args, nullptr, 0), Error);  // no workspace was reserved
}

TEST(Isa, NamesAndLimits) {
  EXPECT_EQ(choose_cpu_isa("generic"), CpuIsa::kGeneric);
  EXPECT_EQ(choose_cpu_isa(""), detect_cpu_isa());
  EXPECT_LE(choose_cpu_isa("avx2"), CpuIsa::kAvx2);
  EXPECT_LE(choose_cpu_isa("avx512_bf16"), detect_cpu_isa());
  try {
    choose_cpu_isa("sse9");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("sse9"), std::string::npos);
  }
}

}  // namespace
}  // namespace llmserve
