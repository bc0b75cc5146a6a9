// KvCache: the paged key and value storage of one rank, all layers of it in one allocation.
#pragma once

#include <vector>

#include "model/arena.h"
#include "spec/model_spec.h"

namespace llmserve {

class KvCache {
 public:
  // Bytes that one page takes in all layers of one rank.
  static int64_t page_bytes(const ModelSpec& spec, int32_t size, int32_t page_size);

  KvCache(const ModelSpec& spec, int32_t size, int32_t num_pages, int32_t page_size,
          Backend& backend);

  const KvPages& layer(size_t i) const { return layers_[i]; }
  void copy_pages(Backend& backend, std::span<const PageCopy> copies) const;

 private:
  Arena arena_;
  std::vector<KvPages> layers_;
};

}  // namespace llmserve
