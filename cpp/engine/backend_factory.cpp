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

// What the dynamic loader says, as what a person can do about it.
[[noreturn]] void throw_not_loaded(std::string_view why) {
  const std::string_view missing = why.substr(0, why.find(':'));
  if (why.find("cannot open shared object file") == std::string_view::npos) {
    throw_error(ErrorKind::kUnavailable, "the CUDA backend cannot be loaded: ", why);
  }
  if (missing.starts_with("libcublas")) {
    throw_error(ErrorKind::kUnavailable, "device is 'cuda', but cuBLAS (", missing,
                ") was not found: 'pip install llmserve[cuda]' or a CUDA toolkit brings it");
  }
  throw_error(ErrorKind::kUnavailable, "device is 'cuda', but ", missing, " was not found");
}

void* open_cuda() {
  const std::filesystem::path path = beside_this("libllmserve_cuda.so");
  if (!std::filesystem::exists(path)) {
    throw_error(ErrorKind::kUnsupported,
                "device is 'cuda', but this build of llmserve has no CUDA backend; allowed: 'cpu'");
  }
  // For good: its backends, and what CUDA registers, may outlive any one engine.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) throw_not_loaded(dlerror());
  return library;
}

template <typename Function>
Function* cuda_function(const char* name) {
  static void* const library = open_cuda();  // a failure is tried again by the next call
  void* function = dlsym(library, name);
  CHECK(function != nullptr, "the CUDA backend exports no ", name);
  return reinterpret_cast<Function*>(function);
}

std::unique_ptr<Backend> make_cuda_backend(int index) {
  return std::unique_ptr<Backend>(cuda_function<MakeBackend>(kMakeBackend)(index));
}

std::vector<std::unique_ptr<Communicator>> make_cuda_communicators(
    std::span<Backend* const> backends) {
  std::vector<Communicator*> made(backends.size());
  cuda_function<MakeCommunicators>(kMakeCommunicators)(
      backends.data(), static_cast<int>(backends.size()), made.data());
  return {made.begin(), made.end()};
}

}  // namespace

std::unique_ptr<Backend> make_backend(Device device, int num_threads) {
  if (device.type == DeviceType::kCuda) return make_cuda_backend(device.index);
  return make_cpu_backend(num_threads);
}

std::vector<std::unique_ptr<Communicator>> make_communicators(std::span<Backend* const> backends) {
  CHECK(!backends.empty());
  if (backends[0]->device().type == DeviceType::kCuda) return make_cuda_communicators(backends);
  return make_thread_communicators(static_cast<int>(backends.size()));
}

}  // namespace llmserve
