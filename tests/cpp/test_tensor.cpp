// Shapes, tensor views, the shape matcher, and the two 16-bit floats.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace llmserve {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <typename F>
std::string message_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ShapeTest, CountsAndPrints) {
  EXPECT_EQ(Shape({2, 3, 4}).numel(), 24);
  EXPECT_EQ(Shape({2, 0, 4}).numel(), 0);
  EXPECT_EQ(Shape().numel(), 1);  // a scalar
  EXPECT_EQ(Shape({2, 3}).str(), "[2, 3]");
  EXPECT_EQ(Shape().str(), "[]");
}

TEST(ShapeTest, EqualityIncludesTheRank) {
  EXPECT_EQ(Shape({2, 3}), Shape({2, 3}));
  EXPECT_NE(Shape({2, 3}), Shape({3, 2}));
  EXPECT_NE(Shape({2}), Shape({2, 0}));
}

TEST(ShapeTest, RefusesWhatItCannotHold) {
  EXPECT_THROW(Shape({1, 1, 1, 1, 1}), Error);
  EXPECT_THROW(Shape({2, -1}), Error);
  const Shape huge({int64_t{1} << 40, int64_t{1} << 40});
  EXPECT_THROW(huge.numel(), Error);
}

TEST(TensorTest, ViewsShareTheMemory) {
  std::vector<float> values(12);
  for (int i = 0; i < 12; ++i) values[i] = static_cast<float>(i);
  const Tensor tensor(values.data(), DType::kFloat32, {4, 3});
  EXPECT_EQ(tensor.nbytes(), 48);

  const Tensor rows = tensor.rows(1, 2);
  EXPECT_EQ(rows.shape(), Shape({2, 3}));
  EXPECT_EQ(rows.data<float>(), values.data() + 3);
  EXPECT_EQ(tensor.rows(4, 0).numel(), 0);

  const Tensor flat = tensor.view({6, 2});
  EXPECT_EQ(flat.data<float>(), values.data());
  EXPECT_EQ(flat.shape(), Shape({6, 2}));
}

TEST(TensorTest, RowsMoveByWholeRowsOfAnyDtype) {
  std::vector<bfloat16> values(2 * 3 * 5);
  const Tensor tensor(values.data(), DType::kBFloat16, {2, 3, 5});
  EXPECT_EQ(tensor.rows(1, 1).data<bfloat16>(), values.data() + 15);
}

TEST(TensorTest, RefusesViewsBeyondItsMemory) {
  std::vector<float> values(12);
  const Tensor tensor(values.data(), DType::kFloat32, {4, 3});
  EXPECT_THROW(tensor.rows(3, 2), Error);
  EXPECT_THROW(tensor.rows(-1, 1), Error);
  EXPECT_THROW(tensor.rows(1, -1), Error);
  EXPECT_THROW(tensor.view({13}), Error);
  EXPECT_NO_THROW(tensor.view({11}));
}

TEST(TensorTest, DataIsOfTheDtypeAskedFor) {
  float value = 0.0f;
  const Tensor tensor(&value, DType::kFloat32, {1});
  EXPECT_EQ(tensor.data<float>(), &value);
  EXPECT_THROW(tensor.data<int32_t>(), Error);
  EXPECT_FALSE(tensor.empty());
  EXPECT_TRUE(Tensor().empty());
}

TEST(DimTest, BindsOnceAndIsComparedAfterwards) {
  float data[12];
  const Tensor x(data, DType::kFloat32, {4, 3});
  const Tensor y(data, DType::kFloat32, {4, 2});
  Dim tokens("tokens");
  Dim hidden("hidden");
  expect(x, "x", DType::kFloat32, {&tokens, &hidden});
  EXPECT_EQ(tokens.value(), 4);
  EXPECT_EQ(hidden.value(), 3);

  const std::string text = message_of([&] { expect(y, "y", DType::kFloat32, {&tokens, &hidden}); });
  EXPECT_NE(text.find("y: shape [4, 2], hidden is 3 elsewhere but 2 here"), std::string::npos)
      << text;
}

TEST(DimTest, FixedSizesDtypeAndRankAreChecked) {
  float data[12];
  const Tensor x(data, DType::kFloat32, {4, 3});
  Dim tokens("tokens");
  Dim three("width", 3);
  Dim two("width", 2);
  EXPECT_NO_THROW(expect(x, "x", DType::kFloat32, {&tokens, &three}));
  EXPECT_THROW(expect(x, "x", DType::kFloat32, {&tokens, &two}), Error);
  EXPECT_THROW(expect(x, "x", DType::kFloat32, {&tokens}), Error);
  EXPECT_THROW(expect(x, "x", DType::kBFloat16, {&tokens, &three}), Error);
}

TEST(DimTest, ASizeOfZeroBindsToo) {
  Dim rows("rows");
  EXPECT_TRUE(rows.match(0));
  EXPECT_FALSE(rows.match(5));
}

TEST(DTypeTest, SizesAgreeWithTheTypes) {
  EXPECT_EQ(dtype_size(dtype_of<float>()), 4);
  EXPECT_EQ(dtype_size(dtype_of<bfloat16>()), 2);
  EXPECT_EQ(dtype_size(dtype_of<float16>()), 2);
  EXPECT_EQ(dtype_size(dtype_of<int32_t>()), 4);
  EXPECT_EQ(dtype_size(dtype_of<int64_t>()), 8);
  EXPECT_EQ(dtype_size(dtype_of<uint8_t>()), 1);
}

TEST(DTypeTest, DispatchReachesTheRightTypeAndRefusesIntegers) {
  const auto size = []<typename T>() { return sizeof(T); };
  EXPECT_EQ(dispatch_float(DType::kFloat32, size), 4u);
  EXPECT_EQ(dispatch_float(DType::kBFloat16, size), 2u);
  EXPECT_EQ(dispatch_float(DType::kFloat16, size), 2u);
  EXPECT_THROW(dispatch_float(DType::kInt32, size), Error);
}

// Every one of the 65536 values is its own nearest neighbour.
template <typename T>
void expect_round_trip() {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    T value;
    value.bits = static_cast<uint16_t>(bits);
    const float wide = static_cast<float>(value);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(static_cast<float>(T(wide)))) << bits;
    } else {
      EXPECT_EQ(T(wide).bits, bits);
    }
  }
}

TEST(BFloat16Test, EveryValueSurvivesTheRoundTrip) { expect_round_trip<bfloat16>(); }
TEST(Float16Test, EveryValueSurvivesTheRoundTrip) { expect_round_trip<float16>(); }

TEST(BFloat16Test, RoundsToNearestTiesToEven) {
  // Between 1 and its next neighbour 1 + 2^-7, and between that and 1 + 2^-6.
  EXPECT_EQ(bfloat16(1.0f + 0x1p-8f).bits, 0x3f80);             // a tie goes down to even
  EXPECT_EQ(bfloat16(1.0f + 0x1p-8f + 0x1p-20f).bits, 0x3f81);  // just above it
  EXPECT_EQ(bfloat16(1.0f + 0x1p-7f + 0x1p-8f).bits, 0x3f82);   // a tie goes up to even
  EXPECT_EQ(bfloat16(1.0f + 0x1p-7f + 0x1p-8f - 0x1p-20f).bits, 0x3f81);
  EXPECT_EQ(bfloat16(-1.0f - 0x1p-8f).bits, 0xbf80);
}

TEST(BFloat16Test, TheEndsOfTheRange) {
  EXPECT_EQ(static_cast<float>(bfloat16(std::numeric_limits<float>::max())), kInfinity);
  EXPECT_EQ(static_cast<float>(bfloat16(-kInfinity)), -kInfinity);
  EXPECT_EQ(bfloat16(-0.0f).bits, 0x8000);
  // A NaN whose payload lies in the lower half only must not turn into an infinity.
  EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16(std::bit_cast<float>(0x7f800001u)))));
  EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16(std::bit_cast<float>(0xffffffffu)))));
}

TEST(Float16Test, TheEndsOfTheRange) {
  EXPECT_EQ(static_cast<float>(float16(65504.0f)), 65504.0f);
  EXPECT_EQ(static_cast<float>(float16(65520.0f)), kInfinity);
  EXPECT_EQ(float16(1.0f + 0x1p-11f).bits, 0x3c00);  // a tie goes to even
  EXPECT_EQ(float16(0x1p-24f).bits, 1);              // the smallest
  EXPECT_EQ(float16(0x1p-25f).bits, 0);              // half of it: a tie goes to zero
}

}  // namespace
}  // namespace llmserve
