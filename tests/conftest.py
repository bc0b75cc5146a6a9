"""Fixtures shared by all tests: tiny checkpoints, made once per session, and the devices."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from checkpoints import make_checkpoint


@pytest.fixture(scope="session")
def checkpoint_factory(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """make(family="llama", **options) -> folder; arguments of checkpoints.make_checkpoint.

    Equal arguments give the same folder, so tests must not change it.
    """
    made: dict[str, Path] = {}

    def make(family: str = "llama", **options: Any) -> Path:
        key = repr((family, sorted(options.items())))
        if key not in made:
            made[key] = make_checkpoint(tmp_path_factory.mktemp(family), family, **options)
        return made[key]

    return make


@pytest.fixture(scope="session")
def tiny_llama(checkpoint_factory: Callable[..., Path]) -> Path:
    """A three-layer Llama, float32, one safetensors file, untied head."""
    return checkpoint_factory("llama")


def _has_cuda() -> bool:
    # The CUDA library is a file of its own beside the binding, present in builds that have it.
    package = find_spec("llmserve")
    folders = (package.submodule_search_locations or []) if package else []
    return Path("/dev/nvidiactl").exists() and any(
        (Path(folder) / "libllmserve_cuda.so").exists() for folder in folders
    )


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each device the engine can run on; a test that takes it runs once per device."""
    if request.param == "cuda" and not _has_cuda():
        pytest.skip("this build of llmserve has no CUDA library, or the machine no NVIDIA GPU")
    yield request.param
