// Bed: a backend with what any op needs around it: a slot table, a step of the largest size, a
// workspace, and random numbers to fill memory with.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "backend/backend.h"
#include "backend/buffer.h"
#include "model/arena.h"

namespace llmserve {

// `count` sequences of `context` tokens each, the last `tokens` of which are the step's.
struct Sequences {
  int32_t count;
  int32_t tokens;
  int32_t context;
};

class Bed {
 public:
  Bed(Backend& backend, const StepLimits& limits);

  Backend& backend() { return backend_; }
  const StepLimits& limits() const { return limits_; }
  const StepView& step() const { return step_; }
  const SlotTable& slots() const { return slots_; }
  std::mt19937& random() { return random_; }

  Tensor tensor(const Buffer& buffer, DType dtype, Shape shape) const {
    return Tensor(buffer.as<>(), dtype, shape, backend_.device());
  }
  Buffer zeros(int64_t elements, DType dtype) {
    return Buffer(backend_, elements * dtype_size(dtype));
  }
  // Normal numbers of this deviation: zeros would cost less power and so run faster.
  Buffer normal(int64_t elements, DType dtype, float deviation = 1.0f);
  // The same on the host: some numbers, again and again. `count` is at most kPattern.
  static constexpr int64_t kPattern = int64_t{4} << 20;
  std::span<const char> pattern(int64_t count, DType dtype, float deviation);

  // Makes the step these sequences, their pages dealt at random.
  void set_step(std::span<const Sequences> sequences);
  // Pages that they need.
  int32_t num_pages(std::span<const Sequences> sequences) const;

 private:
  Backend& backend_;
  const StepLimits limits_;
  std::mt19937 random_{0};
  std::vector<float> normals_;
  std::vector<char> pattern_;
  DType pattern_dtype_ = DType::kUInt8;  // none yet
  float pattern_deviation_ = 0.0f;
  Arena memory_;
  SlotTable slots_;
  StepView step_;
};

}  // namespace llmserve
