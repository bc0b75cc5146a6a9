// Python's view of cpp/text: TokenTable, Detokenizer, StopMatcher, as _core.pyi has them. Text
// crosses as finished str, so nothing here knows about half characters.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/detokenizer.h"
#include "text/stop_matcher.h"
#include "text/token_table.h"

namespace py = pybind11;

namespace llmserve {

namespace {

// The list keeps the bytes objects alive while the table copies them.
std::shared_ptr<TokenTable> make_token_table(const py::sequence& pieces,
                                             const std::vector<int32_t>& special,
                                             bool strip_leading_space) {
  const py::list items(pieces);
  std::vector<std::string_view> views;
  views.reserve(items.size());
  for (const py::handle item : items) {
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(item.ptr(), &data, &size) != 0) throw py::error_already_set();
    views.emplace_back(data, static_cast<size_t>(size));
  }
  return std::make_shared<TokenTable>(views, special, strip_leading_space);
}

// The matcher with the strings it reports.
class PyStopMatcher {
 public:
  PyStopMatcher(std::vector<std::string> stop, bool include_stop)
      : stops_(std::make_shared<const StopSet>(std::move(stop))), matcher_(stops_, include_stop) {}

  std::pair<std::string, std::optional<std::string>> push(std::string_view text) {
    std::string shown;
    const int met = matcher_.push(text, true, shown);
    if (met < 0) return {std::move(shown), std::nullopt};
    return {std::move(shown), stops_->string(met)};
  }

  std::string finish() {
    std::string shown;
    matcher_.finish(shown);
    return shown;
  }

 private:
  std::shared_ptr<const StopSet> stops_;
  StopMatcher matcher_;
};

}  // namespace

void bind_text(py::module_& m) {
  py::class_<TokenTable, std::shared_ptr<TokenTable>>(m, "TokenTable")
      .def(py::init(&make_token_table), py::arg("pieces"), py::arg("special"),
           py::arg("strip_leading_space"));

  py::class_<Detokenizer>(m, "Detokenizer")
      .def(py::init([](std::shared_ptr<TokenTable> table, const std::vector<int32_t>& context,
                       bool skip_special_tokens) {
             return Detokenizer(std::move(table), context, skip_special_tokens);
           }),
           py::arg("table").none(false), py::arg("context"), py::arg("skip_special_tokens") = true)
      .def(
          "push",
          [](Detokenizer& self, const std::vector<int32_t>& token_ids) {
            std::string text;
            for (const int32_t token : token_ids) self.push(token, text);
            return text;
          },
          py::arg("token_ids"))
      .def("finish", [](Detokenizer& self) {
        std::string text;
        self.finish(text);
        return text;
      });

  py::class_<PyStopMatcher>(m, "StopMatcher")
      .def(py::init<std::vector<std::string>, bool>(), py::arg("stop"),
           py::arg("include_stop_str_in_output") = false)
      .def("push", &PyStopMatcher::push, py::arg("text"))
      .def("finish", &PyStopMatcher::finish);
}

}  // namespace llmserve
