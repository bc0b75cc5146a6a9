// CudaTest: the fixture of every test that needs a GPU; without one it is skipped and says why.
#pragma once

#include <gtest/gtest.h>

#include "base/error.h"
#include "device_info.h"

namespace llmserve {

class CudaTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      device_ = read_device_info(0);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUnavailable) throw;
      GTEST_SKIP() << error.what();
    }
  }

  DeviceInfo device_;  // of GPU 0
};

}  // namespace llmserve
