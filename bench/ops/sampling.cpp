// Cases of the end of a step: a batch of draws from the logits of a large vocabulary, by what the
// requests ask for.
#include <memory>

#include "ops/case.h"
#include "spec/sampling_params.h"

namespace llmserve {
namespace {

constexpr int32_t kRows = 128;
constexpr int32_t kPromptTokens = 512;
constexpr int32_t kOutputTokens = 64;
constexpr int32_t kTop = 5;
// Of logits: peaked as those of a trained model are, so that top-p keeps a part of the vocabulary.
constexpr float kDeviation = 3.0f;

struct Draw {
  std::string name;
  SamplingParams params;
  int32_t num_logprobs = SampleRow::kNoLogprobs;
};

std::vector<Draw> draws() {
  SamplingParams greedy;
  greedy.temperature = 0.0f;
  SamplingParams temperature;
  temperature.temperature = 0.8f;
  SamplingParams filtered = temperature;
  filtered.top_k = 50;
  filtered.top_p = 0.9f;
  SamplingParams top_p = temperature;
  top_p.top_p = 0.9f;
  SamplingParams penalties = filtered;
  penalties.repetition_penalty = 1.1f;
  penalties.presence_penalty = 0.5f;
  penalties.frequency_penalty = 0.5f;
  return {{"greedy", greedy},
          {"temperature", temperature},
          {"top_k+top_p", filtered},
          {"top_p", top_p},
          {"penalties+top_k+top_p", penalties},
          {"greedy+logprobs", greedy, kTop},
          {"penalties+top_k+top_p+logprobs", penalties, kTop}};
}

struct SamplingData {
  Buffer logits, tokens, finite, logprob, rank, top_ids, top_logprobs;
  LogprobsView logprobs;
  std::vector<LogitsView> sets;
  std::vector<SampleRow> rows;
};

void init_slots(Bed& bed, const Draw& draw, int64_t vocab) {
  std::uniform_int_distribution<int32_t> token(0, static_cast<int32_t>(vocab) - 1);
  const auto params = std::make_shared<const SamplingParams>(draw.params);
  for (int32_t slot = 0; slot < kRows; ++slot) {
    auto prompt = std::make_shared<std::vector<int32_t>>(kPromptTokens);
    for (int32_t& id : *prompt) id = token(bed.random());
    std::vector<int32_t> output(kOutputTokens);
    for (int32_t& id : output) id = token(bed.random());
    bed.backend().init_slot({.slot = slot,
                             .params = params,
                             .seed = static_cast<uint64_t>(slot),
                             .prompt = prompt,
                             .output = output,
                             .stop_ids = nullptr},
                            bed.slots());
    bed.backend().wait(bed.backend().record());
  }
}

std::shared_ptr<SamplingData> make_data(Bed& bed, const Draw& draw, int64_t vocab,
                                        const CaseSettings& settings) {
  auto data = std::make_shared<SamplingData>();
  const int64_t elements = kRows * vocab;
  const int64_t num_sets = settings.num_sets(elements * int64_t{sizeof(float)});
  data->logits = bed.normal(num_sets * elements, DType::kFloat32, kDeviation);
  for (int64_t i = 0; i < num_sets; ++i) {
    data->sets.push_back({.data = data->logits.as<float>() + i * elements,
                          .num_rows = kRows,
                          .shard_width = vocab,
                          .vocab_size = vocab});
  }
  data->tokens = bed.zeros(kRows, DType::kInt32);
  data->finite = bed.zeros(kRows, DType::kUInt8);
  data->logprob = bed.zeros(kRows, DType::kFloat32);
  data->rank = bed.zeros(kRows, DType::kInt32);
  data->top_ids = bed.zeros(kRows * kTop, DType::kInt32);
  data->top_logprobs = bed.zeros(kRows * kTop, DType::kFloat32);
  data->logprobs = {data->logprob.as<float>(), data->rank.as<int32_t>(),
                    data->top_ids.as<int32_t>(), data->top_logprobs.as<float>(), kTop};
  for (int32_t i = 0; i < kRows; ++i) data->rows.push_back({i, i, draw.num_logprobs});
  return data;
}

Case make_case(Bed& bed, const Draw& draw, int64_t vocab, const CaseSettings& settings) {
  init_slots(bed, draw, vocab);
  const auto data = make_data(bed, draw, vocab, settings);
  Case made;
  made.row.add("op", "sample").add("draw", draw.name).add("rows", kRows).add("vocab", vocab);
  made.row.add("temperature", double{draw.params.temperature}).add("top_k", draw.params.top_k);
  made.row.add("top_p", double{draw.params.top_p}).add("penalties", draw.params.has_penalties());
  made.row.add("num_logprobs", draw.num_logprobs);
  made.num_sets = std::ssize(data->sets);
  made.bytes = static_cast<double>(kRows * vocab * int64_t{sizeof(float)});
  made.is_decoder = false;
  made.run = [&bed, data](int64_t i) {
    const auto set = static_cast<size_t>(i % std::ssize(data->sets));
    bed.backend().sample(data->sets[set], data->rows, bed.slots(), data->tokens.as<int32_t>(),
                         data->finite.as<uint8_t>(), data->logprobs);
  };
  return made;
}

}  // namespace

std::vector<CaseMaker> sampling_cases(const CaseSettings& settings) {
  std::vector<CaseMaker> makers;
  if (settings.models.empty()) return makers;
  const int64_t vocab = settings.models.front().vocab;
  for (const Draw& draw : draws()) {
    makers.push_back(
        {"sample/" + draw.name, [=](Bed& bed) { return make_case(bed, draw, vocab, settings); }});
  }
  return makers;
}

}  // namespace llmserve
