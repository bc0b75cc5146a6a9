# GoogleTest, the tests of state and threads: Debian's libgtest-dev, or any installed package.
find_package(GTest 1.11 QUIET)
if(NOT GTest_FOUND)
  message(FATAL_ERROR "GoogleTest 1.11 or newer was not found: run 'apt-get install libgtest-dev', "
    "or leave the C++ tests out by -DLLMSERVE_BUILD_TESTS=OFF.")
endif()
