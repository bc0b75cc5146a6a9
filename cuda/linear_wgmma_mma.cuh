// The products of a warpgroup: 64 tokens by N rows of the weight, 16 features deep, both operands
// in shared memory as the copy engine leaves them, swizzled over 128 bytes.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

namespace llmserve {

// What the instruction is told of an operand: rows of 128 bytes, eight of them 1024 bytes before
// the next eight.
__device__ inline uint64_t wgmma_operand(uint32_t address) {
  constexpr uint64_t kSwizzle128 = uint64_t{1} << 62;
  constexpr uint64_t kEightRows = uint64_t{1024 / 16} << 32;
  constexpr uint64_t kUnused = uint64_t{1} << 16;  // of swizzled layouts
  return kSwizzle128 | kEightRows | kUnused | ((address & 0x3ffff) >> 4);
}

// What is added to an operand to begin so many bytes further; 16 features are 32 bytes.
__device__ constexpr uint64_t wgmma_step(int bytes) { return static_cast<uint64_t>(bytes >> 4); }

// sums += tokens rows^T. Sums of a thread: for eights j of the rows, sums[4 j + 2 h + c] is of
// token lane / 4 + 8 h of the warp's sixteen and of row 8 j + 2 (lane % 4) + c.
template <typename T, int kRows>
__device__ void wgmma(uint64_t tokens, uint64_t rows, float (&sums)[kRows / 2]);

// The instruction names each of its up to 128 sums, so each width is spelled out, by these pieces.
#define LLMSERVE_NAMES_0 "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15"
#define LLMSERVE_NAMES_1                     \
  "%16, %17, %18, %19, %20, %21, %22, %23, " \
  "%24, %25, %26, %27, %28, %29, %30, %31"
#define LLMSERVE_NAMES_2                     \
  "%32, %33, %34, %35, %36, %37, %38, %39, " \
  "%40, %41, %42, %43, %44, %45, %46, %47"
#define LLMSERVE_NAMES_3                     \
  "%48, %49, %50, %51, %52, %53, %54, %55, " \
  "%56, %57, %58, %59, %60, %61, %62, %63"
#define LLMSERVE_NAMES_4                     \
  "%64, %65, %66, %67, %68, %69, %70, %71, " \
  "%72, %73, %74, %75, %76, %77, %78, %79"
#define LLMSERVE_NAMES_5                     \
  "%80, %81, %82, %83, %84, %85, %86, %87, " \
  "%88, %89, %90, %91, %92, %93, %94, %95"
#define LLMSERVE_NAMES_6                         \
  "%96, %97, %98, %99, %100, %101, %102, %103, " \
  "%104, %105, %106, %107, %108, %109, %110, %111"
#define LLMSERVE_NAMES_7                             \
  "%112, %113, %114, %115, %116, %117, %118, %119, " \
  "%120, %121, %122, %123, %124, %125, %126, %127"
#define LLMSERVE_SUMS_4(i) "+f"(sums[i]), "+f"(sums[i + 1]), "+f"(sums[i + 2]), "+f"(sums[i + 3])
#define LLMSERVE_SUMS_8(i) LLMSERVE_SUMS_4(i), LLMSERVE_SUMS_4(i + 4)
#define LLMSERVE_SUMS_16(i) LLMSERVE_SUMS_8(i), LLMSERVE_SUMS_8(i + 8)
#define LLMSERVE_SUMS_32(i) LLMSERVE_SUMS_16(i), LLMSERVE_SUMS_16(i + 16)
#define LLMSERVE_SUMS_64(i) LLMSERVE_SUMS_32(i), LLMSERVE_SUMS_32(i + 32)
// clang-format off
#define LLMSERVE_WGMMA_OF(type, name, width, names, operands, ...)                              \
  template <>                                                                                   \
  __device__ inline void wgmma<type, width>(uint64_t tokens, uint64_t rows,                     \
                                            float (&sums)[width / 2]) {                         \
    asm volatile("wgmma.mma_async.sync.aligned.m64n" #width "k16.f32." name "." name " {" names \
                 "}, " operands ", 1, 1, 1, 0, 0;"                                              \
                 : __VA_ARGS__                                                                  \
                 : "l"(tokens), "l"(rows));                                                     \
  }
// clang-format on
#define LLMSERVE_WGMMA(...)                             \
  LLMSERVE_WGMMA_OF(__nv_bfloat16, "bf16", __VA_ARGS__) \
  LLMSERVE_WGMMA_OF(__half, "f16", __VA_ARGS__)

LLMSERVE_WGMMA(32, LLMSERVE_NAMES_0, "%16, %17", LLMSERVE_SUMS_16(0))
LLMSERVE_WGMMA(48, LLMSERVE_NAMES_0 ", %16, %17, %18, %19, %20, %21, %22, %23", "%24, %25",
               LLMSERVE_SUMS_16(0), LLMSERVE_SUMS_8(16))
LLMSERVE_WGMMA(64, LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1, "%32, %33", LLMSERVE_SUMS_32(0))
LLMSERVE_WGMMA(80,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", %32, %33, %34, %35, %36, %37, %38, %39",
               "%40, %41", LLMSERVE_SUMS_32(0), LLMSERVE_SUMS_8(32))
LLMSERVE_WGMMA(96, LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2, "%48, %49",
               LLMSERVE_SUMS_32(0), LLMSERVE_SUMS_16(32))
LLMSERVE_WGMMA(112,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2
                                ", %48, %49, %50, %51, %52, %53, %54, %55",
               "%56, %57", LLMSERVE_SUMS_32(0), LLMSERVE_SUMS_16(32), LLMSERVE_SUMS_8(48))
LLMSERVE_WGMMA(128,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2 ", " LLMSERVE_NAMES_3,
               "%64, %65", LLMSERVE_SUMS_64(0))
LLMSERVE_WGMMA(144,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2 ", " LLMSERVE_NAMES_3
                                ", %64, %65, %66, %67, %68, %69, %70, %71",
               "%72, %73", LLMSERVE_SUMS_64(0), LLMSERVE_SUMS_8(64))
LLMSERVE_WGMMA(192,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2 ", " LLMSERVE_NAMES_3
                                ", " LLMSERVE_NAMES_4 ", " LLMSERVE_NAMES_5,
               "%96, %97", LLMSERVE_SUMS_64(0), LLMSERVE_SUMS_32(64))
LLMSERVE_WGMMA(224,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2 ", " LLMSERVE_NAMES_3
                                ", " LLMSERVE_NAMES_4 ", " LLMSERVE_NAMES_5 ", " LLMSERVE_NAMES_6,
               "%112, %113", LLMSERVE_SUMS_64(0), LLMSERVE_SUMS_32(64), LLMSERVE_SUMS_16(96))
LLMSERVE_WGMMA(256,
               LLMSERVE_NAMES_0 ", " LLMSERVE_NAMES_1 ", " LLMSERVE_NAMES_2 ", " LLMSERVE_NAMES_3
                                ", " LLMSERVE_NAMES_4 ", " LLMSERVE_NAMES_5 ", " LLMSERVE_NAMES_6
                                ", " LLMSERVE_NAMES_7,
               "%128, %129", LLMSERVE_SUMS_64(0), LLMSERVE_SUMS_64(64))

#undef LLMSERVE_NAMES_0
#undef LLMSERVE_NAMES_1
#undef LLMSERVE_NAMES_2
#undef LLMSERVE_NAMES_3
#undef LLMSERVE_NAMES_4
#undef LLMSERVE_NAMES_5
#undef LLMSERVE_NAMES_6
#undef LLMSERVE_NAMES_7
#undef LLMSERVE_SUMS_4
#undef LLMSERVE_SUMS_8
#undef LLMSERVE_SUMS_16
#undef LLMSERVE_SUMS_32
#undef LLMSERVE_SUMS_64
#undef LLMSERVE_WGMMA_OF
#undef LLMSERVE_WGMMA

}  // namespace llmserve
