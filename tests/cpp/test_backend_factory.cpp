// What the factory says where there is no such device: one sentence, never a crash.
#include <gtest/gtest.h>

#include <string>

#include "engine/backend_factory.h"

namespace llmserve {
namespace {

template <typename F>
Error error_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "nothing was thrown");
}

TEST(BackendFactory, MakesACpuBackend) {
  EXPECT_EQ(make_backend({DeviceType::kCpu, 0}, 1)->device(), (Device{DeviceType::kCpu, 0}));
}

// Without the CUDA library, its driver or a thousand GPUs; and the same when asked again.
TEST(BackendFactory, RefusesAGpuThatIsNotThere) {
  for (int i = 0; i < 2; ++i) {
    const Error error = error_of([] { make_backend({DeviceType::kCuda, 1000}, 1); });
    EXPECT_TRUE(error.kind() == ErrorKind::kUnsupported || error.kind() == ErrorKind::kUnavailable)
        << error.what();
  }
}

TEST(BackendFactory, RefusesSeveralGpus) {
  const Error error = error_of([] { make_communicators(DeviceType::kCuda, 2); });
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_NE(std::string(error.what()).find("tensor_parallel_size is 2"), std::string::npos);
}

}  // namespace
}  // namespace llmserve
