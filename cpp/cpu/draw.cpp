#include "cpu/draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "cpu/philox.h"

namespace llmserve {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// From so many candidates on a histogram is cheaper than halving them again and again.
constexpr size_t kHistogramFrom = 2048;

// -log(-log(u)) of the uniform number in (0, 1) that a random word stands for.
double gumbel(uint32_t word) {
  const double uniform = (static_cast<double>(word) + 0.5) * 0x1p-32;
  return -std::log(-std::log(uniform));
}

// The running winner. Most tokens are turned away without a logarithm: to make up for being d below
// the best score a token's uniform number u must exceed exp(-exp(-d)), so 1 - u < exp(-d).
class Race {
 public:
  Race() {
    for (size_t d = 0; d < limits_.size(); ++d) {
      limits_[d] = static_cast<uint32_t>(
          std::min(std::exp(-static_cast<double>(d)) * 0x1p32, static_cast<double>(UINT32_MAX)));
    }
  }

  // Past this distance no word can win.
  bool hopeless(float value) const { return best_ - value >= static_cast<double>(limits_.size()); }

  void offer(float value, int32_t id, uint32_t word) {
    const double distance = best_ - value;
    if (distance > 0.0) {
      if (distance >= static_cast<double>(limits_.size())) return;
      if (~word > limits_[static_cast<size_t>(distance)]) return;
    }
    const double score = value + gumbel(word);
    if (score > best_ || (score == best_ && id < winner_)) {
      best_ = score;
      winner_ = id;
    }
  }
  int32_t winner() const { return winner_; }

 private:
  std::array<uint32_t, 23> limits_;  // 2^32 exp(-d); at 23 less than the half that ~word + 0.5 is
  double best_ = -std::numeric_limits<double>::infinity();
  int32_t winner_ = -1;
};

int32_t race_all(std::span<const float> values, const DrawArgs& args) {
  const float temperature = args.params->temperature;
  Race race;
  const auto offer_block = [&](size_t begin, size_t end) {
    float block_max = -kInfinity;
    for (size_t i = begin; i < end; ++i) block_max = std::max(block_max, values[i]);
    if (race.hopeless((block_max - args.max) / temperature)) return;
    const PhiloxWords words = draw_words(args.seed, args.position, static_cast<int32_t>(begin / 4));
    for (size_t i = begin; i < end; ++i) {
      race.offer((values[i] - args.max) / temperature, static_cast<int32_t>(i), words[i - begin]);
    }
  };
  // The likeliest first: it sets a mark that most others are hopeless against.
  const auto best = static_cast<size_t>(find_value(values, args.max)) / 4 * 4;
  offer_block(best, std::min(best + 4, values.size()));
  for (size_t begin = 0; begin < values.size(); begin += 4) {
    if (begin != best) offer_block(begin, std::min(begin + 4, values.size()));
  }
  return race.winner();
}

int32_t race_candidates(std::span<const Candidate> candidates, const DrawArgs& args) {
  Race race;
  int32_t block = -1;
  PhiloxWords words{};
  const auto offer = [&](const Candidate& candidate) {
    if (race.hopeless(candidate.value)) return;
    if (candidate.id / 4 != block) {
      block = candidate.id / 4;
      words = draw_words(args.seed, args.position, block);
    }
    race.offer(candidate.value, candidate.id, words[static_cast<size_t>(candidate.id % 4)]);
  };
  offer(*std::min_element(candidates.begin(), candidates.end(), better));
  for (const Candidate& candidate : candidates) offer(candidate);
  return race.winner();
}

// The fewest best candidates whose weights exp(value) reach `target`, at least one. They are then
// the first of the span. Halves it until little is left to sort.
size_t cut_at_mass(std::span<Candidate> candidates, double target) {
  size_t kept = 0;
  while (candidates.size() > 64) {
    const size_t half = candidates.size() / 2;
    std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(half),
                     candidates.end(), better);
    double mass = 0.0;
    for (const Candidate& candidate : candidates.first(half)) mass += std::exp(candidate.value);
    if (mass >= target) {
      candidates = candidates.first(half);
    } else {
      target -= mass;
      kept += half;
      candidates = candidates.subspan(half);
    }
  }
  std::sort(candidates.begin(), candidates.end(), better);
  size_t more = 0;
  for (double mass = 0.0; more < candidates.size() && (more == 0 || mass < target); ++more) {
    mass += std::exp(candidates[more].value);
  }
  return kept + more;
}

// top_p for many candidates: weights fall into bins by value, and only the bin in which the mass is
// reached is looked at closely. Values are <= 0, the greatest is 0.
std::span<Candidate> cut_by_histogram(std::span<Candidate> candidates, float top_p) {
  constexpr int kBins = 1024;
  constexpr float kBinsPerUnit = 32.0f;
  const auto bin_of = [](const Candidate& candidate) {
    return static_cast<size_t>(std::min(-candidate.value * kBinsPerUnit, kBins - 1.0f));
  };
  std::array<double, kBins> mass{};
  for (const Candidate& candidate : candidates) {
    mass[bin_of(candidate)] += std::exp(candidate.value);
  }
  double total = 0.0;
  for (const double bin : mass) total += bin;
  double target = total * top_p;
  size_t last = 0;
  while (last + 1 < kBins && mass[last] < target) target -= mass[last++];

  const auto inside = std::partition(candidates.begin(), candidates.end(),
                                     [&](const Candidate& c) { return bin_of(c) < last; });
  const auto border = std::partition(inside, candidates.end(),
                                     [&](const Candidate& c) { return bin_of(c) == last; });
  auto kept = static_cast<size_t>(inside - candidates.begin());
  if (inside != border) kept += cut_at_mass({inside, border}, target);
  return candidates.first(kept);
}

std::span<Candidate> keep_top_p(std::span<Candidate> candidates, float top_p) {
  if (candidates.size() > kHistogramFrom) return cut_by_histogram(candidates, top_p);
  double total = 0.0;
  for (const Candidate& candidate : candidates) total += std::exp(candidate.value);
  return candidates.first(cut_at_mass(candidates, total * top_p));
}

std::span<Candidate> keep_min_p(std::span<Candidate> candidates, float min_p) {
  const float least = std::log(min_p);
  const auto end = std::partition(candidates.begin(), candidates.end(),
                                  [&](const Candidate& c) { return c.value >= least; });
  return {candidates.begin(), end};
}

}  // namespace

RowMax find_max(std::span<const float> values) {
  constexpr size_t kLanes = 16;
  std::array<float, kLanes> max;
  std::array<uint32_t, kLanes> bad{};
  max.fill(-kInfinity);
  const auto look = [&](size_t lane, float value) {
    max[lane] = value > max[lane] ? value : max[lane];
    bad[lane] |= value <= std::numeric_limits<float>::max() ? 0u : 1u;  // also where it is a NaN
  };
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) look(lane, values[i + lane]);
  }
  for (; i < values.size(); ++i) look(0, values[i]);
  const float best = *std::max_element(max.begin(), max.end());
  const bool any_bad = std::any_of(bad.begin(), bad.end(), [](uint32_t b) { return b != 0; });
  return {best, !any_bad && best > -kInfinity};
}

int32_t find_value(std::span<const float> values, float value) {
  const auto at = std::find(values.begin(), values.end(), value);
  CHECK(at != values.end(), "no token has the greatest logit");
  return static_cast<int32_t>(at - values.begin());
}

std::span<Candidate> select_best(std::span<const float> values, int64_t count,
                                 std::span<Candidate> room) {
  const auto wanted = static_cast<size_t>(std::min<int64_t>(count, std::ssize(values)));
  if (wanted == 0) return room.first(0);
  // Kept small, so that a cut is cheap; each cut raises the mark that further tokens must pass. A
  // token equal to the mark has a greater id than those kept, and so loses to them.
  const size_t limit = std::min(room.size(), std::max<size_t>(4 * wanted, 256));
  size_t size = 0;
  float mark = -kInfinity;
  const auto cut = [&] {
    if (size <= wanted) return;
    const auto last = room.begin() + static_cast<std::ptrdiff_t>(wanted) - 1;
    std::nth_element(room.begin(), last, room.begin() + static_cast<std::ptrdiff_t>(size), better);
    size = wanted;
    mark = last->value;
  };
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > mark)) continue;
    room[size++] = {values[i], static_cast<int32_t>(i)};
    if (size == limit) cut();
  }
  cut();
  return room.first(size);
}

int32_t draw_token(std::span<const float> values, const DrawArgs& args, std::span<Candidate> room) {
  const SamplingParams& params = *args.params;
  if (params.greedy()) return find_value(values, args.max);
  const bool has_top_k = params.top_k > 0 && params.top_k < std::ssize(values);
  if (!has_top_k && params.top_p >= 1.0f && params.min_p <= 0.0f) return race_all(values, args);

  const int64_t most = has_top_k ? params.top_k : std::ssize(values);
  std::span<Candidate> candidates = select_best(values, most, room);
  for (Candidate& candidate : candidates) {
    candidate.value = (candidate.value - args.max) / params.temperature;
  }
  // min_p looks at the best token alone, so it and top_k may go in either order.
  if (params.min_p > 0.0f) candidates = keep_min_p(candidates, params.min_p);
  if (params.top_p < 1.0f) candidates = keep_top_p(candidates, params.top_p);
  return race_candidates(candidates, args);
}

}  // namespace llmserve
