// Log lines of the native core: a level, one line per record, to stderr.
#pragma once

#include <string>

#include "base/error.h"

namespace llmserve {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

bool log_enabled(LogLevel level);
void log_line(LogLevel level, const std::string& text);

template <typename... Parts>
void log(LogLevel level, const Parts&... parts) {
  if (log_enabled(level)) log_line(level, detail::concat(parts...));
}

}  // namespace llmserve
