// The KV cache as the bulk copy engine of Hopper GPUs is told of it.
#pragma once

#include "attention_layout.h"
#include "attention_params.h"
#include "tma.h"

namespace llmserve {

struct CacheMaps {
  CUtensorMap keys;
  CUtensorMap values;
};

// Rows of head_dim elements, fetched in boxes of one page group and 64 features.
inline CacheMaps make_cache_maps(const AttentionParams& params, DType dtype) {
  const auto map_of = [&](const void* cache) {
    return make_tensor_map({.data = cache,
                            .dtype = dtype,
                            .rows = params.cache_rows,
                            .columns = params.head_dim,
                            .row_bytes = int64_t{2} * params.head_dim},
                           kPageGroup);
  };
  return {map_of(params.k), map_of(params.v)};
}

}  // namespace llmserve
