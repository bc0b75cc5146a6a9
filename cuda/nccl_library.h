// NcclLibrary: the few functions of NCCL that we call, found at run time, so that only a group of
// several GPUs needs it. They are declared here as NCCL 2 has them, by plain types: statuses and
// element types are C enums, which are ints.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace llmserve {

using NcclHandle = struct ncclComm*;

struct NcclLibrary {
  static constexpr int kSuccess = 0;
  static constexpr int kByte = 1;  // the element type, ncclUint8

  int (*ncclGetVersion)(int* version);
  const char* (*ncclGetErrorString)(int status);
  const char* (*ncclGetLastError)(NcclHandle handle);
  int (*ncclCommInitAll)(NcclHandle* handles, int count, const int* devices);
  int (*ncclCommDestroy)(NcclHandle handle);
  int (*ncclCommAbort)(NcclHandle handle);
  int (*ncclCommGetAsyncError)(NcclHandle handle, int* status);
  int (*ncclGroupStart)();
  int (*ncclGroupEnd)();
  int (*ncclAllGather)(const void* from, void* to, size_t count, int type, NcclHandle handle,
                       cudaStream_t stream);
  int (*ncclSend)(const void* from, size_t count, int type, int peer, NcclHandle handle,
                  cudaStream_t stream);
  int (*ncclRecv)(void* to, size_t count, int type, int peer, NcclHandle handle,
                  cudaStream_t stream);

  // Throws Unavailable with one sentence for a person where there is none or too old a one.
  static const NcclLibrary& get();
};

}  // namespace llmserve
