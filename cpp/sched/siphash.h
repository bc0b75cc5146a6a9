// SipHash-2-4 with 128 bits of output: a keyed hash that nobody without the key can make collide.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace llmserve {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;

  bool operator==(const Hash128&) const = default;
};

struct HashKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

class SipHash128 {
 public:
  explicit SipHash128(HashKey key)
      : v0_(key.k0 ^ 0x736f6d6570736575u),
        v1_(key.k1 ^ 0x646f72616e646f6du ^ 0xeeu),
        v2_(key.k0 ^ 0x6c7967656e657261u),
        v3_(key.k1 ^ 0x7465646279746573u) {}

  void add(uint64_t word) {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }

  // `tail`: the last 0 to 7 bytes, little endian; `size`: bytes in all.
  Hash128 finish(uint64_t tail, uint64_t size) {
    add(tail | size << 56);
    v2_ ^= 0xeeu;
    for (int i = 0; i < 4; ++i) round();
    Hash128 hash;
    hash.low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xddu;
    for (int i = 0; i < 4; ++i) round();
    hash.high = v0_ ^ v1_ ^ v2_ ^ v3_;
    return hash;
  }

  // Adds whole words and returns the tail for finish().
  uint64_t add_bytes(const void* data, size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    uint64_t word = 0;
    for (; size >= sizeof(word); bytes += sizeof(word), size -= sizeof(word)) {
      std::memcpy(&word, bytes, sizeof(word));
      add(word);
    }
    word = 0;
    if (size > 0) std::memcpy(&word, bytes, size);
    return word;
  }

 private:
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  uint64_t v0_, v1_, v2_, v3_;
};

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

// One step of a counter-based mixer: neighbouring inputs give unrelated outputs.
constexpr uint64_t mix64(uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

}  // namespace llmserve
