// CudaLinear: which kernels a layer runs on, and the scratch between them. All of them add up
// alike, so that the choice, by shape and number of tokens, shows in the time alone.
#include "linear.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "base/checked.h"
#include "linear_blas.h"
#include "linear_kernels.h"
#include "linear_wgmma.h"
#include "weight_layout.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;
// Larger steps go through these in blocks of tokens.
constexpr int64_t kMostNormedBytes = int64_t{32} << 20;
constexpr int64_t kLeastProductBytes = int64_t{8} << 20;
constexpr int64_t kMostProductBytes = int64_t{64} << 20;
constexpr int64_t kBlockTokens = 128;  // blocks are whole multiples where they can be

enum class Path { kFew, kWgmma, kBlas, kAny };

int32_t narrow(int64_t size) {
  CHECK(size >= 0 && size <= std::numeric_limits<int32_t>::max(), "size ", size);
  return static_cast<int32_t>(size);
}

bool is_aligned(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % 16 == 0; }

LinearJob make_job(const LinearArgs& args) {
  const LinearShape& shape = args.weight.shape;
  const WeightLayout layout(shape);
  LinearJob job{.x = args.x.raw(),
                .norm_weight = args.norm_weight,
                .norm_eps = args.norm_eps,
                .weight = args.weight.data,
                .bias = args.weight.bias,
                .out = args.out.raw(),
                .dtype = shape.dtype,
                .out_dtype = args.out.dtype(),
                .num_tokens = narrow(args.x.dim(0)),
                .in_features = narrow(shape.in_features),
                .out_features = narrow(shape.out_features),
                .weight_rows = narrow(layout.num_rows()),
                .row_elements = layout.row_elements(),
                .gated = shape.gated,
                .epilogue = args.epilogue,
                .activation = args.activation};
  job.out_width = job.pairs() ? job.out_features / 2 : job.out_features;

  Dim tokens("tokens"), in("in_features", job.in_features), out("out_features", job.out_width);
  expect(args.x, "x", shape.dtype, {&tokens, &in});
  const bool wide = job.out_dtype == DType::kFloat32;
  expect(args.out, "out", wide ? DType::kFloat32 : shape.dtype, {&tokens, &out});
  CHECK(job.weight != nullptr);
  CHECK(is_aligned(job.x) && is_aligned(job.norm_weight) && is_aligned(job.out));
  return job;
}

// The tokens [begin, begin + count) of a job.
LinearJob tokens_of(const LinearJob& job, int64_t begin, int64_t count) {
  LinearJob part = job;
  part.x = static_cast<const char*>(job.x) + begin * job.in_features * dtype_size(job.dtype);
  part.out = static_cast<char*>(job.out) + begin * job.out_width * dtype_size(job.out_dtype);
  part.num_tokens = narrow(count);
  return part;
}

// cuBLASLt stores; whatever else there is to do comes after it, from scratch. It could add as well,
// but with other roundings (measured) than the kernel of few tokens.
bool needs_scratch(const LinearJob& job) {
  return job.bias || job.gated || job.epilogue != Epilogue::kStore;
}

// Gated products are the largest: they are kept as narrow as x.
Product make_product(const LinearJob& job, void* scratch) {
  const bool direct = !needs_scratch(job);
  return {.x = job.x,
          .weight = job.weight,
          .out = direct ? job.out : scratch,
          .dtype = job.dtype,
          .out_dtype = direct        ? job.out_dtype
                       : job.pairs() ? job.dtype
                                     : DType::kFloat32,
          .num_tokens = job.num_tokens,
          .in_features = job.in_features,
          .weight_rows = job.weight_rows,
          .row_elements = job.row_elements};
}

// How the workspace is divided, in this order; each a multiple of kAlignment.
struct ScratchSizes {
  int64_t normed;   // rows of x
  int64_t product;  // of cuBLASLt, before the epilogue
  int64_t blas;     // its own

  explicit ScratchSizes(const StepLimits& limits) : blas(LinearBlas::kWorkspaceBytes) {
    const int64_t row_bytes = checked_mul(limits.max_in_features, dtype_size(DType::kFloat32));
    const int64_t all_bytes =
        checked_mul(std::max(limits.max_tokens, limits.max_logit_rows), row_bytes);
    normed = round_up(std::clamp(all_bytes, row_bytes, std::max(row_bytes, kMostNormedBytes)),
                      kAlignment);
    product = std::clamp(round_up(checked_mul(all_bytes, 4), kAlignment), kLeastProductBytes,
                         kMostProductBytes);
  }

  int64_t total() const { return normed + product + blas; }
};

}  // namespace

struct CudaLinear::Impl {
  Impl(const DeviceInfo& device, const ScratchSizes& sizes, char* workspace)
      : device(device),
        sizes(sizes),
        normed(workspace),
        product(normed + sizes.normed),
        blas(product + sizes.product),
        wgmma(prepare_wgmma(device)) {
    prepare_few_tokens(device);
  }

  Path path(const LinearJob& job, const LinearShape& shape);
  void note(const LinearJob& job);
  int64_t block_tokens(const LinearJob& job, Path path) const;
  const WgmmaTile& tile(const LinearJob& job);
  void run(LinearJob job, Path path, cudaStream_t stream);

  const DeviceInfo device;
  const ScratchSizes sizes;
  char* const normed;
  char* const product;
  LinearBlas blas;
  const WgmmaChip wgmma;
  std::map<std::array<int32_t, 4>, WgmmaTile> tiles;  // chosen before
  std::map<const void*, Product> met;  // by weight, with the most tokens so far; until tune()
  bool is_tuned = false;
};

// All of them make the same sums. Few-tokens blocks also take what cuBLASLt cannot, if slowly.
Path CudaLinear::Impl::path(const LinearJob& job, const LinearShape& shape) {
  if (!few_tokens_takes(shape)) return Path::kAny;
  if (wgmma_takes(job, wgmma)) return Path::kWgmma;
  if (job.num_tokens <= kFewTokens) return Path::kFew;
  return blas.takes(make_product(job, product)) ? Path::kBlas : Path::kFew;
}

void CudaLinear::Impl::note(const LinearJob& job) {
  Product& product = met.try_emplace(job.weight, make_product(job, this->product)).first->second;
  product.num_tokens = std::max<int64_t>(product.num_tokens, job.num_tokens);
}

// How many tokens go through the scratch at once.
int64_t CudaLinear::Impl::block_tokens(const LinearJob& job, Path path) const {
  int64_t most = path == Path::kFew ? kFewTokens : job.num_tokens;
  if (job.norm_weight) {
    most = std::min(most, sizes.normed / (job.in_features * dtype_size(job.dtype)));
  }
  if (path == Path::kBlas && needs_scratch(job)) {
    const DType dtype = make_product(job, product).out_dtype;
    most = std::min(most, sizes.product / (int64_t{job.weight_rows} * dtype_size(dtype)));
  }
  CHECK_GE(most, 1, "workspace of a linear layer of ", job.weight_rows, " x ", job.in_features);
  if (most >= job.num_tokens) return job.num_tokens;
  const int64_t blocks = ceil_div(job.num_tokens, most);
  return std::min(most, round_up(ceil_div(job.num_tokens, blocks), kBlockTokens));
}

// All that the choice depends on, so that it is made once.
const WgmmaTile& CudaLinear::Impl::tile(const LinearJob& job) {
  const std::array<int32_t, 4> key = {job.num_tokens, job.weight_rows, job.in_features,
                                      int32_t{job.pairs()}};
  const auto [found, is_new] = tiles.try_emplace(key);
  if (is_new) found->second = choose_wgmma_tile(job, wgmma);
  return found->second;
}

void CudaLinear::Impl::run(LinearJob job, Path path, cudaStream_t stream) {
  if (job.norm_weight && !(path == Path::kFew && few_tokens_norms(job, device))) {
    norm_tokens(job, normed, device, stream);
    job.x = normed;
    job.norm_weight = nullptr;
  }
  switch (path) {
    case Path::kFew:
      return multiply_few_tokens(job, device, stream);
    case Path::kWgmma:
      return multiply_wgmma(job, tile(job), wgmma, stream);
    case Path::kBlas:
      blas.multiply(make_product(job, product), stream);
      if (needs_scratch(job)) finish_product(job, product, device, stream);
      return;
    case Path::kAny:
      return multiply_any(job, stream);
  }
}

CudaLinear::CudaLinear(const DeviceInfo& device) : device_(device) {}

CudaLinear::~CudaLinear() = default;

int64_t CudaLinear::workspace_bytes(const StepLimits& limits) const {
  return ScratchSizes(limits).total();
}

void CudaLinear::reserve(const StepLimits& limits, void* workspace) {
  impl_ = std::make_unique<Impl>(device_, ScratchSizes(limits), static_cast<char*>(workspace));
}

void CudaLinear::run(const LinearArgs& args, cudaStream_t stream) {
  CHECK(impl_ != nullptr, "no workspace");
  const LinearJob job = make_job(args);
  if (job.num_tokens == 0) return;
  const Path path = impl_->path(job, args.weight.shape);
  const int64_t block = impl_->block_tokens(job, path);
  for (int64_t begin = 0; begin < job.num_tokens; begin += block) {
    const int64_t count = std::min(block, job.num_tokens - begin);
    const LinearJob part = tokens_of(job, begin, count);
    if (path == Path::kBlas && !impl_->is_tuned) impl_->note(part);
    impl_->run(part, path, stream);
  }
}

void CudaLinear::tune(cudaStream_t stream) {
  CHECK(impl_ != nullptr, "no workspace");
  std::vector<Product> products;
  for (const auto& [weight, product] : impl_->met) products.push_back(product);
  impl_->blas.tune(products, device_, stream);
  impl_->met.clear();
  impl_->is_tuned = true;
}

}  // namespace llmserve
