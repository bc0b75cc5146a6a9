#include "cpu/attention.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/checked.h"
#include "cpu/attention_kernels.h"

namespace llmserve {
namespace {

// Query rows (tokens times heads of one kv head) that share each read of a chunk.
constexpr int32_t kMaxRows = 32;
// A tile is cut into its chunks where it holds more than 1 / (kPartsPerThread * threads) of the
// step's work: otherwise one long sequence would keep one thread busy and the others waiting.
constexpr int32_t kPartsPerThread = 4;

// Tokens of a step whose chunks may be computed apart: their results need room until all are there.
int64_t max_cut_tokens(int num_threads) {
  return num_threads == 1 ? 0 : std::max(2, num_threads / 2);
}

// Neighbouring tokens of one sequence, computed together.
struct Tile {
  int32_t slot;
  int32_t token;     // the first, in the step
  int32_t position;  // of that token
  int32_t num_tokens;
  int32_t first_chunk;
  int32_t num_chunks;
  int64_t first_unit;  // of work: one per head group, or one per head group and chunk if cut
  int64_t first_part;  // row of its results in Parts; -1: not cut
};

// Where one (token, head) stands after some chunks; its sum of values lies elsewhere.
struct RowState {
  float max;
  float sum;
};

struct Scratch {
  float* q;         // [kMaxRows, head_dim]
  float* panel;     // [pitch, kAttentionPanel]
  float* scores;    // [kMaxRows, kAttentionChunk]
  float* max;       // [kMaxRows] of one chunk
  float* sum;       // [kMaxRows]
  float* part;      // [kMaxRows, pitch]
  RowState* state;  // [kMaxRows] of all chunks so far
  float* acc;       // [kMaxRows, pitch]
  int32_t* begin;   // [kMaxRows] keys of the chunk that a row sees
  int32_t* end;     // [kMaxRows]
  const void** k;   // [kAttentionChunk]
  const void** v;   // [kAttentionChunk]
};

// Results of cut tiles: a row per (tile, chunk, query head, token).
struct Parts {
  RowState* state;
  float* acc;  // [rows, pitch]
};

// Deals out the workspace; with a null base it only counts.
class Layout {
 public:
  explicit Layout(void* base) : base_(static_cast<char*>(base)) {}

  template <typename T>
  T* take(int64_t count) {
    char* at = base_ ? base_ + bytes_ : nullptr;
    bytes_ = checked_add(bytes_, round_up(checked_mul(count, sizeof(T)), 64));
    return reinterpret_cast<T*>(at);
  }
  Scratch take_scratch(int64_t pitch) {
    Scratch s;
    s.q = take<float>(kMaxRows * pitch);
    s.panel = take<float>(pitch * kAttentionPanel);
    s.scores = take<float>(kMaxRows * kAttentionChunk);
    s.max = take<float>(kMaxRows);
    s.sum = take<float>(kMaxRows);
    s.part = take<float>(kMaxRows * pitch);
    s.state = take<RowState>(kMaxRows);
    s.acc = take<float>(kMaxRows * pitch);
    s.begin = take<int32_t>(kMaxRows);
    s.end = take<int32_t>(kMaxRows);
    s.k = take<const void*>(kAttentionChunk);
    s.v = take<const void*>(kAttentionChunk);
    return s;
  }
  Parts take_parts(int64_t rows, int64_t pitch) {
    return {take<RowState>(rows), take<float>(checked_mul(rows, pitch))};
  }
  int64_t bytes() const { return bytes_; }

 private:
  char* base_;
  int64_t bytes_ = 0;
};

int64_t pitch_of(int64_t head_dim) { return round_up(head_dim, kAttentionPad); }

AttentionChunkFn choose_kernel([[maybe_unused]] CpuIsa isa, DType kv_dtype) {
  AttentionKernels kernels = attention_kernels_generic();
#if defined(__x86_64__)
  if (isa >= CpuIsa::kAvx512) {
    kernels = attention_kernels_avx512();
  } else if (isa >= CpuIsa::kAvx2) {
    kernels = attention_kernels_avx2();
  }
#endif
  return dispatch_float(kv_dtype, [&]<typename T>() {
    if constexpr (std::is_same_v<T, float>) return kernels.float32;
    if constexpr (std::is_same_v<T, bfloat16>) return kernels.bfloat16;
    if constexpr (std::is_same_v<T, float16>) return kernels.float16;
  });
}

// One call of attention. A unit of work is a tile's share of one head group (some query heads of
// one kv head), for all of its chunks or for one.
class AttentionRun {
 public:
  AttentionRun(ThreadPool& pool, AttentionChunkFn kernel, const AttentionArgs& args,
               const StepView& step, const SlotTable& slots, void* workspace);
  void run();

 private:
  struct Group {
    int32_t kv_head;
    int32_t first_head;
    int32_t num_heads;
  };

  void make_tiles();
  void plan_units();
  void run_unit(int64_t unit, const Scratch& s);
  void combine_unit(const Tile& tile, int32_t group, const Scratch& s);

  Group group_of(int32_t index) const;
  int32_t window_begin(int32_t position) const;
  int64_t part_row(const Tile& tile, int32_t chunk, const Group& group) const;
  void load_queries(const Tile& tile, const Group& group, const Scratch& s) const;
  void locate_keys(const Tile& tile, int32_t kv_head, int32_t chunk, const AttentionChunk& work,
                   const Scratch& s) const;
  void compute_chunk(const Tile& tile, const Group& group, int32_t chunk, AttentionChunk work,
                     const Scratch& s) const;
  void merge_row(const Tile& tile, int32_t row, int32_t chunk, RowState part, const float* part_acc,
                 const Group& group, const Scratch& s) const;
  void store_rows(const Tile& tile, const Group& group, const Scratch& s) const;
  Scratch scratch_of(int thread) const;

  ThreadPool& pool_;
  const AttentionChunkFn kernel_;
  const AttentionArgs& args_;
  const StepView& step_;
  const SlotTable& slots_;
  int64_t pitch_;
  int32_t group_size_;     // query heads of a kv head
  int32_t tile_heads_;     // at most so many of them in a head group
  int32_t groups_per_kv_;  // head groups
  int32_t num_groups_;
  int32_t tile_tokens_;
  char* scratch_;
  int64_t scratch_bytes_;
  Tile* tiles_;
  int64_t num_tiles_ = 0;
  int64_t num_units_ = 0;
  bool any_cut_ = false;
  Parts parts_;
};

AttentionRun::AttentionRun(ThreadPool& pool, AttentionChunkFn kernel, const AttentionArgs& args,
                           const StepView& step, const SlotTable& slots, void* workspace)
    : pool_(pool), kernel_(kernel), args_(args), step_(step), slots_(slots) {
  const KvPages& kv = args.kv;
  CHECK(kv.num_kv_heads > 0 && kv.head_dim > 0 && kv.page_size > 0, "attention: empty KV pages");
  CHECK(args.num_heads > 0 && args.num_heads % kv.num_kv_heads == 0, "attention: ", args.num_heads,
        " heads over ", kv.num_kv_heads, " kv heads");
  CHECK_GE(args.sliding_window, 0);
  Dim tokens("tokens", step.num_tokens);
  Dim q_features("q features", static_cast<int64_t>(args.num_heads) * kv.head_dim);
  Dim qkv_features("qkv features",
                   (args.num_heads + 2 * static_cast<int64_t>(kv.num_kv_heads)) * kv.head_dim);
  expect(args.qkv, "qkv", args.qkv.dtype(), {&tokens, &qkv_features});
  expect(args.out, "out", args.qkv.dtype(), {&tokens, &q_features});

  pitch_ = pitch_of(kv.head_dim);
  group_size_ = args.num_heads / kv.num_kv_heads;
  tile_heads_ = std::min(group_size_, kMaxRows);
  groups_per_kv_ = static_cast<int32_t>(ceil_div(group_size_, tile_heads_));
  num_groups_ = groups_per_kv_ * kv.num_kv_heads;
  tile_tokens_ = kMaxRows / tile_heads_;

  Layout layout(workspace);
  scratch_ = layout.take<char>(0);
  layout.take_scratch(pitch_);
  scratch_bytes_ = layout.bytes();
  for (int i = 1; i < pool.num_threads(); ++i) layout.take_scratch(pitch_);
  tiles_ = layout.take<Tile>(step.num_tokens);
  int32_t last_position = 0;
  for (int32_t row = 0; row < step.num_rows; ++row) {
    const int32_t count = step.row_begins[row + 1] - step.row_begins[row];
    last_position = std::max(last_position, step.row_starts[row] + count - 1);
  }
  const int64_t max_chunks = last_position / kAttentionChunk + 1;
  parts_ =
      layout.take_parts(max_cut_tokens(pool.num_threads()) * max_chunks * args.num_heads, pitch_);
}

void AttentionRun::run() {
  make_tiles();
  plan_units();
  // Captures of one pointer: std::function then allocates nothing.
  pool_.parallel_each(num_units_,
                      [this](int64_t unit, int thread) { run_unit(unit, scratch_of(thread)); });
  if (!any_cut_) return;
  pool_.parallel_each(num_tiles_ * num_groups_, [this](int64_t item, int thread) {
    const Tile& tile = tiles_[item / num_groups_];
    if (tile.first_part < 0) return;
    combine_unit(tile, static_cast<int32_t>(item % num_groups_), scratch_of(thread));
  });
}

// From the last row and token to the first: long work (late tokens of prefills) is handed out
// first, short work fills the gaps at the end.
void AttentionRun::make_tiles() {
  for (int32_t row = step_.num_rows - 1; row >= 0; --row) {
    const int32_t slot = step_.row_slots[row];
    const int32_t begin = step_.row_begins[row], count = step_.row_begins[row + 1] - begin;
    const int32_t start = step_.row_starts[row];
    if (slot == PlanRow::kNoSlot) continue;
    CHECK(slot >= 0 && slot < slots_.num_slots, "attention: row ", row, " has slot ", slot);
    CHECK(count > 0 && start >= 0, "attention: row ", row, " has ", count, " tokens at ", start);
    CHECK_LE(start + count, static_cast<int64_t>(slots_.max_pages) * args_.kv.page_size);
    for (int32_t first = (count - 1) / tile_tokens_ * tile_tokens_; first >= 0;
         first -= tile_tokens_) {
      Tile& tile = tiles_[num_tiles_++];
      tile.slot = slot;
      tile.token = begin + first;
      tile.position = start + first;
      tile.num_tokens = std::min(tile_tokens_, count - first);
      tile.first_chunk = window_begin(tile.position) / kAttentionChunk;
      tile.num_chunks =
          (tile.position + tile.num_tokens - 1) / kAttentionChunk - tile.first_chunk + 1;
    }
  }
}

void AttentionRun::plan_units() {
  int64_t total = 0;
  for (int64_t i = 0; i < num_tiles_; ++i) total += tiles_[i].num_chunks;
  const int64_t share = total * num_groups_ / (kPartsPerThread * pool_.num_threads());
  int64_t tokens_left = max_cut_tokens(pool_.num_threads());
  int64_t num_parts = 0;
  for (int64_t i = 0; i < num_tiles_; ++i) {
    Tile& tile = tiles_[i];
    const bool cut =
        tile.num_chunks > std::max<int64_t>(share, 1) && tile.num_tokens <= tokens_left;
    tile.first_unit = num_units_;
    tile.first_part = cut ? num_parts : -1;
    num_units_ += static_cast<int64_t>(num_groups_) * (cut ? tile.num_chunks : 1);
    if (!cut) continue;
    any_cut_ = true;
    tokens_left -= tile.num_tokens;
    num_parts += static_cast<int64_t>(tile.num_chunks) * tile.num_tokens * args_.num_heads;
  }
}

void AttentionRun::run_unit(int64_t unit, const Scratch& s) {
  const Tile* after = std::upper_bound(
      tiles_, tiles_ + num_tiles_, unit,
      [](int64_t value, const Tile& candidate) { return value < candidate.first_unit; });
  const Tile& tile = *(after - 1);
  const int64_t within = unit - tile.first_unit;
  const Group group = group_of(static_cast<int32_t>(within % num_groups_));
  load_queries(tile, group, s);

  AttentionChunk work;
  work.max = s.max;
  work.sum = s.sum;
  work.acc = s.part;
  if (tile.first_part >= 0) {
    const int32_t chunk = tile.first_chunk + static_cast<int32_t>(within / num_groups_);
    const int64_t first = part_row(tile, chunk, group);
    work.acc = parts_.acc + first * pitch_;
    compute_chunk(tile, group, chunk, work, s);
    for (int32_t row = 0; row < tile.num_tokens * group.num_heads; ++row) {
      parts_.state[first + row] = {s.max[row], s.sum[row]};
    }
    return;
  }
  for (int32_t chunk = tile.first_chunk; chunk < tile.first_chunk + tile.num_chunks; ++chunk) {
    compute_chunk(tile, group, chunk, work, s);
    for (int32_t row = 0; row < tile.num_tokens * group.num_heads; ++row) {
      merge_row(tile, row, chunk, {s.max[row], s.sum[row]}, s.part + row * pitch_, group, s);
    }
  }
  store_rows(tile, group, s);
}

void AttentionRun::combine_unit(const Tile& tile, int32_t group_index, const Scratch& s) {
  const Group group = group_of(group_index);
  for (int32_t chunk = tile.first_chunk; chunk < tile.first_chunk + tile.num_chunks; ++chunk) {
    const int64_t first = part_row(tile, chunk, group);
    for (int32_t row = 0; row < tile.num_tokens * group.num_heads; ++row) {
      merge_row(tile, row, chunk, parts_.state[first + row], parts_.acc + (first + row) * pitch_,
                group, s);
    }
  }
  store_rows(tile, group, s);
}

AttentionRun::Group AttentionRun::group_of(int32_t index) const {
  const int32_t kv_head = index / groups_per_kv_;
  const int32_t first = index % groups_per_kv_ * tile_heads_;
  return {kv_head, kv_head * group_size_ + first, std::min(tile_heads_, group_size_ - first)};
}

int32_t AttentionRun::window_begin(int32_t position) const {
  const int32_t window = args_.sliding_window;
  return window > 0 ? std::max(0, position - window + 1) : 0;
}

int64_t AttentionRun::part_row(const Tile& tile, int32_t chunk, const Group& group) const {
  const int64_t rows_before =
      static_cast<int64_t>(chunk - tile.first_chunk) * args_.num_heads + group.first_head;
  return tile.first_part + rows_before * tile.num_tokens;
}

void AttentionRun::load_queries(const Tile& tile, const Group& group, const Scratch& s) const {
  const int64_t head_dim = args_.kv.head_dim;
  dispatch_float(args_.qkv.dtype(), [&]<typename T>() {
    float* to = s.q;
    for (int32_t i = 0; i < tile.num_tokens; ++i) {
      const T* from =
          args_.qkv.data<T>() + (tile.token + i) * args_.qkv.dim(1) + group.first_head * head_dim;
      for (int64_t j = 0; j < group.num_heads * head_dim; ++j) {
        *to++ = static_cast<float>(from[j]) * args_.scale;
      }
    }
  });
}

// The addresses of the chunk's keys and values, for those that some row sees.
void AttentionRun::locate_keys(const Tile& tile, int32_t kv_head, int32_t chunk,
                               const AttentionChunk& work, const Scratch& s) const {
  const KvPages& kv = args_.kv;
  const int32_t* pages = slots_.pages + static_cast<int64_t>(tile.slot) * slots_.max_pages;
  const int64_t row_bytes = kv.head_dim * dtype_size(kv.dtype);
  int32_t key = work.first_key;
  while (key < work.last_key) {
    const int32_t position = chunk * kAttentionChunk + key;
    const int32_t page = pages[position / kv.page_size], offset = position % kv.page_size;
    CHECK(page >= 0 && page < kv.num_pages, "attention: slot ", tile.slot, " has page ", page,
          " at position ", position);
    int64_t at =
        ((static_cast<int64_t>(page) * kv.num_kv_heads + kv_head) * kv.page_size + offset) *
        row_bytes;
    const int32_t end = std::min(work.last_key, key + kv.page_size - offset);
    for (; key < end; ++key, at += row_bytes) {
      s.k[key] = static_cast<const char*>(kv.k) + at;
      s.v[key] = static_cast<const char*>(kv.v) + at;
    }
  }
}

void AttentionRun::compute_chunk(const Tile& tile, const Group& group, int32_t chunk,
                                 AttentionChunk work, const Scratch& s) const {
  const int32_t origin = chunk * kAttentionChunk;
  work.first_key = kAttentionChunk;
  for (int32_t row = 0; row < tile.num_tokens * group.num_heads; ++row) {
    const int32_t position = tile.position + row / group.num_heads;
    s.begin[row] = std::clamp(window_begin(position) - origin, 0, kAttentionChunk);
    s.end[row] = std::clamp(position + 1 - origin, 0, kAttentionChunk);
    if (s.begin[row] >= s.end[row]) continue;
    work.first_key = std::min(work.first_key, s.begin[row]);
    work.last_key = std::max(work.last_key, s.end[row]);
  }
  locate_keys(tile, group.kv_head, chunk, work, s);
  work.head_dim = args_.kv.head_dim;
  work.num_rows = tile.num_tokens * group.num_heads;
  work.k = s.k;
  work.v = s.v;
  work.q = s.q;
  work.begin = s.begin;
  work.end = s.end;
  work.panel = s.panel;
  work.scores = s.scores;
  kernel_(work);
}

// Adds a chunk's part to what a row has so far. The only place where chunks meet, in their order.
void AttentionRun::merge_row(const Tile& tile, int32_t row, int32_t chunk, RowState part,
                             const float* part_acc, const Group& group, const Scratch& s) const {
  const int32_t position = tile.position + row / group.num_heads;
  const int32_t first = window_begin(position) / kAttentionChunk;
  if (chunk < first || chunk > position / kAttentionChunk) return;
  RowState& state = s.state[row];
  float* acc = s.acc + row * pitch_;
  if (chunk == first) {
    state = part;
    std::copy_n(part_acc, args_.kv.head_dim, acc);
    return;
  }
  const float max = std::max(state.max, part.max);
  const float old_scale = std::exp(state.max - max), new_scale = std::exp(part.max - max);
  state = {max, state.sum * old_scale + part.sum * new_scale};
  for (int32_t d = 0; d < args_.kv.head_dim; ++d) {
    acc[d] = acc[d] * old_scale + part_acc[d] * new_scale;
  }
}

void AttentionRun::store_rows(const Tile& tile, const Group& group, const Scratch& s) const {
  const int64_t head_dim = args_.kv.head_dim;
  dispatch_float(args_.out.dtype(), [&]<typename T>() {
    for (int32_t row = 0; row < tile.num_tokens * group.num_heads; ++row) {
      const int64_t token = tile.token + row / group.num_heads;
      const int64_t head = group.first_head + row % group.num_heads;
      T* to = args_.out.data<T>() + token * args_.out.dim(1) + head * head_dim;
      const float inverse = 1.0f / s.state[row].sum;
      const float* acc = s.acc + row * pitch_;
      for (int64_t d = 0; d < head_dim; ++d) to[d] = T(acc[d] * inverse);
    }
  });
}

Scratch AttentionRun::scratch_of(int thread) const {
  return Layout(scratch_ + thread * scratch_bytes_).take_scratch(pitch_);
}

}  // namespace

int64_t cpu_attention_workspace(const StepLimits& limits, int num_threads) {
  Layout layout(nullptr);
  const int64_t pitch = pitch_of(limits.max_head_dim);
  for (int i = 0; i < num_threads; ++i) layout.take_scratch(pitch);
  layout.take<Tile>(limits.max_tokens);
  const int64_t max_chunks = ceil_div(limits.max_model_len, kAttentionChunk);
  const int64_t rows = checked_mul(max_cut_tokens(num_threads) * max_chunks, limits.max_heads);
  layout.take_parts(rows, pitch);
  return layout.bytes();
}

void cpu_attention(ThreadPool& pool, CpuIsa isa, const AttentionArgs& args, const StepView& step,
                   const SlotTable& slots, void* workspace) {
  if (step.num_tokens == 0) return;
  const AttentionChunkFn kernel = choose_kernel(isa, args.kv.dtype);
  AttentionRun(pool, kernel, args, step, slots, workspace).run();
}

}  // namespace llmserve
