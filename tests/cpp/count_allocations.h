// Counts every operator new of the program that includes it (one file of it only).
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

inline std::atomic<int64_t> num_allocations{0};

// Out of line: inlined, the compiler sees malloc and delete in one function and takes them for a
// mismatch.
[[gnu::noinline]] inline void* counted_allocation(size_t bytes) {
  ++num_allocations;
  if (void* data = std::malloc(bytes ? bytes : 1)) return data;
  throw std::bad_alloc();
}
[[gnu::noinline]] inline void counted_release(void* data) noexcept { std::free(data); }

void* operator new(size_t bytes) { return counted_allocation(bytes); }
void* operator new[](size_t bytes) { return counted_allocation(bytes); }
void operator delete(void* data) noexcept { counted_release(data); }
void operator delete[](void* data) noexcept { counted_release(data); }
void operator delete(void* data, size_t) noexcept { counted_release(data); }
void operator delete[](void* data, size_t) noexcept { counted_release(data); }
