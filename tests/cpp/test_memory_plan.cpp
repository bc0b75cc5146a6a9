// MemoryPlan: what fits, what fits itself, and what is refused with both numbers.
#include <gtest/gtest.h>

#include "cpu/cpu_backend.h"
#include "engine/memory_plan.h"
#include "engine_harness.h"

namespace llmserve {
namespace {

using testing::tiny_config;
using testing::tiny_spec;

class SmallMachine : public CpuBackend {
 public:
  explicit SmallMachine(int64_t bytes) : CpuBackend(1), bytes_(bytes) {}
  MemoryInfo memory_info() const override { return {bytes_, bytes_}; }

 private:
  const int64_t bytes_;
};

EngineConfig auto_config() {
  EngineConfig config = tiny_config();
  config.num_blocks_override.reset();
  return config;
}

constexpr int64_t kMiB = 1 << 20;

TEST(MemoryPlan, TakesNoMoreThanEverySequenceAtFullLengthNeeds) {
  const MemoryPlan plan = plan_memory(tiny_spec(), auto_config(), kMiB, SmallMachine(1 << 30));
  EXPECT_EQ(plan.max_model_len, 512);
  EXPECT_EQ(plan.num_blocks, 8 * 512 / 8);
  EXPECT_EQ(plan.items[0].bytes, kMiB);
}

TEST(MemoryPlan, ShrinksTheContextToTheMemory) {
  EngineConfig config = auto_config();
  // A token takes 3 layers x 2 x 2 heads x 20 x 4 bytes = 960; room for 100 tokens and a bit.
  config.kv_cache_memory_bytes = 960 * 100;
  const MemoryPlan plan = plan_memory(tiny_spec(), config, kMiB, SmallMachine(1 << 30));
  EXPECT_EQ(plan.num_blocks, 12);
  EXPECT_EQ(plan.max_model_len, 96);
  EXPECT_EQ(plan.items.back().bytes, 12 * 8 * 960);
}

TEST(MemoryPlan, TakesNoMoreThanItsShareOfTheMemory) {
  // Room for the cache is a share of the machine less what all else takes; a page takes 8 x 960.
  const auto blocks = [](double share) {
    EngineConfig config = auto_config();
    config.gpu_memory_utilization = share;
    return plan_memory(tiny_spec(), config, kMiB, SmallMachine(4 * kMiB)).num_blocks;
  };
  const double bytes = 0.2 * 4 * kMiB;
  EXPECT_NEAR(blocks(0.9) - blocks(0.7), bytes / (8 * 960), 1.0);
}

std::string refusal(const EngineConfig& config, int64_t machine_bytes) {
  try {
    plan_memory(tiny_spec(), config, kMiB, SmallMachine(machine_bytes));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(MemoryPlan, RefusesWhatCannotFitAndSaysWhy) {
  EngineConfig config = auto_config();
  config.max_model_len = 600;
  EXPECT_EQ(refusal(config, 1 << 30),
            "max_model_len is 600; the model's context allows at most 512");
  config.max_model_len = 512;
  config.kv_cache_memory_bytes = 960 * 100;
  EXPECT_NE(refusal(config, 1 << 30).find("holds 96 tokens"), std::string::npos);
  config = auto_config();
  config.kv_cache_memory_bytes = int64_t{8} << 30;
  EXPECT_NE(refusal(config, 1 << 30).find("kv_cache_memory_bytes is 8192 MiB"), std::string::npos);
  EXPECT_NE(refusal(auto_config(), kMiB).find("the model needs"), std::string::npos);
  config = auto_config();
  config.num_blocks_override = int64_t{1} << 20;  // pages of 8 x 960 bytes
  EXPECT_NE(refusal(config, 1 << 30)
                .find("num_gpu_blocks_override is 1048576, which takes 7680 MiB, but only "),
            std::string::npos);
}

TEST(MemoryPlan, LogprobsOfTheWholeVocabularyAreRoomedFor) {
  EngineConfig config = auto_config();
  config.max_logprobs = -1;
  EXPECT_EQ(plan_memory(tiny_spec(), config, kMiB, SmallMachine(1 << 30)).logprobs_stride, 211);
}

// Log probabilities of a large vocabulary wait on the host too, for three steps.
TEST(MemoryPlan, TheResultsOnTheHostAreInIt) {
  ModelSpec spec = tiny_spec();
  spec.vocab_size = 50000;
  EngineConfig config = auto_config();
  config.max_logprobs = -1;
  const MemoryPlan plan = plan_memory(spec, config, kMiB, SmallMachine(int64_t{4} << 30));
  int64_t host_bytes = 0;
  for (const MemoryItem& item : plan.items) {
    if (item.name == "host results") host_bytes += item.bytes;
  }
  const int64_t rows = 8 + plan.limits.max_logit_rows;
  EXPECT_GE(host_bytes, 3 * rows * (50000 + 1) * 8);
}

TEST(EngineConfig, NamesTheFieldAndTheValue) {
  EngineConfig config;
  EXPECT_NO_THROW(config.validate());
  config.block_size = 0;
  try {
    config.validate();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "block_size is 0; allowed: 1 to 256");
  }
}

}  // namespace
}  // namespace llmserve
