#include "sched/block_allocator.h"

#include "base/error.h"

namespace llmserve {

BlockAllocator::BlockAllocator(int32_t num_blocks) {
  require(num_blocks > 0, "num_blocks is ", num_blocks, "; at least 1 is needed");
  blocks_.resize(static_cast<size_t>(num_blocks) + 2);
  for (int32_t head = num_blocks; head < num_blocks + 2; ++head) {
    blocks_[head].previous = blocks_[head].next = head;
  }
  for (int32_t block = 0; block < num_blocks; ++block) push_free(block);
}

BlockRef BlockAllocator::allocate() noexcept {
  if (num_free_ == 0) return BlockRef();
  int32_t block = blocks_[num_blocks()].next;
  if (block == num_blocks()) block = blocks_[num_blocks() + 1].next;
  unlink(block);
  blocks_[block].retained = false;
  blocks_[block].num_holders = 1;
  return BlockRef(this, block);
}

BlockRef BlockAllocator::share(int32_t block) noexcept {
  if (blocks_[block].num_holders == 0) unlink(block);
  ++blocks_[block].num_holders;
  return BlockRef(this, block);
}

void BlockAllocator::set_retained(int32_t block, bool retained) noexcept {
  if (blocks_[block].retained == retained) return;
  const bool is_free = blocks_[block].num_holders == 0;
  if (is_free) unlink(block);
  blocks_[block].retained = retained;
  if (is_free) push_free(block);
}

void BlockAllocator::release(int32_t block) noexcept {
  if (--blocks_[block].num_holders == 0) push_free(block);
}

void BlockAllocator::push_free(int32_t block) noexcept {
  const int32_t head = queue_of(block);
  const int32_t last = blocks_[head].previous;
  blocks_[block].previous = last;
  blocks_[block].next = head;
  blocks_[last].next = block;
  blocks_[head].previous = block;
  ++num_free_;
}

void BlockAllocator::unlink(int32_t block) noexcept {
  Block& entry = blocks_[block];
  blocks_[entry.previous].next = entry.next;
  blocks_[entry.next].previous = entry.previous;
  entry.previous = entry.next = -1;
  --num_free_;
}

void BlockAllocator::check_invariants() const {
  int32_t num_linked = 0;
  for (int32_t head = num_blocks(); head < num_blocks() + 2; ++head) {
    for (int32_t block = blocks_[head].next; block != head; block = blocks_[block].next) {
      CHECK(block >= 0 && block < num_blocks(), "free queue leads to ", block);
      CHECK_EQ(queue_of(block), head, "block ", block, " is in the wrong queue");
      CHECK_EQ(blocks_[block].num_holders, 0, "held block ", block, " is in a free queue");
      CHECK_EQ(blocks_[blocks_[block].next].previous, block, "free queue is torn");
      CHECK_LE(++num_linked, num_blocks(), "free queue is a loop");
    }
  }
  CHECK_EQ(num_linked, num_free_);
  int32_t num_held = 0;
  for (int32_t block = 0; block < num_blocks(); ++block) {
    CHECK_GE(blocks_[block].num_holders, 0, "block ", block);
    num_held += blocks_[block].num_holders > 0;
  }
  CHECK_EQ(num_held + num_free_, num_blocks(), "held and free blocks are not all blocks");
}

}  // namespace llmserve
