#include "backend/backend.h"

namespace llmserve {

Backend::~Backend() = default;

}  // namespace llmserve
