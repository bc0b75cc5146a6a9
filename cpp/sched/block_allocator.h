// BlockAllocator: which KV pages are in use, by how many holders, and in which order the others are
// reused. It knows nothing of what a page holds; the prefix cache does.
#pragma once

#include <cstdint>
#include <vector>

namespace llmserve {

class BlockAllocator;

// One share of a block, given back on destruction. An empty one holds nothing.
class BlockRef {
 public:
  BlockRef() = default;
  BlockRef(BlockRef&& other) noexcept : allocator_(other.allocator_), id_(other.id_) {
    other.allocator_ = nullptr;
  }
  BlockRef& operator=(BlockRef&& other) noexcept;
  BlockRef(const BlockRef&) = delete;
  BlockRef& operator=(const BlockRef&) = delete;
  ~BlockRef() { reset(); }

  explicit operator bool() const { return allocator_ != nullptr; }
  int32_t id() const { return id_; }
  void reset() noexcept;

 private:
  friend class BlockAllocator;
  BlockRef(BlockAllocator* allocator, int32_t id) : allocator_(allocator), id_(id) {}

  BlockAllocator* allocator_ = nullptr;
  int32_t id_ = -1;
};

// Allocates no memory after construction. Must outlive its BlockRefs.
class BlockAllocator {
 public:
  explicit BlockAllocator(int32_t num_blocks);
  BlockAllocator(const BlockAllocator&) = delete;
  BlockAllocator& operator=(const BlockAllocator&) = delete;

  // The free block that was given back longest ago, those not retained first; empty when there is
  // none. A retained block comes out no longer retained: its old content is void from here on.
  BlockRef allocate() noexcept;
  // One more holder, of a free block too: what it holds is then taken back into use.
  BlockRef share(int32_t block) noexcept;

  // Whether a block is worth keeping while free: it is then reused after all that are not.
  void set_retained(int32_t block, bool retained) noexcept;
  bool retained(int32_t block) const { return blocks_[block].retained; }

  int32_t num_holders(int32_t block) const { return blocks_[block].num_holders; }
  int32_t num_blocks() const { return static_cast<int32_t>(blocks_.size()) - 2; }
  int32_t num_free() const { return num_free_; }

  // Throws unless the two free queues hold exactly the blocks without a holder.
  void check_invariants() const;

 private:
  friend class BlockRef;

  struct Block {
    int32_t num_holders = 0;
    int32_t previous = -1;
    int32_t next = -1;
    bool retained = false;
  };

  // The queues are rings through two heads that lie behind the blocks.
  int32_t queue_of(int32_t block) const {
    return num_blocks() + static_cast<int32_t>(blocks_[block].retained);
  }
  void push_free(int32_t block) noexcept;
  void unlink(int32_t block) noexcept;
  void release(int32_t block) noexcept;

  std::vector<Block> blocks_;  // [num_blocks + 2]
  int32_t num_free_ = 0;
};

inline BlockRef& BlockRef::operator=(BlockRef&& other) noexcept {
  if (this != &other) {
    reset();
    allocator_ = other.allocator_;
    id_ = other.id_;
    other.allocator_ = nullptr;
  }
  return *this;
}

inline void BlockRef::reset() noexcept {
  if (allocator_ == nullptr) return;
  allocator_->release(id_);
  allocator_ = nullptr;
}

}  // namespace llmserve
