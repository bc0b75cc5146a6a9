// The 16-bit storage types against the compiler's own: every half, and floats at every rounding.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/dtype.h"

namespace llmserve {
namespace {

// Both NaN, or the same bits.
bool same(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

uint16_t bits_of(_Float16 value) { return std::bit_cast<uint16_t>(value); }

TEST(Float16, EveryHalfBecomesItsFloatAndComesBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float16 half;
    half.bits = static_cast<uint16_t>(bits);
    const float value = static_cast<float>(half);
    ASSERT_TRUE(same(value, static_cast<float>(std::bit_cast<_Float16>(half.bits)))) << bits;
    if (!std::isnan(value)) {
      ASSERT_EQ(float16(value).bits, bits);
    }
  }
}

// Around each half, at each half-way point between two of them, and everywhere else.
TEST(Float16, FloatsAreRoundedToNearestEven) {
  const auto check = [](float value) {
    const uint16_t want = bits_of(static_cast<_Float16>(value));
    const uint16_t got = float16(value).bits;
    if (std::isnan(value)) {
      ASSERT_GT(got & 0x7fff, 0x7c00);
    } else {
      ASSERT_EQ(got, want) << std::bit_cast<uint32_t>(value);
    }
  };
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = static_cast<float>(std::bit_cast<_Float16>(static_cast<uint16_t>(bits)));
    const float next =
        static_cast<float>(std::bit_cast<_Float16>(static_cast<uint16_t>(bits ^ 1u)));
    for (const float point : {value, value + (next - value) / 2}) {
      check(point);
      check(std::nextafter(point, std::numeric_limits<float>::infinity()));
      check(std::nextafter(point, -std::numeric_limits<float>::infinity()));
    }
  }
  for (uint64_t word = 0; word <= 0xffffffffu; word += 40503) {
    check(std::bit_cast<float>(static_cast<uint32_t>(word)));
  }
  for (const float value : {65519.996f, 65520.0f, 65536.0f, 1e30f, -65520.0f}) check(value);
}

TEST(BFloat16, FloatsAreRoundedToNearestEven) {
  for (uint64_t word = 0; word <= 0xffffffffu; word += 40503) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(word));
    const bfloat16 rounded(value);
    const float got = static_cast<float>(rounded);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(got));
      continue;
    }
    // The two neighbours; the nearer one, or of equally near ones the even one.
    const uint16_t low = static_cast<uint16_t>(word >> 16);
    const uint32_t rest = static_cast<uint32_t>(word & 0xffffu);
    const bool up = rest > 0x8000u || (rest == 0x8000u && (low & 1u));
    ASSERT_EQ(rounded.bits, static_cast<uint16_t>(low + up)) << word;
  }
}

}  // namespace
}  // namespace llmserve
