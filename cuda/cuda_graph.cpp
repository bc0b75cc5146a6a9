// Recording of graphs.
#include "cuda_backend.h"

namespace llmserve {
namespace {

// Measured on an H100; rounded up.
constexpr int64_t kGraphBytes = int64_t{256} << 10;
constexpr int64_t kOpBytes = int64_t{8} << 10;

struct DestroyGraph {
  void operator()(cudaGraph_t graph) const { static_cast<void>(cudaGraphDestroy(graph)); }
};

}  // namespace

// Other threads may go on calling CUDA while this one records.
CudaGraph::CudaGraph(cudaStream_t stream, const std::function<void()>& work) {
  CUDA_CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  cudaGraph_t recorded = nullptr;
  try {
    work();
  } catch (...) {
    static_cast<void>(cudaStreamEndCapture(stream, &recorded));
    if (recorded) static_cast<void>(cudaGraphDestroy(recorded));
    throw;
  }
  CUDA_CHECK(cudaStreamEndCapture(stream, &recorded));
  const std::unique_ptr<CUgraph_st, DestroyGraph> graph(recorded);
  CUDA_CHECK(cudaGraphInstantiate(&graph_, recorded, 0));
  // Now rather than at the first launch.
  const cudaError_t status = cudaGraphUpload(graph_, stream);
  if (status != cudaSuccess) {
    static_cast<void>(cudaGraphExecDestroy(graph_));
    CUDA_CHECK(status);
  }
}

int64_t CudaBackend::graph_bytes(int64_t num_graphs, int64_t num_ops) const {
  return num_graphs * kGraphBytes + num_ops * kOpBytes;
}

int32_t CudaBackend::capture(const std::function<void()>& ops) {
  graphs_.emplace_back(stream_, ops);
  return static_cast<int32_t>(graphs_.size()) - 1;
}

void CudaBackend::launch_graph(int32_t graph) {
  CHECK(graph >= 0 && graph < std::ssize(graphs_), "graph ", graph, " of ", graphs_.size());
  graphs_[static_cast<size_t>(graph)].launch(stream_);
}

}  // namespace llmserve
