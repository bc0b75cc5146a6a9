#include "cpu/thread_communicator.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/meeting.h"

namespace llmserve {
namespace {

// A collective is two meetings: all tensors are known after the first; nobody touches another's
// after the second. Whoever is past the first is computing and will come to the second.
struct Group {
  explicit Group(int size) : meeting(size), tensors(size) {}

  Meeting meeting;
  std::vector<Tensor> tensors;  // by rank; each written before a meeting begins
};

class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<Group> group, int rank)
      : group_(std::move(group)), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_->tensors.size()); }

  void all_reduce(const Tensor& tensor) override {
    CHECK(tensor.dtype() == DType::kFloat32, "all_reduce of ", dtype_name(tensor.dtype()));
    exchange(tensor, [&] { reduce_slice(tensor.numel()); });
  }

  void all_gather(const Tensor& in, const Tensor& out) override {
    CHECK(out.dtype() == in.dtype(), "all_gather of ", dtype_name(in.dtype()), " to ",
          dtype_name(out.dtype()));
    CHECK_EQ(out.nbytes(), in.nbytes() * size(), "bytes of all_gather's out");
    exchange(in, [&] {
      const int64_t bytes = in.nbytes();
      for (int r = 0; r < size() && bytes > 0; ++r) {
        std::memcpy(static_cast<char*>(out.raw()) + r * bytes, group_->tensors[r].raw(), bytes);
      }
    });
  }

  void barrier() override {
    group_->meeting.begin();
    group_->meeting.end();
  }

  void abort() override { group_->meeting.abort(); }

 private:
  // Runs `work`, which must not throw, while the tensors of all ranks may be used.
  template <typename Work>
  void exchange(const Tensor& tensor, const Work& work) {
    group_->tensors[rank_] = tensor;
    group_->meeting.begin();
    // All ranks see the same tensors, and so come to the same verdict.
    bool alike = true;
    for (const Tensor& other : group_->tensors) {
      alike = alike && other.dtype() == tensor.dtype() && other.numel() == tensor.numel();
    }
    if (alike) work();
    group_->meeting.end();
    CHECK(alike, "the ranks bring tensors of different sizes; rank ", rank_, " has ",
          tensor.shape().str());
  }

  // Each rank adds up one slice, in the order of the ranks, and writes it to the tensors of all.
  void reduce_slice(int64_t count) {
    constexpr int64_t kPiece = 512;
    const int64_t end = count * (rank_ + 1) / size();
    for (int64_t begin = count * rank_ / size(); begin < end; begin += kPiece) {
      const int64_t length = std::min(kPiece, end - begin);
      float sum[kPiece];
      std::memcpy(sum, floats(0) + begin, length * sizeof(float));
      for (int r = 1; r < size(); ++r) {
        const float* from = floats(r) + begin;
        for (int64_t i = 0; i < length; ++i) sum[i] += from[i];
      }
      for (int r = 0; r < size(); ++r) {
        std::memcpy(floats(r) + begin, sum, length * sizeof(float));
      }
    }
  }

  float* floats(int rank) const { return static_cast<float*>(group_->tensors[rank].raw()); }

  const std::shared_ptr<Group> group_;
  const int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> make_thread_communicators(int size) {
  CHECK_GE(size, 1);
  const auto group = std::make_shared<Group>(size);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < size; ++rank) {
    communicators.push_back(std::make_unique<ThreadCommunicator>(group, rank));
  }
  return communicators;
}

}  // namespace llmserve
