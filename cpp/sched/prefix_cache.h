// PrefixCache: which full blocks hold which tokens after which prefix. It holds no shares: a cached
// block may be in use or free, and whoever reuses a free one calls forget().
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sched/siphash.h"

namespace llmserve {

// Allocates no memory after construction.
class PrefixCache {
 public:
  PrefixCache(int32_t num_blocks, int32_t block_size, uint64_t hash_seed);

  // Where the chains of a salt begin.
  Hash128 root(std::string_view salt) const;
  // The hash of a full block of tokens after the prefix `parent`.
  Hash128 hash(const Hash128& parent, std::span<const int32_t> tokens) const;

  // The block with this content, or -1. The hash only finds it: parent and tokens are compared, so
  // that a collision is a miss and never another's text.
  int32_t find(const Hash128& hash, const Hash128& parent, std::span<const int32_t> tokens) const;
  // False, and nothing changes, where a block with this hash is known: the first is kept.
  bool insert(int32_t block, const Hash128& hash, const Hash128& parent,
              std::span<const int32_t> tokens) noexcept;
  void forget(int32_t block) noexcept;
  bool contains(int32_t block) const { return entries_[block].present; }
  const Hash128& hash_of(int32_t block) const { return entries_[block].hash; }

  int32_t size() const { return size_; }
  // Throws unless every entry is found by its hash and has the hash of its content.
  void check_invariants() const;

 private:
  struct Entry {
    Hash128 hash;
    Hash128 parent;
    int32_t next = -1;  // in its bucket
    bool present = false;
  };

  int32_t& bucket(const Hash128& hash) { return buckets_[hash.low & (buckets_.size() - 1)]; }
  int32_t lookup(const Hash128& hash) const;
  std::span<const int32_t> tokens_of(int32_t block) const {
    return {tokens_.data() + static_cast<size_t>(block) * block_size_,
            static_cast<size_t>(block_size_)};
  }

  HashKey key_;
  int32_t block_size_;
  int32_t size_ = 0;
  std::vector<Entry> entries_;    // [num_blocks]
  std::vector<int32_t> tokens_;   // [num_blocks, block_size]
  std::vector<int32_t> buckets_;  // first block; a power of two of them
};

}  // namespace llmserve
