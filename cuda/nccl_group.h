// NcclGroup: what the communicators of a group share: NCCL's handles, the meeting of their threads
// and the end of both.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/meeting.h"
#include "base/tensor.h"
#include "nccl_library.h"

namespace llmserve {

class NcclGroup {
 public:
  explicit NcclGroup(std::span<const int> devices);
  // After all graphs that hold NCCL's kernels.
  ~NcclGroup();
  NcclGroup(const NcclGroup&) = delete;
  NcclGroup& operator=(const NcclGroup&) = delete;

  int size() const { return static_cast<int>(handles_.size()); }

  // Returns when all ranks have come with tensors alike; throws on every rank where they are not.
  void meet(int rank, const Tensor& tensor);
  void meet() { meeting_.begin(); }

  // Calls enqueue(handle): calls of NCCL that are launched as one, whose first failure it returns.
  // Nothing is aborted while it runs.
  template <typename Enqueue>
  void launch(int rank, const Enqueue& enqueue) {
    std::shared_lock lock(calls_);
    check_state(rank);
    check(library_.ncclGroupStart());
    const int enqueued = enqueue(handles_[static_cast<size_t>(rank)]);
    end_launch(enqueued);
  }
  // The same for all ranks at once, by one thread: enqueue(rank, handle).
  template <typename Enqueue>
  void launch_all(const Enqueue& enqueue) {
    check(library_.ncclGroupStart());
    int enqueued = NcclLibrary::kSuccess;
    for (int rank = 0; rank < size() && enqueued == NcclLibrary::kSuccess; ++rank) {
      enqueued = enqueue(rank, handles_[static_cast<size_t>(rank)]);
    }
    end_launch(enqueued);
  }

  // What may be enqueued. `to` of a gather: [size, bytes].
  int all_gather(const void* from, void* to, int64_t bytes, NcclHandle handle,
                 cudaStream_t stream) const;
  // Each rank's slice r goes to rank r: `slices` are in rank order, the others' land in `to` by
  // their ranks.
  int exchange(const char* slices, char* to, int64_t slice_bytes, int rank, NcclHandle handle,
               cudaStream_t stream) const;

  // From any thread, and at once: the rest is up to the watcher.
  void abort();

 private:
  struct Offer {
    DType dtype = DType::kFloat32;
    int64_t count = 0;
  };

  void check(int status) const;
  void check_state(int rank) const;
  void end_launch(int enqueued) const;
  // What the watcher's thread does: waits for an abort or the end.
  void watch();

  const NcclLibrary& library_;
  std::vector<NcclHandle> handles_;  // by rank
  Meeting meeting_;
  // By turn and rank. Two turns: whoever is a meeting ahead writes to the other one.
  std::array<std::vector<Offer>, 2> offers_;
  std::vector<size_t> turns_;  // by rank

  std::shared_timed_mutex calls_;  // shared: a rank is in a call of NCCL
  std::mutex state_mutex_;
  std::condition_variable state_changed_;
  std::atomic<bool> aborted_ = false;
  bool ending_ = false;
  std::thread watcher_;
};

}  // namespace llmserve
