// Detokenizer: token ids of one sequence -> its text, piece by piece, never half a character.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "text/token_table.h"
#include "text/utf8.h"

namespace llmserve {

class Detokenizer {
 public:
  // context: the tokens before the first one pushed (the prompt). They decide whether a leading
  // space belongs to the start of the text, and may end within a character that the first pushed
  // token completes.
  Detokenizer(std::shared_ptr<const TokenTable> table, const std::vector<int32_t>& context,
              bool skip_special_tokens);

  // Appends the text that this token finishes. All of it together, with finish(), is the text of
  // all bytes with malformed ones replaced by U+FFFD, as in Python's errors="replace".
  void push(int32_t token, std::string& out);
  // The end: appends U+FFFD if a character is unfinished.
  void finish(std::string& out) { utf8_.finish(out); }

 private:
  std::string_view visible_piece(int32_t token) const;
  void read_context(const std::vector<int32_t>& context);

  std::shared_ptr<const TokenTable> table_;
  Utf8Decoder utf8_;
  bool skip_special_tokens_;
  bool at_start_;  // no byte of the text has come yet
};

}  // namespace llmserve
