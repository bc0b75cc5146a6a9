"""CPU linear layers against torch's, in turn on the same machine; ratios of medians.

bench_kernels times ours, torch.nn.functional.linear the peer's, round by round; decode shapes (one
row) are compared with the machine's read bandwidth, taken in the same rounds.

    python bench/compare_torch.py PATH/TO/bench_kernels [--rounds 5] [--json OUT]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from machine import cpu

SHAPES = ((2048, 2048), (8192, 2048), (2048, 8192))  # out, in features
PREFILL_ROWS = 512
THREADS = 2


def ours(program: Path) -> dict[str, float]:
    """One round of bench_kernels: row name -> GFLOP/s (many rows) or GB/s (one row, reads)."""
    rows = rf"linear/(bfloat16|float32)/m:(1|{PREFILL_ROWS})/|read_bandwidth/{THREADS}/"
    command = [
        str(program),
        f"--benchmark_filter={rows}",
        "--benchmark_min_time=0.2",
        "--benchmark_format=json",
    ]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    results = {}
    for row in json.loads(text)["benchmarks"]:
        unit = "GFLOP/s" if f"/m:{PREFILL_ROWS}/" in row["name"] else "GB/s"
        results[row["name"].removesuffix("/real_time")] = row[unit]
    return results


def torchs() -> dict[str, float]:
    """One round of torch: the same names, GFLOP/s of the rows of many."""
    import torch

    torch.set_num_threads(THREADS)
    results = {}
    for dtype in (torch.bfloat16, torch.float32):
        for n, k in SHAPES:
            x = torch.randn(PREFILL_ROWS, k).to(dtype)
            weight = torch.randn(n, k).to(dtype)
            times = []
            for _ in range(8):
                begin = time.perf_counter()
                torch.nn.functional.linear(x, weight)
                times.append(time.perf_counter() - begin)
            kind = str(dtype).removeprefix("torch.")
            name = f"linear/{kind}/m:{PREFILL_ROWS}/n:{n}/k:{k}/threads:{THREADS}"
            flops = 2.0 * PREFILL_ROWS * n * k
            results[name] = flops / statistics.median(times[2:]) / 1e9
    return results


def compare(program: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Per row: our figure, its peer's, and the median over the rounds of their ratio."""
    mine: dict[str, list[float]] = defaultdict(list)
    peers: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        measured = ours(program)
        bandwidth = measured.pop(f"read_bandwidth/{THREADS}")
        peer = torchs()
        for name, value in measured.items():
            mine[name].append(value)
            peers[name].append(peer.get(name, bandwidth))
    return {
        name: {
            "ours": statistics.median(values),
            "peer": statistics.median(peers[name]),
            "ratio": statistics.median(a / b for a, b in zip(values, peers[name], strict=True)),
            "min_ratio": min(a / b for a, b in zip(values, peers[name], strict=True)),
        }
        for name, values in mine.items()
    }


def machine() -> dict[str, Any]:
    import torch

    return cpu() | {"torch": torch.__version__}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path, help="bench_kernels")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    args = parser.parse_args()
    rows = compare(args.program, args.rounds)
    print(f"{'row':58} {'ours':>8} {'peer':>8} {'ratio':>6} {'worst':>6}")
    for name, row in rows.items():
        figures = (
            f"{row['ours']:8.1f} {row['peer']:8.1f} {row['ratio']:6.2f} {row['min_ratio']:6.2f}"
        )
        print(f"{name:58} {figures}")
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
