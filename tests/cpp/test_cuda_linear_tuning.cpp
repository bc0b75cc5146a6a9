// Which algorithm a large product takes: the ranges of tokens, the file that remembers the choices,
// and that no choice changes a bit.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <vector>

#include "backend/buffer.h"
#include "cuda_backend.h"
#include "cuda_check.h"
#include "cuda_test.h"
#include "linear_blas.h"

namespace llmserve {
namespace {

TEST(CudaTokenRanges, HoldEveryNumberOfTokensOnce) {
  size_t before = 0;
  for (int64_t tokens = 1; tokens < 40000; ++tokens) {
    const size_t range = token_range(tokens);
    EXPECT_LE(tokens, kTokenRanges[range]);
    EXPECT_TRUE(range == 0 || tokens > kTokenRanges[range - 1]);
    EXPECT_TRUE(range == before || range == before + 1);
    before = range;
  }
  EXPECT_EQ(token_range(int64_t{1} << 40), kTokenRanges.size() - 1);
}

// A cache folder of its own.
class CacheFolderTest : public CudaTest {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "tuning_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    setenv("LLMSERVE_CACHE_DIR", name.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

using CudaTuningCacheTest = CacheFolderTest;

TEST_F(CudaTuningCacheTest, KeepsAChoiceForItsDeviceAndShapeAlone) {
  const DeviceInfo device{.name = "A GPU (of tests)", .num_sms = 7};
  const Product product{.num_tokens = 96, .in_features = 64, .weight_rows = 32, .row_elements = 64};
  BlasAlgorithm algorithm;
  for (size_t i = 0; i < std::size(algorithm.data); ++i) algorithm.data[i] = ~uint64_t{0} / (i + 1);
  TuningCache cache(device);
  EXPECT_FALSE(cache.find(product));
  cache.put(product, algorithm);
  cache.save();

  const std::optional<BlasAlgorithm> found = TuningCache(device).find(product);
  ASSERT_TRUE(found);
  EXPECT_EQ(std::memcmp(&*found, &algorithm, sizeof algorithm), 0);
  Product other = product;
  other.num_tokens = 97;
  EXPECT_FALSE(TuningCache(device).find(other));
  other = product;
  other.out_dtype = DType::kFloat32;
  EXPECT_FALSE(TuningCache(device).find(other));
  EXPECT_FALSE(TuningCache({.name = "Another GPU", .num_sms = 7}).find(product));
  EXPECT_FALSE(TuningCache({.name = device.name, .num_sms = 8}).find(product));
}

class CudaLinearTuningTest : public CacheFolderTest {
 protected:
  static constexpr int64_t kRows = 512, kIn = 256, kMostTokens = 700;

  void SetUp() override {
    CudaTest::SetUp();
    CacheFolderTest::SetUp();
    if (IsSkipped()) return;
    backend_ = std::make_unique<CudaBackend>(0);
    weight_ = Buffer(*backend_, kRows * kIn * 2);
    x_ = Buffer(*backend_, kMostTokens * kIn * 2);
    out_ = Buffer(*backend_, kMostTokens * kRows * 4);
    scratch_x_ = Buffer(*backend_, kMostTokens * kIn * 2);
    workspace_ = Buffer(*backend_, LinearBlas::kWorkspaceBytes);
    fill(weight_);
    fill(x_);
  }

  void fill(const Buffer& buffer) {
    std::vector<bfloat16> values(static_cast<size_t>(buffer.bytes() / 2));
    std::normal_distribution<float> normal;
    for (bfloat16& value : values) value = bfloat16(normal(random_));
    CUDA_CHECK(cudaMemcpy(buffer.as(), values.data(), values.size() * 2, cudaMemcpyHostToDevice));
  }

  Product product(int64_t num_tokens) const {
    return {.x = x_.as(),
            .weight = weight_.as(),
            .out = out_.as(),
            .dtype = DType::kBFloat16,
            .out_dtype = DType::kFloat32,
            .num_tokens = num_tokens,
            .in_features = kIn,
            .weight_rows = kRows,
            .row_elements = kIn};
  }

  std::vector<float> run(LinearBlas& blas, int64_t num_tokens) {
    std::vector<float> out(static_cast<size_t>(num_tokens * kRows));
    CUDA_CHECK(cudaMemsetAsync(out_.as(), 0xff, out.size() * 4, backend_->stream()));
    blas.multiply(product(num_tokens), backend_->stream());
    CUDA_CHECK(cudaMemcpyAsync(out.data(), out_.as(), out.size() * 4, cudaMemcpyDeviceToHost,
                               backend_->stream()));
    CUDA_CHECK(cudaStreamSynchronize(backend_->stream()));
    return out;
  }

  void tune(LinearBlas& blas) {
    Product product = this->product(kMostTokens);
    product.x = scratch_x_.as();
    const std::vector<Product> products(3, product);
    blas.tune(products, device_, backend_->stream());
  }

  int64_t num_files() const {
    return std::distance(std::filesystem::directory_iterator(folder_),
                         std::filesystem::directory_iterator());
  }

  std::mt19937 random_{7};
  std::unique_ptr<CudaBackend> backend_;
  Buffer weight_, x_, out_, scratch_x_, workspace_;
};

TEST_F(CudaLinearTuningTest, ARowHasItsBitsWhateverIsChosen) {
  LinearBlas plain(workspace_.as()), tuned(workspace_.as()), again(workspace_.as());
  ASSERT_TRUE(plain.takes(product(1)));
  tune(tuned);
  EXPECT_EQ(num_files(), 1);
  tune(again);
  const std::vector<float> all = run(plain, kMostTokens);
  for (const int64_t tokens : {17, 40, 65, 72, 128, 129, 200, 333, 512, 640, 700}) {
    const std::vector<float> expected(all.begin(), all.begin() + tokens * kRows);
    EXPECT_EQ(run(plain, tokens), expected) << tokens;
    EXPECT_EQ(run(tuned, tokens), expected) << tokens;
    EXPECT_EQ(run(again, tokens), expected) << tokens;
  }
}

TEST_F(CudaLinearTuningTest, NothingIsTimedWhileAStreamIsRecorded) {
  LinearBlas blas(workspace_.as());
  cudaGraph_t graph = nullptr;
  CUDA_CHECK(cudaStreamBeginCapture(backend_->stream(), cudaStreamCaptureModeThreadLocal));
  tune(blas);
  blas.multiply(product(100), backend_->stream());
  CUDA_CHECK(cudaStreamEndCapture(backend_->stream(), &graph));
  size_t num_nodes = 0;
  CUDA_CHECK(cudaGraphGetNodes(graph, nullptr, &num_nodes));
  EXPECT_EQ(num_nodes, 1u);
  CUDA_CHECK(cudaGraphDestroy(graph));
  EXPECT_EQ(num_files(), 0);
}

TEST_F(CudaLinearTuningTest, LivesWithoutAFile) {
  setenv("LLMSERVE_CACHE_DIR", "/proc/nowhere", 1);
  LinearBlas plain(workspace_.as()), tuned(workspace_.as());
  tune(tuned);
  EXPECT_EQ(run(tuned, 150), run(plain, 150));
}

}  // namespace
}  // namespace llmserve
