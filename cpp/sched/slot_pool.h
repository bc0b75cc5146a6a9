// SlotPool: the places of running sequences on the device. A slot goes back when its handle dies.
#pragma once

#include <cstdint>
#include <vector>

namespace llmserve {

class SlotPool;

class Slot {
 public:
  Slot() = default;
  Slot(Slot&& other) noexcept : pool_(other.pool_), id_(other.id_) { other.pool_ = nullptr; }
  Slot& operator=(Slot&& other) noexcept;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() { reset(); }

  explicit operator bool() const { return pool_ != nullptr; }
  int32_t id() const { return id_; }
  void reset() noexcept;

 private:
  friend class SlotPool;
  Slot(SlotPool* pool, int32_t id) : pool_(pool), id_(id) {}

  SlotPool* pool_ = nullptr;
  int32_t id_ = -1;
};

// Allocates no memory after construction. Must outlive its Slots.
class SlotPool {
 public:
  explicit SlotPool(int32_t num_slots) : num_slots_(num_slots) {
    free_.reserve(static_cast<size_t>(num_slots));
    for (int32_t slot = num_slots - 1; slot >= 0; --slot) free_.push_back(slot);
  }
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;

  // Empty when all are taken.
  Slot take() noexcept {
    if (free_.empty()) return Slot();
    const int32_t slot = free_.back();
    free_.pop_back();
    return Slot(this, slot);
  }
  int32_t num_free() const { return static_cast<int32_t>(free_.size()); }
  int32_t num_slots() const { return num_slots_; }

 private:
  friend class Slot;

  int32_t num_slots_;
  std::vector<int32_t> free_;  // its capacity is all slots: giving back never allocates
};

inline Slot& Slot::operator=(Slot&& other) noexcept {
  if (this != &other) {
    reset();
    pool_ = other.pool_;
    id_ = other.id_;
    other.pool_ = nullptr;
  }
  return *this;
}

inline void Slot::reset() noexcept {
  if (pool_ == nullptr) return;
  pool_->free_.push_back(id_);
  pool_ = nullptr;
}

}  // namespace llmserve
