#include "base/log.h"

#include <cstdio>

#include "base/env.h"

namespace llmserve {
namespace {

LogLevel threshold() {
  static const LogLevel level = [] {
    const std::string name = env::log_level();
    if (name == "debug") return LogLevel::kDebug;
    if (name == "warning") return LogLevel::kWarning;
    if (name == "error") return LogLevel::kError;
    return LogLevel::kInfo;
  }();
  return level;
}

constexpr const char* kNames[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

}  // namespace

bool log_enabled(LogLevel level) { return level >= threshold(); }

void log_line(LogLevel level, const std::string& text) {
  // One call per line, so that lines of several threads do not mix.
  std::fprintf(stderr, "llmserve %s: %s\n", kNames[static_cast<int>(level)], text.c_str());
}

}  // namespace llmserve
