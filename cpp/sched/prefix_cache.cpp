#include "sched/prefix_cache.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace llmserve {

PrefixCache::PrefixCache(int32_t num_blocks, int32_t block_size, uint64_t hash_seed)
    : key_{mix64(hash_seed), mix64(hash_seed ^ 0x5bf03635u)},
      block_size_(block_size),
      entries_(static_cast<size_t>(num_blocks)),
      tokens_(static_cast<size_t>(num_blocks) * block_size),
      buckets_(std::bit_ceil(static_cast<size_t>(num_blocks) * 2), -1) {}

Hash128 PrefixCache::root(std::string_view salt) const {
  SipHash128 hasher(key_);
  const uint64_t tail = hasher.add_bytes(salt.data(), salt.size());
  return hasher.finish(tail, salt.size());
}

Hash128 PrefixCache::hash(const Hash128& parent, std::span<const int32_t> tokens) const {
  SipHash128 hasher(key_);
  hasher.add(parent.low);
  hasher.add(parent.high);
  const uint64_t tail = hasher.add_bytes(tokens.data(), tokens.size_bytes());
  return hasher.finish(tail, sizeof(parent) + tokens.size_bytes());
}

int32_t PrefixCache::lookup(const Hash128& hash) const {
  int32_t block = buckets_[hash.low & (buckets_.size() - 1)];
  while (block >= 0 && !(entries_[block].hash == hash)) block = entries_[block].next;
  return block;
}

int32_t PrefixCache::find(const Hash128& hash, const Hash128& parent,
                          std::span<const int32_t> tokens) const {
  const int32_t block = lookup(hash);
  if (block < 0 || !(entries_[block].parent == parent)) return -1;
  const std::span<const int32_t> known = tokens_of(block);
  return std::equal(known.begin(), known.end(), tokens.begin(), tokens.end()) ? block : -1;
}

bool PrefixCache::insert(int32_t block, const Hash128& hash, const Hash128& parent,
                         std::span<const int32_t> tokens) noexcept {
  if (lookup(hash) >= 0) return false;
  Entry& entry = entries_[block];
  entry = {.hash = hash, .parent = parent, .next = bucket(hash), .present = true};
  bucket(hash) = block;
  std::copy(tokens.begin(), tokens.end(),
            tokens_.begin() + static_cast<ptrdiff_t>(block) * block_size_);
  ++size_;
  return true;
}

void PrefixCache::forget(int32_t block) noexcept {
  Entry& entry = entries_[block];
  if (!entry.present) return;
  int32_t* link = &bucket(entry.hash);
  while (*link != block) link = &entries_[*link].next;
  *link = entry.next;
  entry.present = false;
  --size_;
}

void PrefixCache::check_invariants() const {
  int32_t num_present = 0;
  for (int32_t block = 0; block < static_cast<int32_t>(entries_.size()); ++block) {
    const Entry& entry = entries_[block];
    if (!entry.present) continue;
    ++num_present;
    CHECK(hash(entry.parent, tokens_of(block)) == entry.hash, "cached block ", block,
          " has not the hash of its content");
    CHECK_EQ(lookup(entry.hash), block, "cached block is not found by its hash");
  }
  CHECK_EQ(num_present, size_);
}

}  // namespace llmserve
