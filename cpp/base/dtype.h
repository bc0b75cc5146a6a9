// Element types: their names, sizes, and the two 16-bit floats as storage types.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace llmserve {

enum class DType : uint8_t { kFloat32, kBFloat16, kFloat16, kInt32, kInt64, kUInt8 };

constexpr int64_t dtype_size(DType dtype) {
  switch (dtype) {
    case DType::kInt64:
      return 8;
    case DType::kFloat32:
    case DType::kInt32:
      return 4;
    case DType::kBFloat16:
    case DType::kFloat16:
      return 2;
    case DType::kUInt8:
      return 1;
  }
  return 0;
}

constexpr std::string_view dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return "float32";
    case DType::kBFloat16:
      return "bfloat16";
    case DType::kFloat16:
      return "float16";
    case DType::kInt32:
      return "int32";
    case DType::kInt64:
      return "int64";
    case DType::kUInt8:
      return "uint8";
  }
  return "?";
}

// Storage only: convert to float to compute. Rounding is to nearest, ties to even; NaN stays NaN.
struct bfloat16 {
  uint16_t bits;

  bfloat16() = default;
  explicit bfloat16(float value) {
    const uint32_t word = std::bit_cast<uint32_t>(value);
    const bool is_nan = (word & 0x7fffffffu) > 0x7f800000u;
    bits = is_nan ? static_cast<uint16_t>((word >> 16) | 0x40u)
                  : static_cast<uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
  }
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
};

// By bits, not by _Float16: without F16C that is a library call for each value.
struct float16 {
  uint16_t bits;

  float16() = default;
  explicit float16(float value) {
    constexpr uint32_t kInfinity = 143u << 23;        // 65536: all from here on
    constexpr uint32_t kSmallestNormal = 113u << 23;  // 2^-14
    constexpr uint32_t kHalf = 126u << 23;            // its last bit is that of a subnormal
    const uint32_t word = std::bit_cast<uint32_t>(value);
    const uint32_t sign = (word >> 16) & 0x8000u;
    const uint32_t size = word & 0x7fffffffu;
    uint32_t half;
    if (size >= kInfinity) {
      half = size > 0x7f800000u ? 0x7e00u : 0x7c00u;
    } else if (size < kSmallestNormal) {
      half =
          std::bit_cast<uint32_t>(std::bit_cast<float>(size) + std::bit_cast<float>(kHalf)) - kHalf;
    } else {
      half = (size - (112u << 23) + 0xfffu + ((size >> 13) & 1u)) >> 13;
    }
    bits = static_cast<uint16_t>(sign | half);
  }
  explicit operator float() const {
    const uint32_t size = bits & 0x7fffu;
    const uint32_t sign = (bits & 0x8000u) << 16;
    // Exponents differ by 112; the product is exact, for subnormals too.
    const uint32_t finite = std::bit_cast<uint32_t>(std::bit_cast<float>(size << 13) * 0x1p112f);
    return std::bit_cast<float>(sign | (size >= 0x7c00u ? 0x7f800000u | (size << 13) : finite));
  }
};

static_assert(sizeof(bfloat16) == 2 && sizeof(float16) == 2);

// Calls f.template operator()<T>() with the C++ type of a floating dtype.
template <typename F>
decltype(auto) dispatch_float(DType dtype, F&& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f.template operator()<float>();
    case DType::kBFloat16:
      return f.template operator()<bfloat16>();
    case DType::kFloat16:
      return f.template operator()<float16>();
    default:
      throw_error(ErrorKind::kInternal, "not a floating dtype: ", dtype_name(dtype));
  }
}

template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::kFloat32;
}
template <>
constexpr DType dtype_of<bfloat16>() {
  return DType::kBFloat16;
}
template <>
constexpr DType dtype_of<float16>() {
  return DType::kFloat16;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::kInt32;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::kInt64;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::kUInt8;
}

}  // namespace llmserve
