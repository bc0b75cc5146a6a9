// CpuIsa: which instruction sets the CPU backend may use on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace llmserve {

// Each one includes those before it.
enum class CpuIsa : uint8_t { kGeneric, kAvx2, kAvx512, kAvx512Bf16 };

std::string_view cpu_isa_name(CpuIsa isa);

// The best that both the processor and the operating system support.
CpuIsa detect_cpu_isa();

// The same, but no better than `limit` (a name as in LLMSERVE_CPU_ISA; empty: no limit). Throws
// InvalidArgument for a name that is none.
CpuIsa choose_cpu_isa(const std::string& limit);

}  // namespace llmserve
