"""Counters of the engine under the names that dashboards know, and the line that is logged."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .log import logger

if TYPE_CHECKING:
    from . import _core

__all__ = ["Counter", "Gauge", "Metric", "StatsLogger", "metrics_of"]

LOG_INTERVAL = 10.0  # seconds


@dataclass(slots=True, frozen=True)
class Metric:
    """A number of the engine at one moment."""

    name: str
    value: float


class Gauge(Metric):
    """Goes up and down."""


class Counter(Metric):
    """Only grows."""


def metrics_of(stats: _core.EngineStats) -> list[Metric]:
    """The engine's numbers, with vLLM's names."""
    return [
        Gauge("vllm:num_requests_running", stats.num_running),
        Gauge("vllm:num_requests_waiting", stats.num_waiting),
        Gauge("vllm:kv_cache_usage_perc", stats.kv_cache_usage),
        Counter("vllm:num_preemptions", stats.num_preemptions),
        Counter("vllm:prefix_cache_queries", stats.prefix_cache_queries),
        Counter("vllm:prefix_cache_hits", stats.prefix_cache_hits),
        Counter("vllm:prompt_tokens", stats.num_prompt_tokens),
        Counter("vllm:generation_tokens", stats.num_generation_tokens),
        Counter("vllm:corrupted_requests", stats.num_corrupted),
    ]


class StatsLogger:
    """Logs throughput and load, at most every ten seconds and only where something happens."""

    def __init__(self) -> None:
        self._time = time.monotonic()
        self._prompt_tokens = 0
        self._generation_tokens = 0

    def due(self) -> bool:
        """True once it is time for a line."""
        return time.monotonic() - self._time >= LOG_INTERVAL

    def log(self, stats: _core.EngineStats) -> None:
        """One line of what happened since the last one; none where nothing did."""
        now = time.monotonic()
        seconds = max(now - self._time, 1e-9)
        prompt = stats.num_prompt_tokens - self._prompt_tokens
        generation = stats.num_generation_tokens - self._generation_tokens
        self._time = now
        self._prompt_tokens = stats.num_prompt_tokens
        self._generation_tokens = stats.num_generation_tokens
        if not (prompt or generation or stats.num_running or stats.num_waiting):
            return
        queries = stats.prefix_cache_queries
        hit_rate = 100.0 * stats.prefix_cache_hits / queries if queries else 0.0
        logger.info(
            "prompt throughput: %.1f tokens/s, generation throughput: %.1f tokens/s, "
            "running: %d, waiting: %d, KV cache usage: %.1f%%, prefix cache hit rate: %.1f%%",
            prompt / seconds,
            generation / seconds,
            stats.num_running,
            stats.num_waiting,
            100.0 * stats.kv_cache_usage,
            hit_rate,
        )
