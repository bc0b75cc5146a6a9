#include "text/detokenizer.h"

#include <utility>

#include "base/error.h"

namespace llmserve {

Detokenizer::Detokenizer(std::shared_ptr<const TokenTable> table,
                         const std::vector<int32_t>& context, bool skip_special_tokens)
    : table_(std::move(table)), skip_special_tokens_(skip_special_tokens), at_start_(true) {
  CHECK(table_ != nullptr);
  read_context(context);
}

void Detokenizer::push(int32_t token, std::string& out) {
  std::string_view piece = visible_piece(token);
  if (piece.empty()) return;
  if (at_start_ && table_->strip_leading_space() && piece.front() == ' ') piece.remove_prefix(1);
  at_start_ = false;
  utf8_.push(piece, out);
}

std::string_view Detokenizer::visible_piece(int32_t token) const {
  if (skip_special_tokens_ && table_->is_special(token)) return {};
  return table_->piece(token);
}

// Reads the prompt from its end, and only as far as needed: the last three bytes hold any
// unfinished character, since a lead byte starts a new one whatever came before.
void Detokenizer::read_context(const std::vector<int32_t>& context) {
  constexpr size_t kLongestUnfinished = 3;
  std::string tail;
  for (auto token = context.rbegin(); token != context.rend(); ++token) {
    tail.insert(0, visible_piece(*token));
    if (tail.size() >= kLongestUnfinished) break;
  }
  if (tail.empty()) return;
  at_start_ = false;
  if (tail.size() > kLongestUnfinished) tail.erase(0, tail.size() - kLongestUnfinished);
  std::string shown_before;
  utf8_.push(tail, shown_before);
  utf8_.forgive_pending();
}

}  // namespace llmserve
