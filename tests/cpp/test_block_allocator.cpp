// BlockAllocator and SlotPool: counts, order of reuse, and a random run against a plain model.
#include <gtest/gtest.h>

#include <deque>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sched/block_allocator.h"
#include "sched/slot_pool.h"
#include "sched_harness.h"

namespace llmserve {
namespace {

TEST(BlockAllocator, RefusesAnEmptyPool) { EXPECT_THROW(BlockAllocator(0), Error); }

TEST(BlockAllocator, GivesEachBlockOnceAndThenNone) {
  BlockAllocator allocator(3);
  std::vector<BlockRef> held;
  for (int i = 0; i < 3; ++i) held.push_back(allocator.allocate());
  EXPECT_EQ(held[0].id(), 0);
  EXPECT_EQ(held[1].id(), 1);
  EXPECT_EQ(held[2].id(), 2);
  EXPECT_FALSE(allocator.allocate());
  EXPECT_EQ(allocator.num_free(), 0);
  allocator.check_invariants();
  held.clear();
  EXPECT_EQ(allocator.num_free(), 3);
  allocator.check_invariants();
}

TEST(BlockAllocator, HandlesGiveBackByThemselves) {
  BlockAllocator allocator(2);
  {
    BlockRef a = allocator.allocate();
    BlockRef b = allocator.share(a.id());
    EXPECT_EQ(allocator.num_holders(a.id()), 2);
    BlockRef c = std::move(a);
    EXPECT_FALSE(a);
    EXPECT_EQ(allocator.num_holders(c.id()), 2);
    b = allocator.allocate();  // gives its share back
    EXPECT_EQ(allocator.num_holders(c.id()), 1);
    EXPECT_EQ(allocator.num_free(), 0);
    BlockRef& self = c;
    c = std::move(self);
    EXPECT_TRUE(c);
  }
  EXPECT_EQ(allocator.num_free(), 2);
}

TEST(BlockAllocator, ReusesTheLongestFreeFirstAndRetainedLast) {
  BlockAllocator allocator(4);
  std::vector<BlockRef> held;
  for (int i = 0; i < 4; ++i) held.push_back(allocator.allocate());
  allocator.set_retained(2, true);
  allocator.set_retained(0, true);
  for (const size_t i : {2u, 3u, 0u, 1u}) held[i].reset();
  std::vector<int32_t> order;
  std::vector<BlockRef> again;
  for (int i = 0; i < 4; ++i) {
    again.push_back(allocator.allocate());
    order.push_back(again.back().id());
    EXPECT_FALSE(allocator.retained(again.back().id()));
  }
  EXPECT_EQ(order, (std::vector<int32_t>{3, 1, 2, 0}));
}

TEST(BlockAllocator, SharingTakesAFreeBlockBackIntoUse) {
  BlockAllocator allocator(2);
  BlockRef block = allocator.allocate();
  const int32_t id = block.id();
  allocator.set_retained(id, true);
  block.reset();
  BlockRef again = allocator.share(id);
  EXPECT_EQ(allocator.num_free(), 1);
  EXPECT_TRUE(allocator.retained(id));
  EXPECT_NE(allocator.allocate().id(), id);
  allocator.check_invariants();
}

TEST(BlockAllocator, RetainingAFreeBlockMovesIt) {
  BlockAllocator allocator(2);
  allocator.set_retained(0, true);
  allocator.check_invariants();
  EXPECT_EQ(allocator.allocate().id(), 1);  // and is free again at once
  allocator.set_retained(0, false);
  allocator.check_invariants();
  EXPECT_EQ(allocator.allocate().id(), 1);  // freed before 0 was put back into this queue
}

TEST(BlockAllocator, AgreesWithAPlainModel) {
  constexpr int32_t kBlocks = 12;
  test::Rng rng(5);
  BlockAllocator allocator(kBlocks);
  std::deque<int32_t> plain, kept;  // free ones, next to be reused in front
  std::vector<bool> retained(kBlocks, false);
  std::vector<int> holders(kBlocks, 0);
  std::vector<BlockRef> held;
  for (int32_t block = 0; block < kBlocks; ++block) plain.push_back(block);
  for (int step = 0; step < 20000; ++step) {
    const int32_t block = rng.range(0, kBlocks - 1);
    const auto queue = [&](int32_t id) -> std::deque<int32_t>& {
      return retained[id] ? kept : plain;
    };
    switch (rng.range(0, 3)) {
      case 0: {
        BlockRef ref = allocator.allocate();
        std::deque<int32_t>& from = plain.empty() ? kept : plain;
        ASSERT_EQ(static_cast<bool>(ref), !from.empty());
        if (!ref) break;
        ASSERT_EQ(ref.id(), from.front());
        from.pop_front();
        retained[ref.id()] = false;
        ++holders[ref.id()];
        held.push_back(std::move(ref));
        break;
      }
      case 1:
        if (holders[block]++ == 0) std::erase(queue(block), block);
        held.push_back(allocator.share(block));
        break;
      case 2: {
        const bool keep = rng.chance(50);
        if (keep == retained[block]) break;
        if (holders[block] == 0) std::erase(queue(block), block);
        retained[block] = keep;
        if (holders[block] == 0) queue(block).push_back(block);
        allocator.set_retained(block, keep);
        break;
      }
      default:
        for (int i = rng.range(0, 3); i > 0 && !held.empty(); --i) {
          std::swap(held[static_cast<size_t>(rng.range(0, static_cast<int32_t>(held.size()) - 1))],
                    held.back());
          const int32_t id = held.back().id();
          held.pop_back();
          if (--holders[id] == 0) queue(id).push_back(id);
        }
    }
    allocator.check_invariants();
    ASSERT_EQ(allocator.num_free(), static_cast<int32_t>(plain.size() + kept.size()));
    for (int32_t id = 0; id < kBlocks; ++id) ASSERT_EQ(allocator.num_holders(id), holders[id]);
  }
}

TEST(SlotPool, GivesEachSlotOnceAndTakesItBack) {
  SlotPool pool(2);
  Slot a = pool.take();
  Slot b = pool.take();
  EXPECT_TRUE(a && b);
  EXPECT_NE(a.id(), b.id());
  EXPECT_FALSE(pool.take());
  Slot c = std::move(a);
  EXPECT_FALSE(a);
  EXPECT_EQ(pool.num_free(), 0);
  c = std::move(b);  // gives its own back first
  EXPECT_EQ(pool.num_free(), 1);
  c.reset();
  EXPECT_EQ(pool.num_free(), 2);
}

}  // namespace
}  // namespace llmserve
