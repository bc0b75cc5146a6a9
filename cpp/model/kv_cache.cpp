#include "model/kv_cache.h"

namespace llmserve {
namespace {

KvPages layer_pages(const ModelSpec& spec, const LayerSpec& layer, int32_t size,
                    int32_t page_size) {
  KvPages pages;
  pages.dtype = spec.dtype;
  pages.num_kv_heads = shard_heads(layer.attention, 0, size).num_kv_heads;
  pages.page_size = page_size;
  pages.head_dim = layer.attention.head_dim;
  return pages;
}

}  // namespace

int64_t KvCache::page_bytes(const ModelSpec& spec, int32_t size, int32_t page_size) {
  int64_t bytes = 0;
  for (const LayerSpec& layer : spec.layers) {
    const int64_t elements = layer_pages(spec, layer, size, page_size).page_elements();
    bytes = checked_add(bytes, checked_mul(2 * dtype_size(spec.dtype), elements));
  }
  return bytes;
}

KvCache::KvCache(const ModelSpec& spec, int32_t size, int32_t num_pages, int32_t page_size,
                 Backend& backend) {
  std::vector<int64_t> places;
  for (const LayerSpec& layer : spec.layers) {
    KvPages pages = layer_pages(spec, layer, size, page_size);
    pages.num_pages = num_pages;
    const int64_t bytes = checked_mul(num_pages, pages.page_elements() * dtype_size(pages.dtype));
    places.push_back(arena_.add(bytes));
    places.push_back(arena_.add(bytes));
    layers_.push_back(pages);
  }
  arena_.commit(backend);
  for (size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].k = arena_.at(places[2 * i]);
    layers_[i].v = arena_.at(places[2 * i + 1]);
  }
}

void KvCache::copy_pages(Backend& backend, std::span<const PageCopy> copies) const {
  if (copies.empty()) return;
  for (const KvPages& pages : layers_) backend.copy_pages(pages, copies);
}

}  // namespace llmserve
