#include "text/text_stream.h"

#include <utility>

#include "base/error.h"

namespace llmserve {

TextStream::TextStream(std::shared_ptr<const TokenTable> table, const std::vector<int32_t>& context,
                       bool skip_special_tokens, std::shared_ptr<const StopSet> stops,
                       bool include_stop, int32_t min_tokens)
    : stops_(std::move(stops)),
      detokenizer_(std::move(table), context, skip_special_tokens),
      matcher_(stops_, include_stop),
      tokens_until_stop_(min_tokens) {}

int TextStream::push(int32_t token, std::string& out) {
  piece_.clear();
  detokenizer_.push(token, piece_);
  const bool can_stop = tokens_until_stop_ <= 0;
  if (!can_stop) --tokens_until_stop_;
  const int met = matcher_.push(piece_, can_stop, out);
  met_ = met >= 0;
  return met;
}

// The U+FFFD of an unfinished character is not searched: the text has ended for another reason.
void TextStream::finish(std::string& out) {
  if (met_) return;
  matcher_.finish(out);
  detokenizer_.finish(out);
}

}  // namespace llmserve
