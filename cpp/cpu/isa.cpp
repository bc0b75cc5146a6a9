#include "cpu/isa.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace llmserve {
namespace {

constexpr std::array kNames = {std::string_view("generic"), std::string_view("avx2"),
                               std::string_view("avx512"), std::string_view("avx512_bf16")};

}  // namespace

std::string_view cpu_isa_name(CpuIsa isa) { return kNames.at(static_cast<size_t>(isa)); }

CpuIsa detect_cpu_isa() {
#if defined(__x86_64__)
  // The compiler's run-time support asks XGETBV too: a set is reported only where the operating
  // system saves its registers.
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("f16c");
  if (!avx2) return CpuIsa::kGeneric;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (!avx512) return CpuIsa::kAvx2;
  return __builtin_cpu_supports("avx512bf16") ? CpuIsa::kAvx512Bf16 : CpuIsa::kAvx512;
#else
  return CpuIsa::kGeneric;
#endif
}

CpuIsa choose_cpu_isa(const std::string& limit) {
  const CpuIsa best = detect_cpu_isa();
  if (limit.empty()) return best;
  const auto found = std::find(kNames.begin(), kNames.end(), limit);
  require(found != kNames.end(), "LLMSERVE_CPU_ISA is '", limit,
          "'; allowed: generic, avx2, avx512, avx512_bf16");
  return std::min(best, static_cast<CpuIsa>(found - kNames.begin()));
}

}  // namespace llmserve
