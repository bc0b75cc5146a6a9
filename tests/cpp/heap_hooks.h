// Replaces the heap of the program that includes it (one file of it), and asks that file before
// every allocation and tells it of every one it made and gave back.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

// Defined by the file that includes this. False: the allocation fails.
bool on_allocate(std::size_t bytes) noexcept;
void on_release() noexcept;

// Out of line: inlined, the compiler sees malloc and delete in one function and takes them for a
// mismatch.
[[gnu::noinline]] inline void* hooked_allocate(std::size_t bytes) {
  void* data = on_allocate(bytes) ? std::malloc(bytes != 0 ? bytes : 1) : nullptr;
  if (data == nullptr) throw std::bad_alloc();
  return data;
}
[[gnu::noinline]] inline void hooked_release(void* data) noexcept {
  if (data == nullptr) return;
  on_release();
  std::free(data);
}

void* operator new(std::size_t bytes) { return hooked_allocate(bytes); }
void* operator new[](std::size_t bytes) { return hooked_allocate(bytes); }
void operator delete(void* data) noexcept { hooked_release(data); }
void operator delete[](void* data) noexcept { hooked_release(data); }
void operator delete(void* data, std::size_t) noexcept { hooked_release(data); }
void operator delete[](void* data, std::size_t) noexcept { hooked_release(data); }
