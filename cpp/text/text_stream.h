// TextStream: the text of one sample as it may be shown: detokenized, cut at a stop string.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "text/detokenizer.h"
#include "text/stop_matcher.h"

namespace llmserve {

class TextStream {
 public:
  // context: the prompt's tokens. min_tokens: vLLM's rule: a stop string counts only if its last
  // character comes of a token after the first min_tokens; it may start before.
  TextStream(std::shared_ptr<const TokenTable> table, const std::vector<int32_t>& context,
             bool skip_special_tokens, std::shared_ptr<const StopSet> stops, bool include_stop,
             int32_t min_tokens);

  // Appends the text that may be shown now. Returns the index of the stop string met, or -1; after
  // one nothing may be pushed.
  int push(int32_t token, std::string& out);
  // The end, whatever its reason: appends all that was held back. Nothing after a stop string.
  void finish(std::string& out);

  const std::string& stop_string(int index) const { return stops_->string(index); }

 private:
  std::shared_ptr<const StopSet> stops_;
  Detokenizer detokenizer_;
  StopMatcher matcher_;
  std::string piece_;  // kept for its capacity
  int32_t tokens_until_stop_;
  bool met_ = false;
};

}  // namespace llmserve
