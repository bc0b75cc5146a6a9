// TextStream: tokens in, text to show out; stop strings over tokens, min_tokens, the end.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "text/text_stream.h"

namespace llmserve {
namespace {

const std::string kBad = "\xEF\xBF\xBD";

std::shared_ptr<const StopSet> stop_set(std::vector<std::string> stops) {
  return std::make_shared<const StopSet>(std::move(stops));
}

class TextStreamTest : public ::testing::Test {
 protected:
  TextStream stream(std::vector<std::string> stops, bool include = false, int32_t min_tokens = 0) {
    return TextStream(table_, {}, true, stop_set(std::move(stops)), include, min_tokens);
  }

  //                               0    1    2        3       4           5       6
  const std::vector<std::string_view> pieces_{"a", "b", "ST", "OP", "\xE4\xBD", "\xA0", "</s>"};
  std::shared_ptr<const TokenTable> table_ =
      std::make_shared<const TokenTable>(pieces_, std::vector<int32_t>{6}, false);
};

TEST_F(TextStreamTest, StopStringOverTokens) {
  TextStream s = stream({"x", "STOP"});
  std::string text;
  EXPECT_EQ(s.push(0, text), -1);
  EXPECT_EQ(text, "a");
  EXPECT_EQ(s.push(2, text), -1);
  EXPECT_EQ(text, "a");  // held back
  EXPECT_EQ(s.push(3, text), 1);
  EXPECT_EQ(s.stop_string(1), "STOP");
  s.finish(text);
  EXPECT_EQ(text, "a");
  EXPECT_THROW(s.push(0, text), Error);
}

TEST_F(TextStreamTest, HeldTextComesOutWhenTheStopFails) {
  TextStream s = stream({"STOP"});
  std::string text;
  s.push(2, text);
  s.push(0, text);
  EXPECT_EQ(text, "STa");
  s.push(2, text);
  s.finish(text);
  EXPECT_EQ(text, "STaST");
}

TEST_F(TextStreamTest, IncludedStopIsShownAndNothingIsHeld) {
  TextStream s = stream({"TO"}, true);
  std::string text;
  EXPECT_EQ(s.push(2, text), -1);
  EXPECT_EQ(text, "ST");
  EXPECT_EQ(s.push(3, text), 0);
  EXPECT_EQ(text, "STO");
}

TEST_F(TextStreamTest, StopWithinACharacterOfSeveralTokens) {
  TextStream s = stream({"\xE4\xBD\xA0"});
  std::string text;
  EXPECT_EQ(s.push(4, text), -1);
  EXPECT_EQ(s.push(5, text), 0);
  EXPECT_EQ(text, "");
}

TEST_F(TextStreamTest, FinishFlushesHeldTextThenTheUnfinishedCharacter) {
  TextStream s = stream({"STOP"});
  std::string text;
  s.push(2, text);
  s.push(4, text);
  EXPECT_EQ(text, "");  // ST waits for the stop string, the bytes for their character
  s.finish(text);
  EXPECT_EQ(text, "ST" + kBad);
  s.finish(text);
  EXPECT_EQ(text, "ST" + kBad);
}

// A stop string counts if its last character comes of a token after the first min_tokens.
TEST_F(TextStreamTest, MinTokens) {
  const auto met_at = [&](int32_t min_tokens, const std::vector<int32_t>& tokens) {
    TextStream s = stream({"STOP", "b"}, false, min_tokens);
    std::string text;
    for (size_t i = 0; i < tokens.size(); ++i)
      if (s.push(tokens[i], text) >= 0) return static_cast<int>(i) + 1;
    return -1;
  };
  EXPECT_EQ(met_at(0, {2, 3}), 2);
  EXPECT_EQ(met_at(1, {2, 3}), 2);   // starts before, ends after
  EXPECT_EQ(met_at(2, {2, 3}), -1);  // ends with the second token
  EXPECT_EQ(met_at(2, {2, 3, 0}), -1);
  EXPECT_EQ(met_at(2, {2, 3, 2, 3}), 4);
  EXPECT_EQ(met_at(3, {1, 1, 1, 1}), 4);
  EXPECT_EQ(met_at(1, {6, 1}), 2);  // a token without text counts as one
}

TEST_F(TextStreamTest, SkippedStopStaysInTheText) {
  TextStream s = stream({"STOP"}, false, 2);
  std::string text;
  s.push(2, text);
  s.push(3, text);
  EXPECT_EQ(text, "STOP");
  s.push(2, text);
  EXPECT_EQ(s.push(3, text), 0);
  EXPECT_EQ(text, "STOP");
}

TEST_F(TextStreamTest, RandomTokensEqualTheirPartsInARow) {
  std::mt19937 random(17);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<std::string> stops = {"aS", "bTO",
                                            "\xE4\xBD\xA0"
                                            "a"};
    const auto set = stop_set(stops);
    TextStream s(table_, {6}, round % 2, set, false, 0);
    Detokenizer detokenizer(table_, {6}, round % 2);
    std::string text, whole;
    int met = -1;
    for (int i = 0; i < 20 && met < 0; ++i) {
      const auto token = static_cast<int32_t>(random() % 7);
      met = s.push(token, text);
      detokenizer.push(token, whole);
    }
    s.finish(text);
    StopMatcher matcher(set, false);
    std::string expected;
    const int expected_met = matcher.push(whole, true, expected);
    matcher.finish(expected);
    if (expected_met < 0) detokenizer.finish(expected);
    ASSERT_EQ(met, expected_met);
    ASSERT_EQ(text, expected);
  }
}

}  // namespace
}  // namespace llmserve
