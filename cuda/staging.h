// Staging: pinned host memory that kernels read and results land in, so that no copy of a step
// waits. It is used in turns: a turn ends with a mark of the queue and begins again, with all its
// memory, when that mark has been reached.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace llmserve {

class Staging {
 public:
  // A step that runs, one that waits behind it, one that is being put together, one to spare.
  static constexpr int kTurns = 4;

  Staging() = default;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  // `step_bytes`: what the ops of one step take; `largest`: what any one op stages before it
  // launches what reads it, at most.
  void reserve(int64_t step_bytes, int64_t largest, cudaStream_t stream);
  int64_t bytes() const { return kTurns * turn_bytes_; }

  // A copy of host data at an address that kernels of this turn can read; aligned to 16 bytes.
  // Where the turn is full, waits for the stream and begins the turn's memory anew.
  template <typename T>
  const T* stage(std::span<const T> values) {
    return static_cast<const T*>(stage_bytes(values.data(), values.size_bytes()));
  }
  // Room of this turn for a copy from the device; null where the turn has too little left.
  void* take(int64_t bytes);
  // Once the turn's mark is reached, `bytes` from `from` (of take()) go to `to`.
  void deliver_later(void* to, const void* from, int64_t bytes);

  // Ends the turn: everything staged in it is in use until `mark` is reached.
  void end_turn(uint64_t mark);
  // The mark is reached: delivers what waits for it. In the order of the marks.
  void deliver(uint64_t mark);
  // The mark that must have been reached before the present turn may be written to; 0: none.
  uint64_t blocked_by() const { return turns_[current_].mark; }

 private:
  struct Delivery {
    void* to;
    const void* from;
    int64_t bytes;
  };
  struct Turn {
    char* memory = nullptr;
    int64_t used = 0;
    uint64_t mark = 0;  // 0: open or never used
    std::vector<Delivery> deliveries;
  };

  static void deliver(Turn& turn);
  const void* stage_bytes(const void* from, int64_t bytes);

  std::array<Turn, kTurns> turns_;
  int64_t turn_bytes_ = 0;
  int current_ = 0;
  cudaStream_t stream_ = nullptr;
};

}  // namespace llmserve
