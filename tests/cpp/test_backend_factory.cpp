// What the factory says where there is no such device: one sentence, never a crash.
#include <gtest/gtest.h>

#include <array>
#include <memory>

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

TEST(BackendFactory, MakesACommunicatorForEachBackend) {
  const std::unique_ptr<Backend> first = make_backend({DeviceType::kCpu, 0}, 1);
  const std::unique_ptr<Backend> second = make_backend({DeviceType::kCpu, 1}, 1);
  const std::array<Backend*, 2> backends = {first.get(), second.get()};
  const auto communicators = make_communicators(backends);
  ASSERT_EQ(communicators.size(), 2u);
  for (int rank = 0; rank < 2; ++rank) {
    EXPECT_EQ(communicators[static_cast<size_t>(rank)]->rank(), rank);
    EXPECT_EQ(communicators[static_cast<size_t>(rank)]->size(), 2);
  }
}

}  // namespace
}  // namespace llmserve
