"""How much of a steady decode the GPU is busy: the union of its kernels' intervals over wall time.

    python bench/gpu_busy.py [--model 8b] [--batches 1,256] [--json OUT]

LLM generates from random weights while torch's profiler records every kernel of the process, those
in graphs one by one. The middle of the recording counts, from one step to another. The profiler
costs time itself, so a step's time without it is printed, too. Needs torch.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from machine import gpu
from model_sizes import SIZES, write_config

# A kernel that each step runs once, first of all.
_STEP_KERNEL = "expand_rows"
_KERNEL, _OTHERS = "kernel", ("gpu_memcpy", "gpu_memset")

Interval = tuple[float, float]  # begin and end, in microseconds


def union_length(intervals: Iterable[Interval]) -> float:
    """How long at least one of them lasts."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(intervals):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def gaps_before(starts: Sequence[float], intervals: Iterable[Interval]) -> list[float]:
    """For each start, how long nothing had been running; 0 where something still was."""
    gaps = []
    ordered = sorted(intervals)
    place, reached = 0, float("-inf")
    for start in sorted(starts):
        while place < len(ordered) and ordered[place][0] < start:
            reached = max(reached, ordered[place][1])
            place += 1
        if place:
            gaps.append(max(0.0, start - reached))
    return gaps


def busy(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a recording. Raises ValueError where it holds no steps."""
    kernels: list[Interval] = []
    others: list[Interval] = []
    steps: list[float] = []
    for event in events:
        kind = event.get("cat")
        if kind != _KERNEL and kind not in _OTHERS:
            continue
        interval = (event["ts"], event["ts"] + event["dur"])
        (kernels if kind == _KERNEL else others).append(interval)
        if kind == _KERNEL and _STEP_KERNEL in event["name"]:
            steps.append(event["ts"])
    if len(steps) < 10:
        raise ValueError(
            f"the profiler saw {len(kernels)} kernels, of them {len(steps)} named {_STEP_KERNEL}"
        )
    steps.sort()
    steps = steps[len(steps) // 5 : -(len(steps) // 5)]
    begin, end, count = steps[0], steps[-1], len(steps) - 1

    def inside(intervals: Iterable[Interval]) -> list[Interval]:
        return [(max(a, begin), min(b, end)) for a, b in intervals if b > begin and a < end]

    ours = inside(kernels)
    wall = end - begin
    gaps = gaps_before(steps[1:], ours)
    return {
        "steps": count,
        "profiled_step_us": wall / count,
        "busy_us": union_length(ours) / count,
        "busy_share": union_length(ours) / wall,
        "busy_share_with_copies": union_length([*ours, *inside(others)]) / wall,
        "kernels_per_step": len(ours) / count,
        "kernel_us_sum": sum(b - a for a, b in ours) / count,  # more where kernels overlap
        "gap_between_steps_us": statistics.median(gaps),
        "gap_between_steps_us_p99": sorted(gaps)[int(0.99 * (len(gaps) - 1))],
    }


def generate(llm: Any, batch: int, args: argparse.Namespace, tokens: int) -> float:
    """Seconds of a batch."""
    from llmserve import SamplingParams

    source = random.Random(tokens)
    vocab = SIZES[args.model]["vocab_size"]
    prompts = [
        {"prompt_token_ids": [source.randrange(vocab) for _ in range(args.prompt)]}
        for _ in range(batch)
    ]
    params = SamplingParams(temperature=0.0, max_tokens=tokens, ignore_eos=True, detokenize=False)
    begin = time.perf_counter()
    llm.generate(prompts, params, use_tqdm=False)
    return time.perf_counter() - begin


def record(llm: Any, batch: int, args: argparse.Namespace) -> list[dict[str, Any]]:
    """What the GPU did in the decode of a batch, as the events of a Chrome trace."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CUDA]) as profiler:
        generate(llm, batch, args, args.steps)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(path))
        trace = json.loads(path.read_text())
    return list(trace["traceEvents"])


def measure(llm: Any, batch: int, args: argparse.Namespace) -> dict[str, Any]:
    generate(llm, batch, args, 8)  # warm
    first = min(generate(llm, batch, args, 1) for _ in range(2))
    all_steps = min(generate(llm, batch, args, args.steps) for _ in range(2))
    result: dict[str, Any] = {"model": args.model, "batch": batch, "prompt": args.prompt}
    result["step_us"] = (all_steps - first) / (args.steps - 1) * 1e6
    try:
        result |= busy(record(llm, batch, args))
    except ValueError as error:
        return result | {"error": str(error)}
    # With the kernels as long as they were under the profiler and the steps as short as without.
    result["busy_share_unprofiled"] = result["busy_us"] / result["step_us"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=tuple(SIZES), default="8b")
    parser.add_argument("--batches", default="1,256")
    parser.add_argument("--prompt", type=int, default=128, help="tokens")
    parser.add_argument("--steps", type=int, default=160, help="tokens of each answer")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    args = parser.parse_args()
    import torch
    from llmserve import LLM

    torch.zeros(1, device=args.device)  # the profiler is part of the process before graphs are made
    results = []
    with tempfile.TemporaryDirectory() as folder:
        write_config(Path(folder), args.model)
        with LLM(
            folder,
            load_format="dummy",
            skip_tokenizer_init=True,
            device=args.device,
            max_model_len=4096,
            max_num_seqs=256,
            enable_prefix_caching=False,
        ) as llm:
            for batch in map(int, args.batches.split(",")):
                results.append(measure(llm, batch, args))
                print(json.dumps(results[-1]), flush=True)
    if args.json:
        args.json.write_text(json.dumps({"machine": gpu(), "rows": results}, indent=1) + "\n")
    sys.exit(any("error" in result for result in results))


if __name__ == "__main__":
    main()
