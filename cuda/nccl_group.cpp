#include "nccl_group.h"

#include <chrono>

namespace llmserve {
namespace {

constexpr std::chrono::seconds kPatience(1);

[[noreturn]] void throw_aborted() {
  throw_error(ErrorKind::kUnavailable, "the tensor-parallel group was aborted");
}

}  // namespace

NcclGroup::NcclGroup(std::span<const int> devices)
    : library_(NcclLibrary::get()),
      handles_(devices.size()),
      meeting_(static_cast<int>(devices.size())),
      turns_(devices.size()) {
  for (std::vector<Offer>& offers : offers_) offers.resize(devices.size());
  check(library_.ncclCommInitAll(handles_.data(), size(), devices.data()));
  watcher_ = std::thread([this] { watch(); });
}

NcclGroup::~NcclGroup() {
  {
    std::lock_guard lock(state_mutex_);
    ending_ = true;
  }
  state_changed_.notify_all();
  watcher_.join();
  if (aborted_) return;
  for (const NcclHandle handle : handles_) library_.ncclCommDestroy(handle);
}

void NcclGroup::meet(int rank, const Tensor& tensor) {
  std::vector<Offer>& offers = offers_[turns_[static_cast<size_t>(rank)]++ % offers_.size()];
  offers[static_cast<size_t>(rank)] = {tensor.dtype(), tensor.numel()};
  meeting_.begin();
  for (const Offer& offer : offers) {
    CHECK(offer.dtype == tensor.dtype() && offer.count == tensor.numel(),
          "the ranks bring tensors of different sizes; rank ", rank, " has ", tensor.shape().str());
  }
}

int NcclGroup::all_gather(const void* from, void* to, int64_t bytes, NcclHandle handle,
                          cudaStream_t stream) const {
  return library_.ncclAllGather(from, to, static_cast<size_t>(bytes), NcclLibrary::kByte, handle,
                                stream);
}

int NcclGroup::exchange(const char* slices, char* to, int64_t slice_bytes, int rank,
                        NcclHandle handle, cudaStream_t stream) const {
  const size_t bytes = static_cast<size_t>(slice_bytes);
  for (int peer = 0; peer < size(); ++peer) {
    if (peer == rank) continue;
    int status = library_.ncclSend(slices + peer * slice_bytes, bytes, NcclLibrary::kByte, peer,
                                   handle, stream);
    if (status == NcclLibrary::kSuccess) {
      status = library_.ncclRecv(to + peer * slice_bytes, bytes, NcclLibrary::kByte, peer, handle,
                                 stream);
    }
    if (status != NcclLibrary::kSuccess) return status;
  }
  return NcclLibrary::kSuccess;
}

// The launch ends in any case, as NCCL counts the open ones of a thread.
void NcclGroup::end_launch(int enqueued) const {
  const int ended = library_.ncclGroupEnd();
  check(enqueued);
  check(ended);
}

void NcclGroup::check(int status) const {
  if (status == NcclLibrary::kSuccess) [[likely]] {
    return;
  }
  if (aborted_) throw_aborted();
  throw_error(ErrorKind::kUnavailable, "NCCL: ", library_.ncclGetErrorString(status), ": ",
              library_.ncclGetLastError(nullptr));
}

void NcclGroup::check_state(int rank) const {
  if (aborted_) throw_aborted();
  int status = NcclLibrary::kSuccess;
  check(library_.ncclCommGetAsyncError(handles_[static_cast<size_t>(rank)], &status));
  check(status);
}

void NcclGroup::abort() {
  meeting_.abort();
  {
    std::lock_guard lock(state_mutex_);
    aborted_ = true;
  }
  state_changed_.notify_all();
}

// NCCL frees everything in the last of these calls, and waits in it for whatever still uses it;
// what the devices wait for ends before that.
void NcclGroup::watch() {
  std::unique_lock state(state_mutex_);
  state_changed_.wait(state, [this] { return aborted_ || ending_; });
  if (!aborted_) return;
  state.unlock();
  // A rank whose device has its queue full waits inside of a call, and for this abort: so that its
  // end is awaited for a while only.
  std::unique_lock calls(calls_, kPatience);
  for (const NcclHandle handle : handles_) library_.ncclCommAbort(handle);
}

}  // namespace llmserve
