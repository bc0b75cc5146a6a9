// What the binding's files share: one register function per part, and enums as strings.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace llmserve {

void bind_errors(pybind11::module_& m);
void bind_spec(pybind11::module_& m);
void bind_text(pybind11::module_& m);
void bind_engine(pybind11::module_& m);
void bind_ops(pybind11::module_& m);

template <typename E, size_t N>
using EnumNames = std::array<std::pair<E, std::string_view>, N>;

template <typename E, size_t N>
std::string enum_name(const EnumNames<E, N>& names, E value) {
  for (const auto& [entry, name] : names) {
    if (entry == value) return std::string(name);
  }
  throw_error(ErrorKind::kInternal, "unnamed enum value");
}

template <typename E, size_t N>
E enum_value(const EnumNames<E, N>& names, const char* field, std::string_view text) {
  std::string allowed;
  for (const auto& [entry, name] : names) {
    if (name == text) return entry;
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  throw_error(ErrorKind::kInvalidArgument, field, " is '", text, "'; allowed: ", allowed);
}

// __init__(**fields): every keyword must be a field.
template <typename T, typename... Options>
void def_keyword_init(pybind11::class_<T, Options...>& type) {
  type.def(pybind11::init([](const pybind11::kwargs& fields) {
    T value;
    const pybind11::object self = pybind11::cast(&value, pybind11::return_value_policy::reference);
    for (const auto& [name, field] : fields) {
      if (!pybind11::hasattr(self, name)) {
        throw pybind11::type_error("unknown field '" + pybind11::cast<std::string>(name) + "'");
      }
      pybind11::setattr(self, name, field);
    }
    return value;
  }));
}

}  // namespace llmserve
