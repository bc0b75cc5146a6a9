#include "cuda_check.h"

#include <cstring>

namespace llmserve {

void throw_cuda_error(cudaError_t status, const char* call, const char* file, int line) {
  static_cast<void>(cudaGetLastError());  // or the next launch would be blamed for it
  const ErrorKind kind =
      status == cudaErrorMemoryAllocation ? ErrorKind::kOutOfMemory : ErrorKind::kUnavailable;
  const char* slash = std::strrchr(file, '/');
  throw_error(kind, "CUDA: ", cudaGetErrorString(status), " (", cudaGetErrorName(status),
              "), from ", call, " at ", slash ? slash + 1 : file, ":", line);
}

}  // namespace llmserve
