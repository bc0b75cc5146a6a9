"""The Prometheus metrics, under vLLM's names, types and labels.

Counters and gauges of the engine are read from EngineStats at the scrape; histograms are filled
once a chunk and once a request. Nothing is done per token, and no text of a request is a label.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from llmserve.outputs import RequestOutput
from llmserve.sampling_params import RequestOutputKind, SamplingParams
from llmserve.server.histogram import Histogram, count_buckets
from llmserve.server.http_metrics import HttpMetrics

__all__ = ["RequestRecord", "Telemetry"]

# vLLM's bounds with finer ones in front: a token takes 1 to 10 ms on a fast device, all of which
# would fall into vLLM's first bucket.
_FIRST_TOKEN = [
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0),
    *(7.5, 10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0),
]
_PER_TOKEN = [
    *(0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.015, 0.025, 0.05, 0.075),
    *(0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0),
]
_REQUEST = [
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0),
    *(10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 7680.0),
]
_PREEMPTIONS = [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
_LAG = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
_N = [1.0, 2.0, 5.0, 10.0, 20.0]
_FINISH_REASONS = ("stop", "length", "abort", "error")
_REJECTIONS = ("queue_full", "shutting_down", "engine_dead")
_SOURCES = ("local_compute", "local_cache_hit")


class Telemetry:
    """All metrics of one server, in a registry of its own.

    stats: gives the engine's counters. cache_info: labels of vllm:cache_config_info. phases:
    seconds of each start-up phase.
    """

    def __init__(
        self,
        model_name: str,
        max_model_len: int,
        stats: Callable[[], Any],
        cache_info: Mapping[str, str] | None = None,
        phases: Sequence[tuple[str, float]] = (),
    ) -> None:
        self.registry = CollectorRegistry()
        self._labels = {"model_name": model_name, "engine": "0"}
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(_EngineCollector(stats, self._labels))
        self._add_times()
        self._add_counts(max_model_len)
        self.http = HttpMetrics(self.registry)
        self._add_info(cache_info or {}, phases)

    def exposition(self) -> bytes:
        """The page of /metrics, in Prometheus' text format."""
        return generate_latest(self.registry)

    def record(self, params: SamplingParams) -> RequestRecord:
        """Starts the account of one request; whoever gets it must close it."""
        return RequestRecord(self, params)

    def rejected(self, reason: str | None) -> None:
        """Counts a request turned away because of our state; its own faults are not counted."""
        if reason in self._rejections:
            self._rejections[reason].inc()

    def _histogram(
        self, name: str, what: str, buckets: Sequence[float], prefix: str = "vllm:"
    ) -> Histogram:
        made = Histogram(prefix + name, what, self._labels, buckets)
        self.registry.register(made)
        return made

    def _add_times(self) -> None:
        histogram = self._histogram
        self.first_token = histogram(
            "time_to_first_token_seconds", "Arrival to first token.", _FIRST_TOKEN
        )
        self.inter_token = histogram(
            "inter_token_latency_seconds", "Between tokens of a sample.", _PER_TOKEN
        )
        self.per_token = histogram(
            "request_time_per_output_token_seconds",
            "Mean time per token after the first, of a request.",
            _PER_TOKEN,
        )
        self.e2e = histogram("e2e_request_latency_seconds", "Arrival to end.", _REQUEST)
        self.queue = histogram("request_queue_time_seconds", "Arrival to first step.", _REQUEST)
        self.inference = histogram("request_inference_time_seconds", "First step to end.", _REQUEST)
        self.prefill = histogram(
            "request_prefill_time_seconds", "First step to first token.", _REQUEST
        )
        self.decode = histogram("request_decode_time_seconds", "First token to last.", _REQUEST)
        self.loop_lag = histogram(
            "event_loop_lag_seconds",
            "Delay of the event loop while requests are in flight.",
            _LAG,
            prefix="llmserve:",
        )

    def _add_counts(self, max_model_len: int) -> None:
        histogram = self._histogram
        tokens = count_buckets(max_model_len)
        self.prompt_tokens = histogram("request_prompt_tokens", "Tokens of the prompt.", tokens)
        self.generation_tokens = histogram(
            "request_generation_tokens", "Tokens generated, of all samples.", tokens
        )
        self.max_generation_tokens = histogram(
            "request_max_num_generation_tokens", "Tokens of the longest sample.", tokens
        )
        self.params_n = histogram("request_params_n", "The field n.", _N)
        self.params_max_tokens = histogram(
            "request_params_max_tokens", "The field max_tokens.", tokens
        )
        self.computed_tokens = histogram(
            "request_prefill_kv_computed_tokens", "Prompt tokens not found in the cache.", tokens
        )
        self.num_preemptions = histogram(
            "request_num_preemptions", "How often samples of a request were put back.", _PREEMPTIONS
        )
        self.cached_tokens = self._counter(
            "prompt_tokens_cached", "Prompt tokens taken from the prefix cache."
        )
        origins = self._family("prompt_tokens_cached_by_source", "The same by source.", "source")
        self.cached_on_device = origins.labels(*self._values, "device")
        sources = self._family("prompt_tokens_by_source", "Prompt tokens by source.", "source")
        self.prompt_sources = {name: sources.labels(*self._values, name) for name in _SOURCES}
        success = self._family("request_success", "Requests ended.", "finished_reason")
        self.finished = {name: success.labels(*self._values, name) for name in _FINISH_REASONS}
        rejections = self._family("admission_rejections", "Requests turned away.", "reason")
        self._rejections = {name: rejections.labels(*self._values, name) for name in _REJECTIONS}

    def _add_info(self, cache_info: Mapping[str, str], phases: Sequence[tuple[str, float]]) -> None:
        info = Gauge(
            "vllm:cache_config_info",
            "The cache's configuration, as labels.",
            ["engine", *cache_info],
            registry=self.registry,
        )
        info.labels("0", *cache_info.values()).set(1)
        startup = Gauge(
            "llmserve:startup_seconds",
            "Seconds of each phase of the start.",
            [*self._labels, "phase"],
            registry=self.registry,
        )
        for name, seconds in phases:
            startup.labels(*self._values, name).inc(seconds)  # a phase may occur several times

    @property
    def _values(self) -> list[str]:
        return list(self._labels.values())

    def _family(self, name: str, what: str, label: str) -> Counter:
        return Counter(f"vllm:{name}", what, [*self._labels, label], registry=self.registry)

    def _counter(self, name: str, what: str) -> Counter:
        made = Counter(f"vllm:{name}", what, [*self._labels], registry=self.registry)
        return made.labels(*self._values)


class RequestRecord:
    """The account of one request, filled from its outputs and settled by close()."""

    def __init__(self, telemetry: Telemetry, params: SamplingParams) -> None:
        self._telemetry = telemetry
        self._params = params
        self._delta = params.output_kind is RequestOutputKind.DELTA
        self._arrival = time.monotonic()
        # Of each sample: tokens, and when its last chunk came.
        self._samples: dict[int, tuple[int, float]] = {}
        self._first = 0.0
        self._output: RequestOutput | None = None
        self._reason = "abort"  # until the engine says otherwise: the client has left
        self._closed = False

    def update(self, output: RequestOutput) -> None:
        """Takes note of an output, as given by the engine."""
        now = time.monotonic()
        self._output = output
        for sample in output.outputs:
            new = len(sample.token_ids)
            if not new:
                continue
            seen = self._samples.get(sample.index)
            if seen is None or not self._delta:
                self._first = self._first or now
                self._samples[sample.index] = (new, now)
            else:
                # A chunk of k tokens that came t after the one before is k gaps of t / k.
                self._telemetry.inter_token.observe((now - seen[1]) / new, new)
                self._samples[sample.index] = (seen[0] + new, now)
        if output.finished:
            self._reason = next(
                (s.finish_reason for s in output.outputs if s.finish_reason), self._reason
            )

    @property
    def num_prompt_tokens(self) -> int:
        """0 before the first output."""
        return 0 if self._output is None else len(self._output.prompt_token_ids)

    @property
    def num_cached_tokens(self) -> int:
        """Those of the prompt that came from the prefix cache."""
        return 0 if self._output is None else self._output.num_cached_tokens

    @property
    def num_generation_tokens(self) -> int:
        """Of all samples, so far."""
        return sum(count for count, _ in self._samples.values())

    def failed(self) -> None:
        """The request ends with an error, whatever its outputs said."""
        self._reason = "error"

    def refused(self) -> None:
        """The request never ran: nothing is counted."""
        self._closed = True

    def summary(self) -> str:
        """How it ended, in a line."""
        seconds = time.monotonic() - self._arrival
        reason = self._reason if self._output or self._reason != "abort" else "refused or left"
        first = f", first after {self._first - self._arrival:.3f} s" if self._first else ""
        return f"{reason} after {seconds:.3f} s{first}, {self.num_generation_tokens} tokens"

    def close(self) -> None:
        """Settles the account; what is not finished by now counts as aborted."""
        if self._closed:
            return
        self._closed = True
        telemetry = self._telemetry
        reason = self._reason if self._reason in telemetry.finished else "error"
        telemetry.finished[reason].inc()
        telemetry.params_n.observe(self._params.n)
        if self._params.max_tokens is not None:
            telemetry.params_max_tokens.observe(self._params.max_tokens)
        end = time.monotonic()
        telemetry.e2e.observe(end - self._arrival)
        if self._output is not None:
            self._settle(self._output, end)

    def _settle(self, output: RequestOutput, end: float) -> None:
        telemetry = self._telemetry
        prompt = len(output.prompt_token_ids)
        telemetry.prompt_tokens.observe(prompt)
        cached = output.num_cached_tokens
        computed = max(prompt - cached, 0)
        telemetry.computed_tokens.observe(computed)
        telemetry.cached_tokens.inc(cached)
        telemetry.cached_on_device.inc(cached)
        telemetry.prompt_sources["local_compute"].inc(computed)
        telemetry.prompt_sources["local_cache_hit"].inc(cached)
        telemetry.num_preemptions.observe(output.metrics.num_preemptions if output.metrics else 0)
        total = self.num_generation_tokens
        longest = max((count for count, _ in self._samples.values()), default=0)
        telemetry.generation_tokens.observe(total)
        telemetry.max_generation_tokens.observe(longest)
        times = output.metrics
        arrival = times.arrival_time if times else self._arrival
        scheduled = times.first_scheduled_time if times else None
        first = (times.first_token_time if times else None) or self._first
        last = times.last_token_time if times else None
        last = last or max((moment for _, moment in self._samples.values()), default=0.0)
        if scheduled:
            telemetry.queue.observe(max(scheduled - arrival, 0.0))
            telemetry.inference.observe(max(end - scheduled, 0.0))
        if first:
            telemetry.first_token.observe(max(first - arrival, 0.0))
            telemetry.decode.observe(max(last - first, 0.0))
            if scheduled:
                telemetry.prefill.observe(max(first - scheduled, 0.0))
        if first and longest > 1:
            gap = max(last - first, 0.0) / (longest - 1)
            telemetry.per_token.observe(gap)
            if not self._delta:
                # One output held all tokens: what is known of the gaps is their mean.
                telemetry.inter_token.observe(gap, total - len(self._samples))


class _EngineCollector(Collector):
    """EngineStats as gauges and counters, read at the scrape."""

    _GAUGES = (
        ("num_requests_running", "num_running", "Samples in the running batch."),
        ("num_requests_waiting", "num_waiting", "Samples that wait for their first step."),
        ("kv_cache_usage_perc", "kv_cache_usage", "Used share of the KV cache, 0 to 1."),
        ("gpu_cache_usage_perc", "kv_cache_usage", "The same by its older name."),
    )
    _COUNTERS = (
        ("num_preemptions", "num_preemptions", "Samples put back to make room."),
        ("prefix_cache_queries", "prefix_cache_queries", "Tokens looked up in the cache."),
        ("prefix_cache_hits", "prefix_cache_hits", "Tokens found in the cache."),
        ("prompt_tokens", "num_prompt_tokens", "Prompt tokens processed."),
        ("generation_tokens", "num_generation_tokens", "Tokens generated."),
        ("corrupted_requests", "num_corrupted", "Samples ended by non-finite logits."),
    )

    def __init__(self, stats: Callable[[], Any], labels: dict[str, str]) -> None:
        self._stats = stats
        self._names = list(labels)
        self._values = list(labels.values())

    def collect(self) -> Iterator[Metric]:
        stats = self._stats()
        for name, field, what in self._GAUGES:
            gauge = GaugeMetricFamily(f"vllm:{name}", what, labels=self._names)
            gauge.add_metric(self._values, getattr(stats, field))
            yield gauge
        waiting = GaugeMetricFamily(
            "vllm:num_requests_waiting_by_reason",
            "Samples that wait, by what they wait for.",
            labels=[*self._names, "reason"],
        )
        waiting.add_metric([*self._values, "capacity"], stats.num_waiting)
        waiting.add_metric([*self._values, "deferred"], 0)  # we put nobody off for other reasons
        yield waiting
        yield self._step_sizes(stats)
        for name, field, what in self._COUNTERS:
            counter = CounterMetricFamily(f"vllm:{name}", what, labels=self._names)
            counter.add_metric(self._values, getattr(stats, field))
            yield counter

    def _step_sizes(self, stats: Any) -> Metric:
        bounds, counts, num_tokens = stats.step_sizes
        family = HistogramMetricFamily(
            "vllm:iteration_tokens_total", "Tokens computed in a step.", labels=self._names
        )
        names = [*(str(float(bound)) for bound in bounds), "+Inf"]
        sums = itertools.accumulate(float(count) for count in counts)
        family.add_metric(self._values, list(zip(names, sums, strict=True)), num_tokens)
        return family
