// The way into this library: see backend/plugin.h.
#include "backend/plugin.h"

#include "cuda_backend.h"

extern "C" llmserve::Backend* llmserve_make_backend(int index) {
  return new llmserve::CudaBackend(index);
}
