// What read_device_info() says of a GPU, of one that is not there, and of none at all.
#include "cuda_test.h"

namespace llmserve {
namespace {

Error error_of(int index) {
  try {
    read_device_info(index);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "nothing was thrown");
}

TEST_F(CudaTest, ReadsTheFirstGpu) {
  EXPECT_EQ(device_.index, 0);
  EXPECT_FALSE(device_.name.empty());
  EXPECT_GE(device_.major, 8);
  EXPECT_GT(device_.num_sms, 0);
  EXPECT_GT(device_.l2_bytes, 0);
  EXPECT_GE(device_.max_shared_bytes, 48 * 1024);
}

// With a driver or without.
TEST(CudaDevice, RefusesAGpuThatIsNotThere) {
  for (const int index : {-1, 1000}) {
    const Error error = error_of(index);
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << error.what();
  }
}

}  // namespace
}  // namespace llmserve
