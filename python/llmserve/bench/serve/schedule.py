"""When each request arrives and which client process sends it, drawn before anything runs."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

__all__ = ["Load", "RampUp", "arrivals", "deal", "num_clients", "shares"]

_MAX_CLIENTS = 16
_IN_FLIGHT_PER_CLIENT = 64


@dataclass(frozen=True)
class RampUp:
    """strategy: linear or exponential, from the first request to the last. Rates per second."""

    strategy: str
    start_rps: float
    end_rps: float

    def rate(self, progress: float) -> float:
        """progress: 0 for the first request, 1 for the last."""
        if self.strategy == "linear":
            return self.start_rps + (self.end_rps - self.start_rps) * progress
        return self.start_rps * math.pow(self.end_rps / self.start_rps, progress)


@dataclass(frozen=True)
class Load:
    """request_rate: per second, inf: all at once. burstiness: shape of the gamma distribution of
    the gaps. max_seconds: requests that would be sent later are not."""

    request_rate: float = math.inf
    burstiness: float = 1.0
    max_concurrency: int | None = None
    max_seconds: float | None = None
    ramp_up: RampUp | None = None

    @property
    def arrives_at_once(self) -> bool:
        return self.ramp_up is None and math.isinf(self.request_rate)


def arrivals(load: Load, num: int, seed: int) -> list[float]:
    """Seconds from the start at which each of `num` requests arrives, in order.

    Without a ramp the gaps are scaled so that the last one arrives at num / request_rate: what was
    asked for is what is offered, however few the requests are. With max_seconds they are fewer.
    """
    if load.max_seconds is not None and load.ramp_up is None and not load.arrives_at_once:
        num = min(num, max(math.ceil(load.request_rate * load.max_seconds) - 1, 1))
    if load.arrives_at_once:
        times = [0.0] * num
    else:
        # A stream of its own: how prompts are drawn must not change when they arrive.
        source = random.Random(f"arrivals {seed}")
        last = max(num - 1, 1)
        rates = (
            load.request_rate if load.ramp_up is None else load.ramp_up.rate(i / last)
            for i in range(num)
        )
        gaps = (
            source.gammavariate(load.burstiness, 1 / (rate * load.burstiness)) for rate in rates
        )
        times = list(itertools.accumulate(gaps))
        if load.ramp_up is None and times and times[-1] > 0:
            scale = num / load.request_rate / times[-1]
            times = [time * scale for time in times]
    if load.max_seconds is not None:
        times = [time for time in times if time < load.max_seconds]
    return times


def num_clients(num_prompts: int, load: Load, num_cores: int) -> int:
    """A sensible number of client processes: one for each 64 requests that may be in flight, on a
    quarter of the cores at most, since the server may need the others."""
    in_flight = min(num_prompts, load.max_concurrency or num_prompts)
    wanted = math.ceil(in_flight / _IN_FLIGHT_PER_CLIENT)
    return max(1, min(wanted, num_cores // 4, _MAX_CLIENTS))


def deal(num: int, num_clients: int, max_concurrency: int | None) -> list[list[int]]:
    """The indices of each client's requests, in proportion to its share of max_concurrency."""
    hands: list[list[int]] = [[] for _ in range(num_clients)]
    for index in range(num):
        slot = index if max_concurrency is None else index % max_concurrency
        hands[slot % num_clients].append(index)
    return hands


def shares(max_concurrency: int | None, num_clients: int) -> list[int | None]:
    """How many requests each client may have in flight; together exactly max_concurrency."""
    if max_concurrency is None:
        return [None] * num_clients
    return [len(range(client, max_concurrency, num_clients)) for client in range(num_clients)]
