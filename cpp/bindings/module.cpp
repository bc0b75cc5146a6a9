// The module _core. Its types are described, for Python readers, in python/llmserve/_core.pyi.
#include "bindings/bindings.h"

namespace py = pybind11;

namespace llmserve {
namespace {

PyObject* exception_type(ErrorKind kind, PyObject* queue_full, PyObject* engine_dead) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
      return PyExc_ValueError;
    case ErrorKind::kUnsupported:
      return PyExc_NotImplementedError;
    case ErrorKind::kOutOfMemory:
      return PyExc_MemoryError;
    case ErrorKind::kOverloaded:
      return queue_full;
    case ErrorKind::kUnavailable:
      return engine_dead;
    case ErrorKind::kInternal:
      break;
  }
  return PyExc_RuntimeError;
}

}  // namespace

void bind_errors(py::module_& m) {
  static PyObject* queue_full = nullptr;
  static PyObject* engine_dead = nullptr;
  queue_full = py::exception<Error>(m, "QueueFullError", PyExc_RuntimeError).release().ptr();
  engine_dead = py::exception<Error>(m, "EngineDeadError", PyExc_RuntimeError).release().ptr();
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      PyErr_SetString(exception_type(error.kind(), queue_full, engine_dead), error.what());
    }
  });
}

}  // namespace llmserve

PYBIND11_MODULE(_core, m) {
  m.doc() = "The native core of llmserve.";
  m.def("version", [] { return LLMSERVE_VERSION; });
  llmserve::bind_errors(m);
  llmserve::bind_spec(m);
  llmserve::bind_text(m);
  llmserve::bind_engine(m);
  llmserve::bind_ops(m);
}
