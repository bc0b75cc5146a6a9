// CPU kernels by op and shape, next to what the machine can do: read bandwidth for one row (GB/s),
// arithmetic for many (GFLOP/s). LLMSERVE_CPU_ISA picks the kernels; the last argument of each
// benchmark is the number of threads.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "backend/buffer.h"
#include "bench_common.h"
#include "cpu/cpu_backend.h"
#include "cpu/parallel.h"

namespace llmserve {
namespace {

constexpr int64_t kStreamBytes = int64_t{512} << 20;  // far more than any cache

// Sums `count` words in many chains, so that nothing but memory can be waited for.
uint64_t sum_words(const uint64_t* words, int64_t count) {
  constexpr int kLanes = 32;
  uint64_t sums[kLanes] = {};
  for (int64_t i = 0; i + kLanes <= count; i += kLanes) {
    __builtin_prefetch(words + i + 256);
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] += words[i + lane];
  }
  uint64_t sum = 0;
  for (const uint64_t lane : sums) sum += lane;
  return sum;
}

void read_bandwidth(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  CpuBackend backend(threads);
  ThreadPool pool(threads);
  Buffer buffer(backend, kStreamBytes);
  const int64_t count = kStreamBytes / static_cast<int64_t>(sizeof(uint64_t));
  uint64_t* words = buffer.as<uint64_t>();
  for (int64_t i = 0; i < count; ++i) words[i] = static_cast<uint64_t>(i);
  for (auto _ : state) {
    pool.parallel_for(count, 4096, [words](int64_t begin, int64_t end, int) {
      benchmark::DoNotOptimize(sum_words(words + begin, end - begin));
    });
  }
  state.counters["GB/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kStreamBytes / 1e9, benchmark::Counter::kIsRate);
}
BENCHMARK(read_bandwidth)->Arg(1)->Arg(2)->UseRealTime();

// Weights enough that one row never finds them in a cache: as many copies as that takes, in turn.
class LinearBench {
 public:
  LinearBench(DType dtype, int64_t m, int64_t n, int64_t k, int threads)
      : backend_(threads), x_(backend_, m * k * 4), out_(backend_, m * n * 4) {
    const LinearShape shape{.out_features = n, .in_features = k, .dtype = dtype};
    const int64_t bytes = backend_.linear_weight_bytes(shape);
    const int64_t copies = m > 16 ? 1 : (kStreamBytes / 2 + bytes - 1) / bytes;
    std::vector<float> rows = random_floats(n * k);
    for (int64_t i = 0; i < copies; ++i) {
      memory_.emplace_back(backend_, bytes);
      weights_.push_back({shape, memory_.back().as(), nullptr});
      backend_.load_rows(weights_.back(), 0, Tensor(rows.data(), DType::kFloat32, {n, k}), 0);
    }
    const std::vector<float> x = random_floats(m * k);
    backend_.upload(x_.as(), x.data(), x_.bytes());
    StepLimits limits;
    limits.max_tokens = static_cast<int32_t>(m);
    limits.max_rows = limits.max_logit_rows = 1;
    limits.max_model_len = limits.page_size = 16;
    limits.vocab_size = n;
    limits.max_in_features = k;
    limits.max_heads = 1;
    limits.max_head_dim = 16;
    backend_.reserve_workspace(limits);
    args_.x = Tensor(x_.as(), DType::kFloat32, {m, k});
    args_.out = Tensor(out_.as(), DType::kFloat32, {m, n});
  }

  void step() {
    args_.weight = weights_[next_++ % weights_.size()];
    backend_.linear(args_);
  }
  int64_t weight_bytes() const { return memory_.front().bytes(); }
  std::string name() const { return backend_.name(); }

 private:
  CpuBackend backend_;
  Buffer x_;
  Buffer out_;
  std::vector<Buffer> memory_;
  std::vector<LinearWeight> weights_;
  LinearArgs args_;
  size_t next_ = 0;
};

void linear(benchmark::State& state, DType dtype) {
  const int64_t m = state.range(0), n = state.range(1), k = state.range(2);
  LinearBench bench(dtype, m, n, k, static_cast<int>(state.range(3)));
  for (auto _ : state) bench.step();
  const auto rate = [&state](double amount) {
    return benchmark::Counter(static_cast<double>(state.iterations()) * amount / 1e9,
                              benchmark::Counter::kIsRate);
  };
  state.counters["GB/s"] = rate(static_cast<double>(bench.weight_bytes()));
  state.counters["GFLOP/s"] = rate(2.0 * static_cast<double>(m * n * k));
  state.SetLabel(bench.name());
}

void linear_shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"m", "n", "k", "threads"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const int64_t m : {1, 16, 512}) {
    for (const int64_t n : {2048, 8192}) bench->Args({m, n, 2048, 2});
    bench->Args({m, 2048, 8192, 2});
  }
}
BENCHMARK_CAPTURE(linear, bfloat16, DType::kBFloat16)->Apply(linear_shapes);
BENCHMARK_CAPTURE(linear, float16, DType::kFloat16)->Apply(linear_shapes);
BENCHMARK_CAPTURE(linear, float32, DType::kFloat32)->Apply(linear_shapes);

void parallel_for(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    pool.parallel_for(pool.num_threads(), 1,
                      [](int64_t begin, int64_t, int) { benchmark::DoNotOptimize(begin); });
  }
}
BENCHMARK(parallel_for)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace llmserve

BENCHMARK_MAIN();
