#!/usr/bin/env bash
# Everything that must hold, cheapest first; stops at the first failure and ends with a table of
# times. Expects an environment made by the Makefile (`make test`, `make lint`) and its PATH.
# usage: run_all.sh [lint]
set -euo pipefail
cd "$(dirname "$0")/.."

python=$(command -v python)
jobs=$(nproc)
build=${BUILD:-build}
export LLMSERVE_BUILD_DIR="$build/release"
times=()

stage() {  # stage NAME COMMAND...
  local name=$1 begin=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@" || { printf '\nFAILED: %s, after %d s\n' "$name" $((SECONDS - begin)); exit 1; }
  times+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
}

finish() {
  printf '\nAll stages passed:\n'
  printf '%s\n' "${times[@]}"
  printf '%5d s  in all\n' "$SECONDS"
}

cpp_format() {
  git ls-files -z '*.h' '*.cpp' '*.cu' '*.cuh' | xargs -0 clang-format --dry-run -Werror
}

native_build() {  # the package's libraries, with the C++ tests and benchmarks beside them
  CMAKE_ARGS="-DLLMSERVE_BUILD_TESTS=ON -DLLMSERVE_BUILD_BENCH=ON ${CMAKE_ARGS:-}" \
    python setup.py --quiet build_ext --inplace
}

sanitizer_build() {  # sanitizer_build NAME: the core and its C++ tests alone, without CUDA
  cmake -S . -B "$build/$1" -G Ninja --log-level=WARNING -DLLMSERVE_SANITIZE="$1" \
    -DPython_EXECUTABLE="$python" -DLLMSERVE_BUILD_PYTHON=OFF -DLLMSERVE_BUILD_BENCH=OFF
  cmake --build "$build/$1" --parallel "$jobs"
}

cpp_tests() {  # cpp_tests BUILD_FOLDER; only failures and the closing lines are shown
  ctest --test-dir "$1" --parallel "$jobs" --output-on-failure --no-tests=error |
    grep -vE '^ *Start +[0-9]+:| Passed |\*\*\*Skipped '
}

wheel() {  # in the folder of the native build, so that nothing is compiled again
  rm -rf build/lib* build/bdist* "$build/wheel"
  python -m pip wheel --quiet --no-deps --no-build-isolation -w "$build/wheel" .
  python tests/check_wheel.py "$build"/wheel/*.whl
}

stage "source rules" python tests/check_rules.py
stage "ruff" ruff check .
stage "ruff format" ruff format --check .
stage "clang-format" cpp_format
stage "mypy" mypy
if [ "${1:-}" = lint ]; then
  finish
  exit 0
fi
stage "native build" native_build
stage "C++ tests" cpp_tests "$build/release"
stage "Python tests" python -m pytest -q
stage "wheel" wheel
for sanitizer in address thread; do
  stage "$sanitizer sanitizer: build" sanitizer_build "$sanitizer"
  stage "$sanitizer sanitizer: C++ tests" cpp_tests "$build/$sanitizer"
done
finish
