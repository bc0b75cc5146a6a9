// CudaBackend's memory, copies and workspace, and the ops that are a call to somewhere else.
#include "cuda_backend.h"

#include <algorithm>

#include "base/checked.h"
#include "cuda_check.h"
#include "small_copy.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;
// Results of a row: the token and some twenty log probabilities. A step that wants more waits.
constexpr int64_t kResultBytes = 256;

DeviceInfo open_device(int index) {
  DeviceInfo info = read_device_info(index);
  CUDA_CHECK(cudaSetDevice(index));
  return info;
}

}  // namespace

CudaBackend::CudaBackend(int index)
    : info_(open_device(index)),
      weight_upload_(index, stream_),
      linear_(info_),
      attention_(info_),
      sampler_(info_) {}

// Kernels may still run, and a failed device refuses every call: neither may hold up the end.
CudaBackend::~CudaBackend() {
  static_cast<void>(cudaSetDevice(info_.index));
  static_cast<void>(cudaStreamSynchronize(stream_));
  for (const auto& [data, bytes] : allocations_) static_cast<void>(cudaFree(data));
}

void CudaBackend::use_device() const { CUDA_CHECK(cudaSetDevice(info_.index)); }

Device CudaBackend::device() const { return {DeviceType::kCuda, info_.index}; }

std::string CudaBackend::name() const {
  return detail::concat("cuda (", info_.name, ", sm_", info_.major, info_.minor, ")");
}

DType CudaBackend::activation_dtype(DType model_dtype) const { return model_dtype; }

MemoryInfo CudaBackend::memory_info() const {
  use_device();
  size_t free = 0, total = 0;
  CUDA_CHECK(cudaMemGetInfo(&free, &total));
  return {static_cast<int64_t>(total), static_cast<int64_t>(free)};
}

void* CudaBackend::allocate(int64_t bytes) {
  CHECK_GE(bytes, 0);
  use_device();
  std::lock_guard lock(memory_mutex_);
  CHECK(!sealed_, "allocate(", bytes, ") after seal()");
  void* data = nullptr;
  const cudaError_t status = cudaMalloc(&data, static_cast<size_t>(std::max<int64_t>(bytes, 1)));
  if (status == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());
    throw_error(ErrorKind::kOutOfMemory, "the GPU ", info_.name, " has no ", bytes >> 20,
                " MiB in one piece; ", memory_info().free_bytes >> 20, " MiB are free");
  }
  CUDA_CHECK(status);
  try {
    // Waits, as the weights come by another stream.
    CUDA_CHECK(cudaMemsetAsync(data, 0, static_cast<size_t>(bytes), stream_));
    CUDA_CHECK(cudaStreamSynchronize(stream_));
    allocations_.emplace(data, bytes);
  } catch (...) {
    static_cast<void>(cudaFree(data));
    throw;
  }
  allocated_bytes_ += bytes;
  return data;
}

void CudaBackend::deallocate(void* data) noexcept {
  static_cast<void>(cudaSetDevice(info_.index));
  std::lock_guard lock(memory_mutex_);
  const auto found = allocations_.find(data);
  if (found == allocations_.end()) return;
  allocated_bytes_ -= found->second;
  static_cast<void>(cudaFree(data));  // waits for kernels that use it
  allocations_.erase(found);
}

int64_t CudaBackend::allocated_bytes() const {
  std::lock_guard lock(memory_mutex_);
  return allocated_bytes_;
}

void CudaBackend::seal() {
  std::lock_guard lock(memory_mutex_);
  sealed_ = true;
}

// No step uploads: what CUDA does for pageable memory is good enough.
void CudaBackend::upload(void* to, const void* from_host, int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes == 0) return;
  use_device();
  CUDA_CHECK(
      cudaMemcpyAsync(to, from_host, static_cast<size_t>(bytes), cudaMemcpyHostToDevice, stream_));
}

void CudaBackend::download(void* to_host, const void* from, int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes == 0) return;
  use_device();
  // A copy to pageable memory waits for the stream, so only what is too large goes that way.
  void* room = staging_.take(bytes);
  if (room && is_small_copy(room, from, bytes)) {
    copy_small(room, from, bytes, stream_, info_.overlaps_launches());
  } else {
    CUDA_CHECK(cudaMemcpyAsync(room ? room : to_host, from, static_cast<size_t>(bytes),
                               cudaMemcpyDeviceToHost, stream_));
  }
  if (room) staging_.deliver_later(to_host, room, bytes);
}

uint64_t CudaBackend::record() {
  const uint64_t mark = marks_ + 1;
  CUDA_CHECK(cudaEventRecord(events_[mark % Staging::kTurns], stream_));
  marks_ = mark;
  staging_.end_turn(mark);
  // Whoever runs so far ahead waits here, so that ops always find an open turn and the next mark a
  // free event.
  wait(staging_.blocked_by());
  return mark;
}

bool CudaBackend::reached(uint64_t mark) {
  CHECK_LE(mark, marks_, "a mark that record() has not made");
  if (mark <= reached_) return true;
  const cudaError_t status = cudaEventQuery(events_[mark % Staging::kTurns]);
  if (status == cudaErrorNotReady) {
    static_cast<void>(cudaGetLastError());  // or the next launch would be blamed for it
    return false;
  }
  CUDA_CHECK(status);
  return true;
}

void CudaBackend::wait(uint64_t mark) {
  CHECK_LE(mark, marks_, "a mark that record() has not made");
  if (mark <= reached_) return;
  CUDA_CHECK(cudaEventSynchronize(events_[mark % Staging::kTurns]));
  while (reached_ < mark) staging_.deliver(++reached_);
}

void CudaBackend::enter_thread() {
  use_device();
  weight_upload_.finish();
}

int64_t CudaBackend::linear_weight_bytes(const LinearShape& shape) const {
  CHECK(shape.out_features > 0 && shape.in_features > 0, "linear weight [", shape.out_features,
        ", ", shape.in_features, "]");
  CHECK(!shape.gated || shape.out_features % 2 == 0, "gated weight of ", shape.out_features,
        " rows");
  return WeightLayout(shape).bytes();
}

void CudaBackend::load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                            int64_t col_begin) {
  weight_upload_.load_rows(weight, row_begin, source, col_begin);
}

CudaBackend::WorkspaceSizes CudaBackend::workspace_sizes(const StepLimits& limits) const {
  return {round_up(linear_.workspace_bytes(limits), kAlignment),
          round_up(attention_.workspace_bytes(limits), kAlignment),
          round_up(sampler_.workspace_bytes(limits), kAlignment)};
}

int64_t CudaBackend::workspace_bytes(const StepLimits& limits) const {
  const WorkspaceSizes sizes = workspace_sizes(limits);
  return checked_add(checked_add(sizes.linear, sizes.attention), sizes.sampling);
}

void CudaBackend::reserve_workspace(const StepLimits& limits) {
  CHECK(workspace_ == nullptr, "the workspace is reserved once");
  const WorkspaceSizes sizes = workspace_sizes(limits);
  workspace_ = allocate(workspace_bytes(limits));
  char* at = static_cast<char*>(workspace_);
  linear_.reserve(limits, at);
  attention_.reserve(limits, at + sizes.linear);
  sampler_.reserve(limits, at + sizes.linear + sizes.attention, stream_);
  reserve_staging(limits);
  limits_ = limits;
}

void CudaBackend::reserve_staging(const StepLimits& limits) {
  const int64_t rows = limits.max_rows, logit_rows = limits.max_logit_rows;
  const int64_t prepare = prepare_bytes(limits);
  const int64_t sampling = CudaSampler::staging_bytes(limits);
  const int64_t gather = logit_rows * static_cast<int64_t>(sizeof(int32_t));
  const int64_t results = (rows + logit_rows) * kResultBytes;
  staging_.reserve(prepare + sampling + gather + results,
                   std::max({prepare, sampling, gather, CudaSampler::init_bytes(limits)}), stream_);
  step_rows_.reserve(rows);
}

void CudaBackend::linear(const LinearArgs& args) { linear_.run(args, stream_); }

void CudaBackend::attention(const AttentionArgs& args, const StepView& step,
                            const SlotTable& slots) {
  attention_.run(args, step, slots, stream_);
}

void CudaBackend::sample(const LogitsView& logits, std::span<const SampleRow> rows,
                         const SlotTable& slots, int32_t* tokens, uint8_t* finite,
                         const LogprobsView& logprobs) {
  sampler_.sample(logits, rows, slots, tokens, finite, logprobs, staging_, stream_);
}

void CudaBackend::score(const LogitsView& logits, std::span<const ScoreRow> rows,
                        const LogprobsView& logprobs) {
  sampler_.score(logits, rows, logprobs, staging_, stream_);
}

}  // namespace llmserve
