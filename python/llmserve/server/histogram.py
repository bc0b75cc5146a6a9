"""A Prometheus histogram that takes many equal samples in one call and needs no lock.

prometheus_client's own takes a lock and one call a sample; a chunk of k tokens is k samples of the
inter-token latency. All calls come from the event loop's thread, the scrape included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["Histogram", "count_buckets"]


def count_buckets(limit: int) -> list[float]:
    """1, 2, 5, 10, 20, 50, ... up to limit."""
    buckets: list[float] = []
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale > limit:
                return buckets or [1.0]
            buckets.append(float(step * scale))
        scale *= 10


class Histogram(Collector):
    """One histogram with fixed labels; present with zeros from the start."""

    def __init__(
        self, name: str, documentation: str, labels: dict[str, str], buckets: Sequence[float]
    ) -> None:
        self._name = name
        self._documentation = documentation
        self._label_names = list(labels)
        self._label_values = list(labels.values())
        self._bounds = [float(bound) for bound in buckets]
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Adds the value, times times."""
        # A bucket holds what is less than or equal to its bound.
        self._counts[bisect_left(self._bounds, value)] += times
        self._sum += value * times

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._label_names)
        rows: list[tuple[str, float]] = []
        total = 0
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            total += count
            rows.append((_bound_text(bound), float(total)))
        family.add_metric(self._label_values, rows, self._sum)
        yield family


def _bound_text(bound: float) -> str:
    return "+Inf" if bound == float("inf") else repr(bound)
