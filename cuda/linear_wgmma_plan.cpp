// A model of the time of each tile: per 64 features, what the tensor cores, shared memory and the
// L2 cache need, whichever is longest, over as many rounds as there are tiles for a block.
#include <algorithm>
#include <array>
#include <limits>

#include "base/checked.h"
#include "linear_wgmma.h"
#include "tma.h"

namespace llmserve {
namespace {

// Clocks, and bytes per clock, of a multiprocessor where not said otherwise: round figures, fitted
// to 7,200 times of nine layers with 1 to 8192 tokens on an H200. By them the tile that is chosen
// takes 3 percent longer than the fastest on average, and never more than 24. Tiles of 80, 112 and
// 144 rows came later.
constexpr double kL2Bytes = 5400;   // of the whole chip
constexpr double kBlockBytes = 48;  // from the L2 cache
constexpr double kSharedBytes = 190;
constexpr double kTensorClocks = 1.8;  // of 64 tokens by one row, 64 features
constexpr double kStepClocks = 40;     // of barriers
constexpr double kClusterClocks = 7.5;
constexpr double kTileClocks = 4700;       // until the first products of a tile and after its last
constexpr double kStoreClocks = 1.0 / 50;  // of one value
constexpr double kGateClocks = 0.28;       // of one value, gates and ups counted each
constexpr double kOverlapLoss = 0.21;      // of what is hidden behind something longer

struct Sizes {
  int tokens;
  int rows;
};

constexpr auto kSizes = std::to_array<Sizes>({{64, 32},
                                              {64, 48},
                                              {64, 64},
                                              {64, 80},
                                              {64, 96},
                                              {64, 112},
                                              {64, 128},
                                              {64, 144},
                                              {64, 192},
                                              {64, 224},
                                              {64, 256},
                                              {128, 32},
                                              {128, 48},
                                              {128, 64},
                                              {128, 96},
                                              {128, 128},
                                              {128, 192},
                                              {128, 224},
                                              {128, 256}});

// Of `blocks` of them at once. `tokens`: that are brought for a tile.
double step_clocks(const WgmmaTile& tile, double tokens, int64_t blocks) {
  const double warpgroups = tile.tokens / 64;
  const double tensor = warpgroups * tile.rows * kTensorClocks;
  const double in = (tokens + tile.rows) * kBoxBytes;
  const double shared = (warpgroups * (64 + tile.rows) * kBoxBytes + in) / kSharedBytes;
  const double common = (tile.common_rows ? tile.rows : tokens) * kBoxBytes;
  const double own = in - common + common / tile.cluster;
  const double l2 = static_cast<double>(blocks) * own / kL2Bytes;
  return std::max({tensor, shared, own / kBlockBytes, l2}) + kStepClocks +
         (tile.cluster > 1 ? kClusterClocks : 0.0);
}

double clocks(const LinearJob& job, const WgmmaTile& tile, const WgmmaChip& chip) {
  const int token_span = tile.tokens * (tile.common_rows ? tile.cluster : 1);
  const int row_span = tile.rows * (tile.common_rows ? 1 : tile.cluster);
  const int64_t units = ceil_div(job.num_tokens, token_span) * ceil_div(job.weight_rows, row_span);
  const int64_t clusters = std::min<int64_t>(units, chip.clusters(tile.cluster));
  const auto rounds = static_cast<double>(ceil_div(units, clusters));
  const double tokens = std::min(job.num_tokens, tile.tokens);
  const double values = static_cast<double>(tile.tokens) * tile.rows;
  const double tile_clocks =
      job.in_features / 64.0 * step_clocks(tile, tokens, clusters * tile.cluster) + kTileClocks +
      values * (job.pairs() ? kGateClocks : kStoreClocks);
  const double memory =
      static_cast<double>(job.weight_rows) * job.in_features * 2 / chip.memory_bytes;
  const double products = rounds * tile_clocks;
  return std::max(products, memory) + std::min(products, memory) * kOverlapLoss;
}

template <typename F>
void for_each_tile(const LinearJob& job, const WgmmaChip& chip, F&& f) {
  for (const Sizes& sizes : kSizes) {
    if (job.pairs() && sizes.rows % 32 != 0) continue;
    for (const int cluster : {1, 2, 4}) {
      if (chip.clusters(cluster) == 0) continue;  // a part of a GPU may have no room for it
      for (const bool common_rows : {false, true}) {
        const int64_t neighbours = common_rows ? ceil_div(job.num_tokens, sizes.tokens)
                                               : ceil_div(job.weight_rows, sizes.rows);
        if (cluster > neighbours || (cluster == 1 && common_rows)) continue;
        f(WgmmaTile{sizes.tokens, sizes.rows, cluster, common_rows});
      }
    }
  }
}

}  // namespace

WgmmaTile choose_wgmma_tile(const LinearJob& job, const WgmmaChip& chip) {
  WgmmaTile best;
  double least = std::numeric_limits<double>::max();
  for_each_tile(job, chip, [&](const WgmmaTile& tile) {
    const double needed = clocks(job, tile, chip);
    if (needed < least) best = tile, least = needed;
  });
  return best;
}

std::vector<WgmmaTile> rank_wgmma_tiles(const LinearJob& job, const WgmmaChip& chip) {
  std::vector<WgmmaTile> tiles;
  for_each_tile(job, chip, [&](const WgmmaTile& tile) { tiles.push_back(tile); });
  std::stable_sort(tiles.begin(), tiles.end(), [&](const WgmmaTile& a, const WgmmaTile& b) {
    return clocks(job, a, chip) < clocks(job, b, chip);
  });
  return tiles;
}

}  // namespace llmserve
