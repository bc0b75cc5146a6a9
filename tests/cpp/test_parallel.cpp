// ThreadPool: every item once, exceptions, many pools at once, and rest when there is no work.
#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cpu/parallel.h"

namespace llmserve {
namespace {

class ParallelTest : public testing::TestWithParam<int> {
 protected:
  ThreadPool pool_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Threads, ParallelTest, testing::Values(1, 2, 3, 8));

TEST_P(ParallelTest, RangesCoverEveryItemOnceInMultiplesOfTheGrain) {
  for (int64_t count : {0, 1, 2, 7, 16, 63, 64, 1000}) {
    for (int64_t grain : {1, 3, 16}) {
      std::vector<std::atomic<int>> visits(count);
      std::atomic<int> parts{0};
      pool_.parallel_for(count, grain, [&](int64_t begin, int64_t end, int thread) {
        EXPECT_LT(begin, end);
        EXPECT_EQ(begin % grain, 0);
        EXPECT_TRUE(end % grain == 0 || end == count);
        EXPECT_TRUE(thread >= 0 && thread < pool_.num_threads());
        for (int64_t i = begin; i < end; ++i) ++visits[i];
        ++parts;
      });
      EXPECT_LE(parts.load(), pool_.num_threads());
      for (const auto& visit : visits) EXPECT_EQ(visit.load(), 1);
    }
  }
}

TEST_P(ParallelTest, EachItemIsTakenOnce) {
  for (int64_t count : {0, 1, 2, 5, 1000}) {
    std::vector<std::atomic<int>> visits(count);
    pool_.parallel_each(count, [&](int64_t item, int thread) {
      EXPECT_TRUE(thread >= 0 && thread < pool_.num_threads());
      ++visits[item];
    });
    for (const auto& visit : visits) EXPECT_EQ(visit.load(), 1);
  }
}

TEST_P(ParallelTest, NoTwoThreadsHaveTheSameNumberAtOnce) {
  std::vector<std::atomic<int>> inside(pool_.num_threads());
  for (int round = 0; round < 200; ++round) {
    pool_.parallel_each(16, [&](int64_t, int thread) {
      EXPECT_EQ(inside[thread].fetch_add(1), 0);
      inside[thread].fetch_sub(1);
    });
  }
}

TEST_P(ParallelTest, ManySmallJobsSeeEachOthersWritesWithoutLocks) {
  // Plain memory, written in one job and read by other threads in the next.
  std::vector<int64_t> now(64, 0), next(64);
  for (int64_t round = 1; round <= 5000; ++round) {
    pool_.parallel_for(64, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) next[i] = now[63 - i] + 1;
    });
    now.swap(next);
    if (round % 512 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // all asleep
    ASSERT_EQ(now, std::vector<int64_t>(64, round));
  }
}

TEST_P(ParallelTest, AnExceptionReachesTheCallerAfterAllPartsHaveEnded) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> ended{0};
    const auto run = [&] {
      pool_.parallel_for(pool_.num_threads(), 1, [&](int64_t begin, int64_t, int) {
        if (begin == 0) throw std::runtime_error("part 0");
        ++ended;
      });
    };
    EXPECT_THROW(run(), std::runtime_error);
    EXPECT_EQ(ended.load(), pool_.num_threads() - 1);
  }
  std::atomic<int> items{0};
  pool_.parallel_each(100, [&](int64_t, int) { ++items; });
  EXPECT_EQ(items.load(), 100);
}

TEST(Parallel, ACallFromInsideAJobIsRefused) {
  ThreadPool pool(2);
  const auto nested = [&] {
    pool.parallel_for(2, 1, [&](int64_t, int64_t, int) {
      pool.parallel_for(2, 1, [](int64_t, int64_t, int) {});
    });
  };
  EXPECT_THROW(nested(), Error);
}

TEST(Parallel, PoolsOfManyEnginesWorkSideBySide) {
  std::vector<std::thread> engines;
  std::atomic<int64_t> total{0};
  for (int e = 0; e < 4; ++e) {
    engines.emplace_back([&total] {
      ThreadPool pool(3);
      for (int round = 0; round < 300; ++round) {
        pool.parallel_for(30, 1, [&](int64_t begin, int64_t end, int) { total += end - begin; });
        pool.parallel_each(5, [&](int64_t, int) { ++total; });
      }
    });
  }
  for (std::thread& engine : engines) engine.join();
  EXPECT_EQ(total.load(), 4 * 300 * 35);
}

TEST(Parallel, PoolsMayLiveShortlyAndUnused) {
  for (int round = 0; round < 200; ++round) {
    ThreadPool pool(4);
    if (round % 2) pool.parallel_each(4, [](int64_t, int) {});
  }
}

TEST(Parallel, AnIdlePoolCostsNothing) {
  ThreadPool pool(4);
  pool.parallel_each(100, [](int64_t, int) {});
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // long enough to fall asleep
  const auto cpu_time = [] {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto before = cpu_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(cpu_time() - before, std::chrono::milliseconds(10));
}

TEST(Parallel, BadCountsAreRefused) {
  EXPECT_THROW(ThreadPool(0), Error);
  ThreadPool pool(2);
  EXPECT_THROW(pool.parallel_for(-1, 1, [](int64_t, int64_t, int) {}), Error);
  EXPECT_THROW(pool.parallel_for(1, 0, [](int64_t, int64_t, int) {}), Error);
}

}  // namespace
}  // namespace llmserve
