// TokenTable: the bytes that every token id stands for. Made once from the tokenizer, then shared
// by all sequences; which tokenizers it can describe is decided in python/llmserve/token_table.py.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmserve {

class TokenTable {
 public:
  // pieces: bytes per id, empty where an id has no text. special: ids left out of the text on wish.
  // strip_leading_space: SentencePiece style, one space is dropped at the very start of a text.
  TokenTable(const std::vector<std::string_view>& pieces, const std::vector<int32_t>& special,
             bool strip_leading_space);

  int32_t size() const { return static_cast<int32_t>(special_.size()); }
  bool strip_leading_space() const { return strip_leading_space_; }

  // Ids outside the table have no text: a model's embedding is often padded past its tokenizer.
  std::string_view piece(int32_t token) const {
    if (token < 0 || token >= size()) return {};
    const auto id = static_cast<size_t>(token);
    return std::string_view(arena_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  bool is_special(int32_t token) const {
    return token >= 0 && token < size() && special_[static_cast<size_t>(token)];
  }

 private:
  std::string arena_;              // all pieces, end to end
  std::vector<uint32_t> offsets_;  // [size + 1]
  std::vector<uint8_t> special_;   // [size]
  bool strip_leading_space_;
};

}  // namespace llmserve
