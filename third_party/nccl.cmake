# NCCL, for several GPUs: only asked for at run time, by name, so that nothing of it is needed here.
# Where pip puts it beside the package, and where it is now, joins the places that the CUDA backend
# looks in (after third_party/cuda.cmake; the target exists).
set(nccl_rpath "$ORIGIN/../nvidia/nccl/lib")
set_property(TARGET llmserve_cuda APPEND PROPERTY BUILD_RPATH "${nccl_rpath}")
set_property(TARGET llmserve_cuda APPEND PROPERTY INSTALL_RPATH "${nccl_rpath}")
foreach(folder ${pip_folders})
  if(EXISTS "${folder}/nccl/lib/libnccl.so.2")
    set_property(TARGET llmserve_cuda APPEND PROPERTY BUILD_RPATH "${folder}/nccl/lib")
    if(NOT LLMSERVE_RELOCATABLE)
      set_property(TARGET llmserve_cuda APPEND PROPERTY INSTALL_RPATH "${folder}/nccl/lib")
    endif()
  endif()
endforeach()
