// WaitingQueue: the sequences that wait, in order of rank. A sequence keeps its queue node for
// life, so that going back to the queue allocates nothing and cannot fail.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace llmserve {

struct Sequence;

// Fixed for life: who comes first, and after a preemption again.
struct Rank {
  int32_t priority = 0;  // 0 for all under FCFS
  uint64_t arrival = 0;
  int32_t index = 0;

  auto operator<=>(const Rank&) const = default;
};

class WaitingQueue {
 public:
  struct Entry {
    Rank rank;
    Sequence* sequence = nullptr;

    bool operator<(const Entry& other) const { return rank < other.rank; }
  };
  using Node = std::set<Entry>::node_type;

  static Node make_node(const Entry& entry) {
    std::set<Entry> single{entry};
    return single.extract(single.begin());
  }

  void push(Node&& node) noexcept { entries_.insert(std::move(node)); }
  Node remove(const Rank& rank) noexcept { return entries_.extract(Entry{rank, nullptr}); }

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  Sequence* head() const { return entries_.empty() ? nullptr : entries_.begin()->sequence; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::set<Entry> entries_;
};

}  // namespace llmserve
