// The host's side of the sm_90a linear: which kernel, its tensor maps and its grid.
#include <algorithm>
#include <array>

#include "base/checked.h"
#include "cuda_check.h"
#include "linear_wgmma.h"
#include "linear_wgmma_kernel.cuh"

namespace llmserve {
namespace {

// Tiles whose rows of the weight are gone through before the next tokens: what they have of x stays
// in the L2 cache beside the weight that streams through.
constexpr int kGroupTiles = 16;

struct Variant {
  int tokens;
  int rows;
  int threads;
  int shared_bytes;
  int stage_depth;
  void (*kernel)(WgmmaJob);
};

template <typename T, int kTokens, int kRows>
constexpr Variant make_variant() {
  using Kernel = WgmmaKernel<T, kTokens, kRows>;
  return {kTokens,
          kRows,
          Kernel::kThreads,
          Kernel::kSharedBytes,
          Kernel::kStageDepth,
          wgmma_linear<T, kTokens, kRows>};
}

template <typename T>
constexpr std::array<Variant, 19> kVariants = {
    make_variant<T, 64, 32>(),   make_variant<T, 64, 48>(),   make_variant<T, 64, 64>(),
    make_variant<T, 64, 80>(),   make_variant<T, 64, 96>(),   make_variant<T, 64, 112>(),
    make_variant<T, 64, 128>(),  make_variant<T, 64, 144>(),  make_variant<T, 64, 192>(),
    make_variant<T, 64, 224>(),  make_variant<T, 64, 256>(),  make_variant<T, 128, 32>(),
    make_variant<T, 128, 48>(),  make_variant<T, 128, 64>(),  make_variant<T, 128, 96>(),
    make_variant<T, 128, 128>(), make_variant<T, 128, 192>(), make_variant<T, 128, 224>(),
    make_variant<T, 128, 256>()};

const std::array<Variant, 19>& variants_of(DType dtype) {
  return dispatch_half(
      dtype, [&]<typename T>() -> const std::array<Variant, 19>& { return kVariants<T>; });
}

const Variant& find_variant(DType dtype, const WgmmaTile& tile) {
  for (const Variant& variant : variants_of(dtype)) {
    if (variant.tokens == tile.tokens && variant.rows == tile.rows) return variant;
  }
  CHECK(false, "no kernel of ", tile.tokens, " x ", tile.rows);
}

WgmmaJob plan_job(const LinearJob& linear, const WgmmaTile& tile, int stage_depth) {
  const int64_t bytes = dtype_size(linear.dtype);
  const MatrixView tokens{.data = linear.x,
                          .dtype = linear.dtype,
                          .rows = linear.num_tokens,
                          .columns = linear.in_features,
                          .row_bytes = linear.in_features * bytes};
  const MatrixView rows{.data = linear.weight,
                        .dtype = linear.dtype,
                        .rows = linear.weight_rows,
                        .columns = linear.in_features,
                        .row_bytes = linear.row_elements * bytes};
  const int token_share = tile.common_rows ? 1 : tile.cluster;
  const int row_share = tile.common_rows ? tile.cluster : 1;
  WgmmaJob job;
  // No more than there are: what is multiplied beyond is not stored, and rows that lie outside of x
  // take the copy engine longer than others (measured: by half and more).
  job.token_box = static_cast<int>(
      std::min<int64_t>(ceil_div(linear.num_tokens, token_share), tile.tokens / token_share));
  job.tokens = make_tensor_map(tokens, job.token_box);
  job.rows = make_tensor_map(rows, tile.rows / row_share);
  job.linear = linear;
  job.token_units = static_cast<int>(ceil_div(linear.num_tokens, tile.tokens * row_share));
  job.row_units = static_cast<int>(ceil_div(linear.weight_rows, tile.rows * token_share));
  job.group_units = std::max(1, kGroupTiles / row_share);
  job.depth_stages = static_cast<int>(ceil_div(linear.in_features, stage_depth));
  job.cluster = tile.cluster;
  job.common_rows = tile.common_rows;
  job.rows_once = job.token_units <= job.group_units;
  return job;
}

int clusters_at_once(const Variant& variant, int size) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim = {static_cast<unsigned>(size), 1, 1};
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(size));
  config.blockDim = dim3(static_cast<unsigned>(variant.threads));
  config.dynamicSmemBytes = static_cast<size_t>(variant.shared_bytes);
  config.attrs = &attribute;
  config.numAttrs = 1;
  int count = 0;
  CUDA_CHECK(cudaOccupancyMaxActiveClusters(&count, variant.kernel, &config));
  return count;
}

// What a kernel gets of the memory's bandwidth, in a clock of the multiprocessors.
double memory_bytes(int device) {
  constexpr double kShare = 0.95;
  const auto attribute = [device](cudaDeviceAttr name) {
    int value = 0;
    CUDA_CHECK(cudaDeviceGetAttribute(&value, name, device));
    return static_cast<double>(value);
  };
  // Two transfers a clock, of bits.
  return kShare * 2 / 8 * attribute(cudaDevAttrGlobalMemoryBusWidth) *
         attribute(cudaDevAttrMemoryClockRate) / attribute(cudaDevAttrClockRate);
}

}  // namespace

bool wgmma_takes(const LinearJob& job, const WgmmaChip& chip) {
  if (!chip.has_kernels || job.dtype == DType::kFloat32 || job.in_features % 8 != 0) return false;
  if (job.out_width % 4 != 0) return false;
  if (job.pairs()) {
    return job.out_dtype == job.dtype && job.bias == nullptr &&
           (job.activation == Activation::kSilu || job.activation == Activation::kGeluTanh);
  }
  return !job.gated && (job.epilogue == Epilogue::kStore ||
                        (job.epilogue == Epilogue::kAdd && job.out_dtype == job.dtype));
}

WgmmaChip prepare_wgmma(const DeviceInfo& device) {
  if (device.major != 9) return {};
  for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
    for (const Variant& variant : variants_of(dtype)) {
      CUDA_CHECK(cudaFuncSetAttribute(variant.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                      variant.shared_bytes));
    }
  }
  // Of any variant: each has a multiprocessor's shared memory to itself.
  const Variant& variant = variants_of(DType::kBFloat16).front();
  return {.has_kernels = true,
          .of_one = device.num_sms,
          .of_two = clusters_at_once(variant, 2),
          .of_four = clusters_at_once(variant, 4),
          .memory_bytes = memory_bytes(device.index)};
}

void multiply_wgmma(const LinearJob& linear, const WgmmaTile& tile, const WgmmaChip& chip,
                    cudaStream_t stream) {
  CHECK(linear.norm_weight == nullptr);
  const Variant& variant = find_variant(linear.dtype, tile);
  const WgmmaJob job = plan_job(linear, tile, variant.stage_depth);
  const int64_t units = int64_t{job.token_units} * job.row_units;
  const int64_t clusters = std::min<int64_t>(units, chip.clusters(tile.cluster));
  launch_kernel({.grid = dim3(static_cast<unsigned>(clusters * tile.cluster)),
                 .block = dim3(static_cast<unsigned>(variant.threads)),
                 .shared_bytes = variant.shared_bytes,
                 .stream = stream,
                 .overlaps = true,
                 .cluster = static_cast<unsigned>(tile.cluster)},
                variant.kernel, job);
}

}  // namespace llmserve
