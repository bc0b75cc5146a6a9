// The head of a step: page copies, slots taken anew, page tables, and rows expanded to tokens.
#include <cstring>

#include "cpu/cpu_backend.h"

namespace llmserve {
namespace {

void check_slot(int32_t slot, const SlotTable& slots) {
  CHECK(slot >= 0 && slot < slots.num_slots, "slot ", slot, " of ", slots.num_slots);
}

void apply(const PageUpdate& update, const SlotTable& slots) {
  check_slot(update.slot, slots);
  CHECK(update.index >= 0 && update.index < slots.max_pages, "page index ", update.index, " of ",
        slots.max_pages);
  CHECK_GE(update.block, 0);
  slots.pages[static_cast<int64_t>(update.slot) * slots.max_pages + update.index] = update.block;
}

void check_row(const PlanRow& row, std::span<const int32_t> tokens, const SlotTable& slots) {
  CHECK(row.start >= 0 && row.num_tokens >= 1, "row [", row.start, ", +", row.num_tokens, ")");
  if (row.is_padding()) return;
  check_slot(row.slot, slots);
  if (row.token_offset == PlanRow::kFromSlot) {
    CHECK_EQ(row.num_tokens, 1, "a row from its slot has one token");
  } else {
    const int64_t end = static_cast<int64_t>(row.token_offset) + row.num_tokens;
    CHECK(row.token_offset >= 0 && end <= static_cast<int64_t>(tokens.size()), "tokens [",
          row.token_offset, ", ", end, ") of ", tokens.size());
  }
}

// The input of the row's i-th token.
int32_t token_id(const PlanRow& row, int32_t i, std::span<const int32_t> tokens,
                 const SlotTable& slots) {
  if (row.is_padding()) return -1;
  if (row.token_offset == PlanRow::kFromSlot) return slots.last_token[row.slot];
  return tokens[row.token_offset + i];
}

}  // namespace

void CpuBackend::copy_pages(const KvPages& kv, std::span<const PageCopy> copies) {
  const int64_t bytes = kv.page_elements() * dtype_size(kv.dtype);
  for (const PageCopy& copy : copies) {
    CHECK(copy.from >= 0 && copy.from < kv.num_pages && copy.to >= 0 && copy.to < kv.num_pages,
          "copy of page ", copy.from, " to ", copy.to, " of ", kv.num_pages);
    if (copy.from == copy.to) continue;
    for (void* pages : {kv.k, kv.v}) {
      char* base = static_cast<char*>(pages);
      std::memcpy(base + copy.to * bytes, base + copy.from * bytes, bytes);
    }
  }
}

void CpuBackend::init_slot(const SlotInit& init, const SlotTable& slots) {
  check_slot(init.slot, slots);
  sampler_.init_slot(init);
  if (!init.output.empty()) slots.last_token[init.slot] = init.output.back();
}

void CpuBackend::prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
                         std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) {
  for (const PageUpdate& update : updates) apply(update, slots);
  // The view's arrays are as large as the limits say: nothing is written before that is certain.
  int64_t num_tokens = 0;
  for (const PlanRow& row : rows) {
    check_row(row, tokens, slots);
    num_tokens += row.num_tokens;
  }
  CHECK_LE(static_cast<int64_t>(rows.size()), limits_.max_rows, "rows in a step");
  CHECK_LE(num_tokens, limits_.max_tokens, "tokens in a step");

  int32_t token = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    const PlanRow& row = rows[r];
    step.row_slots[r] = row.slot;
    step.row_starts[r] = row.start;
    step.row_begins[r] = token;
    for (int32_t i = 0; i < row.num_tokens; ++i, ++token) {
      step.token_ids[token] = token_id(row, i, tokens, slots);
      step.positions[token] = row.start + i;
      step.token_slots[token] = row.slot;
    }
  }
  step.row_begins[rows.size()] = token;
  step.num_rows = static_cast<int32_t>(rows.size());
  step.num_tokens = token;
}

}  // namespace llmserve
