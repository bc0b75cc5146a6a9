// A CPU backend that fails on purpose: its k-th call of a chosen kind throws, every other works.
#pragma once

#include <atomic>
#include <chrono>
#include <new>
#include <thread>

#include "cpu/cpu_backend.h"
#include "engine/backend_factory.h"

namespace llmserve::testing {

struct Fault {
  std::atomic<int64_t> allocations_left{-1};  // the one that brings it to 0 throws; negative: never
  std::atomic<int64_t> ops_left{-1};
  std::atomic<int64_t> stall_ms{0};  // every attention op takes so much longer
};

class FaultyBackend : public CpuBackend {
 public:
  FaultyBackend(int num_threads, Fault& fault) : CpuBackend(num_threads), fault_(fault) {}

  void* allocate(int64_t bytes) override {
    if (count_down(fault_.allocations_left)) throw std::bad_alloc();
    return CpuBackend::allocate(bytes);
  }
  void load_rows(const LinearWeight& weight, int64_t row_begin, const Tensor& source,
                 int64_t col_begin) override {
    op();
    CpuBackend::load_rows(weight, row_begin, source, col_begin);
  }
  void init_slot(const SlotInit& init, const SlotTable& slots) override {
    op();
    CpuBackend::init_slot(init, slots);
  }
  void prepare(std::span<const PageUpdate> updates, std::span<const PlanRow> rows,
               std::span<const int32_t> tokens, const SlotTable& slots, StepView& step) override {
    op();
    CpuBackend::prepare(updates, rows, tokens, slots, step);
  }
  void linear(const LinearArgs& args) override {
    op();
    CpuBackend::linear(args);
  }
  void attention(const AttentionArgs& args, const StepView& step, const SlotTable& slots) override {
    op();
    if (fault_.stall_ms > 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(fault_.stall_ms));
    CpuBackend::attention(args, step, slots);
  }
  void sample(const LogitsView& logits, std::span<const SampleRow> rows, const SlotTable& slots,
              int32_t* tokens, uint8_t* finite, const LogprobsView& logprobs) override {
    op();
    CpuBackend::sample(logits, rows, slots, tokens, finite, logprobs);
  }
  void download(void* to_host, const void* from, int64_t bytes) override {
    op();
    CpuBackend::download(to_host, from, bytes);
  }

 private:
  static bool count_down(std::atomic<int64_t>& left) { return left > 0 && --left == 0; }
  void op() {
    if (count_down(fault_.ops_left)) throw_error(ErrorKind::kInternal, "injected fault");
  }

  Fault& fault_;
};

inline BackendMaker faulty_maker(Fault& fault) {
  return [&fault](Device, int num_threads) {
    return std::make_unique<FaultyBackend>(num_threads, fault);
  };
}

}  // namespace llmserve::testing
