#include "text/stop_matcher.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace llmserve {

namespace {

std::vector<int32_t> make_borders(const std::string& string) {
  std::vector<int32_t> borders(string.size(), 0);
  int32_t length = 0;
  for (size_t i = 1; i < string.size(); ++i) {
    while (length > 0 && string[i] != string[static_cast<size_t>(length)])
      length = borders[static_cast<size_t>(length) - 1];
    if (string[i] == string[static_cast<size_t>(length)]) ++length;
    borders[i] = length;
  }
  return borders;
}

}  // namespace

StopSet::StopSet(std::vector<std::string> strings) : strings_(std::move(strings)) {
  borders_.reserve(strings_.size());
  for (const std::string& string : strings_) {
    require(!string.empty(), "stop holds an empty string; each must have at least one character");
    borders_.push_back(make_borders(string));
  }
}

StopMatcher::StopMatcher(std::shared_ptr<const StopSet> stops, bool include_stop)
    : stops_(std::move(stops)), include_stop_(include_stop) {
  CHECK(stops_ != nullptr);
  matched_.assign(static_cast<size_t>(stops_->size()), 0);
}

int StopMatcher::push(std::string_view text, bool can_stop, std::string& out) {
  CHECK(!met_, "text after a stop string");
  if (stops_->size() == 0) {
    out.append(text);
    return -1;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const int met = advance(text[i]);
    if (met < 0 || !can_stop) continue;
    met_ = true;
    held_.append(text.substr(0, i + 1));
    if (!include_stop_) held_.resize(held_.size() - stops_->string(met).size());
    out.append(held_);
    held_.clear();
    return met;
  }
  held_.append(text);
  const auto keep =
      static_cast<size_t>(include_stop_ ? 0 : *std::max_element(matched_.begin(), matched_.end()));
  out.append(held_, 0, held_.size() - keep);
  held_.erase(0, held_.size() - keep);
  return -1;
}

void StopMatcher::finish(std::string& out) {
  out.append(held_);
  held_.clear();
}

// One byte on for every string. Returns the first string that ends here, or -1.
int StopMatcher::advance(char byte) {
  int met = -1;
  for (size_t s = 0; s < matched_.size(); ++s) {
    const std::string& string = stops_->strings_[s];
    const std::vector<int32_t>& borders = stops_->borders_[s];
    int32_t length = matched_[s];
    while (length > 0 && string[static_cast<size_t>(length)] != byte)
      length = borders[static_cast<size_t>(length) - 1];
    if (string[static_cast<size_t>(length)] == byte) ++length;
    if (static_cast<size_t>(length) == string.size()) {
      if (met < 0) met = static_cast<int>(s);
      length = borders[static_cast<size_t>(length) - 1];
    }
    matched_[s] = length;
  }
  return met;
}

}  // namespace llmserve
