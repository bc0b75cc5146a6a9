"""Nothing is left behind: over many requests, and over many engines."""

import gc
import os
import threading
from pathlib import Path

import pytest
from llmserve import LLM, SamplingParams

pytestmark = pytest.mark.slow


def private_kib() -> int:
    """Memory that is this process's own, swapped or not: what a leak grows."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return sum(int(fields[name].split()[0]) for name in ("RssAnon", "VmSwap"))


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def run(llm: LLM, first: int, count: int) -> None:
    # New prompts every time, so that no cache makes the later ones cheaper.
    prompts = [
        {"prompt_token_ids": [(first + i) % 389, (first + i) // 389 % 389, i % 7, 11]}
        for i in range(count)
    ]
    params = SamplingParams(temperature=0.7, max_tokens=4, ignore_eos=True, logprobs=2)
    results = llm.generate(prompts, params, use_tqdm=False)
    assert all(len(result.outputs[0].token_ids) == 4 for result in results)


def test_memory_is_flat_over_ten_thousand_requests(tiny_llama: Path) -> None:
    with LLM(str(tiny_llama), dtype="float32", kv_cache_memory_bytes=8 << 20) as llm:
        # Until caches and heaps have the size they keep.
        run(llm, 0, 2000)
        gc.collect()
        memory, files, threads = private_kib(), open_files(), threading.active_count()
        for first in range(2000, 12000, 1000):
            run(llm, first, 1000)
        gc.collect()
        grown = private_kib() - memory
        assert grown < 2000, f"{grown} KiB over 10,000 requests: more than 0.2 KiB each"
        assert open_files() == files
        assert threading.active_count() == threads
        stats = {metric.name: metric.value for metric in llm.get_metrics()}
        assert stats["vllm:num_requests_running"] == 0
        assert stats["vllm:kv_cache_usage_perc"] == 0


def test_fifty_engines_leave_nothing_behind(tiny_llama: Path) -> None:
    def one(close: bool) -> None:
        llm = LLM(str(tiny_llama), dtype="float32", kv_cache_memory_bytes=32 << 20)
        run(llm, 0, 20)
        if close:
            llm.close()

    for _ in range(5):
        one(close=True)
    gc.collect()
    memory, files = private_kib(), open_files()
    tasks = len(os.listdir("/proc/self/task"))
    for i in range(50):
        one(close=i % 2 == 0)
    gc.collect()
    assert private_kib() - memory < 4096, "50 engines of 32 MiB left memory behind"
    assert open_files() == files
    assert len(os.listdir("/proc/self/task")) == tasks
