// Thread communicators: sums in rank order, gathers, barriers, and abort() that nobody outwaits.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "communicator_test.h"
#include "cpu/thread_communicator.h"

namespace llmserve {
namespace {

Tensor tensor(std::vector<float>& values) {
  return Tensor(values.data(), DType::kFloat32, {static_cast<int64_t>(values.size())});
}

void on_all_ranks(std::vector<std::unique_ptr<Communicator>>& group,
                  const std::function<void(Communicator&)>& body) {
  std::vector<std::thread> ranks;
  for (auto& communicator : group) ranks.emplace_back([&] { body(*communicator); });
  for (std::thread& rank : ranks) rank.join();
}

class CommunicatorTest : public testing::TestWithParam<int> {
 protected:
  int size_ = GetParam();
  std::vector<std::unique_ptr<Communicator>> group_ = make_thread_communicators(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Sizes, CommunicatorTest, testing::Values(1, 2, 4));

TEST_P(CommunicatorTest, AllReduceAddsInRankOrderOnEveryRank) {
  for (int64_t count : {0, 1, 3, 17, 1000, 5001}) {
    std::vector<float> expected(count);
    for (int64_t i = 0; i < count; ++i) {
      expected[i] = rank_value(0, i);
      for (int r = 1; r < size_; ++r) expected[i] += rank_value(r, i);
    }
    on_all_ranks(group_, [&](Communicator& communicator) {
      for (int round = 0; round < 5; ++round) {
        std::vector<float> values(count);
        for (int64_t i = 0; i < count; ++i) values[i] = rank_value(communicator.rank(), i);
        communicator.all_reduce(tensor(values));
        EXPECT_EQ(values, expected);  // the same bits
      }
    });
  }
}

TEST_P(CommunicatorTest, AllGatherIsInRankOrder) {
  on_all_ranks(group_, [&](Communicator& communicator) {
    ASSERT_EQ(communicator.size(), size_);
    std::vector<int32_t> in = {communicator.rank(), 7 * communicator.rank()};
    std::vector<int32_t> out(2 * size_, -1);
    communicator.all_gather(Tensor(in.data(), DType::kInt32, {2}),
                            Tensor(out.data(), DType::kInt32, {size_, 2}));
    for (int r = 0; r < size_; ++r) {
      EXPECT_EQ(out[2 * r], r);
      EXPECT_EQ(out[2 * r + 1], 7 * r);
    }
  });
}

TEST_P(CommunicatorTest, NobodyPassesABarrierBeforeAllHaveCome) {
  std::atomic<int> come{0};
  on_all_ranks(group_, [&](Communicator& communicator) {
    for (int round = 1; round <= 200; ++round) {
      ++come;
      communicator.barrier();
      EXPECT_GE(come.load(), round * size_);
      communicator.barrier();
    }
  });
}

TEST_P(CommunicatorTest, AbortEndsAllPresentAndLaterCalls) {
  std::atomic<int> refused{0};
  std::vector<std::thread> ranks;
  for (int r = 1; r < size_; ++r) {  // rank 0 never comes
    ranks.emplace_back([&, r] {
      std::vector<float> values(100, 1.0f);
      refused += is_unavailable([&] { group_[r]->all_reduce(tensor(values)); });
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  group_[0]->abort();
  for (std::thread& rank : ranks) rank.join();
  EXPECT_EQ(refused.load(), size_ - 1);
  for (auto& communicator : group_) {
    EXPECT_TRUE(is_unavailable([&] { communicator->barrier(); }));
  }
}

// A tensor dies as soon as its owner's call has thrown: no other rank may still be reading it.
TEST(Communicator, AbortInTheMiddleLeavesNoRankReadingAnothersMemory) {
  constexpr int kSize = 4;
  for (int round = 0; round < 30; ++round) {
    auto group = make_thread_communicators(kSize);
    std::vector<std::thread> ranks;
    std::atomic<int> refused{0};
    for (int r = 0; r < kSize; ++r) {
      ranks.emplace_back([&, r] {
        refused += is_unavailable([&] {
          while (true) {
            const auto values = std::make_unique<std::vector<float>>(3000, 1.0f);
            group[r]->all_reduce(tensor(*values));
            for (const float sum : *values) ASSERT_EQ(sum, kSize);
          }
        });
      });
    }
    std::this_thread::sleep_for(std::chrono::microseconds(300 * (round % 7)));
    group[round % kSize]->abort();
    for (std::thread& rank : ranks) rank.join();
    EXPECT_EQ(refused.load(), kSize);
  }
}

TEST(Communicator, TensorsThatDoNotMatchAreRefusedOnEveryRank) {
  auto group = make_thread_communicators(2);
  on_all_ranks(group, [&](Communicator& communicator) {
    std::vector<float> values(communicator.rank() + 1, 1.0f);
    EXPECT_THROW(communicator.all_reduce(tensor(values)), Error);
    std::vector<int32_t> whole(1);
    EXPECT_THROW(communicator.all_reduce(Tensor(whole.data(), DType::kInt32, {1})), Error);
    communicator.barrier();  // the group itself still works
  });
}

}  // namespace
}  // namespace llmserve
