"""What people read and what files hold of a run: vLLM's block of lines, and its JSON keys."""

from __future__ import annotations

import argparse
import collections
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..harness import write_json
from .metrics import percentile_name
from .schedule import Load
from .sweep import is_sweep
from .wire import Outcome

__all__ = ["block", "detail", "failures", "load_fields", "result_path", "save", "sweep_table"]

_WIDTH = 50
_TITLES = {
    "ttft": ("TTFT", "Time to First Token"),
    "tpot": ("TPOT", "Time per Output Token (excl. 1st token)"),
    "itl": ("ITL", "Inter-token Latency"),
    "e2el": ("E2EL", "End-to-end Latency"),
}
_MAX_SHOWN_ERRORS = 3


def block(results: dict[str, Any], load: Load, args: argparse.Namespace) -> str:
    """The lines that scripts parse: a name of 40 columns, then a number."""
    lines = [
        f"{' Serving Benchmark Result ':=^{_WIDTH}}",
        _line("Successful requests:", results["completed"]),
        _line("Failed requests:", results["failed"]),
    ]
    if load.max_concurrency is not None:
        lines.append(_line("Maximum request concurrency:", load.max_concurrency))
    if math.isfinite(load.request_rate):
        lines.append(_line("Request rate configured (RPS):", load.request_rate))
    lines += [
        _line("Benchmark duration (s):", results["duration"]),
        _line("Total input tokens:", results["total_input_tokens"]),
        _line("Total generated tokens:", results["total_output_tokens"]),
        _line("Request throughput (req/s):", results["request_throughput"]),
    ]
    if results["request_goodput"] is not None:
        lines.append(_line("Request goodput (req/s):", results["request_goodput"]))
    lines += [
        _line("Output token throughput (tok/s):", results["output_throughput"]),
        _line("Peak output token throughput (tok/s):", results["max_output_tokens_per_s"]),
        _line("Peak concurrent requests:", float(results["max_concurrent_requests"])),
        _line("Total token throughput (tok/s):", results["total_token_throughput"]),
    ]
    for metric in args.percentile_metrics:
        short, title = _TITLES[metric]
        lines.append(f"{title:-^{_WIDTH}}")
        for name, key in (("Mean", "mean"), ("Median", "median")):
            lines.append(_line(f"{name} {short} (ms):", results[f"{key}_{metric}_ms"]))
        for percentage in args.metric_percentiles:
            name = percentile_name(percentage)
            lines.append(_line(f"{name.upper()} {short} (ms):", results[f"{name}_{metric}_ms"]))
    return "\n".join([*lines, "=" * _WIDTH])


def _line(name: str, value: float) -> str:
    return f"{name:<40} {value:<10}" if isinstance(value, int) else f"{name:<40} {value:<10.2f}"


def failures(outcomes: Sequence[Outcome]) -> str:
    """A line for each kind of failure, the most frequent first; "" where nothing failed."""
    counts = collections.Counter(outcome.error for outcome in outcomes if outcome.error)
    lines = [
        f"{count} of {len(outcomes)} requests failed: {error}"
        for error, count in counts.most_common(_MAX_SHOWN_ERRORS)
    ]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_MAX_SHOWN_ERRORS))
    if rest:
        lines.append(f"{rest} of {len(outcomes)} requests failed in other ways")
    return "\n".join(lines)


def load_fields(load: Load) -> dict[str, Any]:
    """JSON knows no infinity."""
    rate = load.request_rate
    fields: dict[str, Any] = {
        "request_rate": rate if math.isfinite(rate) else "inf",
        "burstiness": load.burstiness,
        "max_concurrency": load.max_concurrency,
    }
    if load.max_seconds is not None:
        fields["max_seconds"] = load.max_seconds
    if load.ramp_up is not None:
        fields["ramp_up_strategy"] = load.ramp_up.strategy
        fields["ramp_up_start_rps"] = load.ramp_up.start_rps
        fields["ramp_up_end_rps"] = load.ramp_up.end_rps
    return fields


def detail(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Lists with a place for each request that was sent, in the order of arrival. Seconds."""
    return {
        "input_lens": [outcome.prompt_tokens or 0 for outcome in outcomes],
        "output_lens": [0 if each.error else each.output_tokens or 0 for each in outcomes],
        "ttfts": [outcome.ttft for outcome in outcomes],
        "itls": [outcome.itls for outcome in outcomes],
        "start_times": [outcome.start for outcome in outcomes],
        "generated_texts": [outcome.text for outcome in outcomes],
        "errors": [outcome.error for outcome in outcomes],
    }


def result_path(args: argparse.Namespace, model: str, date: str) -> Path:
    """Where the results go; makes the folder. Raises OSError where that fails."""
    name = args.result_filename
    if not name:
        if is_sweep(args):
            load = "sweep"
        else:
            load = f"{args.request_rate}qps"
            if args.max_concurrency is not None:
                load += f"-concurrency{args.max_concurrency}"
        base = model.rstrip("/").rpartition("/")[2]
        name = f"{args.label or args.backend}-{load}-{base}-{date}.json"
    path = Path(args.result_dir or "", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def save(path: Path, results: dict[str, Any], append: bool) -> None:
    if not append:
        write_json(path, results)
        return
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(results) + "\n")


def sweep_table(points: Sequence[dict[str, Any]], knees: dict[str, Any]) -> str:
    """The runs of a sweep side by side."""
    names = ("load", "req/s", "tok/s", "TTFT p50", "TTFT p99", "ITL p50", "ITL p99")
    lines = [f"{names[0]:<18}" + "".join(f"{name:>11}" for name in names[1:])]
    for point in points:
        is_open = point["max_concurrency"] is None
        knee = knees["open_loop" if is_open else "closed_loop"]
        load = point["request_rate" if is_open else "max_concurrency"]
        label = f"{float(load):g} req/s" if is_open else f"{load} in flight"
        figures = (
            point["request_throughput"],
            point["output_throughput"],
            *(point[f"{k}_{m}_ms"] for m in ("ttft", "itl") for k in ("median", "p99")),
        )
        mark = "  knee" if load == knee else ""
        lines.append(f"{label:<18}" + "".join(f"{figure:>11.2f}" for figure in figures) + mark)
    return "\n".join(lines)
