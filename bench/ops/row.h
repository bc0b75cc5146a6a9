// Row: a line of output, a JSON object whose fields keep their order.
#pragma once

#include <concepts>
#include <cstdio>
#include <string>
#include <string_view>

namespace llmserve {

class Row {
 public:
  Row& add(std::string_view name, std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return raw(name, quoted + '"');
  }
  Row& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  Row& add(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  Row& add(std::string_view name, std::integral auto value) {
    return raw(name, std::to_string(value));
  }
  Row& add(std::string_view name, double value) {
    char digits[32];
    std::snprintf(digits, sizeof(digits), "%.6g", value);
    return raw(name, digits);
  }
  // `json` is JSON already.
  Row& raw(std::string_view name, std::string_view json) {
    if (!fields_.empty()) fields_ += ", ";
    fields_.append("\"").append(name).append("\": ").append(json);
    return *this;
  }

  // The fields of another row behind those of this one.
  Row& append(const Row& other) {
    if (!fields_.empty() && !other.fields_.empty()) fields_ += ", ";
    fields_ += other.fields_;
    return *this;
  }

  void print() const {
    std::printf("{%s}\n", fields_.c_str());
    std::fflush(stdout);
  }

 private:
  std::string fields_;
};

}  // namespace llmserve
