#include "engine/backend_factory.h"

#include "base/error.h"
#include "cpu/cpu_backend.h"
#include "cpu/thread_communicator.h"

namespace llmserve {

std::unique_ptr<Backend> make_backend(Device device, int num_threads) {
  if (device.type == DeviceType::kCpu) return make_cpu_backend(num_threads);
  throw_error(ErrorKind::kUnsupported,
              "device is 'cuda', but this build of llmserve has no CUDA backend; allowed: 'cpu'");
}

std::vector<std::unique_ptr<Communicator>> make_communicators(DeviceType device, int size) {
  CHECK(device == DeviceType::kCpu);
  return make_thread_communicators(size);
}

}  // namespace llmserve
