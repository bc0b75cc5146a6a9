#include "ops/bed.h"

#include <algorithm>
#include <numeric>

namespace llmserve {

Bed::Bed(Backend& backend, const StepLimits& limits) : backend_(backend), limits_(limits) {
  backend_.reserve_workspace(limits);
  const int64_t rows = limits.max_rows, tokens = limits.max_tokens;
  slots_.num_slots = limits.max_rows;
  slots_.max_pages = static_cast<int32_t>(ceil_div(limits.max_model_len, limits.page_size));
  const int64_t last_token = memory_.add<int32_t>(rows);
  const int64_t pages = memory_.add<int32_t>(rows * slots_.max_pages);
  const int64_t token_ids = memory_.add<int32_t>(tokens);
  const int64_t positions = memory_.add<int32_t>(tokens);
  const int64_t token_slots = memory_.add<int32_t>(tokens);
  const int64_t row_slots = memory_.add<int32_t>(rows);
  const int64_t row_starts = memory_.add<int32_t>(rows);
  const int64_t row_begins = memory_.add<int32_t>(rows + 1);
  memory_.commit(backend_);
  slots_.last_token = memory_.at<int32_t>(last_token);
  slots_.pages = memory_.at<int32_t>(pages);
  step_.token_ids = memory_.at<int32_t>(token_ids);
  step_.positions = memory_.at<int32_t>(positions);
  step_.token_slots = memory_.at<int32_t>(token_slots);
  step_.row_slots = memory_.at<int32_t>(row_slots);
  step_.row_starts = memory_.at<int32_t>(row_starts);
  step_.row_begins = memory_.at<int32_t>(row_begins);
  std::normal_distribution<float> normal;
  normals_.resize(kPattern);
  for (float& value : normals_) value = normal(random_);
}

std::span<const char> Bed::pattern(int64_t count, DType dtype, float deviation) {
  CHECK_LE(count, kPattern);
  if (dtype != pattern_dtype_ || deviation != pattern_deviation_) {
    pattern_.resize(kPattern * dtype_size(dtype));
    dispatch_float(dtype, [&]<typename T>() {
      T* to = reinterpret_cast<T*>(pattern_.data());
      std::transform(normals_.begin(), normals_.end(), to,
                     [deviation](float value) { return static_cast<T>(deviation * value); });
    });
    pattern_dtype_ = dtype;
    pattern_deviation_ = deviation;
  }
  return {pattern_.data(), static_cast<size_t>(count * dtype_size(dtype))};
}

Buffer Bed::normal(int64_t elements, DType dtype, float deviation) {
  Buffer buffer(backend_, elements * dtype_size(dtype));
  for (int64_t done = 0; done < elements; done += kPattern) {
    const std::span<const char> some =
        pattern(std::min(kPattern, elements - done), dtype, deviation);
    backend_.upload(buffer.as<char>() + done * dtype_size(dtype), some.data(), std::ssize(some));
  }
  return buffer;
}

int32_t Bed::num_pages(std::span<const Sequences> sequences) const {
  int64_t pages = 0;
  for (const Sequences& some : sequences) {
    pages += some.count * ceil_div(some.context, limits_.page_size);
  }
  return static_cast<int32_t>(pages);
}

void Bed::set_step(std::span<const Sequences> sequences) {
  std::vector<int32_t> free_pages(static_cast<size_t>(num_pages(sequences)));
  std::iota(free_pages.begin(), free_pages.end(), 0);
  std::shuffle(free_pages.begin(), free_pages.end(), random_);
  std::vector<int32_t> table(static_cast<size_t>(int64_t{slots_.num_slots} * slots_.max_pages));
  std::vector<PlanRow> rows;
  int32_t tokens = 0;
  size_t dealt = 0;
  for (const Sequences& some : sequences) {
    require(some.context <= limits_.max_model_len, "a context of ", some.context,
            " tokens; at most ", limits_.max_model_len);
    for (int32_t i = 0; i < some.count; ++i) {
      const auto slot = static_cast<int32_t>(rows.size());
      require(slot < slots_.num_slots, "more than ", slots_.num_slots, " sequences");
      const auto pages = static_cast<size_t>(ceil_div(some.context, limits_.page_size));
      std::copy_n(free_pages.begin() + static_cast<int64_t>(dealt), pages,
                  table.begin() + int64_t{slot} * slots_.max_pages);
      dealt += pages;
      rows.push_back({slot, some.context - some.tokens, some.tokens, tokens});
      tokens += some.tokens;
    }
  }
  const std::vector<int32_t> ids(static_cast<size_t>(tokens));
  backend_.upload(slots_.pages, table.data(), std::ssize(table) * int64_t{sizeof(int32_t)});
  backend_.prepare({}, rows, ids, slots_, step_);
  backend_.wait(backend_.record());
}

}  // namespace llmserve
