// Errors as values to throw: one class, a kind that says who is at fault, and the CHECK macros.
// Nothing here ever aborts the process.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace llmserve {

enum class ErrorKind {
  kInternal,         // a broken invariant: our fault
  kInvalidArgument,  // a bad value from the user: becomes ValueError in Python
  kUnsupported,      // a valid wish that this build cannot grant: becomes NotImplementedError
  kOutOfMemory,      // the memory plan does not fit: becomes MemoryError
  kOverloaded,       // a queue is full: becomes QueueFullError; the server answers 429
  kUnavailable,      // the engine is closed or failed: becomes EngineDeadError
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message);
  ~Error() override;  // out of line, so that the type is one across shared libraries

  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

namespace detail {

template <typename... Parts>
std::string concat(const Parts&... parts) {
  std::ostringstream out;
  static_cast<void>((out << ... << parts));  // no parts: an empty text
  return out.str();
}

[[noreturn]] void throw_check_failed(const char* file, int line, const char* expression,
                                     const std::string& message);

}  // namespace detail

template <typename... Parts>
[[noreturn]] void throw_error(ErrorKind kind, const Parts&... parts) {
  throw Error(kind, detail::concat(parts...));
}

// A bad value from the user: the message is shown as it is, without file or line.
template <typename... Parts>
void require(bool ok, const Parts&... parts) {
  if (!ok) throw_error(ErrorKind::kInvalidArgument, parts...);
}

}  // namespace llmserve

// A broken invariant. The parts are put together only on failure.
#define CHECK(condition, ...)                                                          \
  do {                                                                                 \
    if (!(condition)) [[unlikely]]                                                     \
      ::llmserve::detail::throw_check_failed(__FILE__, __LINE__, #condition,           \
                                             ::llmserve::detail::concat(__VA_ARGS__)); \
  } while (false)

#define LLMSERVE_CHECK_OP(op, a, b, ...)                                                   \
  do {                                                                                     \
    const auto& lhs_ = (a);                                                                \
    const auto& rhs_ = (b);                                                                \
    if (!(lhs_ op rhs_)) [[unlikely]]                                                      \
      ::llmserve::detail::throw_check_failed(                                              \
          __FILE__, __LINE__, #a " " #op " " #b,                                           \
          ::llmserve::detail::concat(lhs_, " vs ", rhs_ __VA_OPT__(, " ", ) __VA_ARGS__)); \
  } while (false)

#define CHECK_EQ(a, b, ...) LLMSERVE_CHECK_OP(==, a, b __VA_OPT__(, ) __VA_ARGS__)
#define CHECK_LE(a, b, ...) LLMSERVE_CHECK_OP(<=, a, b __VA_OPT__(, ) __VA_ARGS__)
#define CHECK_LT(a, b, ...) LLMSERVE_CHECK_OP(<, a, b __VA_OPT__(, ) __VA_ARGS__)
#define CHECK_GE(a, b, ...) LLMSERVE_CHECK_OP(>=, a, b __VA_OPT__(, ) __VA_ARGS__)
#define CHECK_GT(a, b, ...) LLMSERVE_CHECK_OP(>, a, b __VA_OPT__(, ) __VA_ARGS__)
