"""The load points of a sweep, and the knee of what it found."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .schedule import Load, RampUp

__all__ = ["is_sweep", "knee", "knees", "load_of", "loads", "of_loop"]

_FEWEST_POINTS = 3


def is_sweep(args: argparse.Namespace) -> bool:
    return bool(args.sweep_request_rate or args.sweep_max_concurrency)


def loads(args: argparse.Namespace) -> list[Load]:
    """Open loop first, then closed loop, each in the order given; one load without a sweep."""
    ramp = None
    if args.ramp_up_strategy is not None:
        ramp = RampUp(args.ramp_up_strategy, args.ramp_up_start_rps, args.ramp_up_end_rps)
    plain = Load(args.request_rate, args.burstiness, args.max_concurrency, args.max_seconds, ramp)
    points = [replace(plain, request_rate=rate) for rate in args.sweep_request_rate or ()]
    points += [replace(plain, max_concurrency=num) for num in args.sweep_max_concurrency or ()]
    return points or [plain]


def of_loop(points: Sequence[dict[str, Any]], is_open: bool) -> list[dict[str, Any]]:
    """The results of one loop in which something was answered, by load."""
    found = [
        point
        for point in points
        if (point["max_concurrency"] is None) == is_open and point["completed"]
    ]
    return sorted(found, key=load_of)


def load_of(point: dict[str, Any]) -> float:
    """Requests per second in the open loop, requests in flight in the closed one."""
    load = point["max_concurrency"]
    return float(point["request_rate"] if load is None else load)  # "inf" among them


def knee(points: Sequence[dict[str, Any]]) -> Any:
    """The load, as the point has it, where power is greatest: request throughput divided by mean
    end-to-end latency, after Kleinrock. Below it there is throughput to be had for little latency,
    above it latency grows by more percent than throughput does.

    points: of one loop. None where they are fewer than three.
    """
    if len(points) < _FEWEST_POINTS:
        return None
    best = max(points, key=_power)
    return best["request_rate"] if best["max_concurrency"] is None else best["max_concurrency"]


def knees(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "open_loop": knee(of_loop(points, is_open=True)),
        "closed_loop": knee(of_loop(points, is_open=False)),
    }


def _power(point: dict[str, Any]) -> float:
    latency = point["mean_e2el_ms"]
    return point["request_throughput"] / latency if latency > 0 else -math.inf
