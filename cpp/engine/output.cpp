#include "engine/output.h"

#include <algorithm>
#include <iterator>

namespace llmserve {
namespace {

template <typename T>
void make_room(std::vector<T>& to, size_t more) {
  const size_t needed = to.size() + more;
  if (needed > to.capacity()) to.reserve(std::max(needed, 2 * to.capacity()));
}

template <typename T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Output::merge(Output&& later) {
  // All that may throw comes first.
  make_room(token_ids, later.token_ids.size());
  make_room(logprobs, later.logprobs.size());
  make_room(prompt_logprobs, later.prompt_logprobs.size());
  text += later.text;
  append(token_ids, std::move(later.token_ids));
  append(logprobs, std::move(later.logprobs));
  append(prompt_logprobs, std::move(later.prompt_logprobs));
  finish_reason = later.finish_reason;
  stop_token = later.stop_token;
  stop_string = std::move(later.stop_string);
  error_cause = later.error_cause;
  error = std::move(later.error);
  num_cached_tokens = later.num_cached_tokens;
  num_preemptions = later.num_preemptions;
  scheduled_at = later.scheduled_at;
  first_token_at = later.first_token_at;
  last_token_at = later.last_token_at;
}

}  // namespace llmserve
