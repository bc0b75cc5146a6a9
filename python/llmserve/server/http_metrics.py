"""The HTTP metrics, under the names, types and labels that dashboards of FastAPI servers know."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Summary
from prometheus_client import Histogram as LabelledHistogram

from llmserve.server.histogram import Histogram

__all__ = ["HttpMetrics"]

# Others are counted as one, so that no client makes labels.
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_FINE = [
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5),
    *(3.0, 3.5, 4.0, 4.5, 5.0, 7.5, 10.0, 30.0, 60.0),
]
_COARSE = [0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0]


class HttpMetrics:
    """Requests, their times and sizes. handler: a path as registered, or none."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "http_requests",
            "HTTP requests answered.",
            ["handler", "method", "status"],
            registry=registry,
        )
        self._seconds = LabelledHistogram(
            "http_request_duration_seconds",
            "From the head of a request to the end of its answer.",
            ["handler", "method"],
            buckets=_COARSE,
            registry=registry,
        )
        self._all_seconds = Histogram(
            "http_request_duration_highr_seconds",
            "The same of all routes together, in finer steps.",
            {},
            _FINE,
        )
        registry.register(self._all_seconds)
        self._request_bytes = Summary(
            "http_request_size_bytes", "Bodies of requests.", ["handler"], registry=registry
        )
        self._response_bytes = Summary(
            "http_response_size_bytes", "Bodies of answers.", ["handler"], registry=registry
        )
        self._children: dict[tuple[str, str], LabelledHistogram] = {}
        self._sizes: dict[str, tuple[Summary, Summary]] = {}

    def count(self, handler: str, method: str, status: int, seconds: float) -> None:
        """An answer that has ended."""
        method = method if method in _METHODS else "other"
        self._requests.labels(handler, method, f"{status // 100}xx").inc()
        self._all_seconds.observe(seconds)
        child = self._children.get((handler, method))
        if child is None:
            child = self._seconds.labels(handler, method)
            self._children[handler, method] = child
        child.observe(seconds)

    def sizes(self, handler: str, num_request_bytes: int, num_response_bytes: int) -> None:
        """Bytes of both bodies of one exchange; of a stream, those that were on their way."""
        pair = self._sizes.get(handler)
        if pair is None:
            pair = (self._request_bytes.labels(handler), self._response_bytes.labels(handler))
            self._sizes[handler] = pair
        pair[0].observe(num_request_bytes)
        pair[1].observe(num_response_bytes)
