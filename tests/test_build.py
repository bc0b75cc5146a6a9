"""What CMake refuses, before it compiles anything, with one sentence that says what to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CMAKE = shutil.which("cmake") or pytest.skip("there is no cmake", allow_module_level=True)


def configure(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    parts = [f"-DLLMSERVE_BUILD_{part}=OFF" for part in ("PYTHON", "TESTS", "BENCH")]
    return subprocess.run(
        [CMAKE, "-G", "Ninja", "-S", ROOT, "-B", folder, *parts, "-DLLMSERVE_CUDA=OFF", *options],
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(folder: Path, *options: str) -> str:
    done = configure(folder, *options)
    assert done.returncode != 0
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("flags", ["CMAKE_SHARED_LINKER_FLAGS", "CMAKE_CXX_FLAGS"])
def test_cxx_runtime_in_every_library(tmp_path: Path, flags: str) -> None:
    assert (
        "links the C++ runtime statically into shared libraries; llmserve is several of them and "
        "needs one runtime for all: name another compiler by CXX=..."
    ) in refusal(tmp_path, f"-D{flags}=-static-libstdc++")


def test_same_folder_after_a_refusal(tmp_path: Path) -> None:
    refusal(tmp_path, "-DCMAKE_SHARED_LINKER_FLAGS=-static-libstdc++")
    done = configure(tmp_path, "-DCMAKE_SHARED_LINKER_FLAGS=")
    assert done.returncode == 0, done.stderr


def test_unknown_sanitizer(tmp_path: Path) -> None:
    sentence = "LLMSERVE_SANITIZE is 'adress'; allowed: address, thread or empty"
    assert sentence in refusal(tmp_path, "-DLLMSERVE_SANITIZE=adress")
