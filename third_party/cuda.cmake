# CUDA, for cuda/: nvcc with its runtime and headers, and cuBLASLt, each from an installed toolkit or
# from the packages that pip brings (nvidia-cuda-nvcc, -runtime, -cccl, nvidia-cublas). The runtime is
# linked statically. Gives cuda_libraries, cuda_pip_folder and cublas_folder; where something is
# missing, turns with_cuda off if that is AUTO.
macro(llmserve_no_cuda why)
  if(NOT with_cuda STREQUAL "AUTO")
    message(FATAL_ERROR "${why}; leave the CUDA backend out by LLMSERVE_CUDA=OFF.")
  endif()
  if(LLMSERVE_NVCC OR DEFINED ENV{CUDACXX})  # so that someone may expect it
    message(NOTICE "${why}: the CUDA backend is left out (LLMSERVE_CUDA=OFF: without a word).")
  endif()
  set(with_cuda OFF)
  return()
endmacro()

# pip's packages share one folder for each major version of CUDA. A build that pip isolates does not
# see the packages of the environment that it is for, but knows where they lie.
find_package(Python 3.10 QUIET COMPONENTS Interpreter)
execute_process(COMMAND "${Python_EXECUTABLE}" -c "
import importlib.util, sysconfig
package = importlib.util.find_spec('nvidia')
found = list(package.submodule_search_locations) if package else []
print(*dict.fromkeys([*found, sysconfig.get_path('platlib') + '/nvidia']), sep=';')"
  OUTPUT_VARIABLE pip_folders OUTPUT_STRIP_TRAILING_WHITESPACE)
list(TRANSFORM pip_folders APPEND "/cu[0-9][0-9]" OUTPUT_VARIABLE pip_patterns)
file(GLOB pip_roots ${pip_patterns})
list(TRANSFORM pip_roots APPEND "/lib" OUTPUT_VARIABLE pip_libs)

# What an earlier run did not find, or what has gone since, is looked for again.
foreach(found CMAKE_CUDA_COMPILER LLMSERVE_NVCC)
  if(NOT EXISTS "${${found}}")
    unset(${found} CACHE)
  endif()
endforeach()

if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  find_program(LLMSERVE_NVCC nvcc PATHS /usr/local/cuda/bin ${pip_roots} PATH_SUFFIXES bin)
  if(NOT LLMSERVE_NVCC)
    llmserve_no_cuda("nvcc was not found")
  endif()
  set(ENV{CUDACXX} "${LLMSERVE_NVCC}")
endif()
# nvcc looks for its libraries in lib64, but pip's packages have them in lib; the linker's own list
# of folders is asked by CMake's checks and kept for the build.
string(REPLACE ";" ":" search_path "${pip_libs}")
set(ENV{LIBRARY_PATH} "$ENV{LIBRARY_PATH}:${search_path}")
set(CMAKE_CUDA_ARCHITECTURES 80)  # of the compiler check alone
if(NOT CMAKE_CUDA_HOST_COMPILER)
  set(CMAKE_CUDA_HOST_COMPILER "${CMAKE_CXX_COMPILER}")
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  llmserve_no_cuda("nvcc does not work here")
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # which older CMakes do not know
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
endif()
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 13.0)
  llmserve_no_cuda("nvcc is of CUDA ${CMAKE_CUDA_COMPILER_VERSION}, older than 13.0")
endif()
string(REGEX MATCH "^[0-9]+" cuda_major "${CMAKE_CUDA_COMPILER_VERSION}")
set(cuda_pip_folder "cu${cuda_major}")

set(cuda_folders ${CMAKE_CUDA_IMPLICIT_LINK_DIRECTORIES} ${pip_libs})
find_file(LLMSERVE_CUBLASLT NAMES libcublasLt.so.${cuda_major} libcublasLt.so HINTS ${cuda_folders}
  NO_CACHE)
find_path(LLMSERVE_CUBLAS_INCLUDE cublasLt.h
  HINTS ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} ${pip_roots} PATH_SUFFIXES include NO_CACHE)
if(NOT LLMSERVE_CUBLASLT OR NOT LLMSERVE_CUBLAS_INCLUDE)
  llmserve_no_cuda("cuBLAS ${cuda_major} was not found, which pip's nvidia-cublas brings")
endif()
get_filename_component(cublas_folder "${LLMSERVE_CUBLASLT}" DIRECTORY)

add_library(cuda_libraries INTERFACE)
target_include_directories(cuda_libraries SYSTEM INTERFACE
  ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} ${LLMSERVE_CUBLAS_INCLUDE})
target_link_libraries(cuda_libraries INTERFACE ${LLMSERVE_CUBLASLT})
# The runtime is ours alone: another one in the same process must not be taken for it.
target_link_options(cuda_libraries INTERFACE "LINKER:--exclude-libs,ALL")
foreach(arch ${LLMSERVE_CUDA_ARCHS})
  if(NOT arch MATCHES "^([0-9]+[a-z]?)-(real|virtual)$")
    message(FATAL_ERROR "LLMSERVE_CUDA_ARCHS has '${arch}'; allowed: such as 90a-real, 90-virtual")
  endif()
  set(code "sm_${CMAKE_MATCH_1}")
  if(CMAKE_MATCH_2 STREQUAL "virtual")
    set(code "compute_${CMAKE_MATCH_1}")
  endif()
  target_compile_options(cuda_libraries INTERFACE
    "$<$<COMPILE_LANGUAGE:CUDA>:-gencode=arch=compute_${CMAKE_MATCH_1},code=${code}>")
endforeach()
# Hopper's own kernels need the whole instruction set of sm_90a, which only its machine code has.
if("90a-real" IN_LIST LLMSERVE_CUDA_ARCHS)
  target_compile_definitions(cuda_libraries INTERFACE LLMSERVE_HAS_SM90A)
endif()
message(NOTICE "The CUDA backend is built: nvcc ${CMAKE_CUDA_COMPILER_VERSION}, cuBLAS of "
  "${cublas_folder}, for ${LLMSERVE_CUDA_ARCHS} (LLMSERVE_CUDA=OFF leaves it out).")
