// The ways into this library: see backend/plugin.h.
#include "backend/plugin.h"

#include <vector>

#include "cuda_backend.h"
#include "nccl_communicator.h"

extern "C" llmserve::Backend* llmserve_make_backend(int index) {
  return new llmserve::CudaBackend(index);
}

extern "C" void llmserve_make_communicators(llmserve::Backend* const* backends, int size,
                                            llmserve::Communicator** communicators) {
  std::vector<llmserve::CudaBackend*> own;
  for (int rank = 0; rank < size; ++rank) {
    own.push_back(dynamic_cast<llmserve::CudaBackend*>(backends[rank]));
    CHECK(own.back() != nullptr, "rank ", rank, " has a backend of another kind");
  }
  std::vector<std::unique_ptr<llmserve::Communicator>> made =
      llmserve::make_nccl_communicators(own);
  for (int rank = 0; rank < size; ++rank) {
    communicators[rank] = made[static_cast<size_t>(rank)].release();
  }
}
