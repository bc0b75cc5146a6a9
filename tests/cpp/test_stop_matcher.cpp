// StopMatcher against a plain search of the whole text: every split of short texts, random long
// ones, what is held back, and the cost of hostile strings.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "text/stop_matcher.h"

namespace llmserve {
namespace {

struct Result {
  std::string text;
  int met = -1;
  bool operator==(const Result&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Result& r) {
  return out << '"' << r.text << "\" met " << r.met;
}

// The rule itself: cut at the first place where any string ends; the first listed of those there.
Result search(const std::string& text, const std::vector<std::string>& stops, bool include,
              size_t first_end = 0) {
  for (size_t end = std::max<size_t>(first_end, 1); end <= text.size(); ++end)
    for (size_t s = 0; s < stops.size(); ++s) {
      const size_t size = stops[s].size();
      if (size <= end && text.compare(end - size, size, stops[s]) == 0)
        return {text.substr(0, include ? end : end - size), static_cast<int>(s)};
    }
  return {text, -1};
}

// The longest end of the text that a stop string starts with, short of the whole string.
size_t must_hold(const std::string& text, const std::vector<std::string>& stops) {
  size_t hold = 0;
  for (const std::string& stop : stops)
    for (size_t size = 1; size < stop.size() && size <= text.size(); ++size)
      if (text.compare(text.size() - size, size, stop, 0, size) == 0) hold = std::max(hold, size);
  return hold;
}

// Pushes the text cut where `cuts` has ones, checking after each push that no more is held back
// than must be.
Result run(const std::string& text, const std::shared_ptr<const StopSet>& set,
           const std::vector<std::string>& stops, bool include, uint32_t cuts) {
  StopMatcher matcher(set, include);
  Result result;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && !(cuts >> i & 1)) continue;
    result.met = matcher.push(text.substr(begin, i + 1 - begin), true, result.text);
    begin = i + 1;
    if (result.met >= 0) break;
    const std::string so_far = text.substr(0, begin);
    EXPECT_EQ(result.text.size(), begin - (include ? 0 : must_hold(so_far, stops))) << so_far;
  }
  matcher.finish(result.text);
  return result;
}

TEST(StopMatcher, EverySplitOfEveryShortText) {
  const std::vector<std::vector<std::string>> sets = {
      {"a"},       {"ab"},        {"aab"},           {"abab", "ba"},       {"abc", "bc"},
      {"b", "ab"}, {"ab", "abc"}, {"ccc", "c", "a"}, {"aba", "bab", "cc"}, {"abcab", "ca"},
  };
  for (const auto& stops : sets) {
    const auto set = std::make_shared<const StopSet>(stops);
    for (size_t length = 0; length <= 6; ++length) {
      size_t texts = 1;
      for (size_t i = 0; i < length; ++i) texts *= 3;
      for (size_t number = 0; number < texts; ++number) {
        std::string text;
        for (size_t i = 0, rest = number; i < length; ++i, rest /= 3)
          text += static_cast<char>('a' + rest % 3);
        for (const bool include : {false, true}) {
          const Result expected = search(text, stops, include);
          for (uint32_t cuts = 0; cuts < 1u << (length ? length - 1 : 0); ++cuts)
            ASSERT_EQ(run(text, set, stops, include, cuts), expected) << text << " cuts " << cuts;
        }
      }
    }
  }
}

TEST(StopMatcher, RandomTextsAndSplits) {
  std::mt19937 random(11);
  const auto word = [&](size_t longest) {
    std::string text;
    for (size_t i = 0, n = 1 + random() % longest; i < n; ++i)
      text += random() % 4 ? "a" : random() % 2 ? "b" : "\xC3\xA9";
    return text;
  };
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> stops;
    for (size_t i = 0, n = 1 + random() % 4; i < n; ++i) stops.push_back(word(9));
    const std::string text = word(60).substr(0, 32);
    const bool include = random() % 2;
    ASSERT_EQ(run(text, std::make_shared<const StopSet>(stops), stops, include, random()),
              search(text, stops, include))
        << text;
  }
}

TEST(StopMatcher, StopsThatDoNotCountYetAreText) {
  std::mt19937 random(13);
  const std::vector<std::string> stops = {"aba", "bb", "b"};
  const auto set = std::make_shared<const StopSet>(stops);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 16; ++i) text += random() % 3 ? 'a' : 'b';
    const size_t free_until = random() % 17;
    StopMatcher matcher(set, false);
    Result result;
    matcher.push(text.substr(0, free_until), false, result.text);
    EXPECT_EQ(result.text.size(), free_until - must_hold(text.substr(0, free_until), stops));
    for (size_t i = free_until; i < text.size() && result.met < 0; ++i)
      result.met = matcher.push(text.substr(i, 1), true, result.text);
    matcher.finish(result.text);
    ASSERT_EQ(result, search(text, stops, false, free_until + 1)) << text << " " << free_until;
  }
}

TEST(StopMatcher, HeldTextEndsAtCharacters) {
  const auto set = std::make_shared<const StopSet>(std::vector<std::string>{"\xC3\xA9\xC3\xA8"});
  StopMatcher matcher(set, false);
  std::string text;
  matcher.push("x\xC3\xA8", true, text);  // shares its first byte with the string
  EXPECT_EQ(text, "x\xC3\xA8");
  matcher.push("\xC3\xA9", true, text);
  EXPECT_EQ(text, "x\xC3\xA8");
  matcher.push("\xC3\xA9", true, text);
  EXPECT_EQ(text, "x\xC3\xA8\xC3\xA9");
  matcher.finish(text);
  EXPECT_EQ(text, "x\xC3\xA8\xC3\xA9\xC3\xA9");
}

TEST(StopMatcher, NothingAfterAMatch) {
  const auto set = std::make_shared<const StopSet>(std::vector<std::string>{"END"});
  StopMatcher matcher(set, false);
  std::string text;
  EXPECT_EQ(matcher.push("abENDcd", true, text), 0);
  matcher.finish(text);
  EXPECT_EQ(text, "ab");
  EXPECT_THROW(matcher.push("x", true, text), Error);
}

TEST(StopMatcher, NoStringsAndEmptyStrings) {
  StopMatcher matcher(std::make_shared<const StopSet>(std::vector<std::string>{}), false);
  std::string text;
  EXPECT_EQ(matcher.push("abc", true, text), -1);
  EXPECT_EQ(text, "abc");
  EXPECT_THROW(StopSet({"a", ""}), Error);
}

// 64 strings of 1 kB that always fail at their last byte: a search that starts over at each byte
// would need 64 x 1024 x 200,000 steps (over ten seconds); this needs some 64 x 400,000.
TEST(StopMatcher, HostileStringsStayLinear) {
  std::vector<std::string> stops;
  for (int i = 0; i < 64; ++i)
    stops.push_back(std::string(static_cast<size_t>(1023 - i), 'a') + 'b');
  const auto set = std::make_shared<const StopSet>(stops);
  const std::string piece(5, 'a');
  const auto begin = std::chrono::steady_clock::now();
  StopMatcher matcher(set, false);
  std::string text;
  for (int i = 0; i < 40'000; ++i) ASSERT_EQ(matcher.push(piece, true, text), -1);
  EXPECT_EQ(text.size(), 200'000u - 1023u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace llmserve
