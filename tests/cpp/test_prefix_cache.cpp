// PrefixCache and its hash: published vectors of SipHash, and hits that only equal text may have.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

#include "base/error.h"
#include "sched/prefix_cache.h"
#include "sched_harness.h"

namespace llmserve {
namespace {

using Bytes = std::array<uint8_t, 16>;

Bytes siphash_of_counting_bytes(size_t size) {
  std::vector<uint8_t> data(size);
  for (size_t i = 0; i < size; ++i) data[i] = static_cast<uint8_t>(i);
  SipHash128 hasher({0x0706050403020100u, 0x0f0e0d0c0b0a0908u});
  const uint64_t tail = hasher.add_bytes(data.data(), data.size());
  const Hash128 hash = hasher.finish(tail, size);
  Bytes bytes;
  std::memcpy(bytes.data(), &hash, sizeof(hash));
  return bytes;
}

// Of the reference implementation: key 00 01 .. 0f, message 00 01 .. (size - 1).
TEST(SipHash, MatchesTheReferenceVectors) {
  EXPECT_EQ(siphash_of_counting_bytes(0), (Bytes{0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
                                                 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93}));
  EXPECT_EQ(siphash_of_counting_bytes(1), (Bytes{0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44,
                                                 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45}));
  EXPECT_EQ(siphash_of_counting_bytes(2), (Bytes{0x81, 0x77, 0x22, 0x8d, 0xa4, 0xa4, 0x5d, 0xc7,
                                                 0xfc, 0xa3, 0x8b, 0xde, 0xf6, 0x0a, 0xff, 0xe4}));
}

using Tokens = std::vector<int32_t>;

TEST(PrefixCache, FindsWhatItWasGiven) {
  PrefixCache cache(4, 2, 1);
  const Hash128 root = cache.root("");
  const Tokens first{1, 2}, second{3, 4};
  const Hash128 a = cache.hash(root, first);
  const Hash128 b = cache.hash(a, second);
  EXPECT_TRUE(cache.insert(3, a, root, first));
  EXPECT_TRUE(cache.insert(1, b, a, second));
  EXPECT_EQ(cache.find(a, root, first), 3);
  EXPECT_EQ(cache.find(b, a, second), 1);
  EXPECT_EQ(cache.size(), 2);
  cache.check_invariants();
}

TEST(PrefixCache, DependsOnPrefixSaltAndKey) {
  PrefixCache cache(4, 2, 1), other(4, 2, 2);
  const Tokens tokens{1, 2};
  const Hash128 plain = cache.hash(cache.root(""), tokens);
  EXPECT_NE(plain, cache.hash(cache.root("tenant"), tokens));
  EXPECT_NE(plain, cache.hash(plain, tokens));
  EXPECT_NE(plain, other.hash(other.root(""), tokens));
  EXPECT_NE(cache.root("a"), cache.root(std::string_view("a\0", 2)));
}

TEST(PrefixCache, ACollisionIsAMiss) {
  PrefixCache cache(4, 2, 1);
  const Hash128 root = cache.root("");
  const Hash128 other_root = cache.root("x");
  const Tokens mine{1, 2}, theirs{3, 4};
  const Hash128 hash = cache.hash(root, mine);
  ASSERT_TRUE(cache.insert(0, hash, root, mine));
  EXPECT_EQ(cache.find(hash, root, theirs), -1);      // the same hash of other tokens
  EXPECT_EQ(cache.find(hash, other_root, mine), -1);  // the same hash after another prefix
}

TEST(PrefixCache, KeepsTheFirstOfTwo) {
  PrefixCache cache(4, 2, 1);
  const Hash128 root = cache.root("");
  const Tokens tokens{1, 2};
  const Hash128 hash = cache.hash(root, tokens);
  EXPECT_TRUE(cache.insert(2, hash, root, tokens));
  EXPECT_FALSE(cache.insert(0, hash, root, tokens));
  EXPECT_EQ(cache.find(hash, root, tokens), 2);
  EXPECT_FALSE(cache.contains(0));
  cache.forget(0);  // was never in
  cache.forget(2);
  EXPECT_EQ(cache.find(hash, root, tokens), -1);
  EXPECT_TRUE(cache.insert(0, hash, root, tokens));
  cache.check_invariants();
}

TEST(PrefixCache, AgreesWithAMap) {
  constexpr int32_t kBlocks = 16;
  PrefixCache cache(kBlocks, 2, 9);
  const Hash128 root = cache.root("");
  std::map<Tokens, int32_t> known;
  std::map<int32_t, Tokens> held;
  test::Rng rng(3);
  for (int step = 0; step < 20000; ++step) {
    const Tokens tokens{rng.range(0, 5), rng.range(0, 5)};
    const Hash128 hash = cache.hash(root, tokens);
    const int32_t block = rng.range(0, kBlocks - 1);
    if (rng.chance(50)) {
      cache.forget(block);
      if (held.contains(block)) {
        known.erase(held[block]);
        held.erase(block);
      }
    } else if (!held.contains(block)) {
      ASSERT_EQ(cache.insert(block, hash, root, tokens), !known.contains(tokens));
      if (known.try_emplace(tokens, block).second) held[block] = tokens;
    }
    const auto found = known.find(tokens);
    ASSERT_EQ(cache.find(hash, root, tokens), found == known.end() ? -1 : found->second);
    ASSERT_EQ(static_cast<size_t>(cache.size()), known.size());
    if (step % 100 == 0) cache.check_invariants();
  }
}

}  // namespace
}  // namespace llmserve
