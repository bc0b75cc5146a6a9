#include "nccl_library.h"

#include <dlfcn.h>

#include "base/error.h"

namespace llmserve {
namespace {

constexpr const char* kFile = "libnccl.so.2";
// Before this one a communicator cannot be aborted by another thread.
constexpr int kOldestVersion = 21900;

std::string version_text(int version) {
  return detail::concat(version / 10000, ".", version / 100 % 100, ".", version % 100);
}

template <typename Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw_error(ErrorKind::kUnavailable, kFile, " has no ", name);
}

NcclLibrary load() {
  // For good: its threads may outlive any one group. What this library's own path names comes
  // before the system's, and what the process has loaded already before either.
  void* file = dlopen(kFile, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (file == nullptr) {
    throw_error(ErrorKind::kUnavailable, "several GPUs need NCCL, which 'pip install ",
                "nvidia-nccl-cu", CUDART_VERSION / 1000, "' brings: ", dlerror());
  }
  NcclLibrary library;
  find(file, "ncclGetVersion", library.ncclGetVersion);
  int version = 0;
  library.ncclGetVersion(&version);
  if (version < kOldestVersion) {
    throw_error(ErrorKind::kUnavailable, "NCCL is of version ", version_text(version),
                "; several GPUs need ", version_text(kOldestVersion), " or newer");
  }
  find(file, "ncclGetErrorString", library.ncclGetErrorString);
  find(file, "ncclGetLastError", library.ncclGetLastError);
  find(file, "ncclCommInitAll", library.ncclCommInitAll);
  find(file, "ncclCommDestroy", library.ncclCommDestroy);
  find(file, "ncclCommAbort", library.ncclCommAbort);
  find(file, "ncclCommGetAsyncError", library.ncclCommGetAsyncError);
  find(file, "ncclGroupStart", library.ncclGroupStart);
  find(file, "ncclGroupEnd", library.ncclGroupEnd);
  find(file, "ncclAllGather", library.ncclAllGather);
  find(file, "ncclSend", library.ncclSend);
  find(file, "ncclRecv", library.ncclRecv);
  return library;
}

}  // namespace

const NcclLibrary& NcclLibrary::get() {
  static const NcclLibrary library = load();  // a failure is tried again by the next call
  return library;
}

}  // namespace llmserve
