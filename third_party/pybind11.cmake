# pybind11, for cpp/bindings: the package of the Python that builds.
execute_process(COMMAND ${Python_EXECUTABLE} -m pybind11 --cmakedir
  OUTPUT_VARIABLE pybind11_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE pybind11_missing ERROR_QUIET)
if(pybind11_missing)
  message(FATAL_ERROR "pybind11 was not found: run '${Python_EXECUTABLE} -m pip install pybind11', "
    "or leave the binding out by -DLLMSERVE_BUILD_PYTHON=OFF.")
endif()
find_package(pybind11 2.13 CONFIG REQUIRED)
