// The submodule `ops`: OpBackend and what feeds it.
#include "bindings/op_backend.h"
#include "spec/rope.h"

namespace py = pybind11;

namespace llmserve {
namespace {

py::dict describe_rope_table(const RopeSpec& spec, int32_t max_model_len) {
  const RopeTable table = make_rope_table(spec, max_model_len);
  py::dict result;
  result["inv_freq"] = table.inv_freq;
  result["scale"] = table.scale;
  result["dynamic_start"] = table.dynamic_start;
  result["theta"] = table.theta;
  result["factor"] = table.factor;
  return result;
}

}  // namespace

void bind_ops(py::module_& m) {
  py::module_ ops = m.def_submodule("ops", "Single ops of a backend on numpy arrays, for tests.");
  ops.def("make_rope_table", &describe_rope_table, py::arg("spec"), py::arg("max_model_len"));
  py::class_<OpBackend>(ops, "OpBackend")
      .def(py::init<const std::string&, int, const py::kwargs&>(), py::arg("device"),
           py::arg("num_threads"))
      .def_property_readonly("name", &OpBackend::name)
      .def("activation_dtype", &OpBackend::activation_dtype, py::arg("dtype"))
      .def("linear", &OpBackend::linear, py::arg("x"), py::arg("weight"))
      .def("embedding", &OpBackend::embedding, py::arg("table"), py::arg("ids"))
      .def("rms_norm", &OpBackend::rms_norm, py::arg("x"), py::arg("weight"))
      .def("rope_table", &OpBackend::rope_table, py::arg("table"), py::arg("positions"))
      .def("rope_and_cache", &OpBackend::rope_and_cache, py::arg("qkv"))
      .def("attention", &OpBackend::attention, py::arg("qkv"))
      .def("gather_rows", &OpBackend::gather_rows, py::arg("x"), py::arg("indices"))
      .def("copy_pages", &OpBackend::copy_pages, py::arg("k_pages"), py::arg("v_pages"),
           py::arg("copies"))
      .def("prepare", &OpBackend::prepare, py::arg("rows"), py::arg("pages"), py::arg("tokens"))
      .def("init_slot", &OpBackend::init_slot, py::arg("slot"), py::arg("params"))
      .def("last_tokens", &OpBackend::last_tokens)
      .def("sample", &OpBackend::sample, py::arg("logits"), py::arg("rows"))
      .def("score", &OpBackend::score, py::arg("logits"), py::arg("rows"));
}

}  // namespace llmserve
