// Pages and slots: prefix hits, admission by what fits, copy-on-write, preemption, publication.
#include <algorithm>
#include <tuple>

#include "base/checked.h"
#include "base/error.h"
#include "sched/scheduler_impl.h"

namespace llmserve {

namespace {

// A sequence preempted this often is taken again only where nothing else can be.
constexpr int32_t kMaxPreemptions = 3;

}  // namespace

Scheduler::Impl::PrefixHit Scheduler::Impl::find_prefix(const Sequence& sequence) {
  PrefixHit hit;
  hit_blocks_.clear();
  hit.chain = cache_.root(sequence.request().cache_salt);
  // Scores need the logits of every prompt token, which a cached page cannot give.
  const Group& group = *sequence.group;
  if (!config_.enable_prefix_caching || group.num_scored < group.num_scores()) return hit;
  // The last token is computed in any case: its logits give the next one.
  const int32_t max_blocks = (sequence.known_size() - 1) / config_.block_size;
  while (hit.num_blocks < max_blocks) {
    sequence.copy_tokens(hit.num_blocks * config_.block_size, block_tokens_);
    const Hash128 hash = cache_.hash(hit.chain, block_tokens_);
    const int32_t block = cache_.find(hash, hit.chain, block_tokens_);
    if (block < 0) break;
    hit_blocks_.push_back(block);
    hit.num_idle += allocator_.num_holders(block) == 0;
    hit.chain = hash;
    ++hit.num_blocks;
  }
  return hit;
}

bool Scheduler::Impl::fits(const Sequence& sequence, const PrefixHit& hit) const {
  // All it holds tokens for now, and its next token.
  const auto needed = static_cast<int32_t>(ceil_div(sequence.known_size() + 1, config_.block_size));
  const int32_t reserve = running_.empty() ? 0 : watermark_;
  return needed - hit.num_blocks + hit.num_idle + reserve <= allocator_.num_free();
}

void Scheduler::Impl::place(PlanBuilder& builder, Sequence& sequence, const PrefixHit& hit) {
  dequeue(sequence);
  sequence.slot = slots_.take();
  const auto num_blocks = static_cast<size_t>(ceil_div(sequence.known_size(), config_.block_size));
  sequence.blocks.reserve(num_blocks + 1);
  // Hits first: while free they could be reused for the pages that follow.
  for (int32_t block : hit_blocks_) sequence.blocks.push_back(allocator_.share(block));
  while (sequence.blocks.size() < num_blocks) {
    sequence.blocks.push_back(take_block());
    CHECK(sequence.blocks.back(), "a sequence that fits found no page");
  }
  const int32_t num_hit_tokens = hit.num_blocks * config_.block_size;
  sequence.num_scheduled = sequence.num_computed = num_hit_tokens;
  sequence.num_published = hit.num_blocks;
  sequence.chain = hit.chain;
  sequence.cache_epoch = cache_epoch_;
  if (!sequence.scheduled_at) {
    sequence.scheduled_at = builder.now;
    sequence.num_cached_tokens = num_hit_tokens;
    counters_.prefix_cache_queries += config_.enable_prefix_caching ? sequence.prompt_size() : 0;
    counters_.prefix_cache_hits += num_hit_tokens;
  }
  insert_running(sequence);
  push_slot_init(builder, sequence);
}

void Scheduler::Impl::insert_running(Sequence& sequence) {
  CHECK_LT(running_.size(), running_.capacity());
  const auto place =
      std::lower_bound(running_.begin(), running_.end(), &sequence,
                       [](const Sequence* a, const Sequence* b) { return a->rank < b->rank; });
  running_.insert(place, &sequence);
  sequence.state = SequenceState::kRunning;
}

BlockRef Scheduler::Impl::take_block() noexcept {
  BlockRef block = allocator_.allocate();
  if (block) cache_.forget(block.id());
  return block;
}

bool Scheduler::Impl::try_page(PlanBuilder& builder, Sequence& sequence) {
  const auto index = static_cast<size_t>(sequence.num_scheduled / config_.block_size);
  if (index < sequence.blocks.size()) {
    BlockRef& page = sequence.blocks[index];
    if (allocator_.num_holders(page.id()) == 1) return true;
    // The copies of a step run in no order, so none may write what another reads. None does: those
    // who share a partial page are samples of one request, next to each other in rank, and the last
    // of them writes in place, so a page that is read here is not free before the plan is complete.
    BlockRef copy = take_block();
    if (!copy) return false;
    builder.plan.page_copies.push_back({.from = page.id(), .to = copy.id()});
    page = std::move(copy);
  } else {
    BlockRef page = take_block();
    if (!page) return false;
    sequence.blocks.push_back(std::move(page));
  }
  builder.plan.page_updates.push_back({.slot = sequence.slot.id(),
                                       .index = static_cast<int32_t>(index),
                                       .block = sequence.blocks[index].id()});
  return true;
}

bool Scheduler::Impl::ensure_page(PlanBuilder& builder, Sequence& sequence,
                                  size_t first_candidate) {
  while (!try_page(builder, sequence)) {
    Sequence* victim = choose_victim(first_candidate);
    CHECK(victim != nullptr, "the oldest sequence found no page in a pool that holds it");
    preempt(*victim);
    if (victim == &sequence) return false;
  }
  return true;
}

// Who loses least: whole blocks of work that neither a neighbour nor the cache holds; then all
// tokens it holds alone, since under pressure cached pages are soon reused; then the youngest. A
// less important one goes first. The oldest that runs is never taken, so one always advances.
Sequence* Scheduler::Impl::choose_victim(size_t first_candidate) const {
  using Key = std::tuple<bool, int64_t, int32_t, int32_t, size_t>;
  Sequence* victim = nullptr;
  Key least;
  for (size_t i = std::max<size_t>(first_candidate, 1); i < running_.size(); ++i) {
    Sequence& sequence = *running_[i];
    int32_t num_lost = 0;
    int32_t num_exclusive = 0;
    for (size_t index = 0; index < sequence.blocks.size() && !sequence.fully_scheduled(); ++index) {
      const int32_t block = sequence.blocks[index].id();
      if (allocator_.num_holders(block) > 1) continue;
      const int32_t begin = static_cast<int32_t>(index) * config_.block_size;
      const int32_t tokens = std::clamp(sequence.num_scheduled - begin, 0, config_.block_size);
      num_exclusive += tokens;
      if (!cache_.contains(block)) num_lost += tokens;
    }
    const Key key{sequence.num_preemptions >= kMaxPreemptions, -int64_t{sequence.rank.priority},
                  num_lost / config_.block_size, num_exclusive, running_.size() - i};
    if (victim == nullptr || key < least) {
      victim = &sequence;
      least = key;
    }
  }
  return victim;
}

void Scheduler::Impl::preempt(Sequence& sequence) noexcept {
  std::erase(running_, &sequence);
  sequence.release();
  ++sequence.num_preemptions;
  ++counters_.num_preemptions;
  enqueue(sequence);
}

int32_t Scheduler::Impl::num_exclusive_blocks(const Sequence& sequence) const {
  return static_cast<int32_t>(std::count_if(
      sequence.blocks.begin(), sequence.blocks.end(),
      [&](const BlockRef& block) { return allocator_.num_holders(block.id()) == 1; }));
}

void Scheduler::Impl::make_room_for_head() {
  Sequence* head = waiting_.head();
  if (head == nullptr || head->rows_in_flight > 0 || running_.size() < 2) return;
  const auto is_candidate = [&](const Sequence& sequence) {
    return sequence.rank.priority > head->rank.priority &&
           sequence.num_preemptions < kMaxPreemptions;
  };
  int32_t num_gained = 0;
  bool has_candidate = false;
  for (size_t i = 1; i < running_.size(); ++i) {
    if (!is_candidate(*running_[i])) continue;
    num_gained += num_exclusive_blocks(*running_[i]);
    has_candidate = true;
  }
  if (!has_candidate) return;
  PrefixHit hit = find_prefix(*head);
  const auto needed = static_cast<int32_t>(ceil_div(head->known_size() + 1, config_.block_size)) -
                      hit.num_blocks + hit.num_idle + watermark_;
  // Where all of them together would not do, their work is not thrown away.
  if (needed > allocator_.num_free() + num_gained) return;
  for (size_t i = running_.size() - 1; i >= 1; --i) {
    if (slots_.num_free() > 0 && fits(*head, hit)) return;
    if (!is_candidate(*running_[i])) continue;
    preempt(*running_[i]);
    hit = find_prefix(*head);
  }
}

// Called with a finite sample that follows all of num_computed: what it was drawn from is sound.
void Scheduler::Impl::publish(Sequence& sequence) {
  if (!config_.enable_prefix_caching || sequence.state != SequenceState::kRunning ||
      sequence.cache_epoch != cache_epoch_) {
    return;
  }
  while ((sequence.num_published + 1) * config_.block_size <= sequence.num_computed) {
    const int32_t block = sequence.blocks[static_cast<size_t>(sequence.num_published)].id();
    if (cache_.contains(block)) {
      sequence.chain = cache_.hash_of(block);  // another sample of the request was first
    } else {
      sequence.copy_tokens(sequence.num_published * config_.block_size, block_tokens_);
      const Hash128 hash = cache_.hash(sequence.chain, block_tokens_);
      if (cache_.insert(block, hash, sequence.chain, block_tokens_)) {
        allocator_.set_retained(block, true);
      }
      sequence.chain = hash;
    }
    ++sequence.num_published;
  }
}

}  // namespace llmserve
