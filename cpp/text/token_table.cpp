#include "text/token_table.h"

#include <limits>

#include "base/error.h"

namespace llmserve {

TokenTable::TokenTable(const std::vector<std::string_view>& pieces,
                       const std::vector<int32_t>& special, bool strip_leading_space)
    : special_(pieces.size(), 0), strip_leading_space_(strip_leading_space) {
  require(pieces.size() <= static_cast<size_t>(std::numeric_limits<int32_t>::max()), "pieces has ",
          pieces.size(), " entries; token ids are 32-bit");
  size_t bytes = 0;
  for (const std::string_view piece : pieces) bytes += piece.size();
  require(bytes <= std::numeric_limits<uint32_t>::max(), "pieces hold ", bytes,
          " bytes; at most 4 GiB are allowed");

  arena_.reserve(bytes);
  offsets_.reserve(pieces.size() + 1);
  offsets_.push_back(0);
  for (const std::string_view piece : pieces) {
    arena_.append(piece);
    offsets_.push_back(static_cast<uint32_t>(arena_.size()));
  }
  for (const int32_t token : special) {
    require(token >= 0 && token < size(), "special holds token ", token, "; pieces has ", size(),
            " entries");
    special_[static_cast<size_t>(token)] = 1;
  }
}

}  // namespace llmserve
