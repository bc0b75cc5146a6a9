#include "device_info.h"

#include <charconv>

#include "base/env.h"
#include "cuda_check.h"

namespace llmserve {
namespace {

constexpr int kOldestArch = 80;
// The kernels that are Hopper's own exist for sm_90a alone; a build for other GPUs has none.
#ifdef LLMSERVE_HAS_SM90A
constexpr bool kHasHopperKernels = true;
#else
constexpr bool kHasHopperKernels = false;
#endif

// As CUDA writes versions: 13000 is 13.0.
std::string version_text(int version) {
  return detail::concat(version / 1000, ".", version % 1000 / 10);
}

// The number of devices; one sentence where there is no way to any.
int count_devices() {
  int driver = 0;  // the newest CUDA that the driver knows; 0: there is none
  if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) {
    throw_error(ErrorKind::kUnavailable,
                "device is 'cuda', but this machine has no NVIDIA driver (libcuda.so.1); llmserve "
                "needs one for CUDA ",
                CUDART_VERSION / 1000, ".0 or newer");
  }
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  static_cast<void>(cudaGetLastError());  // or the next launch would be blamed for it
  if (status == cudaErrorInsufficientDriver) {
    throw_error(ErrorKind::kUnavailable, "the NVIDIA driver is too old: it is for CUDA ",
                version_text(driver), ", and this build of llmserve needs one for CUDA ",
                CUDART_VERSION / 1000, ".0 or newer");
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0)) {
    throw_error(ErrorKind::kUnavailable,
                "device is 'cuda', but no NVIDIA GPU is visible; CUDA_VISIBLE_DEVICES may hide it");
  }
  if (status != cudaSuccess) {
    throw_error(ErrorKind::kUnavailable,
                "the NVIDIA driver does not start: ", cudaGetErrorString(status), " (",
                cudaGetErrorName(status), ")");
  }
  return count;
}

// LLMSERVE_CUDA_ARCH; where it is not set what the GPU has, or less than that of Hopper.
int chosen_arch(int arch) {
  const std::string text = env::cuda_arch();
  if (text.empty()) return arch / 10 == 9 && !kHasHopperKernels ? 89 : arch;
  int wanted = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, wanted);
  require(error == std::errc() && stop == end && wanted >= kOldestArch && wanted <= arch,
          "LLMSERVE_CUDA_ARCH is '", text, "'; allowed: a number from ", kOldestArch, " to ", arch,
          ", which this GPU has");
  return wanted;
}

}  // namespace

DeviceInfo read_device_info(int index) {
  const int count = count_devices();
  if (index < 0 || index >= count) {
    throw_error(ErrorKind::kUnavailable, "GPU ", index, " is wanted, but this machine shows ",
                count, count == 1 ? " GPU" : " GPUs", ", numbered from 0");
  }
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, index));
  const int arch = 10 * properties.major + properties.minor;
  if (arch < kOldestArch) {
    throw_error(ErrorKind::kUnavailable, "the GPU ", properties.name, " has compute capability ",
                properties.major, ".", properties.minor, "; llmserve needs 8.0 (Ampere) or newer");
  }
  const int chosen = chosen_arch(arch);
  return {.index = index,
          .name = properties.name,
          .major = chosen / 10,
          .minor = chosen % 10,
          .num_sms = properties.multiProcessorCount,
          .l2_bytes = properties.l2CacheSize,
          .max_shared_bytes = static_cast<int64_t>(properties.sharedMemPerBlockOptin)};
}

}  // namespace llmserve
