// Command lines of the benchmark programs: "--name value" or "--name=value", each flag bound to a
// field of the program's settings.
#pragma once

#include <algorithm>
#include <charconv>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace llmserve {

struct Flag {
  std::string name;
  std::string help;
  std::function<void(const std::string&)> read;
};

template <typename T>
T parse_number(const std::string& flag, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(error == std::errc() && end == text.data() + text.size(), flag, " is '", text,
          "'; it must be a number");
  return value;
}

template <typename T>
Flag number_flag(const std::string& name, const std::string& help, T& field) {
  return {name, help,
          [name, &field](const std::string& text) { field = parse_number<T>(name, text); }};
}

inline Flag text_flag(const std::string& name, const std::string& help, std::string& field) {
  return {name, help, [&field](const std::string& text) { field = text; }};
}

inline Flag bool_flag(const std::string& name, const std::string& help, bool& field) {
  return {name, help + ": 0 or 1", [name, &field](const std::string& text) {
            require(text == "0" || text == "1", name, " is '", text, "'; allowed: 0, 1");
            field = text == "1";
          }};
}

// A list with commas. Empty: none.
inline Flag list_flag(const std::string& name, const std::string& help,
                      std::vector<std::string>& field) {
  return {name, help, [&field](const std::string& text) {
            field.clear();
            std::istringstream items(text);
            for (std::string item; std::getline(items, item, ',');) field.push_back(item);
          }};
}

// False: help was asked for, and given.
inline bool parse_flags(const std::vector<std::string>& arguments, const std::vector<Flag>& flags) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") {
      for (const Flag& flag : flags) std::cout << flag.name << "  " << flag.help << '\n';
      return false;
    }
    const size_t equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    const auto found = std::find_if(flags.begin(), flags.end(),
                                    [&](const Flag& flag) { return flag.name == name; });
    require(found != flags.end(), "there is no flag ", name, "; see --help");
    if (equals != std::string::npos) {
      found->read(arguments[i].substr(equals + 1));
    } else {
      require(++i < arguments.size(), name, " needs a value");
      found->read(arguments[i]);
    }
  }
  return true;
}

}  // namespace llmserve
