"""Checks a wheel as a user meets it: what is inside, and that it works where nothing else lies.

usage: python tests/check_wheel.py PATH.whl. Takes the dependencies from the running environment.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path

EXPECTED = ["libllmserve.so", "py.typed", "_core.pyi", "version.py", "server/__main__.py"]
EXPECTED += ["server/ui/index.html"]
EXPECTED += [f"llmserve_mini/{name}" for name in ("model.safetensors", "tokenizer.json", "LICENSE")]
CUDA_LIBRARY = "libllmserve_cuda.so"
LIBRARIES = re.compile(r"llmserve/(libllmserve(_cuda)?|_core\.[-\w]+)\.so")
MAX_IMPORT_SECONDS = 0.3
MAX_MEGABYTES = 20  # of which the default model is 12
MAX_MEGABYTES_WITH_CUDA = 40

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


# Likewise: what making a GPU's backend says, which may well work.
CUDA_PROBE = """
from llmserve import _core
try:
    print(_core.ops.OpBackend("cuda", 1).name)
except RuntimeError as error:
    print(error)
"""


def probe(code: str, folder: str) -> str:
    """What the code prints where the folder is the only one that has llmserve."""
    done = subprocess.run(
        [sys.executable, "-c", code, folder],
        env={"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def check_cuda(folder: str) -> None:
    """cuBLAS is looked for beside the package, as pip puts it, and nowhere on the build machine."""
    library = Path(folder, "llmserve", CUDA_LIBRARY)
    dynamic = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True)
    (path,) = re.findall(r"\(RUNPATH\).*\[(.*)\]", dynamic.stdout)
    places = path.split(":")
    assert all(place.startswith("$ORIGIN") for place in places), f"{CUDA_LIBRARY} looks in {path}"
    if find_library("cublasLt") is None:
        said = probe(CUDA_PROBE, folder)
        assert "cuBLAS" in said and "llmserve[cuda]" in said, said
    nvidia = find_spec("nvidia")
    if nvidia is not None and nvidia.submodule_search_locations:
        Path(folder, "nvidia").symlink_to(nvidia.submodule_search_locations[0])
        said = probe(CUDA_PROBE, folder)
        assert "cuBLAS" not in said and "loaded" not in said, said


def main() -> None:
    path = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = str(Path(temporary).resolve())
        with zipfile.ZipFile(path) as wheel:
            names = set(wheel.namelist())
            wheel.extractall(folder)
        missing = [name for name in EXPECTED if f"llmserve/{name}" not in names]
        assert not missing, f"{path.name} lacks {missing}"
        foreign = [name for name in names if ".so" in name and not LIBRARIES.fullmatch(name)]
        assert not foreign, f"{path.name} has {foreign}"
        with_cuda = f"llmserve/{CUDA_LIBRARY}" in names
        megabytes = path.stat().st_size / 1e6
        limit = MAX_MEGABYTES_WITH_CUDA if with_cuda else MAX_MEGABYTES
        assert megabytes < limit, f"{path.name} has {megabytes:.1f} MB; at most {limit}"
        assert any(name.startswith("llmserve/_core.") for name in names), "no binding in the wheel"
        assert any(name.endswith("licenses/LICENSE") for name in names), "no licence in the wheel"
        # The best of three: the first one reads the files from disk and compiles the sources.
        seconds = min(float(probe(PROBE, folder)) for _ in range(3))
        if with_cuda:
            check_cuda(folder)
    assert seconds < MAX_IMPORT_SECONDS, f"import llmserve took {seconds:.2f} s"
    size = f"{len(names)} files, {megabytes:.1f} MB{', with CUDA' if with_cuda else ''}"
    print(f"check_wheel: {path.name}: {size}, imports in {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main()
