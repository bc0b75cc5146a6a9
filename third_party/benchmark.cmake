# Google Benchmark, for bench/bench_*.cpp: Debian's libbenchmark-dev, or any installed package.
find_package(benchmark 1.6 QUIET)
if(NOT benchmark_FOUND)
  message(FATAL_ERROR "Google Benchmark 1.6 or newer was not found: run 'apt-get install "
    "libbenchmark-dev', or leave the C++ benchmarks out by -DLLMSERVE_BUILD_BENCH=OFF.")
endif()
