"""Checks a wheel as a user meets it: what is inside, and that it works where nothing else lies.

usage: python tests/check_wheel.py PATH.whl. Takes the dependencies from the running environment.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

EXPECTED = ["libllmserve.so", "py.typed", "_core.pyi", "version.py", "server/__main__.py"]
EXPECTED += [f"llmserve_mini/{name}" for name in ("model.safetensors", "tokenizer.json", "LICENSE")]
MAX_IMPORT_SECONDS = 0.3
MAX_MEGABYTES = 40  # without CUDA

# Runs with the unpacked wheel as the only place that has llmserve.
PROBE = """
import sys, time
begin = time.perf_counter()
import llmserve
seconds = time.perf_counter() - begin
from llmserve import _core
folder = sys.argv[1]
assert llmserve.__file__.startswith(folder), llmserve.__file__
assert _core.__file__.startswith(folder), _core.__file__
maps = open("/proc/self/maps").read()
assert folder + "/llmserve/libllmserve.so" in maps, "another libllmserve.so was loaded"
assert _core.version() == llmserve.__version__, (_core.version(), llmserve.__version__)
heavy = {"torch", "transformers"} & set(sys.modules)
assert not heavy, f"import llmserve brought {heavy}"
print(seconds)
"""


def import_seconds(folder: str) -> float:
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, folder],
        env={"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if probe.returncode:
        sys.exit(probe.stderr)
    return float(probe.stdout)


def main() -> None:
    path = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = str(Path(temporary).resolve())
        with zipfile.ZipFile(path) as wheel:
            names = set(wheel.namelist())
            wheel.extractall(folder)
        missing = [name for name in EXPECTED if f"llmserve/{name}" not in names]
        assert not missing, f"{path.name} lacks {missing}"
        megabytes = path.stat().st_size / 1e6
        with_cuda = "llmserve/libllmserve_cuda.so" in names
        assert with_cuda or megabytes < MAX_MEGABYTES, f"{path.name} has {megabytes:.1f} MB"
        assert any(name.startswith("llmserve/_core.") for name in names), "no binding in the wheel"
        assert any(name.endswith("licenses/LICENSE") for name in names), "no licence in the wheel"
        # The best of three: the first one reads the files from disk and compiles the sources.
        seconds = min(import_seconds(folder) for _ in range(3))
    assert seconds < MAX_IMPORT_SECONDS, f"import llmserve took {seconds:.2f} s"
    size = f"{len(names)} files, {megabytes:.1f} MB"
    print(f"check_wheel: {path.name}: {size}, imports in {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main()
