// The closable queue: order, refusal after close, waking of waiters, and many producers at once.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "base/queue.h"

namespace llmserve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(QueueTest, ItemsLeaveInTheOrderTheyCame) {
  Queue<int> queue;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.push(int{i}));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(queue.try_pop(), i);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(QueueTest, WhatWasPushedBeforeCloseIsStillThere) {
  Queue<int> queue;
  queue.push(1);
  queue.push(2);
  queue.close();
  EXPECT_TRUE(queue.closed());
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.try_pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(QueueTest, APushToAClosedQueueLeavesTheItemWithItsOwner) {
  Queue<std::unique_ptr<int>> queue;
  queue.close();
  auto item = std::make_unique<int>(7);
  EXPECT_FALSE(queue.push(std::move(item)));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 7);
  queue.close();  // a second close changes nothing
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(QueueTest, MovedOutItemsLeaveNothingBehind) {
  Queue<std::shared_ptr<int>> queue;
  const auto item = std::make_shared<int>(1);
  queue.push(std::shared_ptr<int>(item));
  EXPECT_EQ(item.use_count(), 2);
  EXPECT_EQ(queue.pop(), item);
  EXPECT_EQ(item.use_count(), 1);
}

TEST(QueueTest, WaitForTellsItemsFromTimeAndFromClose) {
  Queue<int> queue;
  EXPECT_FALSE(queue.wait_for(milliseconds(1)));
  queue.push(1);
  EXPECT_TRUE(queue.wait_for(seconds(60)));
  EXPECT_EQ(queue.try_pop(), 1);  // waiting takes nothing
  queue.close();
  EXPECT_FALSE(queue.wait_for(seconds(60)));
}

TEST(QueueTest, CloseWakesAWaitingConsumer) {
  Queue<int> queue;
  std::thread consumer([&] { EXPECT_EQ(queue.pop(), std::nullopt); });
  queue.close();
  consumer.join();
}

TEST(QueueTest, PushWakesAWaitingConsumer) {
  Queue<int> queue;
  std::thread consumer([&] { EXPECT_EQ(queue.pop(), 3); });
  queue.push(3);
  consumer.join();
}

// Producers push until the queue closes under them: everything that push() took comes out, once,
// and each producer's items keep their order.
TEST(QueueTest, ManyProducersLoseNothingWhenItCloses) {
  constexpr int kProducers = 4;
  struct Item {
    int producer;
    int number;
  };
  Queue<Item> queue;
  std::atomic<int> accepted[kProducers] = {};
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; queue.push(Item{p, i}); ++i) accepted[p] = i + 1;
    });
  }
  int received[kProducers] = {};
  int total = 0;
  while (const auto item = queue.pop()) {
    EXPECT_EQ(item->number, received[item->producer]++);
    if (++total == 2000) queue.close();
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_GE(total, 2000);
  for (int p = 0; p < kProducers; ++p) EXPECT_EQ(received[p], accepted[p]);
}

}  // namespace
}  // namespace llmserve
