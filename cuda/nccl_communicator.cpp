// The collectives, made of NCCL's transfers and a sum of our own: NCCL's own reductions add in an
// order that depends on the place in the tensor, so on the other rows of a step.
#include "nccl_communicator.h"

#include <algorithm>

#include "backend/buffer.h"
#include "base/checked.h"
#include "nccl_group.h"
#include "rank_sum.h"

namespace llmserve {
namespace {

constexpr int64_t kScratchBytes = int64_t{16} << 20;  // larger tensors go through it in pieces
// Up to here one transfer of everything to everybody is faster than two of slices.
constexpr int64_t kGatheredBytes = int64_t{256} << 10;
constexpr int64_t kAlignment = 16;

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(std::shared_ptr<NcclGroup> group, int rank, CudaBackend& backend)
      : group_(std::move(group)),
        rank_(rank),
        stream_(backend.stream()),
        scratch_buffer_(backend, kScratchBytes),
        scratch_(scratch_buffer_.as<char>()) {}
  // The scratch and the group are in use until then; where the device has failed it does not wait.
  ~NcclCommunicator() override { static_cast<void>(cudaStreamSynchronize(stream_)); }

  int rank() const override { return rank_; }
  int size() const override { return group_->size(); }

  void all_reduce(const Tensor& tensor) override {
    group_->meet(rank_, tensor);
    char* data = static_cast<char*>(tensor.raw());
    int64_t rest = tensor.nbytes();
    while (rest > 0) {
      // Of two ranks either way brings the same bytes.
      const bool by_slices = size() > 2 && rest > kGatheredBytes;
      const int64_t bytes = by_slices ? add_slices(data, rest, tensor.dtype())
                                      : add_gathered(data, rest, tensor.dtype());
      data += bytes;
      rest -= bytes;
    }
  }

  void all_gather(const Tensor& in, const Tensor& out) override {
    CHECK(out.dtype() == in.dtype(), "all_gather of ", dtype_name(in.dtype()), " to ",
          dtype_name(out.dtype()));
    CHECK_EQ(out.nbytes(), in.nbytes() * size(), "bytes of all_gather's out");
    group_->meet(rank_, in);
    if (in.nbytes() > 0) gather(in.raw(), out.raw(), in.nbytes());
  }

  void barrier() override { group_->meet(); }
  void abort() override { group_->abort(); }

 private:
  void gather(const void* from, void* to, int64_t bytes) {
    group_->launch(rank_, [&](NcclHandle handle) {
      return group_->all_gather(from, to, bytes, handle, stream_);
    });
  }

  // Each of these adds up a piece of at most `rest` bytes and returns its size.
  int64_t add_gathered(char* data, int64_t rest, DType dtype) {
    const int64_t bytes = std::min(rest, kScratchBytes / size() / kAlignment * kAlignment);
    gather(data, scratch_, bytes);
    sum_ranks({.parts = scratch_,
               .stride = bytes,
               .own = scratch_ + rank_ * bytes,
               .size = size(),
               .rank = rank_,
               .dtype = dtype,
               .count = bytes / dtype_size(dtype),
               .out = data},
              stream_);
    return bytes;
  }

  // Each rank adds up one slice and gives it to all.
  int64_t add_slices(char* data, int64_t rest, DType dtype) {
    const int64_t slice = std::min(rest, kScratchBytes) / size() / kAlignment * kAlignment;
    char* own = data + rank_ * slice;
    group_->launch(rank_, [&](NcclHandle handle) {
      return group_->exchange(data, scratch_, slice, rank_, handle, stream_);
    });
    sum_ranks({.parts = scratch_,
               .stride = slice,
               .own = own,
               .size = size(),
               .rank = rank_,
               .dtype = dtype,
               .count = slice / dtype_size(dtype),
               .out = own},
              stream_);
    gather(own, data, slice);
    return slice * size();
  }

  const std::shared_ptr<NcclGroup> group_;
  const int rank_;
  const cudaStream_t stream_;
  const Buffer scratch_buffer_;
  char* const scratch_;
};

// NCCL connects its peers, and takes memory for that, when they first speak to each other: now, so
// that the memory plan knows of it, and no rank waits for another one's allocation later.
void connect(NcclGroup& group, std::span<CudaBackend* const> backends) {
  std::vector<Buffer> buffers;
  const int64_t slice = kScratchBytes / group.size() / kAlignment * kAlignment;
  for (CudaBackend* backend : backends) buffers.emplace_back(*backend, 2 * kScratchBytes);
  for (const int64_t bytes : {kAlignment, slice}) {
    group.launch_all([&](int rank, NcclHandle handle) {
      char* data = buffers[static_cast<size_t>(rank)].as<char>();
      return group.all_gather(data + rank * bytes, data, bytes, handle,
                              backends[static_cast<size_t>(rank)]->stream());
    });
    group.launch_all([&](int rank, NcclHandle handle) {
      char* data = buffers[static_cast<size_t>(rank)].as<char>();
      return group.exchange(data, data + kScratchBytes, bytes, rank, handle,
                            backends[static_cast<size_t>(rank)]->stream());
    });
  }
  for (CudaBackend* backend : backends) CUDA_CHECK(cudaStreamSynchronize(backend->stream()));
}

}  // namespace

std::vector<std::unique_ptr<Communicator>> make_nccl_communicators(
    std::span<CudaBackend* const> backends) {
  CHECK(!backends.empty());
  std::vector<int> devices;
  for (const CudaBackend* backend : backends) devices.push_back(backend->device().index);
  const auto group = std::make_shared<NcclGroup>(devices);
  connect(*group, backends);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < group->size(); ++rank) {
    communicators.push_back(
        std::make_unique<NcclCommunicator>(group, rank, *backends[static_cast<size_t>(rank)]));
  }
  return communicators;
}

}  // namespace llmserve
