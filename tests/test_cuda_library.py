"""A package with CUDA where something that a GPU needs is missing: one sentence says what, and the
CPU engine runs all the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from ctypes.util import find_library
from pathlib import Path

import llmserve
import pytest
from server_process import SERVE, run_to_end

PACKAGE = Path(llmserve.__file__).parent
LIBRARY = PACKAGE / "libllmserve_cuda.so"

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="this build of llmserve has no CUDA")
without_driver = pytest.mark.skipif(
    Path("/dev/nvidiactl").exists(), reason="this machine has a driver"
)

NO_DRIVER = (
    r"device is 'cuda', but this machine has no NVIDIA driver \(libcuda\.so\.1\); "
    r"llmserve needs one for CUDA \d+\.0 or newer"
)


def refusal(model: Path, **environment: str) -> str:
    """What a server says that is asked for a GPU: one line and no traceback."""
    done = run_to_end([*SERVE, str(model), "--device", "cuda"], **environment)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "error" in line]
    prefix = "llmserve: error: the engine could not start: "
    assert line.startswith(prefix)
    return line.removeprefix(prefix)


@without_driver
def test_no_driver(tiny_llama: Path) -> None:
    assert re.fullmatch(NO_DRIVER, refusal(tiny_llama))


def test_driver_that_is_too_old(tiny_llama: Path, tmp_path: Path) -> None:
    source = tmp_path / "driver.cpp"
    source.write_text(
        'extern "C" int cuDriverGetVersion(int* version) { return *version = 12040, 0; }\n'
        'extern "C" int cuInit(unsigned) { return 0; }\n'
    )
    compiler = shutil.which("c++") or pytest.skip("there is no compiler for a driver of our own")
    library = tmp_path / "libcuda.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", source, "-o", library], check=True)
    assert re.fullmatch(
        r"the NVIDIA driver is too old: it is for CUDA 12\.4, and this build of llmserve needs one "
        r"for CUDA \d+\.0 or newer",
        refusal(tiny_llama, LD_LIBRARY_PATH=str(tmp_path)),
    )


def test_no_cublas(tiny_llama: Path, tmp_path: Path) -> None:
    if find_library("cublasLt"):
        pytest.skip("this machine has cuBLAS where every program finds it")
    shutil.copytree(PACKAGE, tmp_path / "llmserve", ignore=shutil.ignore_patterns("__pycache__"))
    library = tmp_path / "llmserve" / LIBRARY.name
    # It looks beside itself and nowhere else: what is left of the path is filled with slashes.
    content, found = re.subn(
        rb"\$ORIGIN:\$ORIGIN/\.\./nvidia/[^\0]*",
        lambda path: b"$ORIGIN".ljust(len(path[0]), b"/"),
        library.read_bytes(),
    )
    assert found == 1
    library.write_bytes(content)
    assert re.fullmatch(
        r"device is 'cuda', but cuBLAS \(libcublasLt\.so\.\d+\) was not found: "
        r"'pip install llmserve\[cuda\]' or a CUDA toolkit brings it",
        refusal(tiny_llama, PYTHONPATH=str(tmp_path), LD_LIBRARY_PATH=""),
    )


@without_driver
def test_the_cpu_serves_beside_it(tiny_llama: Path) -> None:
    script = f"""
from llmserve import LLM, SamplingParams
settings = dict(model={str(tiny_llama)!r}, kv_cache_memory_bytes="24MiB")
for _ in range(2):
    try:
        LLM(**settings, device="cuda")
    except RuntimeError as error:
        print(error)
with LLM(**settings) as llm:
    (output,) = llm.generate("a", SamplingParams(max_tokens=5, ignore_eos=True))
    print(len(output.outputs[0].token_ids))
"""
    done = run_to_end(["-c", script])
    assert done.returncode == 0, done.stderr
    first, second, count = done.stdout.splitlines()
    assert first == second
    assert re.fullmatch(NO_DRIVER, first)
    assert count == "5"
