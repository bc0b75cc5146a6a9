// RoPE: the table of a step's positions; per-head norms, rotation and the write to the KV cache.
#include <cmath>
#include <functional>

#include "base/checked.h"
#include "cpu/cpu_backend.h"
#include "cpu/norm.h"

namespace llmserve {
namespace {

constexpr int64_t kMinElements = 8192;  // of a thread

// The frequency of dynamic NTK: its base depends on the position.
float dynamic_frequency(const RopeTable& table, int64_t position, int64_t pair, double dim) {
  const double stretch =
      table.factor * static_cast<double>(position + 1) / table.dynamic_start - (table.factor - 1.0);
  const double base = table.theta * std::pow(stretch, dim / (dim - 2.0));
  return static_cast<float>(std::pow(base, -2.0 * static_cast<double>(pair) / dim));
}

void rotate(float* head, const float* cos_sin, int32_t rotary_dim, bool interleaved) {
  const int32_t half = rotary_dim / 2;
  const float* cosines = cos_sin;
  const float* sines = cos_sin + half;
  for (int32_t i = 0; i < half; ++i) {
    float& a = head[interleaved ? 2 * i : i];
    float& b = head[interleaved ? 2 * i + 1 : i + half];
    const float rotated_a = a * cosines[i] - b * sines[i];
    b = b * cosines[i] + a * sines[i];
    a = rotated_a;
  }
}

template <typename T>
void store(const float* from, int64_t count, void* to, int64_t offset) {
  T* out = static_cast<T*>(to) + offset;
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(from[i]);
}

// The rows of one token.
struct TokenRope {
  const RopeAndCacheArgs& args;
  const StepView& step;
  const SlotTable& slots;

  // Norm and rotation of a query or key head, in place.
  void turn(int64_t token, float* head, const float* norm) const {
    if (norm) rms_norm_row(head, norm, args.kv.head_dim, args.norm_eps, head);
    if (args.cos_sin) {
      rotate(head, args.cos_sin + token * args.rotary_dim, args.rotary_dim, args.interleaved);
    }
  }

  // Where the token's first kv head is in the cache, in elements.
  int64_t cache_offset(int64_t token) const {
    const KvPages& kv = args.kv;
    const int32_t slot = step.token_slots[token];
    const int32_t position = step.positions[token];
    CHECK(slot >= 0 && slot < slots.num_slots, "slot ", slot, " of ", slots.num_slots);
    CHECK(position >= 0 && position / kv.page_size < slots.max_pages, "position ", position,
          " needs more than ", slots.max_pages, " pages");
    const int32_t page =
        slots.pages[static_cast<int64_t>(slot) * slots.max_pages + position / kv.page_size];
    CHECK(page >= 0 && page < kv.num_pages, "page ", page, " of ", kv.num_pages);
    return page * kv.page_elements() + static_cast<int64_t>(position % kv.page_size) * kv.head_dim;
  }

  void run(int64_t token) const {
    const KvPages& kv = args.kv;
    const int64_t dim = kv.head_dim;
    float* q = args.qkv.data<float>() + token * args.qkv.dim(1);
    float* k = q + args.num_heads * dim;
    const float* v = k + kv.num_kv_heads * dim;
    const int64_t offset = cache_offset(token);
    for (int32_t h = 0; h < args.num_heads; ++h) turn(token, q + h * dim, args.q_norm);
    for (int32_t h = 0; h < kv.num_kv_heads; ++h) turn(token, k + h * dim, args.k_norm);
    dispatch_float(kv.dtype, [&]<typename T>() {
      for (int32_t h = 0; h < kv.num_kv_heads; ++h) {
        const int64_t at = offset + h * kv.page_size * dim;
        store<T>(k + h * dim, dim, kv.k, at);
        store<T>(v + h * dim, dim, kv.v, at);
      }
    });
  }
};

}  // namespace

void CpuBackend::rope_table(const RopeTable& table, const StepView& step, float* cos_sin) {
  const int64_t half = static_cast<int64_t>(table.inv_freq.size());
  if (half == 0) return;
  CHECK(table.dynamic_start == 0 || half > 1, "dynamic RoPE of rotary_dim ", 2 * half);
  const auto body = [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      const int32_t position = step.positions[t];
      const bool dynamic = table.dynamic_start > 0 && position >= table.dynamic_start;
      float* cosines = cos_sin + t * 2 * half;
      float* sines = cosines + half;
      for (int64_t i = 0; i < half; ++i) {
        const float frequency =
            dynamic ? dynamic_frequency(table, position, i, 2.0 * static_cast<double>(half))
                    : table.inv_freq[i];
        const float angle = static_cast<float>(position) * frequency;
        cosines[i] = std::cos(angle) * table.scale;
        sines[i] = std::sin(angle) * table.scale;
      }
    }
  };
  pool_.parallel_for(step.num_tokens, ceil_div(kMinElements / 8, half), std::cref(body));
}

void CpuBackend::rope_and_cache(const RopeAndCacheArgs& args, const StepView& step,
                                const SlotTable& slots) {
  const KvPages& kv = args.kv;
  const int64_t heads = args.num_heads + 2 * static_cast<int64_t>(kv.num_kv_heads);
  Dim tokens("tokens", step.num_tokens), width("qkv width", heads * kv.head_dim);
  expect(args.qkv, "qkv", DType::kFloat32, {&tokens, &width});
  CHECK(kv.k != nullptr && kv.v != nullptr && kv.page_size > 0 && kv.head_dim > 0);
  CHECK(args.cos_sin == nullptr ||
            (args.rotary_dim > 0 && args.rotary_dim <= kv.head_dim && args.rotary_dim % 2 == 0),
        "rotary_dim ", args.rotary_dim, " of head_dim ", kv.head_dim);
  const TokenRope rope{args, step, slots};
  const auto body = [&rope](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      if (rope.step.token_slots[t] != PlanRow::kNoSlot) rope.run(t);
    }
  };
  pool_.parallel_for(tokens.value(), ceil_div(kMinElements, width.value()), body);
}

}  // namespace llmserve
