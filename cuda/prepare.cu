// The head of a step: page copies, slots taken anew, page tables, and rows expanded to tokens.
#include <algorithm>

#include "base/checked.h"
#include "cuda_backend.h"
#include "cuda_check.h"
#include "launch.cuh"

namespace llmserve {
namespace {

constexpr int kThreads = 128;
constexpr int64_t kTokensPerBlock = 8 * kThreads;
constexpr int64_t kUpdatesAtOnce = 4096;
constexpr int64_t kCopiesAtOnce = 64;

// --- Pages

struct PageCopies {
  PageCopy copies[kCopiesAtOnce];
};

// Block (x, y, z): a part of copy y, of keys or of values. No copy reads what another one writes.
template <typename Unit>
__global__ __launch_bounds__(kThreads) void copy_units(const __grid_constant__ PageCopies list,
                                                       Unit* k, Unit* v, int64_t page_units) {
  const PageCopy copy = list.copies[blockIdx.y];
  Unit* pages = blockIdx.z == 0 ? k : v;
  const Unit* from = pages + copy.from * page_units;
  Unit* to = pages + copy.to * page_units;
  const int64_t stride = static_cast<int64_t>(gridDim.x) * kThreads;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x; i < page_units;
       i += stride) {
    to[i] = from[i];
  }
}

template <typename Unit>
void launch_copies(const KvPages& kv, std::span<const PageCopy> copies, cudaStream_t stream) {
  constexpr int64_t kMaxBlocks = 64;  // of a page
  const int64_t units = kv.page_elements() * dtype_size(kv.dtype) / int64_t{sizeof(Unit)};
  const int64_t blocks = std::min(kMaxBlocks, ceil_div(units, kThreads));
  PageCopies list;
  std::copy(copies.begin(), copies.end(), list.copies);
  const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(copies.size()), 2);
  copy_units<<<grid, kThreads, 0, stream>>>(list, static_cast<Unit*>(kv.k),
                                            static_cast<Unit*>(kv.v), units);
  CUDA_CHECK_LAUNCH();
}

// A step updates no page twice, so the updates need no order.
__global__ __launch_bounds__(kThreads) void update_pages(const PageUpdate* updates, int32_t count,
                                                         SlotTable slots) {
  await_previous_kernels();
  let_next_kernel_start();
  const auto i = static_cast<int32_t>(blockIdx.x * kThreads + threadIdx.x);
  if (i >= count) return;
  const PageUpdate update = updates[i];
  slots.pages[static_cast<int64_t>(update.slot) * slots.max_pages + update.index] = update.block;
}

// --- Rows

// Block (x, y): up to kTokensPerBlock tokens of row x.
__global__ __launch_bounds__(kThreads) void expand_rows(const StepRow* rows, const int32_t* tokens,
                                                        SlotTable slots, StepView step) {
  const StepRow item = rows[blockIdx.x];  // pinned: written before the launch
  await_previous_kernels();
  let_next_kernel_start();
  const PlanRow row = item.row;
  const auto first = static_cast<int32_t>(blockIdx.y * kTokensPerBlock);
  const int32_t end = min(row.num_tokens, first + static_cast<int32_t>(kTokensPerBlock));
  for (int32_t i = first + static_cast<int32_t>(threadIdx.x); i < end; i += kThreads) {
    const int32_t token = item.begin + i;
    step.token_ids[token] = row.slot == PlanRow::kNoSlot             ? -1
                            : row.token_offset == PlanRow::kFromSlot ? slots.last_token[row.slot]
                                                                     : tokens[row.token_offset + i];
    step.positions[token] = row.start + i;
    step.token_slots[token] = row.slot;
  }
  if (first > 0 || threadIdx.x > 0) return;
  step.row_slots[blockIdx.x] = row.slot;
  step.row_starts[blockIdx.x] = row.start;
  step.row_begins[blockIdx.x] = item.begin;
  if (blockIdx.x + 1 == gridDim.x) step.row_begins[gridDim.x] = item.begin + row.num_tokens;
}

// --- Checks

void check_slot(int32_t slot, const SlotTable& slots) {
  CHECK(slot >= 0 && slot < slots.num_slots, "slot ", slot, " of ", slots.num_slots);
}

void check_update(const PageUpdate& update, const SlotTable& slots) {
  check_slot(update.slot, slots);
  CHECK(update.index >= 0 && update.index < slots.max_pages, "page index ", update.index, " of ",
        slots.max_pages);
  CHECK_GE(update.block, 0);
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

}  // namespace

void CudaBackend::copy_pages(const KvPages& kv, std::span<const PageCopy> copies) {
  for (const PageCopy& copy : copies) {
    CHECK(copy.from >= 0 && copy.from < kv.num_pages && copy.to >= 0 && copy.to < kv.num_pages,
          "copy of page ", copy.from, " to ", copy.to, " of ", kv.num_pages);
  }
  const int64_t page_bytes = kv.page_elements() * dtype_size(kv.dtype);
  while (!copies.empty()) {
    const auto now = copies.first(std::min<size_t>(copies.size(), kCopiesAtOnce));
    if (page_bytes % int64_t{sizeof(uint4)} == 0) {
      launch_copies<uint4>(kv, now, stream_);
    } else {
      launch_copies<uint16_t>(kv, now, stream_);
    }
    copies = copies.subspan(now.size());
  }
}

void CudaBackend::init_slot(const SlotInit& init, const SlotTable& slots) {
  check_slot(init.slot, slots);
  sampler_.init_slot(init, slots, staging_, stream_);
}

// What one call stages, but for more updates than a step with these limits has.
int64_t CudaBackend::prepare_bytes(const StepLimits& limits) {
  return limits.max_rows * int64_t{sizeof(StepRow)} + limits.max_tokens * int64_t{sizeof(int32_t)} +
         kUpdatesAtOnce * int64_t{sizeof(PageUpdate)};
}

void CudaBackend::prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
                          std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) {
  for (const PageUpdate& update : updates) check_update(update, slots);
  int64_t num_tokens = 0;
  int32_t longest = 0;
  step_rows_.clear();
  for (const PlanRow& row : rows) {
    check_row(row, tokens, slots);
    step_rows_.push_back({row, static_cast<int32_t>(num_tokens)});
    num_tokens += row.num_tokens;
    longest = std::max(longest, row.num_tokens);
  }
  CHECK_LE(static_cast<int64_t>(rows.size()), limits_.max_rows, "rows in a step");
  CHECK_LE(num_tokens, limits_.max_tokens, "tokens in a step");
  step.num_rows = static_cast<int32_t>(rows.size());
  step.num_tokens = static_cast<int32_t>(num_tokens);

  while (!updates.empty()) {
    const auto now = updates.first(std::min<size_t>(updates.size(), kUpdatesAtOnce));
    const auto count = static_cast<int32_t>(now.size());
    launch_kernel({.grid = static_cast<unsigned>(ceil_div(count, kThreads)),
                   .block = kThreads,
                   .stream = stream_,
                   .overlaps = info_.overlaps_launches()},
                  update_pages, staging_.stage(now), count, slots);
    updates = updates.subspan(now.size());
  }
  if (rows.empty()) {
    CUDA_CHECK(cudaMemsetAsync(step.row_begins, 0, sizeof(int32_t), stream_));
    return;
  }
  const StepRow* staged_rows = staging_.stage(std::span<const StepRow>(step_rows_));
  const int32_t* staged_tokens = staging_.stage(tokens);
  const dim3 grid(static_cast<unsigned>(rows.size()),
                  static_cast<unsigned>(ceil_div(longest, kTokensPerBlock)));
  launch_kernel(
      {.grid = grid, .block = kThreads, .stream = stream_, .overlaps = info_.overlaps_launches()},
      expand_rows, staged_rows, staged_tokens, slots, step);
}

}  // namespace llmserve
