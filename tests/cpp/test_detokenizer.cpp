// Detokenizer and TokenTable: whole text whatever the pieces, malformed bytes, leading spaces,
// special tokens. Comparison with the tokenizers library is in tests/test_detokenizer.py.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "text/detokenizer.h"
#include "text/token_table.h"
#include "text/utf8.h"

namespace llmserve {
namespace {

const std::string kBad = "\xEF\xBF\xBD";

// An independent reading of the rule: at each place take a well-formed character, or replace the
// longest start of one.
std::string decode_whole(std::string_view bytes) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto fits = [&](size_t i, size_t k) {  // may byte i + k follow as the k-th of a character?
    const unsigned lead = at(i), byte = at(i + k);
    if (k > 1) return byte >= 0x80 && byte <= 0xBF;
    if (lead == 0xE0) return byte >= 0xA0 && byte <= 0xBF;
    if (lead == 0xED) return byte >= 0x80 && byte <= 0x9F;
    if (lead == 0xF0) return byte >= 0x90 && byte <= 0xBF;
    if (lead == 0xF4) return byte >= 0x80 && byte <= 0x8F;
    return byte >= 0x80 && byte <= 0xBF;
  };
  std::string text;
  size_t i = 0;
  while (i < bytes.size()) {
    const unsigned lead = at(i);
    const size_t length = lead < 0x80                    ? 1
                          : lead >= 0xC2 && lead <= 0xDF ? 2
                          : lead >= 0xE0 && lead <= 0xEF ? 3
                          : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                         : 0;
    size_t k = 1;
    while (k < length && i + k < bytes.size() && fits(i, k)) ++k;
    text += k == length ? std::string(bytes.substr(i, k)) : kBad;
    i += k;
  }
  return text;
}

std::shared_ptr<const TokenTable> make_table(const std::vector<std::string_view>& pieces,
                                             const std::vector<int32_t>& special = {},
                                             bool strip = false) {
  return std::make_shared<const TokenTable>(pieces, special, strip);
}

std::string decode(const std::shared_ptr<const TokenTable>& table,
                   const std::vector<int32_t>& context, const std::vector<int32_t>& tokens,
                   bool skip_special = true) {
  Detokenizer detokenizer(table, context, skip_special);
  std::string text;
  for (const int32_t token : tokens) detokenizer.push(token, text);
  detokenizer.finish(text);
  return text;
}

std::string decode_cut(std::string_view bytes, uint32_t cuts) {
  Utf8Decoder decoder;
  std::string text;
  size_t begin = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i + 1 < bytes.size() && !(cuts >> i & 1)) continue;
    decoder.push(bytes.substr(begin, i + 1 - begin), text);
    begin = i + 1;
  }
  decoder.finish(text);
  return text;
}

// Bytes at the borders of every rule of UTF-8, in every combination of three after a fourth.
TEST(Utf8, EveryBorderCaseInEveryCut) {
  const std::string borders =
      "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF4\xF5";
  std::string bytes(4, '\0');
  for (const char a : borders)
    for (const char b : borders)
      for (const char c : borders)
        for (const char d : borders) {
          bytes = {a, b, c, d};
          const std::string expected = decode_whole(bytes);
          for (uint32_t cuts = 0; cuts < 8; ++cuts) ASSERT_EQ(decode_cut(bytes, cuts), expected);
        }
}

TEST(Utf8, KnownMalformedTexts) {
  EXPECT_EQ(decode_whole("\xE4\xBD"), kBad);                    // cut short: one
  EXPECT_EQ(decode_whole("\xE0\x80\x80"), kBad + kBad + kBad);  // overlong
  EXPECT_EQ(decode_whole("\xED\xA0\x80"), kBad + kBad + kBad);  // surrogate
  EXPECT_EQ(decode_whole("\xF0\x9F\x98"
                         "a"),
            kBad + "a");
  EXPECT_EQ(decode_cut("\xF0\x9F\x98"
                       "a",
                       7),
            kBad + "a");
  EXPECT_EQ(decode_cut("\xE4\xBD\xF0\x9F\x98\x80", 31), kBad + "\xF0\x9F\x98\x80");
}

TEST(Detokenizer, HoldsBackHalfACharacter) {
  const auto table = make_table({"\xF0\x9F", "\x98\x80", "a"});
  Detokenizer detokenizer(table, {}, true);
  std::string text;
  detokenizer.push(0, text);
  EXPECT_EQ(text, "");
  detokenizer.push(1, text);
  EXPECT_EQ(text, "\xF0\x9F\x98\x80");
  detokenizer.push(0, text);
  detokenizer.finish(text);
  EXPECT_EQ(text, "\xF0\x9F\x98\x80" + kBad);
  detokenizer.finish(text);
  EXPECT_EQ(text, "\xF0\x9F\x98\x80" + kBad);
}

TEST(Detokenizer, RandomTokensEqualTheWholeText) {
  std::mt19937 random(7);
  std::vector<std::string> pieces;
  for (int byte = 0; byte < 256; ++byte) pieces.push_back(std::string(1, static_cast<char>(byte)));
  for (const char* piece : {" the", "\xE4\xBD\xA0", "\xF0\x9F", "\x98\x80", "\xC3\xA9t\xC3"})
    pieces.emplace_back(piece);
  std::vector<std::string_view> views(pieces.begin(), pieces.end());
  const auto table = make_table(views);
  for (int round = 0; round < 3000; ++round) {
    std::vector<int32_t> tokens;
    std::string bytes;
    for (int i = 0; i < 24; ++i) {
      // Half of the tokens come from the few that often make whole characters.
      const size_t token = random() % 2 ? 256 + random() % 5 : random() % 256;
      tokens.push_back(static_cast<int32_t>(token));
      bytes += pieces[token];
    }
    ASSERT_EQ(decode(table, {}, tokens), decode_whole(bytes));
  }
}

TEST(Detokenizer, UnknownIdsHaveNoText) {
  const auto table = make_table({"a", "", "b"});
  EXPECT_EQ(decode(table, {}, {0, -1, 3, 1, 2, 1 << 30}), "ab");
  // They do not come between the bytes of a character either.
  EXPECT_EQ(decode(make_table({"\xC3", "\xA9"}), {}, {0, 9, 1}), "\xC3\xA9");
}

TEST(Detokenizer, SpecialTokens) {
  const auto table = make_table({"<s>", "a", "<|x|>"}, {0, 2});
  EXPECT_EQ(decode(table, {}, {0, 1, 2, 1}, true), "aa");
  EXPECT_EQ(decode(table, {}, {0, 1, 2, 1}, false), "<s>a<|x|>a");
}

TEST(Detokenizer, OneLeadingSpaceIsDroppedAtTheStartOfTheTextOnly) {
  const auto table = make_table({"<s>", " Hi", "  x", " "}, {0}, true);
  EXPECT_EQ(decode(table, {}, {1, 1}), "Hi Hi");
  EXPECT_EQ(decode(table, {}, {2}), " x");
  EXPECT_EQ(decode(table, {}, {3, 1}), " Hi");
  EXPECT_EQ(decode(table, {0}, {1}), "Hi");          // nothing but a skipped token came before
  EXPECT_EQ(decode(table, {0}, {1}, false), " Hi");  // the token's own text came before
  EXPECT_EQ(decode(table, {0, 1}, {1}), " Hi");
  EXPECT_EQ(decode(table, {1, 0, 99}, {1}), " Hi");
  EXPECT_EQ(decode(make_table({" Hi"}), {}, {0}), " Hi");
}

TEST(Detokenizer, AContextMayEndWithinACharacter) {
  const auto table = make_table({"\xF0\x9F", "\x98", "\x80", "a", "\xEF\xBF", "\xBD"});
  EXPECT_EQ(decode(table, {3, 0, 1}, {2, 3}),
            "\xF0\x9F\x98\x80"
            "a");
  EXPECT_EQ(decode(table, {3, 0, 1}, {3}), "a");  // the context's text had the U+FFFD
  EXPECT_EQ(decode(table, {3, 0, 1}, {}), "");
  EXPECT_EQ(decode(table, {3, 0, 1}, {0}), kBad);      // only for the unfinished one of our own
  EXPECT_EQ(decode(table, {4}, {5, 0}), kBad + kBad);  // a real U+FFFD, then an unfinished one
  EXPECT_EQ(decode(table, {1, 2}, {2}), kBad);
}

TEST(TokenTable, RefusesBadSpecialIds) {
  EXPECT_THROW(make_table({"a"}, {1}), Error);
  EXPECT_THROW(make_table({"a"}, {-1}), Error);
  EXPECT_EQ(make_table({})->size(), 0);
}

}  // namespace
}  // namespace llmserve
