// StopMatcher: finds the first of several stop strings in a text that comes in pieces, and holds
// back what may still become one. StopSet: the strings with their search tables, shared by all
// samples of a request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmserve {

class StopSet {
 public:
  // Throws InvalidArgument for an empty string.
  explicit StopSet(std::vector<std::string> strings);

  int size() const { return static_cast<int>(strings_.size()); }
  const std::string& string(int index) const { return strings_[static_cast<size_t>(index)]; }

 private:
  friend class StopMatcher;

  std::vector<std::string> strings_;
  // For each string: borders_[s][k] is the length of the longest proper border of its first k + 1
  // bytes, that is what still matches after a mismatch (Knuth, Morris and Pratt).
  std::vector<std::vector<int32_t>> borders_;
};

// The stop string whose last byte comes first wins; of those that end at the same byte, the one
// that is listed first. This rests on the text alone, not on its pieces, and needs no look ahead.
// Time is linear: pieces x strings, whatever the strings repeat.
class StopMatcher {
 public:
  // include_stop: the stop string itself is shown; nothing is held back then.
  StopMatcher(std::shared_ptr<const StopSet> stops, bool include_stop);

  // Appends what may be shown now. Returns the index of the stop string met, or -1. Text after a
  // stop string is dropped, and nothing may be pushed after it.
  // can_stop: false while stop strings must not end the text; one that ends in this piece is then
  // ordinary text, one that only starts in it still counts.
  int push(std::string_view text, bool can_stop, std::string& out);
  // The end without a stop string: appends what was held back. Nothing after a match.
  void finish(std::string& out);

 private:
  int advance(char byte);

  std::shared_ptr<const StopSet> stops_;
  std::vector<int32_t> matched_;  // per string: how many of its bytes the text ends with
  std::string held_;              // the end of the text, not shown yet
  bool include_stop_;
  bool met_ = false;
};

}  // namespace llmserve
