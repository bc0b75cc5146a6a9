// Philox4x32-10 (Salmon et al., 2011): random words as a pure function of a counter and a key, the
// same on every device.
#pragma once

#include <array>
#include <cstdint>

namespace llmserve {

using PhiloxWords = std::array<uint32_t, 4>;

inline PhiloxWords philox4x32(PhiloxWords counter, uint64_t key) {
  constexpr uint64_t kMultiplier0 = 0xd2511f53u, kMultiplier1 = 0xcd9e8d57u;
  uint32_t key0 = static_cast<uint32_t>(key), key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = kMultiplier0 * counter[0];
    const uint64_t product1 = kMultiplier1 * counter[2];
    counter = {
        static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
        static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  return counter;
}

// Where a draw's words lie: token id t of the token drawn at `position` (the number of tokens
// before it) has word t % 4 of the block with counter {t / 4, position, 0, 0} and key `seed`.
inline PhiloxWords draw_words(uint64_t seed, int32_t position, int32_t token_block) {
  return philox4x32({static_cast<uint32_t>(token_block), static_cast<uint32_t>(position), 0u, 0u},
                    seed);
}

}  // namespace llmserve
