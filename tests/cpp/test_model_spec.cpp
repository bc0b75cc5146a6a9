#include <gtest/gtest.h>

#include <cmath>

#include "engine_harness.h"
#include "spec/rope.h"

namespace llmserve {
namespace {

using testing::tiny_spec;

std::string error_of(const ModelSpec& spec) {
  try {
    spec.validate();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
    return error.what();
  }
  return "";
}

TEST(ModelSpec, AcceptsAPlainModel) { EXPECT_EQ(error_of(tiny_spec()), ""); }

TEST(ModelSpec, NamesTheFieldAndTheValue) {
  ModelSpec spec = tiny_spec();
  spec.hidden_size = -3;
  EXPECT_EQ(error_of(spec), "hidden_size is -3; allowed: 1 to 16777216");
  spec = tiny_spec();
  spec.layers[1].attention.num_kv_heads = 3;
  EXPECT_EQ(error_of(spec),
            "layers.1.attention.num_heads is 4; allowed: a multiple of num_kv_heads 3");
  spec = tiny_spec();
  spec.layers[2].attention.rope.rotary_dim = 22;
  EXPECT_NE(error_of(spec).find("layers.2.attention.rope.rotary_dim is 22"), std::string::npos);
  spec = tiny_spec();
  spec.layers.clear();
  EXPECT_NE(error_of(spec), "");
  spec = tiny_spec();
  spec.final_norm.eps = std::nanf("");
  EXPECT_NE(error_of(spec), "");
}

TEST(ModelSpec, RefusesASplitThatDoesNotDivide) {
  const ModelSpec spec = tiny_spec();
  EXPECT_NO_THROW(spec.validate_tensor_parallel(4));
  EXPECT_THROW(spec.validate_tensor_parallel(3), Error);
  EXPECT_THROW(spec.validate_tensor_parallel(0), Error);
}

TEST(Sharding, HeadsCoverTheModelOnce) {
  AttentionSpec attention = tiny_spec().layers[0].attention;
  attention.num_heads = 8;
  attention.num_kv_heads = 4;
  for (int32_t size : {1, 2, 4}) {
    int32_t next = 0;
    for (int32_t rank = 0; rank < size; ++rank) {
      const HeadShard shard = shard_heads(attention, rank, size);
      EXPECT_EQ(shard.first_head, next);
      EXPECT_EQ(shard.first_kv_head, next / 2);
      EXPECT_EQ(shard.num_kv_heads, 4 / size);
      next += shard.num_heads;
    }
    EXPECT_EQ(next, 8);
  }
}

TEST(Sharding, RanksShareAKvHeadWhereThereAreTooFew) {
  AttentionSpec attention = tiny_spec().layers[0].attention;
  attention.num_heads = 8;
  attention.num_kv_heads = 2;
  for (int32_t rank = 0; rank < 8; ++rank) {
    const HeadShard shard = shard_heads(attention, rank, 8);
    EXPECT_EQ(shard.num_kv_heads, 1);
    EXPECT_EQ(shard.first_kv_head, rank / 4);  // query head r belongs to kv head r / 4
  }
}

TEST(Sharding, VocabularyIsCoveredWhateverItsSize) {
  for (int64_t vocab : {1, 7, 16, 211, 1000}) {
    for (int32_t size : {1, 2, 4, 8}) {
      int64_t covered = 0;
      for (int32_t rank = 0; rank < size; ++rank) {
        const VocabShard shard = shard_vocab(vocab, rank, size);
        EXPECT_LE(shard.count, shard.width);
        EXPECT_EQ(shard.begin, std::min(rank * shard.width, vocab));
        covered += shard.count;
      }
      EXPECT_EQ(covered, vocab);
    }
  }
}

TEST(Rope, LinearDividesAndLlama3KeepsShortWavelengths) {
  RopeSpec spec;
  spec.rotary_dim = 64;
  const RopeTable plain = make_rope_table(spec, 4096);
  spec.type = RopeType::kLinear;
  spec.factor = 4.0;
  const RopeTable linear = make_rope_table(spec, 4096);
  spec.type = RopeType::kLlama3;
  spec.original_max_position = 512;
  const RopeTable llama3 = make_rope_table(spec, 4096);
  for (int i = 0; i < 32; ++i) EXPECT_FLOAT_EQ(linear.inv_freq[i], plain.inv_freq[i] / 4.0f);
  EXPECT_FLOAT_EQ(llama3.inv_freq[0], plain.inv_freq[0]);
  EXPECT_FLOAT_EQ(llama3.inv_freq[31], plain.inv_freq[31] / 4.0f);
}

TEST(Rope, LongropeChoosesItsFactorsByTheEnginesContext) {
  RopeSpec spec;
  spec.type = RopeType::kLongrope;
  spec.rotary_dim = 4;
  spec.original_max_position = 128;
  spec.factor = 2.0;
  spec.short_factor = {1.0, 1.0};
  spec.long_factor = {2.0, 3.0};
  const RopeTable plain = make_rope_table(spec, 128);
  const RopeTable stretched = make_rope_table(spec, 129);
  EXPECT_FLOAT_EQ(stretched.inv_freq[0], plain.inv_freq[0] / 2.0f);
  EXPECT_FLOAT_EQ(stretched.inv_freq[1], plain.inv_freq[1] / 3.0f);
  EXPECT_FLOAT_EQ(plain.scale, std::sqrt(1.0f + std::log(2.0f) / std::log(128.0f)));
}

}  // namespace
}  // namespace llmserve
