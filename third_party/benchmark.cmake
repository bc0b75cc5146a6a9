# Google Benchmark, for bench/bench_*.cpp: Debian's libbenchmark-dev, or any installed package.
find_package(benchmark REQUIRED)
