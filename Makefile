# make serve: from a fresh clone to a server. make test: all that CI runs. Both set up what they need
# (a virtual environment in .venv, everything else under build/) and are quick when it is there.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1
# What to serve: a folder or a name on the Hugging Face hub; by default the small chat model that is
# part of llmserve.
MODEL ?= llmserve-mini
# Where everything is built. The package and its C++ tests share a folder, so that nothing is
# compiled twice.
BUILD ?= build
# The CUDA backend: ON, OFF, or AUTO: where nvcc and cuBLAS are found.
LLMSERVE_CUDA ?= AUTO
export BUILD PYTHON LLMSERVE_CUDA
export LLMSERVE_BUILD_DIR := $(BUILD)/release

bin := $(VENV)/bin
in_venv := PATH="$(abspath $(bin)):$$PATH"
pip := $(bin)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
with_tests := CMAKE_ARGS="-DLLMSERVE_BUILD_TESTS=ON -DLLMSERVE_BUILD_BENCH=ON $(CMAKE_ARGS)"

# cuBLAS, half a gigabyte, is installed for ON, and for `make test` wherever nvcc is found, as the tests
# compile all that they can. torch may have brought it too.
nvcc := $(or $(CUDACXX),$(shell command -v nvcc),$(wildcard /usr/local/cuda/bin/nvcc))
tests_cuda := $(if $(filter AUTO,$(LLMSERVE_CUDA)),$(if $(nvcc),ON,OFF),$(LLMSERVE_CUDA))
cublas_if = $(if $(filter ON,$(1)),$(VENV)/.cublas)

.PHONY: serve test bench wheel lint format native clean
.DEFAULT_GOAL := native

# The environment: what the build and the package need, then the package itself, editable; its native
# part comes with `native`.
editable = LLMSERVE_SKIP_NATIVE=1 $(pip) --no-build-isolation -e
$(VENV)/.runtime: pyproject.toml constraints.txt
	@third_party/system_packages.sh build
	test -x $(bin)/python || $(PYTHON) -m venv $(VENV)
	$(pip) setuptools pybind11 cmake ninja
	$(editable) .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@third_party/system_packages.sh test
	$(editable) ".[dev]"
	@touch $@

# The clients that tests/clients tries the server with: pip's and npm's.
$(VENV)/.clients: $(VENV)/.dev
	$(editable) ".[clients]"
	@touch $@

node := tests/clients/node
$(node)/node_modules/.package-lock.json: $(node)/package.json $(node)/package-lock.json | $(VENV)/.dev
	npm ci --prefix $(node) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/.cublas: $(VENV)/.runtime
	$(editable) ".[cuda]"
	@touch $@

# The native libraries, into python/llmserve: compiles what changed.
native: $(VENV)/.runtime $(call cublas_if,$(LLMSERVE_CUDA))
	@$(in_venv) $(bin)/python setup.py --quiet build_ext --inplace

serve: native
	exec $(bin)/python -m llmserve.server --model $(MODEL) --host $(HOST) --port $(PORT) $(ARGS)

test: $(VENV)/.clients $(node)/node_modules/.package-lock.json $(call cublas_if,$(tests_cuda))
	LLMSERVE_CUDA=$(tests_cuda) $(in_venv) tests/run_all.sh

lint: $(VENV)/.dev
	$(in_venv) tests/run_all.sh lint

format: $(VENV)/.dev
	$(bin)/ruff format .
	$(bin)/ruff check --fix .
	git ls-files '*.h' '*.cpp' '*.cu' '*.cuh' | xargs $(bin)/clang-format -i

bench: $(VENV)/.dev $(call cublas_if,$(LLMSERVE_CUDA))
	@$(in_venv) $(with_tests) $(bin)/python setup.py --quiet build_ext --inplace
	@for program in $(LLMSERVE_BUILD_DIR)/bench/bench_*; do \
	  case $$program in */bench_engine) continue ;; esac; \
	  if [ -f "$$program" ] && [ -x "$$program" ]; then echo "== $$program" && "$$program" $(ARGS) || exit 1; fi; done

# A wheel for this machine's Linux and Python, in dist/. build/lib is emptied first: setuptools would
# pack what an earlier build left in it.
wheel: $(VENV)/.runtime $(call cublas_if,$(LLMSERVE_CUDA))
	rm -rf build/lib* build/bdist*
	$(in_venv) $(bin)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist .

clean:
	rm -rf build dist .venv $(node)/node_modules python/*.egg-info python/llmserve/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
