// Communicators over NCCL: one rank on any GPU, several on as many GPUs. Skipped without NCCL.
#include <cuda_runtime_api.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "backend/buffer.h"
#include "communicator_test.h"
#include "cuda_backend.h"
#include "cuda_check.h"
#include "cuda_test.h"
#include "nccl_communicator.h"

namespace llmserve {
namespace {

struct Group {
  std::vector<std::unique_ptr<CudaBackend>> backends;
  std::vector<std::unique_ptr<Communicator>> communicators;  // die first
};

Group make_group(int size, int num_devices) {
  Group group;
  std::vector<CudaBackend*> backends;
  for (int rank = 0; rank < size; ++rank) {
    group.backends.push_back(std::make_unique<CudaBackend>(rank % num_devices));
    backends.push_back(group.backends.back().get());
  }
  group.communicators = make_nccl_communicators(backends);
  return group;
}

// A tensor of one rank, with its values on the host.
template <typename T>
class Values {
 public:
  Values(CudaBackend& backend, int64_t count)
      : host(static_cast<size_t>(count)),
        backend_(backend),
        buffer_(backend, count * static_cast<int64_t>(sizeof(T))) {}

  Tensor tensor() {
    return Tensor(buffer_.template as(), dtype_of<T>(), {std::ssize(host)}, backend_.device());
  }
  void to_device() { copy(buffer_.template as(), host.data(), cudaMemcpyHostToDevice); }
  void to_host() { copy(host.data(), buffer_.template as(), cudaMemcpyDeviceToHost); }

  std::vector<T> host;

 private:
  void copy(void* to, const void* from, cudaMemcpyKind kind) {
    const size_t bytes = host.size() * sizeof(T);
    CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, kind, backend_.stream()));
    CUDA_CHECK(cudaStreamSynchronize(backend_.stream()));
  }

  CudaBackend& backend_;
  Buffer buffer_;
};

template <typename T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

void on_all_ranks(Group& group, const std::function<void(Communicator&, CudaBackend&)>& body) {
  std::vector<std::thread> ranks;
  for (size_t rank = 0; rank < group.backends.size(); ++rank) {
    ranks.emplace_back([&, rank] {
      group.backends[rank]->enter_thread();
      body(*group.communicators[rank], *group.backends[rank]);
    });
  }
  for (std::thread& rank : ranks) rank.join();
}

// In rank order, in float32, rounded once: as CPU ranks add.
template <typename T>
void check_all_reduce(Communicator& communicator, CudaBackend& backend, int64_t count) {
  Values<T> values(backend, count);
  std::vector<T> expected(values.host.size());
  for (int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(i);
    // Again and again the same, as later ones would be too small for 16 bits.
    const auto value = [i](int rank) { return static_cast<T>(rank_value(rank, i % 4001)); };
    values.host[at] = value(communicator.rank());
    float sum = static_cast<float>(value(0));
    for (int r = 1; r < communicator.size(); ++r) sum += static_cast<float>(value(r));
    expected[at] = static_cast<T>(sum);
  }
  values.to_device();
  communicator.all_reduce(values.tensor());
  values.to_host();
  EXPECT_TRUE(same_bits(values.host, expected)) << count << " of " << dtype_name(dtype_of<T>());
}

void check_all_gather(Communicator& communicator, CudaBackend& backend, int64_t count) {
  Values<int32_t> in(backend, count), out(backend, count * communicator.size());
  for (int64_t i = 0; i < count; ++i) {
    in.host[static_cast<size_t>(i)] = static_cast<int32_t>(1000 * communicator.rank() + i % 999);
  }
  in.to_device();
  out.to_device();
  communicator.all_gather(in.tensor(), out.tensor());
  out.to_host();
  for (int64_t i = 0; i < count * communicator.size(); ++i) {
    ASSERT_EQ(out.host[static_cast<size_t>(i)], 1000 * (i / count) + i % count % 999);
  }
}

class CudaCommunicatorTest : public CudaTest {
 protected:
  // Null, with the test skipped, where this machine has no NCCL or too few GPUs.
  std::unique_ptr<Group> group_of(int size) {
    int num_devices = 0;
    CUDA_CHECK(cudaGetDeviceCount(&num_devices));
    try {
      return std::make_unique<Group>(make_group(size, num_devices));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << error.what();
      skip(error.what());
      return nullptr;
    }
  }
  static void skip(const char* why) { GTEST_SKIP() << why; }
};

// Sizes from nothing to more than the scratch, and such as no access of 16 bytes divides.
void use(Communicator& communicator, CudaBackend& backend) {
  for (const int64_t count : {0, 1, 3, 17, 1000, 5001, 262144, 300003, 9000000}) {
    check_all_reduce<float>(communicator, backend, count);
    check_all_reduce<bfloat16>(communicator, backend, count);
  }
  check_all_reduce<float16>(communicator, backend, 4096);
  check_all_gather(communicator, backend, 1);
  check_all_gather(communicator, backend, 33333);
  communicator.barrier();
}

TEST_F(CudaCommunicatorTest, SumsAndGathersOnEveryRank) {
  for (const int size : {1, 2, 3, 4}) {
    const auto group = group_of(size);
    if (group == nullptr) return;
    on_all_ranks(*group, use);
  }
}

TEST_F(CudaCommunicatorTest, IsMadeAndDestroyedAgainAndAgain) {
  for (int round = 0; round < 20; ++round) {
    const auto group = group_of(1);
    if (group == nullptr) return;
    Communicator& communicator = *group->communicators[0];
    if (round % 4 != 0) check_all_reduce<bfloat16>(communicator, *group->backends[0], 1 << round);
    if (round % 2 == 0) communicator.abort();
  }
}

TEST_F(CudaCommunicatorTest, CanBeRecordedInAGraph) {
  const auto group = group_of(1);
  if (group == nullptr) return;
  Communicator& communicator = *group->communicators[0];
  CudaBackend& backend = *group->backends[0];
  Values<float> in(backend, 5000), out(backend, 5000);
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t launchable = nullptr;
  CUDA_CHECK(cudaStreamBeginCapture(backend.stream(), cudaStreamCaptureModeThreadLocal));
  communicator.all_reduce(in.tensor());
  communicator.all_gather(in.tensor(), out.tensor());
  CUDA_CHECK(cudaStreamEndCapture(backend.stream(), &graph));
  CUDA_CHECK(cudaGraphInstantiate(&launchable, graph, 0));
  CUDA_CHECK(cudaGraphDestroy(graph));
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < in.host.size(); ++i) {
      in.host[i] = rank_value(round, static_cast<int64_t>(i) % 4001);
    }
    in.to_device();
    CUDA_CHECK(cudaGraphLaunch(launchable, backend.stream()));
    out.to_host();
    EXPECT_TRUE(same_bits(in.host, out.host));
  }
  CUDA_CHECK(cudaGraphExecDestroy(launchable));
}

TEST_F(CudaCommunicatorTest, AbortEndsAllPresentAndLaterCalls) {
  for (const int size : {1, 2, 3}) {
    const auto group = group_of(size);
    if (group == nullptr) return;
    std::atomic<int> refused = 0;
    on_all_ranks(*group, [&](Communicator& communicator, CudaBackend& backend) {
      check_all_reduce<float>(communicator, backend, 1000);
      if (communicator.rank() == 0) {  // which never comes again
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        communicator.abort();
        communicator.abort();
      }
      Values<float> values(backend, 1000);
      refused += is_unavailable([&] { communicator.all_reduce(values.tensor()); });
      refused += is_unavailable([&] { communicator.barrier(); });
      CUDA_CHECK(cudaStreamSynchronize(backend.stream()));
    });
    EXPECT_EQ(refused.load(), 2 * size);
  }
}

TEST_F(CudaCommunicatorTest, TensorsThatDoNotMatchAreRefusedOnEveryRank) {
  const auto group = group_of(2);
  if (group == nullptr) return;
  on_all_ranks(*group, [](Communicator& communicator, CudaBackend& backend) {
    Values<float> values(backend, 10 + communicator.rank());
    EXPECT_THROW(communicator.all_reduce(values.tensor()), Error);
    communicator.barrier();  // the group itself still works
    check_all_reduce<float>(communicator, backend, 100);
  });
}

}  // namespace
}  // namespace llmserve
