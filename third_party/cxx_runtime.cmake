# The C++ runtime, which must be a shared library: what one of our libraries throws another catches,
# and a copy of the runtime in each of them crashes on that. Some toolchains link it statically.
set(cxx_linked_by "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_FLAGS} ${CMAKE_SHARED_LINKER_FLAGS}")
if(NOT LLMSERVE_SHARED_CXX_RUNTIME STREQUAL cxx_linked_by)
  set(probe "${CMAKE_BINARY_DIR}/CMakeFiles/cxx_runtime")
  file(WRITE "${probe}.cpp" "void fail(int status) { throw status; }\n")
  separate_arguments(shared_flags NATIVE_COMMAND "${CMAKE_SHARED_LINKER_FLAGS}")
  try_compile(cxx_links "${probe}" SOURCES "${probe}.cpp" COMPILE_DEFINITIONS -fPIC
    LINK_OPTIONS -shared ${shared_flags} COPY_FILE "${probe}.so" OUTPUT_VARIABLE output)
  if(NOT cxx_links)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} does not link a shared library:\n${output}")
  endif()
  file(STRINGS "${probe}.so" runtime REGEX "^lib(std)?c\\+\\+\\.so")
  if(NOT runtime)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} links the C++ runtime statically into shared "
      "libraries; llmserve is several of them and needs one runtime for all: name another compiler "
      "by CXX=..., such as the system's g++, or leave out -static-libstdc++.")
  endif()
  set(LLMSERVE_SHARED_CXX_RUNTIME "${cxx_linked_by}" CACHE INTERNAL "linked by this")
endif()
