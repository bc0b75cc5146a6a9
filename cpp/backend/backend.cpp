#include "backend/backend.h"

#include "base/error.h"

namespace llmserve {

Backend::~Backend() = default;

int64_t Backend::graph_bytes(int64_t, int64_t) const { return 0; }

int32_t Backend::capture(const std::function<void()>&) {
  throw_error(ErrorKind::kUnsupported, name(), " has no graphs");
}

void Backend::launch_graph(int32_t) {
  throw_error(ErrorKind::kUnsupported, name(), " has no graphs");
}

}  // namespace llmserve
