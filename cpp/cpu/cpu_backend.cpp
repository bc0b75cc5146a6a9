// CpuBackend's memory, copies and workspace, and the ops that are a call to somewhere else.
#include "cpu/cpu_backend.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/env.h"
#include "cpu/attention.h"
#include "cpu/host_memory.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;

int checked_threads(int num_threads) {
  require(num_threads >= 1, "num_threads is ", num_threads, "; it must be 1 or more");
  return num_threads;
}

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(int num_threads) {
  return std::make_unique<CpuBackend>(num_threads);
}

CpuBackend::CpuBackend(int num_threads)
    : isa_(choose_cpu_isa(env::cpu_isa())),
      pool_(checked_threads(num_threads)),
      linear_(pool_, isa_) {}

CpuBackend::~CpuBackend() {
  for (const auto& [data, bytes] : allocations_) unmap_host_memory(data, bytes);
}

Device CpuBackend::device() const { return {DeviceType::kCpu, 0}; }

std::string CpuBackend::name() const {
  const int threads = pool_.num_threads();
  return detail::concat("cpu (", cpu_isa_name(isa_), ", ", threads,
                        threads == 1 ? " thread)" : " threads)");
}

DType CpuBackend::activation_dtype(DType) const { return DType::kFloat32; }

MemoryInfo CpuBackend::memory_info() const { return host_memory_info(); }

void* CpuBackend::allocate(int64_t bytes) {
  std::lock_guard lock(memory_mutex_);
  CHECK(!sealed_, "allocate(", bytes, ") after seal()");
  void* data = map_host_memory(bytes);
  try {
    allocations_.emplace(data, bytes);
  } catch (...) {
    unmap_host_memory(data, bytes);
    throw;
  }
  allocated_bytes_ += bytes;
  return data;
}

void CpuBackend::deallocate(void* data) noexcept {
  std::lock_guard lock(memory_mutex_);
  const auto found = allocations_.find(data);
  if (found == allocations_.end()) return;
  allocated_bytes_ -= found->second;
  unmap_host_memory(data, found->second);
  allocations_.erase(found);
}

int64_t CpuBackend::allocated_bytes() const {
  std::lock_guard lock(memory_mutex_);
  return allocated_bytes_;
}

void CpuBackend::seal() {
  std::lock_guard lock(memory_mutex_);
  sealed_ = true;
}

void CpuBackend::upload(void* to, const void* from_host, int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes > 0) std::memcpy(to, from_host, bytes);
}

void CpuBackend::download(void* to_host, const void* from, int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes > 0) std::memcpy(to_host, from, bytes);
}

// Every op is done when it returns, so every mark is reached as soon as it is made.
uint64_t CpuBackend::record() { return ++marks_; }

bool CpuBackend::reached(uint64_t mark) {
  CHECK_LE(mark, marks_, "a mark that record() has not made");
  return true;
}

void CpuBackend::wait(uint64_t mark) {
  CHECK_LE(mark, marks_, "a mark that record() has not made");
}

int64_t CpuBackend::linear_weight_bytes(const LinearShape& shape) const {
  return PackedLayout(shape).bytes();
}

void CpuBackend::load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                           int64_t col_begin) {
  pack_rows(weight, row_begin, source, col_begin);
}

CpuBackend::WorkspaceSizes CpuBackend::workspace_sizes(const StepLimits& limits) const {
  // The output head is a linear layer too, of the rows that have logits.
  const int64_t rows = std::max(limits.max_tokens, limits.max_logit_rows);
  return {round_up(linear_.workspace_bytes(rows, limits.max_in_features), kAlignment),
          round_up(cpu_attention_workspace(limits, pool_.num_threads()), kAlignment),
          CpuSampler::workspace_bytes(limits, pool_.num_threads())};
}

int64_t CpuBackend::workspace_bytes(const StepLimits& limits) const {
  const WorkspaceSizes sizes = workspace_sizes(limits);
  return checked_add(checked_add(sizes.linear, sizes.attention), sizes.sampling);
}

void CpuBackend::reserve_workspace(const StepLimits& limits) {
  CHECK(workspace_ == nullptr, "the workspace is reserved once");
  const WorkspaceSizes sizes = workspace_sizes(limits);
  workspace_ = allocate(workspace_bytes(limits));
  sampler_.reserve(limits, pool_.num_threads(),
                   static_cast<char*>(workspace_) + sizes.linear + sizes.attention);
  reserved_ = sizes;
  limits_ = limits;
}

void CpuBackend::linear(const LinearArgs& args) { linear_.run(args, workspace_, reserved_.linear); }

void CpuBackend::attention(const AttentionArgs& args, const StepView& step,
                           const SlotTable& slots) {
  CHECK(workspace_ != nullptr, "attention before reserve_workspace()");
  cpu_attention(pool_, isa_, args, step, slots, static_cast<char*>(workspace_) + reserved_.linear);
}

void CpuBackend::sample(const LogitsView& logits, std::span<const SampleRow> rows,
                        const SlotTable& slots, int32_t* tokens, uint8_t* finite,
                        const LogprobsView& logprobs) {
  sampler_.sample(pool_, logits, rows, slots, tokens, finite, logprobs);
}

void CpuBackend::score(const LogitsView& logits, std::span<const ScoreRow> rows,
                       const LogprobsView& logprobs) {
  sampler_.score(pool_, logits, rows, logprobs);
}

}  // namespace llmserve
