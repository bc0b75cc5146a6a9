// Streams, events and graphs of CUDA as objects that own them. Made on the device that is current.
#pragma once

#include <functional>
#include <utility>

#include "cuda_check.h"

namespace llmserve {

class CudaStream {
 public:
  // Ordered by itself alone: not by the default stream, which others in the process may use.
  CudaStream() { CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~CudaStream() { static_cast<void>(cudaStreamDestroy(stream_)); }
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class CudaEvent {
 public:
  // A thread that waits for it spins, or sleeps where `flags` has cudaEventBlockingSync.
  explicit CudaEvent(unsigned flags = 0) {
    CUDA_CHECK(cudaEventCreateWithFlags(&event_, flags | cudaEventDisableTiming));
  }
  ~CudaEvent() { static_cast<void>(cudaEventDestroy(event_)); }
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;

  operator cudaEvent_t() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

// What a stream was given to do, ready to be launched at once.
class CudaGraph {
 public:
  // Records what `work` gives the stream; nothing of it runs.
  CudaGraph(cudaStream_t stream, const std::function<void()>& work);
  ~CudaGraph() {
    if (graph_) static_cast<void>(cudaGraphExecDestroy(graph_));
  }
  CudaGraph(CudaGraph&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)) {}
  CudaGraph& operator=(CudaGraph&&) = delete;

  void launch(cudaStream_t stream) const { CUDA_CHECK(cudaGraphLaunch(graph_, stream)); }

 private:
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace llmserve
