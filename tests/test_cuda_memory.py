"""LLM on a GPU gives all device memory back when it is closed."""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from llmserve import LLM, SamplingParams

KV_BYTES = 256 << 20
LIVES = 20


class DeviceMemory:
    """Free bytes of GPU 0, asked of the driver. Holds a reference to the context that this process
    has on it, so that the context's own memory is taken before the first look and stays."""

    def __init__(self) -> None:
        self._driver = ctypes.CDLL("libcuda.so.1")
        self._device = ctypes.c_int()
        self._context = ctypes.c_void_p()
        self._call("cuInit", 0)
        self._call("cuDeviceGet", ctypes.byref(self._device), 0)
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(self._context), self._device)

    def free(self) -> int:
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._call("cuCtxPushCurrent_v2", self._context)
        self._call("cuCtxSynchronize")
        self._call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        self._call("cuCtxPopCurrent_v2", ctypes.byref(ctypes.c_void_p()))
        return free.value

    def close(self) -> None:
        self._call("cuDevicePrimaryCtxRelease_v2", self._device)

    def _call(self, name: str, *arguments: object) -> None:
        status = getattr(self._driver, name)(*arguments)
        assert status == 0, f"{name}: CUDA error {status}"


@pytest.fixture
def memory() -> Iterator[DeviceMemory]:
    memory = DeviceMemory()
    yield memory
    memory.close()


def live(folder: Path, memory: DeviceMemory) -> int:
    """A short life of an LLM, with a prompt for each way through a linear layer; the free bytes
    while it lived."""
    with LLM(
        str(folder),
        device="cuda",
        max_num_seqs=8,
        max_model_len=256,
        kv_cache_memory_bytes=KV_BYTES,
        seed=0,
    ) as llm:
        params = [
            SamplingParams(temperature=0.0, max_tokens=8, ignore_eos=True),
            SamplingParams(top_p=0.9, presence_penalty=0.5, logprobs=2, max_tokens=8),
        ]
        prompts = [{"prompt_token_ids": [7] * 200}, {"prompt_token_ids": [1, 2, 3]}]
        outputs = llm.generate(prompts, params, use_tqdm=False)
        assert len(outputs[0].outputs[0].token_ids) == 8
        return memory.free()


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cuda"], indirect=True)
def test_nothing_is_held_after_twenty_lives(
    device: str, checkpoint_factory: Callable[..., Path], memory: DeviceMemory
) -> None:
    """What the first lives leave is the code of their kernels, which CUDA loads when it is first
    needed and keeps as long as the context; the next twenty leave nothing."""
    folder = checkpoint_factory("llama", dtype="bfloat16", head_dim=64)
    for _ in range(2):
        live(folder, memory)
    before = memory.free()
    held = []
    for _ in range(LIVES):
        assert live(folder, memory) <= before - KV_BYTES, "somebody else gave memory back"
        held.append((before - memory.free()) / (1 << 20))
    assert max(held) < 1, f"MiB held after each life: {held}"
