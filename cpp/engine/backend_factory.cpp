#include "engine/backend_factory.h"

#include <dlfcn.h>

#include <filesystem>
#include <string_view>

#include "backend/plugin.h"
#include "base/error.h"
#include "cpu/cpu_backend.h"
#include "cpu/thread_communicator.h"

namespace llmserve {
namespace {

// Beside the library that this code is in, wherever that is.
std::filesystem::path beside_this(const char* name) {
  static const char here = 0;
  Dl_info info;
  CHECK(dladdr(&here, &info) != 0);
  return std::filesystem::absolute(info.dli_fname).parent_path() / name;
}

MakeBackend* open_cuda() {
  const std::filesystem::path path = beside_this("libllmserve_cuda.so");
  if (!std::filesystem::exists(path)) {
    throw_error(ErrorKind::kUnsupported,
                "device is 'cuda', but this build of llmserve has no CUDA backend; allowed: 'cpu'");
  }
  // For good: its backends, and what CUDA registers, may outlive any one engine.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const std::string_view why = dlerror();
    throw_error(ErrorKind::kUnavailable, "the CUDA backend cannot be loaded: ", why,
                why.find("cublas") == std::string_view::npos
                    ? ""
                    : " (cuBLAS comes with the CUDA toolkit or by 'pip install nvidia-cublas')");
  }
  void* function = dlsym(library, kMakeBackend);
  CHECK(function != nullptr, path.string(), " exports no ", kMakeBackend);
  return reinterpret_cast<MakeBackend*>(function);
}

std::unique_ptr<Backend> make_cuda_backend(int index) {
  static MakeBackend* const make = open_cuda();  // a failure is tried again by the next call
  return std::unique_ptr<Backend>(make(index));
}

}  // namespace

std::unique_ptr<Backend> make_backend(Device device, int num_threads) {
  if (device.type == DeviceType::kCuda) return make_cuda_backend(device.index);
  return make_cpu_backend(num_threads);
}

std::vector<std::unique_ptr<Communicator>> make_communicators(DeviceType device, int size) {
  if (device == DeviceType::kCuda) {
    throw_error(ErrorKind::kUnsupported, "tensor_parallel_size is ", size,
                ", but this build of llmserve uses one GPU; allowed: 1");
  }
  return make_thread_communicators(size);
}

}  // namespace llmserve
