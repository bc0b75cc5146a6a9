#include "base/error.h"

#include <cstring>

namespace llmserve {

Error::Error(ErrorKind kind, const std::string& message)
    : std::runtime_error(message), kind_(kind) {}

Error::~Error() = default;

namespace detail {

void throw_check_failed(const char* file, int line, const char* expression,
                        const std::string& message) {
  const char* slash = std::strrchr(file, '/');
  throw Error(ErrorKind::kInternal, concat(slash ? slash + 1 : file, ":", line, ": ", expression,
                                           message.empty() ? "" : ": ", message));
}

}  // namespace detail
}  // namespace llmserve
