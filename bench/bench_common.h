// What benchmarks share: aligned random data and the machine's own limits.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace llmserve {

inline std::vector<float> random_floats(int64_t count) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

}  // namespace llmserve
