#include "staging.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;      // of a turn
constexpr int64_t kPieceAlignment = 16;  // of what is staged
constexpr size_t kDeliveries = 16;       // more than a step has

}  // namespace

Staging::~Staging() {
  if (turns_[0].memory) static_cast<void>(cudaFreeHost(turns_[0].memory));
}

// An op may stage several pieces before it launches. When a later one begins the memory anew, the
// earlier ones lie at its end, unread: as the op's pieces take at most half the turn, the new ones
// do not reach them.
void Staging::reserve(int64_t step_bytes, int64_t largest, cudaStream_t stream) {
  CHECK(turn_bytes_ == 0, "the staging is reserved once");
  const int64_t turn_bytes = round_up(checked_add(step_bytes, checked_mul(2, largest)), kAlignment);
  const int64_t bytes = checked_mul(kTurns, turn_bytes);
  void* memory = nullptr;
  CUDA_CHECK(cudaHostAlloc(&memory, static_cast<size_t>(bytes), cudaHostAllocDefault));
  for (int i = 0; i < kTurns; ++i) {
    turns_[i].memory = static_cast<char*>(memory) + i * turn_bytes;
    turns_[i].deliveries.reserve(kDeliveries);
  }
  turn_bytes_ = turn_bytes;
  stream_ = stream;
}

void* Staging::take(int64_t bytes) {
  Turn& turn = turns_[current_];
  CHECK(turn.mark == 0, "the turn of mark ", turn.mark, " has not been delivered");
  if (bytes > turn_bytes_ - turn.used) return nullptr;
  void* taken = turn.memory + turn.used;
  turn.used = std::min(turn_bytes_, turn.used + round_up(bytes, kPieceAlignment));
  return taken;
}

const void* Staging::stage_bytes(const void* from, int64_t bytes) {
  CHECK_LE(bytes, turn_bytes_, "staged at once");
  void* to = take(bytes);
  if (to == nullptr) {
    CUDA_CHECK(cudaStreamSynchronize(stream_));
    Turn& turn = turns_[current_];
    deliver(turn);
    turn.used = 0;
    to = take(bytes);
  }
  if (bytes > 0) std::memcpy(to, from, bytes);
  return to;
}

void Staging::deliver_later(void* to, const void* from, int64_t bytes) {
  turns_[current_].deliveries.push_back({to, from, bytes});
}

void Staging::end_turn(uint64_t mark) {
  CHECK(mark != 0 && turns_[current_].mark == 0);
  turns_[current_].mark = mark;
  current_ = (current_ + 1) % kTurns;
}

void Staging::deliver(uint64_t mark) {
  const auto found = std::find_if(turns_.begin(), turns_.end(),
                                  [mark](const Turn& turn) { return turn.mark == mark; });
  CHECK(mark != 0 && found != turns_.end(), "no turn has mark ", mark);
  deliver(*found);
  found->used = 0;
  found->mark = 0;
}

void Staging::deliver(Turn& turn) {
  for (const Delivery& delivery : turn.deliveries) {
    std::memcpy(delivery.to, delivery.from, delivery.bytes);
  }
  turn.deliveries.clear();
}

}  // namespace llmserve
