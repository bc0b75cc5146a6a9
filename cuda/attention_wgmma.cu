// Attention of rows of many tokens on Hopper GPUs. A block walks all keys of one tile of query rows
// (token by token, the heads of one kv head side by side): one warp fetches the keys and values,
// each warpgroup computes 64 query rows of its own. The arithmetic of a row is that of
// attention_tile.cuh, bit for bit: warpgroup products add in the order of mma.sync.
#include "attention_dispatch.cuh"
#include "attention_maps.h"
#include "attention_wgmma_group.cuh"
#include "cuda_check.h"
#include "launch.cuh"

namespace llmserve {
namespace {

// The warp that hands out the items and fetches their keys and values. A stage of the ring holds
// the keys of a tile and the values of the tile before it, which are used together.
template <typename T, int kDim, typename Shape>
class Fetcher {
 public:
  using Shared = HopperShared<Shape>;

  __device__ Fetcher(const AttentionParams& p, const CacheMaps& maps, Shared& shared,
                     uint32_t stages)
      : p_(p), maps_(maps), shared_(shared), stages_(stages) {}

  __device__ void run() {
    auto index = static_cast<int32_t>(blockIdx.x);
    while (index < shared_.order.num_items()) {
      int32_t next = 0;
      if (lane() == 0) next = gridDim.x + atomicAdd(&p_.scratch.prefill_queue->taken, 1);
      const HopperItem item = find_item(index);
      hand_out(item);
      fetch(item);
      index = __shfl_sync(0xffffffffu, next, 0);
    }
    hand_out({});
    let_next_kernel_start();
    if (lane() == 0) leave_queue(p_.scratch.prefill_queue);
  }

 private:
  __device__ static int lane() { return threadIdx.x % 32; }

  __device__ HopperItem find_item(int32_t index) const {
    const QueryTile tile = shared_.order.find(p_, index);
    const int32_t token = p_.by_group_size(tile.first);
    return {tile.slot,
            tile.kv_head,
            tile.first_token + token,
            tile.start + token,
            tile.first - token * p_.group_size,
            tile.count};
  }

  __device__ void hand_out(const HopperItem& item) {
    wait_barrier(shared_address(&shared_.item_empty[item_place_.slot]), item_place_.parity ^ 1);
    if (lane() == 0) {
      shared_.items[item_place_.slot] = item;
      arrive(shared_address(&shared_.item_full[item_place_.slot]));
    }
    item_place_.advance();
  }

  // The cache row where this lane's group of the tile begins: outside the cache for what nobody
  // sees, which then reads as zeros.
  __device__ int32_t locate(const KeySource& source, int32_t tile) const {
    const int32_t first = tile * kTileKeys + lane() % 4 * kPageGroup;
    if (first >= source.end || first + kPageGroup <= source.begin) return -kPageGroup;
    return source.locate(tile);
  }

  __device__ void fetch(const HopperItem& item) {
    const int32_t tokens = p_.by_group_size(item.head + item.count - 1);
    const RowsSight sight(item.position, item.position + tokens, p_.window);
    const KeySource source(p_, item.slot, item.kv_head, sight.any.begin, sight.any.end);
    const int32_t first_tile = sight.first_tile(), end_tile = sight.end_tile();
    int32_t row = locate(source, first_tile), last_row = 0;
    for (int32_t tile = first_tile; tile <= end_tile; ++tile) {
      const bool has_keys = tile<end_tile, has_values = tile> first_tile;
      const int32_t next_row = has_keys ? locate(source, tile + 1) : 0;
      begin_stage((int{has_keys} + int{has_values}) * Shape::kTileBytes);
      if (has_keys) fetch_tile(maps_.keys, row, 0);
      if (has_values) fetch_tile(maps_.values, last_row, Shape::kTileBytes);
      place_.advance();
      last_row = row;
      row = next_row;
    }
  }

  __device__ void begin_stage(int bytes) {
    const int slot = place_.slot;
    wait_barrier(shared_address(&shared_.empty[slot]), place_.parity ^ 1);
    if (lane() == 0) arrive_and_expect(shared_address(&shared_.full[slot]), bytes);
    __syncwarp();
  }

  // One lane fetches the 16 keys of a page group, 64 features of them.
  __device__ void fetch_tile(const CUtensorMap& map, int32_t row, uint32_t offset) {
    if (lane() >= 4 * Shape::kBlocks) return;
    const int group = lane() % 4, block = lane() / 4;
    const uint32_t to = stages_ + place_.slot * Shape::kStageBytes + offset +
                        block * Shape::kBlockBytes + group * kPageGroup * kRowBytes;
    copy_box({&map, to, shared_address(&shared_.full[place_.slot]), row, block * 64});
  }

  const AttentionParams& p_;
  const CacheMaps& maps_;
  Shared& shared_;
  const uint32_t stages_;
  RingPlace<Shape::kStages> place_;
  RingPlace<kItemSlots> item_place_;
};

template <typename T, int kDim, typename Shape>
__device__ __forceinline__ void attend_block(const AttentionParams& p, const CacheMaps& maps,
                                             uint32_t memory) {
  __shared__ HopperShared<Shape> shared;
  if (threadIdx.x == 0) {
    for (int slot = 0; slot < Shape::kStages; ++slot) {
      init_barrier(shared_address(&shared.full[slot]), 1);
      init_barrier(shared_address(&shared.empty[slot]), Shape::kGroups * kAttentionWarps);
    }
    for (int slot = 0; slot < kItemSlots; ++slot) {
      init_barrier(shared_address(&shared.item_full[slot]), 1);
      init_barrier(shared_address(&shared.item_empty[slot]), Shape::kGroups * kAttentionWarps);
    }
    publish_barriers();
    prefetch_map(maps.keys);
    prefetch_map(maps.values);
  }
  await_previous_kernels();
  shared.order.build(p);
  __syncthreads();
  if (threadIdx.x >= Shape::kGroups * kWarpgroupThreads) {
    shrink_registers<Shape::kFetchRegisters>();
    if (threadIdx.x < Shape::kGroups * kWarpgroupThreads + 32) {
      const uint32_t stages = memory + Shape::kGroups * Shape::kQueryBytes;
      Fetcher<T, kDim, Shape>(p, maps, shared, stages).run();
    }
  } else {
    grow_registers<Shape::kGroupRegisters>();
    QueryGroup<T, kDim, Shape>(p, shared, memory).run();
  }
}

template <typename T, int kDim, typename Shape>
__global__ void __launch_bounds__(Shape::kThreads, 1)
    prefill_kernel(const __grid_constant__ AttentionParams p,
                   const __grid_constant__ CacheMaps maps) {
  if constexpr (kHasWarpgroups) {
    extern __shared__ unsigned char raw_memory[];
    // The swizzle hangs on the address: whole groups of eight rows.
    constexpr uint32_t kAlignment = 8 * kRowBytes;
    const uint32_t memory = (shared_address(raw_memory) + kAlignment - 1) / kAlignment * kAlignment;
    attend_block<T, kDim, Shape>(p, maps, memory);
  } else {
    __trap();
  }
}

// --- Host

template <typename T, int kDim, typename Shape = HopperShape<kDim>>
void launch(const AttentionParams& params, DType dtype, const DeviceInfo& device,
            cudaStream_t stream) {
  const auto kernel = prefill_kernel<T, kDim, Shape>;
  CUDA_CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  Shape::kSharedBytes));
  LaunchShape shape;
  shape.grid = dim3(static_cast<unsigned>(device.num_sms));
  shape.block = dim3(Shape::kThreads);
  shape.shared_bytes = Shape::kSharedBytes;
  shape.stream = stream;
  shape.overlaps = device.overlaps_launches();
  launch_kernel(shape, kernel, params, make_cache_maps(params, dtype));
}

}  // namespace

void launch_attention_prefill_hopper(const AttentionParams& params, DType dtype,
                                     const DeviceInfo& device, cudaStream_t stream) {
  dispatch_hopper(dtype, params.head_dim,
                  [&]<typename T, int kDim>() { launch<T, kDim>(params, dtype, device, stream); });
}

}  // namespace llmserve
