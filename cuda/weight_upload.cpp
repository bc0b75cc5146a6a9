#include "weight_upload.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <type_traits>

#include "base/checked.h"
#include "cuda_handles.h"

namespace llmserve {
namespace {

// Enough buffers for the threads that fill them and for the copies that wait their turn; small
// enough that the first copy begins early.
constexpr int kNumBuffers = 8;
constexpr int64_t kBufferBytes = int64_t{8} << 20;

struct PinnedBuffer {
  char* memory = nullptr;  // allocated by its first use
  // Its last copy. Whoever waits sleeps: the processors are for the threads that fill buffers.
  CudaEvent copied{cudaEventBlockingSync};
  uint64_t turn = 0;  // when it was given back
  bool is_taken = false;
};

template <typename To, typename From>
void convert_row(const From* from, int64_t count, To* to) {
  if constexpr (std::is_same_v<To, From>) {
    std::memcpy(to, from, count * sizeof(To));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<To>(static_cast<float>(from[i]));
  }
}

// Rows one after another in the weight's dtype, each padded with zeros.
void pack(const Tensor& source, int64_t col_begin, const LinearShape& shape, void* to) {
  const int64_t stride = source.dim(1);
  const int64_t width = shape.in_features;
  const int64_t padded = WeightLayout(shape).row_elements();
  dispatch_float(source.dtype(), [&]<typename From>() {
    dispatch_float(shape.dtype, [&]<typename To>() {
      const From* from = source.data<From>() + col_begin;
      To* out = static_cast<To*>(to);
      if (stride == width && padded == width) {  // one run
        convert_row(from, source.numel(), out);
        return;
      }
      for (int64_t row = 0; row < source.dim(0); ++row) {
        convert_row(from + row * stride, width, out + row * padded);
        std::fill(out + row * padded + width, out + (row + 1) * padded, To{});
      }
    });
  });
}

// Packed rows [begin, end) of the checkpoint's order, to where they lie.
void send(const LinearWeight& weight, int64_t begin, int64_t end, const char* packed,
          cudaStream_t stream) {
  constexpr int64_t kRows = WeightLayout::kGateRows;
  const WeightLayout layout(weight.shape);
  const int64_t row_bytes = layout.row_elements() * dtype_size(weight.shape.dtype);
  const int64_t half = weight.shape.out_features / 2;
  const auto copy = [&](int64_t row, int64_t width, int64_t height) {
    CUDA_CHECK(cudaMemcpy2DAsync(static_cast<char*>(weight.data) + layout.place(row) * row_bytes,
                                 2 * kRows * row_bytes, packed + (row - begin) * row_bytes,
                                 width * row_bytes, width * row_bytes, height,
                                 cudaMemcpyHostToDevice, stream));
  };
  if (!weight.shape.gated) {
    CUDA_CHECK(cudaMemcpyAsync(static_cast<char*>(weight.data) + begin * row_bytes, packed,
                               (end - begin) * row_bytes, cudaMemcpyHostToDevice, stream));
    return;
  }
  for (int64_t row = begin; row < end;) {
    const int64_t part_end = row < half ? std::min(end, half) : end;
    const int64_t before = (row < half ? row : row - half) % kRows;  // in its run of eight
    const int64_t left = part_end - row;
    const bool whole = before == 0 && left >= kRows;
    const int64_t width = whole ? kRows : std::min(kRows - before, left);
    const int64_t height = whole ? left / kRows : 1;
    copy(row, width, height);
    row += width * height;
  }
}

void check_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                int64_t col_begin) {
  const LinearShape& shape = weight.shape;
  CHECK(weight.data != nullptr);
  CHECK(source.shape().rank() == 2, "source: shape ", source.shape().str(), ", expected rank 2");
  CHECK(row_begin >= 0 && source.dim(0) <= shape.out_features - row_begin, "rows [", row_begin,
        ", ", row_begin + source.dim(0), ") of a weight of ", shape.out_features);
  CHECK(col_begin >= 0 && shape.in_features <= source.dim(1) - col_begin, "columns [", col_begin,
        ", ", col_begin + shape.in_features, ") of a source of ", source.dim(1));
}

}  // namespace

struct WeightUpload::Impl {
  Impl(int index, cudaStream_t stream) : device_index(index), reader(stream) {}
  ~Impl() { free_buffers(); }

  // The one that was given back first, as its copy is the most likely to be done.
  PinnedBuffer& take() {
    std::unique_lock lock(mutex);
    PinnedBuffer* oldest = nullptr;
    given_back.wait(lock, [&] {
      for (PinnedBuffer& buffer : buffers) {
        if (!buffer.is_taken && (!oldest || buffer.turn < oldest->turn)) oldest = &buffer;
      }
      return oldest != nullptr;
    });
    oldest->is_taken = true;
    return *oldest;
  }

  void give_back(PinnedBuffer& buffer) {
    {
      std::lock_guard lock(mutex);
      buffer.is_taken = false;
      buffer.turn = ++turns;
    }
    given_back.notify_one();
  }

  // The copies read pinned memory, so it goes when they are done.
  void free_buffers() {
    static_cast<void>(cudaStreamSynchronize(stream));
    for (PinnedBuffer& buffer : buffers) {
      if (buffer.memory) static_cast<void>(cudaFreeHost(buffer.memory));
      buffer.memory = nullptr;
    }
  }

  const int device_index;
  const cudaStream_t reader;
  CudaStream stream;
  std::mutex mutex;  // of what follows, but for the memory of a buffer that is taken
  std::condition_variable given_back;
  std::array<PinnedBuffer, kNumBuffers> buffers;
  uint64_t turns = 0;
  bool finished = false;
};

WeightUpload::WeightUpload(int device_index, cudaStream_t reader)
    : impl_(std::make_unique<Impl>(device_index, reader)) {}

WeightUpload::~WeightUpload() = default;

void WeightUpload::load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                             int64_t col_begin) {
  check_rows(weight, row_begin, source, col_begin);
  CHECK(!impl_->finished, "weights are loaded before the first step");
  CUDA_CHECK(cudaSetDevice(impl_->device_index));
  const WeightLayout layout(weight.shape);
  const int64_t row_bytes = layout.row_elements() * dtype_size(weight.shape.dtype);
  CHECK_LE(row_bytes, kBufferBytes, "bytes of a row");
  const int64_t rows_at_once = kBufferBytes / row_bytes;
  for (int64_t done = 0; done < source.dim(0); done += rows_at_once) {
    const int64_t count = std::min(rows_at_once, source.dim(0) - done);
    PinnedBuffer& buffer = impl_->take();
    const auto give_back = [this](PinnedBuffer* taken) { impl_->give_back(*taken); };
    const std::unique_ptr<PinnedBuffer, decltype(give_back)> lease(&buffer, give_back);
    if (buffer.memory == nullptr) {
      void* memory = nullptr;
      CUDA_CHECK(cudaHostAlloc(&memory, kBufferBytes, cudaHostAllocDefault));
      buffer.memory = static_cast<char*>(memory);
    }
    CUDA_CHECK(cudaEventSynchronize(buffer.copied));
    pack(source.rows(done, count), col_begin, weight.shape, buffer.memory);
    send(weight, row_begin + done, row_begin + done + count, buffer.memory, impl_->stream);
    CUDA_CHECK(cudaEventRecord(buffer.copied, impl_->stream));
    CUDA_CHECK(cudaStreamWaitEvent(impl_->reader, buffer.copied));
  }
}

void WeightUpload::finish() {
  CUDA_CHECK(cudaStreamSynchronize(impl_->stream));
  impl_->free_buffers();
  impl_->finished = true;
}

}  // namespace llmserve
