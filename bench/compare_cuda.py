"""Single ops on a GPU against torch's, in turn in one run; ratios of times, above 1 where llmserve
is faster.

    python bench/compare_cuda.py PATH/TO/bench_ops [--select linear/8b] [--rounds 3] [--json OUT]

bench_ops times ours, this process the references (torch_ops.py), case by case and round by round:
ours, theirs, ours, theirs. Floors are by the best copy and the best 8192^3 product of either side.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from machine import gpu
from torch_ops import References, Stopwatch


class Program:
    """A running bench_ops that measures when it is told to."""

    def __init__(self, args: argparse.Namespace) -> None:
        flags = {
            "stepped": 1,
            "device": args.device,
            "dtype": args.dtype,
            "models": args.models,
            "select": args.select,
            "samples": args.samples,
            "min-ms": args.min_ms,
            "budget": args.budget,
        }
        self.command = [str(args.program), *(f"--{name}={value}" for name, value in flags.items())]
        self.command += args.flags
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.device = self._read()

    def cases(self) -> Iterator[dict[str, Any]]:
        """Each case when it is ready to be measured; or with "error", when it will not be."""
        while (row := self._read()) is not None:
            yield row
            if "error" not in row:
                self._tell("next")
        if self._process.wait():
            sys.exit(f"bench_ops ended with status {self._process.returncode}")

    def measure(self) -> dict[str, Any]:
        """The present case."""
        self._tell("again")
        row = self._read()
        if row is None or "error" in row:
            raise RuntimeError("bench_ops failed: " + (row["error"] if row else "it ended"))
        return row

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)

    def _tell(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else None


def make_stopwatches(
    references: References, row: dict[str, Any], args: argparse.Namespace
) -> tuple[dict[str, Stopwatch], dict[str, str]]:
    """By name; and why there is none, where torch refuses."""
    found: dict[str, Stopwatch] = {}
    refused: dict[str, str] = {}
    num_sets, runs = references.of(row)
    for name, run in runs.items():
        try:
            found[name] = Stopwatch(
                run,
                num_sets,
                samples=args.samples,
                least_s=args.min_ms / 1e3,
                cuda=args.device == "cuda",
            )
        except Exception as error:  # whatever a library throws at a shape it does not take
            refused[name] = str(error).strip().split("\n")[0][:200]
    return found, refused


def compare(program: Program, references: References, row: dict[str, Any], args: Any) -> Any:
    """A case: our median, the references' and the ratios, over the rounds."""
    stopwatches, refused = make_stopwatches(references, row, args)
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in stopwatches}
    for _ in range(args.rounds):
        measured = program.measure()
        ours.append(measured["us"])
        for name, stopwatch in stopwatches.items():
            theirs[name].append(stopwatch.measure())
    result = {key: value for key, value in row.items() if key != "ready"}
    result |= {"us": statistics.median(ours), "us_all": ours, "graph": measured["graph"]}
    result["references"] = {name: _ratio(ours, values) for name, values in theirs.items()}
    if refused:
        result["refused"] = refused
    return result


def _ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    return {
        "us": statistics.median(theirs),
        "ratio": statistics.median(ratios),
        "worst": min(ratios),
        "best": max(ratios),
    }


class Ceilings:
    """The best rates that either side reached in this run, and the floors that follow."""

    def __init__(self) -> None:
        self.bytes_per_us = 0.0
        self.flops_per_us = 0.0

    def learn(self, result: dict[str, Any]) -> None:
        fastest = min([result["us"], *(ref["us"] for ref in result["references"].values())])
        if result.get("ceiling") == "bytes":
            self.bytes_per_us = max(self.bytes_per_us, result["bytes"] / fastest)
        elif result.get("ceiling") == "flops":
            self.flops_per_us = max(self.flops_per_us, result["flops"] / fastest)

    def judge(self, result: dict[str, Any]) -> None:
        if self.bytes_per_us and self.flops_per_us:
            by_bytes = result["bytes"] / self.bytes_per_us
            by_flops = result["flops"] / self.flops_per_us
            result["floor_us"] = max(by_bytes, by_flops)
            result["bound"] = "bytes" if by_bytes >= by_flops else "flops"
            result["of_floor"] = result["floor_us"] / result["us"]


def machine() -> dict[str, Any]:
    import torch

    return gpu() | {"torch": torch.__version__}


def show(result: dict[str, Any]) -> None:
    """A line of the table."""
    text = f"{result['name']:42} {result['us']:10.2f} us  {result.get('of_floor', 0):5.2f} of floor"
    for name, ref in result["references"].items():
        text += f"  {name} {ref['us']:.2f} us x{ref['ratio']:.2f} (from {ref['worst']:.2f})"
    for name in result.get("refused", {}):
        text += f"  {name}: refused"
    print(text, flush=True)


def run(args: argparse.Namespace) -> dict[str, Any]:
    program = Program(args)
    references, ceilings = References(args.device, args.dtype), Ceilings()
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    try:
        for row in program.cases():
            if "error" in row:
                failed[row["name"]] = row["error"]
                print(f"{row['name']:42} {row['error']}", flush=True)
                continue
            result = compare(program, references, row, args)
            ceilings.learn(result)
            ceilings.judge(result)
            rows.append(result)
            references.forget()
            show(result)
    finally:
        program.close()
    return {
        "machine": machine() | {"backend": (program.device or {}).get("backend")},
        "command": " ".join(["bench/compare_cuda.py", *sys.argv[1:]]),
        "copy_gb_s": ceilings.bytes_per_us / 1e3,
        "product_tflop_s": ceilings.flops_per_us / 1e6,
        "rows": rows,
        "failed": failed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Other flags go to bench_ops, as --name=value."
    )
    parser.add_argument("program", type=Path, help="bench_ops")
    parser.add_argument("--select", default="", help="parts of the names of cases, with commas")
    parser.add_argument("--models", default="8b,1b")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float16"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=3, help="of each case in a round")
    parser.add_argument("--min-ms", type=float, default=20, help="of a sample, at least")
    parser.add_argument("--budget", type=float, default=0, help="seconds after which none begins")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    args, others = parser.parse_known_args()
    args.flags = others
    results = run(args)
    print(
        f"copy {results['copy_gb_s']:.0f} GB/s, product {results['product_tflop_s']:.0f} TFLOP/s, "
        f"{len(results['rows'])} cases, {len(results['failed'])} failed"
    )
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n")
    sys.exit(bool(results["failed"]))


if __name__ == "__main__":
    main()
