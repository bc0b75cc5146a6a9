// What kernels and their choice need to know of the GPU.
#pragma once

#include <cstdint>
#include <string>

namespace llmserve {

struct DeviceInfo {
  int index = 0;
  std::string name;
  int major = 0;  // compute capability
  int minor = 0;
  int num_sms = 0;
  int64_t l2_bytes = 0;
  int64_t max_shared_bytes = 0;  // of a block that opts in

  bool at_least(int wanted_major) const { return major >= wanted_major; }
  // Programmatic dependent launch: see launch.cuh.
  bool overlaps_launches() const { return major >= 9; }
};

// Throws Unavailable with one sentence for a person: no driver, too old, no such device, too old a
// GPU (before sm_80). LLMSERVE_CUDA_ARCH=80 lowers `major` and `minor`, so that the path of older
// GPUs can be tested on newer ones.
DeviceInfo read_device_info(int index);

}  // namespace llmserve
