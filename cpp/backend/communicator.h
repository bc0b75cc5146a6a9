// Communicator: what the ranks of a tensor-parallel group say to each other. Every rank calls the
// same operations in the same order. abort() may come from any thread: all present and later calls
// on every rank then throw Unavailable instead of waiting for ever.
#pragma once

#include "base/tensor.h"

namespace llmserve {

class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  // In place: the sum over all ranks, added up in rank order, the same bits on every rank.
  virtual void all_reduce(const Tensor& tensor) = 0;
  // out [size, ...in]: the input of every rank, in rank order.
  virtual void all_gather(const Tensor& in, const Tensor& out) = 0;
  virtual void barrier() = 0;
  virtual void abort() = 0;
};

}  // namespace llmserve
