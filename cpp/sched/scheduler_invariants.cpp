// What must hold between any two calls:
// - blocks: free + held = all; holders of a block = tables it is in; retained = cached;
// - a block in two tables holds the same tokens in both; a cached block has the hash of its tokens;
// - each sample is in exactly one state, and in the container of that state, in rank order;
// - slots: one for each running sample, none twice;
// - rows in flight: each sample and request counts exactly those of the step records.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "sched/scheduler_impl.h"

namespace llmserve {

namespace {

// Counted anew from the samples and records, to be compared with what the scheduler keeps.
struct Audit {
  struct Holder {
    const Sequence* sequence;
    size_t index;
  };
  std::map<int32_t, std::vector<Holder>> holders;
  std::set<int32_t> slots;
  std::map<const Sequence*, std::pair<int32_t, int32_t>> in_flight;  // rows, samples
  int64_t num_live = 0;
  int64_t num_held = 0;
  int64_t num_waiting_tokens = 0;
  size_t num_waiting = 0;
  size_t num_running = 0;
};

void check_running(const Sequence& s, int32_t block_size, Audit& audit) {
  ++audit.num_running;
  CHECK(s.slot && audit.slots.insert(s.slot.id()).second, "slot ", s.slot.id(), " is taken twice");
  const auto capacity = static_cast<int32_t>(s.blocks.size()) * block_size;
  CHECK_LE(s.num_scheduled, capacity, "tokens without a page");
  CHECK_LE(s.num_computed, s.num_scheduled);
  CHECK_LE(s.num_published * block_size, s.num_computed, "published before it was computed");
  CHECK_LT(s.num_scheduled, s.size(), "the last token has no successor to compute yet");
  CHECK(s.rows_in_flight > 0 || s.num_computed == s.num_scheduled);
  for (size_t index = 0; index < s.blocks.size(); ++index) {
    CHECK(s.blocks[index], "an empty page handle in a table");
    audit.holders[s.blocks[index].id()].push_back({&s, index});
  }
}

void check_sample(const Sequence& s, int32_t block_size, Audit& audit) {
  const auto counted = audit.in_flight.find(&s);
  const auto [rows, samples] = counted == audit.in_flight.end() ? std::pair(0, 0) : counted->second;
  CHECK_EQ(s.rows_in_flight, rows, "of sample ", s.rank.index);
  CHECK_EQ(s.samples_in_flight, samples, "of sample ", s.rank.index);
  CHECK_LE(static_cast<int32_t>(s.output.size()) + s.samples_in_flight, s.request().max_tokens);
  CHECK_EQ(s.node.empty(), s.state == SequenceState::kWaiting, "queue node of a sample");
  audit.num_live += s.state != SequenceState::kEnded;
  if (s.state == SequenceState::kRunning) {
    check_running(s, block_size, audit);
    return;
  }
  CHECK(s.blocks.empty() && !s.slot, "a sample that does not run holds pages or a slot");
  CHECK(s.num_scheduled == 0 && s.num_computed == 0 && s.num_published == 0);
  if (s.state == SequenceState::kHeld) {
    ++audit.num_held;
    CHECK(!s.group->prompt_scheduled, "a sample is held after its prompt was computed");
  }
  if (s.state == SequenceState::kWaiting) {
    ++audit.num_waiting;
    audit.num_waiting_tokens += s.prompt_size();
  }
}

void check_group(const Group& group, int32_t block_size, Audit& audit) {
  const int64_t live_before = audit.num_live;
  int32_t rows = 0;
  int32_t leaders = 0;
  for (const Sequence& sequence : group.samples) {
    check_sample(sequence, block_size, audit);
    rows += sequence.rows_in_flight;
    leaders +=
        sequence.state == SequenceState::kWaiting || sequence.state == SequenceState::kRunning;
  }
  CHECK_EQ(group.num_live, audit.num_live - live_before);
  CHECK_EQ(group.rows_in_flight, rows);
  CHECK(group.num_live > 0 || rows > 0, "an ended request is kept");
  CHECK(group.num_live == 0 || group.prompt_scheduled || leaders == 1,
        "exactly one sample leads until the prompt is computed, not ", leaders);
  CHECK(group.num_scored <= group.num_scores());
}

void check_shared(const std::vector<Audit::Holder>& holders, int32_t block_size) {
  const Audit::Holder& first = holders.front();
  for (const Audit::Holder& other : holders) {
    CHECK_EQ(other.index, first.index, "a page lies at two places");
    const auto begin = static_cast<int32_t>(first.index) * block_size;
    int32_t end = begin + block_size;
    for (const Sequence* s : {first.sequence, other.sequence}) {
      end = std::min({end, s->num_scheduled, s->known_size()});
    }
    for (int32_t position = begin; position < end; ++position) {
      CHECK_EQ(first.sequence->token(position), other.sequence->token(position),
               "a shared page holds two texts, at position ", position);
    }
  }
}

}  // namespace

void Scheduler::Impl::check_invariants() const {
  Audit audit;
  for (size_t i = 0; i < num_steps_; ++i) {
    for (const InFlightRow& row : steps_[(oldest_step_ + i) % steps_.size()].rows) {
      auto& [rows, samples] = audit.in_flight[row.sequence];
      ++rows;
      samples += row.sample >= 0;
    }
  }
  size_t num_known_in_flight = 0;
  size_t num_deadlines = 0;
  for (const auto& [id, group] : groups_) {
    CHECK_EQ(id, group->request->id);
    check_group(*group, config_.block_size, audit);
    for (const Sequence& sequence : group->samples) {
      num_known_in_flight += audit.in_flight.contains(&sequence);
    }
    if (!group->deadline) continue;
    ++num_deadlines;
    CHECK(deadlines_.contains({*group->deadline, id}), "a deadline is not watched");
  }
  CHECK_EQ(num_deadlines, deadlines_.size());
  CHECK_EQ(num_known_in_flight, audit.in_flight.size(), "rows of a forgotten request");
  CHECK_EQ(num_live_, audit.num_live);
  CHECK_EQ(num_held_, audit.num_held);
  CHECK_EQ(counters_.num_waiting_tokens, audit.num_waiting_tokens);

  CHECK_EQ(waiting_.size(), audit.num_waiting);
  for (const WaitingQueue::Entry& entry : waiting_) {
    CHECK(entry.sequence->state == SequenceState::kWaiting && entry.sequence->rank == entry.rank);
  }
  CHECK_EQ(running_.size(), audit.num_running);
  for (size_t i = 0; i < running_.size(); ++i) {
    CHECK(running_[i]->state == SequenceState::kRunning);
    CHECK(i == 0 || running_[i - 1]->rank < running_[i]->rank, "running out of rank order");
  }
  CHECK_EQ(running_.size() + static_cast<size_t>(slots_.num_free()),
           static_cast<size_t>(slots_.num_slots()));

  allocator_.check_invariants();
  cache_.check_invariants();
  for (int32_t block = 0; block < allocator_.num_blocks(); ++block) {
    const auto found = audit.holders.find(block);
    const size_t num_holders = found == audit.holders.end() ? 0 : found->second.size();
    CHECK_EQ(static_cast<size_t>(allocator_.num_holders(block)), num_holders, "block ", block);
    CHECK_EQ(allocator_.retained(block), cache_.contains(block), "block ", block);
    if (num_holders > 1) check_shared(found->second, config_.block_size);
  }
}

}  // namespace llmserve
