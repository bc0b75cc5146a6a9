"""Builds the native libraries with CMake and Ninja and puts them into the package.

All that is known of the project stands in pyproject.toml. The environment may bring:
LLMSERVE_SKIP_NATIVE=1, for the Python files alone (`setup.py build_ext --inplace` adds the rest);
LLMSERVE_BUILD_DIR, where CMake builds (default: build/ plus the interpreter's tag; kept, so that a
second build compiles only what changed); LLMSERVE_CUDA and LLMSERVE_CUDA_ARCHS, CMake's options of
the same name; CMAKE_ARGS, further arguments of its configure step; CMAKE_BUILD_PARALLEL_LEVEL,
compilers at once (default: one per CPU that this process may use).
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent.resolve()


def find_tool(name: str) -> str:
    """The path of a program of the build; one sentence where it is missing."""
    path = shutil.which(name)
    if path is None:
        sys.exit(f"{name} was not found: install it, for example by 'pip install {name}'.")
    return path


def option(name: str) -> str:
    """The argument for an option of CMake that the environment may set; if not, its default."""
    value = os.environ.get(name)
    return f"-D{name}={value}" if value else f"-U{name}"


def run_tool(*command: str) -> None:
    """Runs a step of the build; its own output says why where it fails."""
    if subprocess.run(command).returncode:
        sys.exit(f"The native build failed in: {shlex.join(command)}")


class CMakeBuild(build_ext):
    """Makes the binding and, beside it, the core's libraries with one run of CMake."""

    def run(self) -> None:
        self.into_source = bool(self.inplace)  # which the base class hides while it builds
        super().run()

    def copy_extensions_to_source(self) -> None:
        """Nothing to do: build_extension() puts the libraries where they belong."""

    def build_extension(self, ext: Extension) -> None:
        package_dir = Path(self.get_ext_fullpath(ext.name)).parent.resolve()
        if self.into_source:
            package_dir = ROOT / "python" / "llmserve"
        tag = sys.implementation.cache_tag
        build_dir = ROOT / os.environ.get("LLMSERVE_BUILD_DIR", f"build/{tag}")
        cmake = find_tool("cmake")
        # Everything whose place may move between two builds in the same folder (pip isolates each
        # build in an environment of its own) is given anew, so that no stale path is kept.
        run_tool(
            *(cmake, "-S", str(ROOT), "-B", str(build_dir), "-G", "Ninja"),
            "--log-level=NOTICE",
            f"-DCMAKE_MAKE_PROGRAM={find_tool('ninja')}",
            f"-DPython_EXECUTABLE={sys.executable}",
            "-DCMAKE_BUILD_TYPE=Release",
            "-DLLMSERVE_BUILD_PYTHON=ON",
            "-DLLMSERVE_BUILD_TESTS=OFF",
            "-DLLMSERVE_BUILD_BENCH=OFF",
            f"-DLLMSERVE_RELOCATABLE={'OFF' if self.into_source else 'ON'}",
            option("LLMSERVE_CUDA"),
            option("LLMSERVE_CUDA_ARCHS"),
            *shlex.split(os.environ.get("CMAKE_ARGS", "")),
        )
        jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or str(len(os.sched_getaffinity(0)))
        run_tool(cmake, "--build", str(build_dir), "--parallel", jobs)
        package_dir.mkdir(parents=True, exist_ok=True)
        # A wheel carries no symbols that only a debugger reads; an editable install keeps them.
        strip = [] if self.into_source else ["--strip"]
        run_tool(cmake, "--install", str(build_dir), "--prefix", str(package_dir), *strip)


skip_native = os.environ.get("LLMSERVE_SKIP_NATIVE") == "1"
setup(
    ext_modules=[] if skip_native else [Extension("llmserve._core", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
)
