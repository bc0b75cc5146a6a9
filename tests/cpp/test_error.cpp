// Errors: what each kind says, that parts are put together only on failure, and checked arithmetic.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "base/checked.h"
#include "base/error.h"

namespace llmserve {
namespace {

// The error that `body` throws; the test fails where it throws none.
template <typename F>
Error caught(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return Error(ErrorKind::kInternal, "");
}

TEST(ErrorTest, CheckNamesFileLineExpressionAndParts) {
  const int64_t used = 7;
  const int line = __LINE__ + 1;
  const Error error = caught([&] { CHECK(used == 8, "used ", used, " of ", 8.5); });
  EXPECT_EQ(error.kind(), ErrorKind::kInternal);
  EXPECT_EQ(std::string(error.what()),
            "test_error.cpp:" + std::to_string(line) + ": used == 8: used 7 of 8.5");
}

TEST(ErrorTest, CheckWithoutPartsEndsWithTheExpression) {
  const std::string text = caught([] { CHECK(1 > 2); }).what();
  EXPECT_TRUE(text.ends_with(": 1 > 2")) << text;
}

TEST(ErrorTest, ComparisonShowsBothSides) {
  const int a = 3;
  EXPECT_TRUE(std::string(caught([&] { CHECK_EQ(a, 4); }).what()).ends_with("a == 4: 3 vs 4"));
  const std::string text = caught([&] { CHECK_LT(a, 2, "rows of slot ", 5); }).what();
  EXPECT_TRUE(text.ends_with("a < 2: 3 vs 2 rows of slot 5")) << text;
}

TEST(ErrorTest, ComparisonsHoldAtTheirBounds) {
  EXPECT_NO_THROW(CHECK_EQ(2, 2));
  EXPECT_NO_THROW(CHECK_LE(2, 2));
  EXPECT_NO_THROW(CHECK_GE(2, 2));
  EXPECT_THROW(CHECK_LT(2, 2), Error);
  EXPECT_THROW(CHECK_GT(2, 2), Error);
  EXPECT_THROW(CHECK_LE(3, 2), Error);
  EXPECT_THROW(CHECK_GE(1, 2), Error);
}

TEST(ErrorTest, OperandsAreEvaluatedOnceAndPartsOnlyOnFailure) {
  int operands = 0;
  int parts = 0;
  const auto operand = [&] { return ++operands; };
  const auto part = [&] { return ++parts; };
  CHECK_EQ(operand(), 1, part());
  CHECK(operand() == 2, part());
  EXPECT_EQ(operands, 2);
  EXPECT_EQ(parts, 0);
  EXPECT_THROW(CHECK(false, part()), Error);
  EXPECT_EQ(parts, 1);
}

TEST(ErrorTest, CheckIsOneStatement) {
  bool other_branch = false;
  if (false)
    CHECK(false);
  else
    other_branch = true;
  EXPECT_TRUE(other_branch);
}

TEST(ErrorTest, RequireShowsTheSentenceAlone) {
  const Error error =
      caught([] { require(false, "temperature must be at least 0, but is ", -1.5); });
  EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
  EXPECT_STREQ(error.what(), "temperature must be at least 0, but is -1.5");
  EXPECT_NO_THROW(require(true, "unused"));
}

TEST(ErrorTest, ThrowErrorKeepsItsKind) {
  for (const ErrorKind kind : {ErrorKind::kUnsupported, ErrorKind::kOutOfMemory,
                               ErrorKind::kOverloaded, ErrorKind::kUnavailable}) {
    EXPECT_EQ(caught([&] { throw_error(kind, "no"); }).kind(), kind);
  }
}

TEST(CheckedTest, ProductsAndSumsReachTheBoundButNeverWrap) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(checked_mul(kMax, 1), kMax);
  EXPECT_EQ(checked_mul(int64_t{1} << 31, int64_t{1} << 31), int64_t{1} << 62);
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_EQ(caught([] { checked_mul(int64_t{1} << 32, int64_t{1} << 31); }).kind(),
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(caught([] { checked_add(kMax, 1); }).kind(), ErrorKind::kInvalidArgument);
}

TEST(CheckedTest, DivisionRoundsUp) {
  EXPECT_EQ(ceil_div(0, 16), 0);
  EXPECT_EQ(ceil_div(1, 16), 1);
  EXPECT_EQ(ceil_div(16, 16), 1);
  EXPECT_EQ(ceil_div(17, 16), 2);
  EXPECT_EQ(round_up(17, 16), 32);
  EXPECT_EQ(round_up(32, 16), 32);
}

}  // namespace
}  // namespace llmserve
