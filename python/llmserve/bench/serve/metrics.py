"""From outcomes of requests to the figures of a run, by the names that people's scripts read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..harness import percentile
from .wire import Outcome

__all__ = ["METRICS", "percentile_name", "summarize"]

METRICS = ("ttft", "tpot", "itl", "e2el")


def summarize(
    outcomes: Sequence[Outcome],
    duration: float,
    percentages: Sequence[float] = (99.0,),
    goodput: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The figures. Outcomes without an error count, with output_tokens and prompt_tokens known.

    duration: seconds. percentages: of each metric. goodput: metric -> the most milliseconds that a
    good request takes; None: no goodput.
    """
    good = [outcome for outcome in outcomes if not outcome.error]
    num_input = sum(outcome.prompt_tokens or 0 for outcome in good)
    num_output = sum(outcome.output_tokens or 0 for outcome in good)
    values: dict[str, list[float]] = {
        "ttft": [outcome.ttft for outcome in good],
        # One token alone has no time per further token.
        "tpot": [tpot for outcome in good if (tpot := time_per_token(outcome)) is not None],
        "itl": list(itertools.chain.from_iterable(outcome.itls for outcome in good)),
        "e2el": [outcome.latency for outcome in good],
    }
    per_second = 1 / duration if duration > 0 else 0.0
    results: dict[str, Any] = {
        "duration": duration,
        "completed": len(good),
        "failed": len(outcomes) - len(good),
        "total_input_tokens": num_input,
        "total_output_tokens": num_output,
        "request_throughput": len(good) * per_second,
        "request_goodput": None,
        "output_throughput": num_output * per_second,
        "total_token_throughput": (num_input + num_output) * per_second,
        "max_output_tokens_per_s": max_tokens_per_second(good),
        "max_concurrent_requests": max_concurrent(outcomes),
    }
    if goodput is not None:
        results["request_goodput"] = sum(is_good(each, goodput) for each in good) * per_second
    for metric in METRICS:
        results |= _describe(metric, values[metric], percentages)
    return results


def percentile_name(percentage: float) -> str:
    """As in p99_ttft_ms and p99.9_ttft_ms."""
    return f"p{int(percentage) if percentage == int(percentage) else percentage}"


def time_per_token(outcome: Outcome) -> float | None:
    """Seconds for each token after the first; None where there is none."""
    num = outcome.output_tokens or 0
    return (outcome.latency - outcome.ttft) / (num - 1) if num > 1 else None


def is_good(outcome: Outcome, goodput: Mapping[str, float]) -> bool:
    times = {
        "ttft": outcome.ttft,
        "tpot": time_per_token(outcome) or 0.0,
        "e2el": outcome.latency,
    }
    return all(times[metric] * 1000 <= limit for metric, limit in goodput.items())


def max_tokens_per_second(outcomes: Sequence[Outcome]) -> float:
    """Tokens of the fullest second, of the seconds counted from the first request.

    A request's tokens are spread evenly over its chunks, as nobody says how many each holds.
    """
    begin = min((outcome.start for outcome in outcomes), default=0.0)
    seconds: dict[int, float] = {}
    for outcome in outcomes:
        share = (outcome.output_tokens or 0) / (len(outcome.itls) + 1)
        first = outcome.start + outcome.ttft - begin
        for time in itertools.accumulate(outcome.itls, initial=first):
            second = math.floor(time)
            seconds[second] = seconds.get(second, 0.0) + share
    return round(max(seconds.values(), default=0.0), 6)


def max_concurrent(outcomes: Sequence[Outcome]) -> int:
    """The most requests that were in flight at one time."""
    changes = [(outcome.start, 1) for outcome in outcomes]
    changes += [(outcome.start + outcome.latency, -1) for outcome in outcomes]
    # At equal times what ends goes before what begins.
    return max(itertools.accumulate(change for _, change in sorted(changes)), default=0)


def _describe(
    metric: str, seconds: Sequence[float], percentages: Sequence[float]
) -> dict[str, float]:
    """In milliseconds; zeros where there is nothing to describe."""
    values = sorted(value * 1000 for value in seconds) or [0.0]
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
    described = {
        f"mean_{metric}_ms": mean,
        f"median_{metric}_ms": percentile(values, 50),
        f"std_{metric}_ms": math.sqrt(variance),
    }
    for percentage in percentages:
        name = f"{percentile_name(percentage)}_{metric}_ms"
        described[name] = percentile(values, percentage)
    return described
