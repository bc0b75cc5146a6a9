// The sm_90a linear: every tile of every epilogue gives the bits of the kernel of few tokens, and
// the model that chooses among tiles offers what a job can be cut into.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "backend/buffer.h"
#include "cuda_backend.h"
#include "cuda_check.h"
#include "cuda_test.h"
#include "linear_wgmma.h"
#include "weight_layout.h"

namespace llmserve {
namespace {

struct Layer {
  std::string name;
  int32_t in_features;
  int32_t out_features;
  Epilogue epilogue = Epilogue::kStore;
  Activation activation = Activation::kSilu;
  bool gated = false;
  bool bias = false;
  bool wide = false;  // out is float32
};

LinearJob job_of(const Layer& layer, DType dtype, int32_t num_tokens) {
  const WeightLayout layout({.out_features = layer.out_features,
                             .in_features = layer.in_features,
                             .dtype = dtype,
                             .gated = layer.gated});
  LinearJob job{.dtype = dtype,
                .out_dtype = layer.wide ? DType::kFloat32 : dtype,
                .num_tokens = num_tokens,
                .in_features = layer.in_features,
                .out_features = layer.out_features,
                .weight_rows = static_cast<int32_t>(layout.num_rows()),
                .row_elements = layout.row_elements(),
                .gated = layer.gated,
                .epilogue = layer.epilogue,
                .activation = layer.activation};
  job.out_width = job.pairs() ? job.out_features / 2 : job.out_features;
  return job;
}

constexpr WgmmaChip kChip{
    .has_kernels = true, .of_one = 132, .of_two = 66, .of_four = 30, .memory_bytes = 2360};

TEST(CudaWgmmaTiles, AreRankedWithTheChosenOneFirst) {
  for (const int32_t tokens : {17, 64, 65, 200, 1000, 8192}) {
    const LinearJob job = job_of({"", 4096, 6144}, DType::kBFloat16, tokens);
    const std::vector<WgmmaTile> tiles = rank_wgmma_tiles(job, kChip);
    ASSERT_FALSE(tiles.empty());
    EXPECT_EQ(tiles.front(), choose_wgmma_tile(job, kChip));
    for (const WgmmaTile& tile : tiles) {
      EXPECT_TRUE(tile.cluster == 1 || tile.cluster == 2 || tile.cluster == 4);
      EXPECT_FALSE(tile.cluster == 1 && tile.common_rows);
    }
  }
}

TEST(CudaWgmmaTiles, OfGatedLayersHoldWholePairs) {
  const Layer layer{.name = "",
                    .in_features = 4096,
                    .out_features = 28672,
                    .epilogue = Epilogue::kActivation,
                    .gated = true};
  for (const WgmmaTile& tile : rank_wgmma_tiles(job_of(layer, DType::kFloat16, 300), kChip)) {
    EXPECT_EQ(tile.rows % 32, 0);
  }
}

TEST(CudaWgmmaTiles, AreOfClustersThatFitTheChip) {
  WgmmaChip chip = kChip;
  chip.of_four = 0;
  const LinearJob job = job_of({"", 4096, 6144}, DType::kBFloat16, 1000);
  const std::vector<WgmmaTile> tiles = rank_wgmma_tiles(job, chip);
  EXPECT_FALSE(tiles.empty());
  for (const WgmmaTile& tile : tiles) EXPECT_LE(tile.cluster, 2);
}

TEST(CudaWgmmaTiles, AreRefusedWhereThereIsNoKernel) {
  const Layer layer{"", 512, 256};
  EXPECT_TRUE(wgmma_takes(job_of(layer, DType::kBFloat16, 64), kChip));
  EXPECT_FALSE(wgmma_takes(job_of(layer, DType::kFloat32, 64), kChip));
  EXPECT_FALSE(wgmma_takes(job_of({"", 500, 256}, DType::kBFloat16, 64), kChip));
  EXPECT_FALSE(wgmma_takes(job_of({"", 512, 254}, DType::kBFloat16, 64), kChip));
  EXPECT_FALSE(wgmma_takes(job_of(layer, DType::kBFloat16, 64), WgmmaChip{}));
}

class CudaWgmmaTest : public CudaTest {
 protected:
  void SetUp() override {
    CudaTest::SetUp();
    if (IsSkipped()) return;
    if (device_.major != 9) GTEST_SKIP() << "the GPU is not of sm_90";
    backend_ = std::make_unique<CudaBackend>(0);
    prepare_few_tokens(device_);
    chip_ = prepare_wgmma(device_);
  }

  template <typename T>
  Buffer upload(int64_t count, float scale) {
    std::vector<T> values(static_cast<size_t>(count));
    std::normal_distribution<float> normal(0.0f, scale);
    for (T& value : values) value = T(normal(random_));
    Buffer buffer(*backend_, count * static_cast<int64_t>(sizeof(T)));
    CUDA_CHECK(
        cudaMemcpy(buffer.as(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    return buffer;
  }

  std::vector<uint8_t> download(const Buffer& buffer) {
    CUDA_CHECK(cudaStreamSynchronize(backend_->stream()));
    std::vector<uint8_t> bytes(static_cast<size_t>(buffer.bytes()));
    CUDA_CHECK(cudaMemcpy(bytes.data(), buffer.as(), bytes.size(), cudaMemcpyDeviceToHost));
    return bytes;
  }

  // What the kernel of few tokens makes of the job, some tokens at a time.
  void multiply_few(const LinearJob& job) {
    for (int32_t begin = 0; begin < job.num_tokens; begin += kFewTokens) {
      LinearJob part = job;
      part.num_tokens = std::min<int32_t>(kFewTokens, job.num_tokens - begin);
      part.x = static_cast<const char*>(job.x) + begin * job.in_features * dtype_size(job.dtype);
      part.out = static_cast<char*>(job.out) + begin * job.out_width * dtype_size(job.out_dtype);
      multiply_few_tokens(part, device_, backend_->stream());
    }
  }

  template <typename T>
  void check(const Layer& layer, DType dtype, int32_t num_tokens) {
    LinearJob job = job_of(layer, dtype, num_tokens);
    ASSERT_TRUE(wgmma_takes(job, chip_));
    const int64_t count = int64_t{num_tokens} * job.out_width;
    const Buffer x = upload<T>(int64_t{num_tokens} * job.in_features, 1.0f);
    const Buffer weight = upload<T>(job.weight_rows * job.row_elements, 0.1f);
    const Buffer bias = upload<float>(job.out_features, 1.0f);
    // What lies in `out` before: the residual, or what must be overwritten whole.
    const Buffer before = upload<T>(count * dtype_size(job.out_dtype) / 2, 3.0f);
    const Buffer out(*backend_, before.bytes());
    job.x = x.as();
    job.weight = weight.as();
    job.bias = layer.bias ? bias.as<float>() : nullptr;
    job.out = out.as();
    const auto reset = [&] {
      CUDA_CHECK(cudaMemcpyAsync(out.as(), before.as(), static_cast<size_t>(out.bytes()),
                                 cudaMemcpyDeviceToDevice, backend_->stream()));
    };
    reset();
    multiply_few(job);
    const std::vector<uint8_t> expected = download(out);
    for (const WgmmaTile& tile : rank_wgmma_tiles(job, chip_)) {
      reset();
      multiply_wgmma(job, tile, chip_, backend_->stream());
      EXPECT_EQ(download(out), expected)
          << layer.name << ", " << dtype_name(dtype) << ", " << num_tokens << " tokens, tile "
          << tile.tokens << " x " << tile.rows << ", cluster " << tile.cluster
          << (tile.common_rows ? " of tokens" : " of rows");
    }
  }

  void check_all(const Layer& layer) {
    for (const int32_t num_tokens : {1, 7, 16, 17, 64, 65, 130, 192, 333, 1100}) {
      check<bfloat16>(layer, DType::kBFloat16, num_tokens);
      check<float16>(layer, DType::kFloat16, num_tokens);
    }
  }

  WgmmaChip chip_;
  std::mt19937 random_{11};
  std::unique_ptr<CudaBackend> backend_;
};

TEST_F(CudaWgmmaTest, Stores) { check_all({"store", 584, 836}); }

TEST_F(CudaWgmmaTest, StoresFloats) {
  check_all({.name = "floats", .in_features = 256, .out_features = 1028, .wide = true});
}

TEST_F(CudaWgmmaTest, AddsBiases) {
  check_all({.name = "bias", .in_features = 320, .out_features = 768, .bias = true});
}

TEST_F(CudaWgmmaTest, AddsToTheResidual) {
  check_all({.name = "residual",
             .in_features = 1024,
             .out_features = 512,
             .epilogue = Epilogue::kAdd,
             .bias = true});
}

TEST_F(CudaWgmmaTest, GatesWithSilu) {
  check_all({.name = "silu",
             .in_features = 512,
             .out_features = 1400,
             .epilogue = Epilogue::kActivation,
             .activation = Activation::kSilu,
             .gated = true});
}

TEST_F(CudaWgmmaTest, GatesWithGelu) {
  check_all({.name = "gelu",
             .in_features = 136,
             .out_features = 264,
             .epilogue = Epilogue::kActivation,
             .activation = Activation::kGeluTanh,
             .gated = true});
}

}  // namespace
}  // namespace llmserve
