#!/usr/bin/env bash
# What no Python package brings: a C++ compiler, Python's headers and venv, and for "test" the C++
# test libraries, a browser, Prometheus and the clients that are no Python packages. Installs what is
# missing with apt-get where that is allowed; else says what it is.
set -euo pipefail

purpose=${1:?"usage: system_packages.sh build|test"}
python=${PYTHON:-python3}
missing=()

need() {  # need PACKAGE COMMAND...: the package is missing unless the command succeeds
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

compiles() { echo "#include <$1>" | "${CXX:-g++}" -E -x c++ -std=c++20 - ; }
has_headers() { "$python" -c 'import os, sysconfig
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))'; }
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_prometheus() { command -v prometheus && command -v promtool; }

if ! "$python" -c 'import sys; assert sys.version_info >= (3, 10)' 2>/dev/null; then
  echo "llmserve needs Python 3.10 or newer, but '$python' is not: name one by PYTHON=..." >&2
  exit 1
fi
need g++ compiles concepts
need python3-venv "$python" -c 'import ensurepip, venv'
need python3-dev has_headers
if [ "$purpose" = test ]; then
  need libgtest-dev compiles gtest/gtest.h
  need libbenchmark-dev compiles benchmark/benchmark.h
  need curl curl --version
  need nodejs node --version
  need npm npm --version
  need chromium has_browser
  need prometheus has_prometheus
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo)
else
  echo "Please install these first (names as on Debian): ${missing[*]}" >&2
  exit 1
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
if [[ " ${missing[*]} " == *" prometheus "* ]] && [ -d /run/systemd/system ]; then
  # Debian starts it as a service; the tests start their own and nobody asked for another.
  "${as_root[@]}" systemctl disable --now --quiet prometheus
fi
