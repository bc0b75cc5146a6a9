"""The page of /metrics: names, types, labels, bounds and values, as Prometheus reads it."""

import math
import time
from collections.abc import Iterator

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from server_harness import FakeEngine, Server, connection, post_head, running_server, wait_until

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
LABELS = {"model_name": "shown", "engine": "0"}
GAUGES = {
    *("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"),
    "gpu_cache_usage_perc",  # an older name of the same, which dashboards still ask for
}
COUNTERS = {
    "num_preemptions",
    "prefix_cache_queries",
    "prefix_cache_hits",
    "prompt_tokens",
    "prompt_tokens_cached",
    "generation_tokens",
    "corrupted_requests",
}
LABELLED_COUNTERS = {
    "request_success": ("finished_reason", {"stop", "length", "abort", "error"}),
    "prompt_tokens_cached_by_source": ("source", {"device"}),
    "prompt_tokens_by_source": ("source", {"local_compute", "local_cache_hit"}),
    "admission_rejections": ("reason", {"queue_full", "shutting_down", "engine_dead"}),
}
TTFT_BOUNDS = (
    "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 20 40 80 160 640 2560"
)
TOKEN_BOUNDS = "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 5 7.5 10 20 40 80"
TIME_BOUNDS = "0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680"
COUNT_BOUNDS = "1 2 5 10 20 50 100 200 500 1000 2000"
# The bounds a dashboard for vLLM may ask for; there may be more.
HISTOGRAMS = {
    "time_to_first_token_seconds": TTFT_BOUNDS,
    "inter_token_latency_seconds": TOKEN_BOUNDS,
    "request_time_per_output_token_seconds": TOKEN_BOUNDS,
    "e2e_request_latency_seconds": TIME_BOUNDS,
    "request_queue_time_seconds": TIME_BOUNDS,
    "request_inference_time_seconds": TIME_BOUNDS,
    "request_prefill_time_seconds": TIME_BOUNDS,
    "request_decode_time_seconds": TIME_BOUNDS,
    "request_prompt_tokens": COUNT_BOUNDS,
    "request_generation_tokens": COUNT_BOUNDS,
    "request_max_num_generation_tokens": COUNT_BOUNDS,
    "request_params_max_tokens": COUNT_BOUNDS,
    "request_prefill_kv_computed_tokens": COUNT_BOUNDS,
    "request_params_n": "1 2 5 10 20",
    "request_num_preemptions": "0 1 2 5",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server(served_model_names=("shown", "other")) as running:
        yield running


class Page:
    """The page at one moment."""

    def __init__(self, server: Server) -> None:
        reply = server.get("/metrics")
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/plain; version=")
        self.families: dict[str, Metric] = {}
        for family in text_string_to_metric_families(reply.text):
            assert family.name not in self.families, "a family may stand on the page once"
            assert family.documentation
            self.families[family.name] = family

    def value(self, name: str, **labels: str) -> float:
        """Of the only sample of this name with these labels, in a family of ours."""
        family = name.removesuffix("_total").removesuffix("_count").removesuffix("_sum")
        found = [
            sample.value
            for sample in self.families[f"vllm:{family}"].samples
            if sample.name == f"vllm:{name}" and labels.items() <= sample.labels.items()
        ]
        assert len(found) == 1, (name, labels, found)
        return float(found[0])

    def http(self, handler: str, method: str, status: str) -> float:
        wanted = {"handler": handler, "method": method, "status": status}
        return sum(
            sample.value
            for sample in self.families["http_requests"].samples
            if sample.name == "http_requests_total" and sample.labels == wanted
        )


def test_everything_is_there_from_the_start(server: Server) -> None:
    page = Page(server)
    families = page.families
    for name in GAUGES:
        assert families[f"vllm:{name}"].type == "gauge"
        assert [s.labels for s in families[f"vllm:{name}"].samples] == [LABELS]
    reasons = families["vllm:num_requests_waiting_by_reason"]
    assert reasons.type == "gauge"
    assert {s.labels["reason"]: s.value for s in reasons.samples} == {"capacity": 0, "deferred": 0}
    for name in COUNTERS:
        assert families[f"vllm:{name}"].type == "counter"
        (sample,) = (s for s in families[f"vllm:{name}"].samples if s.name.endswith("_total"))
        assert sample.labels == LABELS
    for name, (label, values) in LABELLED_COUNTERS.items():
        samples = [s for s in families[f"vllm:{name}"].samples if s.name.endswith("_total")]
        assert {s.labels[label] for s in samples} == values
        assert all({**s.labels, label: ""} == {**LABELS, label: ""} for s in samples)
        assert all(s.value == 0 for s in samples)
    for name, bounds in HISTOGRAMS.items():
        family = families[f"vllm:{name}"]
        assert family.type == "histogram"
        assert page.value(f"{name}_count") == 0
        assert page.value(f"{name}_sum") == 0
        buckets = [s for s in family.samples if s.name.endswith("_bucket")]
        assert all(s.value == 0 and {**s.labels, **LABELS} == s.labels for s in buckets)
        found = [float(s.labels["le"]) for s in buckets]
        assert found == sorted(found)
        assert found[-1] == math.inf
        assert {float(bound) for bound in bounds.split()} <= set(found)
    info = families["vllm:cache_config_info"].samples[0]
    assert (info.value, info.labels["block_size"]) == (1, "16")
    phases = {s.labels["phase"]: s.value for s in families["llmserve:startup_seconds"].samples}
    assert phases == {"load weights": 0.5, "total": 0.75}
    steps = {s.name + s.labels.get("le", ""): s.value for s in step_samples(families)}
    assert steps == {
        **{"vllm:iteration_tokens_total_bucket" + le: value for le, value in STEPS.items()},
        "vllm:iteration_tokens_total_count": 4,
        "vllm:iteration_tokens_total_sum": 42,
    }
    assert families["llmserve:event_loop_lag_seconds"].type == "histogram"
    assert {"process_resident_memory_bytes", "python_info"} <= set(families)


STEPS = {"1.0": 2, "8.0": 3, "16.0": 3, "+Inf": 4}  # of the fake engine's


def step_samples(families: dict[str, Metric]) -> list[Sample]:
    assert families["vllm:iteration_tokens_total"].type == "histogram"
    return list(families["vllm:iteration_tokens_total"].samples)


def test_sizes_and_times_of_http(server: Server) -> None:
    reply = server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 4})
    stream = server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 4, "stream": True})
    server.get("/nowhere")
    page = Page(server)

    def of(family: str, name: str, **labels: str) -> float:
        samples = page.families[family].samples
        return sum(s.value for s in samples if s.name == name and s.labels == labels)

    sent = sum(len(r.request.content) for r in (reply, stream))
    for way, size in (("request", sent), ("response", len(reply.content) + len(stream.content))):
        family = f"http_{way}_size_bytes"
        assert page.families[family].type == "summary"
        assert of(family, f"{family}_sum", handler=COMPLETIONS) == size
        assert of(family, f"{family}_count", handler=COMPLETIONS) == 2
    fine = "http_request_duration_highr_seconds"
    assert of(fine, f"{fine}_count") == 3
    assert of(fine, f"{fine}_bucket", le="60.0") == 3


def test_the_lag_of_the_loop_is_measured_while_there_is_work(server: Server) -> None:
    name = "llmserve:event_loop_lag_seconds"

    def count() -> float:
        samples = Page(server).families[name].samples
        return next(s.value for s in samples if s.name == f"{name}_count")

    server.engine.step_seconds = 0.05
    server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 6})
    after_work = count()
    assert after_work > 2
    time.sleep(0.1)
    assert count() <= after_work + 1, "a server at rest sleeps"


def test_requests_are_counted_once(server: Server) -> None:
    begin = Page(server)
    server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 6})
    server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 60, "stop": [" word467"], "n": 2})
    server.post(COMPLETIONS, {"prompt": ["a", "b"], "max_tokens": 4, "stream": True})
    messages = [{"role": "user", "content": "hi"}]
    server.post(CHAT, {"messages": messages, "max_tokens": 5, "stream": True, "model": "other"})
    page = Page(server)
    reasons = {
        reason: page.value("request_success_total", finished_reason=reason)
        for reason in ("stop", "length", "abort", "error")
    }
    assert reasons == {"stop": 1, "length": 4, "abort": 0, "error": 0}
    # Each prompt is a request of its own: 3 tokens, 3, twice 2, and the chat's 20.
    assert page.value("request_prompt_tokens_count") == 5
    assert page.value("request_prompt_tokens_sum") == 3 + 3 + 2 + 2 + 20
    assert page.value("prompt_tokens_total") == 30
    assert page.value("prompt_tokens_cached_total") == 10
    assert page.value("prompt_tokens_cached_by_source_total", source="device") == 10
    assert page.value("prompt_tokens_by_source_total", source="local_cache_hit") == 10
    assert page.value("prompt_tokens_by_source_total", source="local_compute") == 20
    assert page.value("request_prefill_kv_computed_tokens_sum") == 20
    # The sample that begins with word465 stops at its third word, its neighbour at the second.
    tokens = 6 + (3 + 2) + 4 + 4 + 5
    assert page.value("generation_tokens_total") == tokens
    assert page.value("request_generation_tokens_sum") == tokens
    assert page.value("request_max_num_generation_tokens_sum") == 6 + 3 + 4 + 4 + 5
    assert page.value("request_params_n_sum") == 1 + 2 + 1 + 1 + 1
    assert page.value("request_params_max_tokens_sum") == 6 + 60 + 4 + 4 + 5
    for name in ("time_to_first_token", "e2e_request_latency", "request_queue_time"):
        assert page.value(f"{name}_seconds_count") == 5
    for name in ("request_inference_time", "request_prefill_time", "request_decode_time"):
        assert page.value(f"{name}_seconds_count") == 5
    # A gap for each token but the first of each sample.
    assert page.value("inter_token_latency_seconds_count") == tokens - 6
    assert page.value("request_time_per_output_token_seconds_count") == 5
    assert 0.004 < page.value("e2e_request_latency_seconds_sum") < 5
    assert page.http(COMPLETIONS, "POST", "2xx") == 3
    assert page.http(CHAT, "POST", "2xx") == 1
    assert page.http("/metrics", "GET", "2xx") == begin.http("/metrics", "GET", "2xx") + 1


def test_gauges_are_those_of_the_engine(server: Server) -> None:
    engine = server.engine
    engine.hold = True
    with connection(server) as sock:
        body = b'{"prompt": "hi", "max_tokens": 3}'
        sock.sendall(post_head(COMPLETIONS, len(body)) + body)
        assert wait_until(lambda: bool(engine.running))
        page = Page(server)
        assert page.value("num_requests_waiting") == 1
        assert page.value("num_requests_waiting_by_reason", reason="capacity") == 1
        assert page.value("num_requests_running") == 0
        engine.hold = False
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
    page = Page(server)
    assert page.value("num_requests_waiting") == 0
    assert page.value("kv_cache_usage_perc") == 0.25
    assert page.value("num_preemptions_total") == 3
    assert page.value("prefix_cache_queries_total") == 70
    assert page.value("prefix_cache_hits_total") == 30
    assert page.value("corrupted_requests_total") == 0


def test_refusals_and_failures(server: Server) -> None:
    engine = server.engine
    assert isinstance(engine, FakeEngine)
    body = {"prompt": "hi", "max_tokens": 6}
    server.post(COMPLETIONS, {**body, "n": 0})
    server.post(COMPLETIONS, {**body, "prompt": [5000]})
    engine.max_running = 0
    server.post(COMPLETIONS, body)
    engine.max_running, engine.dead = 9, "lost"
    server.post(COMPLETIONS, {**body, "stream": True})
    page = Page(server)
    assert page.value("admission_rejections_total", reason="queue_full") == 1
    assert page.value("admission_rejections_total", reason="engine_dead") == 1
    assert page.value("e2e_request_latency_seconds_count") == 0, "none of them ran"
    engine.dead = None
    for stream, troubles in (
        (False, ("fail_after", "crash_after")),
        (True, ("fail_after", "crash_after", "die_after")),
    ):
        for trouble in troubles:
            setattr(engine, trouble, 3)
            server.post(COMPLETIONS, {**body, "stream": stream})
            setattr(engine, trouble, None)
    server.post(COMPLETIONS, {**body, "max_tokens": 2000, "timeout": 0.01})
    page = Page(server)
    assert page.value("request_success_total", finished_reason="error") == 6
    assert page.value("request_success_total", finished_reason="length") == 0
    # A request that had begun was admitted.
    assert page.value("admission_rejections_total", reason="engine_dead") == 1
    assert page.http(COMPLETIONS, "POST", "4xx") == 4
    assert page.http(COMPLETIONS, "POST", "5xx") == 3


def test_clients_that_leave_are_counted(server: Server) -> None:
    body = b'{"prompt": "hi", "max_tokens": 2000}'
    with connection(server) as sock:
        sock.sendall(post_head(COMPLETIONS, len(body)) + body)
        assert wait_until(lambda: bool(server.engine.running))
    assert wait_until(lambda: server.engine.num_aborted == 1)
    page = Page(server)
    assert page.value("request_success_total", finished_reason="abort") == 1
    assert page.http(COMPLETIONS, "POST", "4xx") == 1


def test_nothing_a_client_sends_becomes_a_label(server: Server) -> None:
    for path in ("/nope", "/v1/models/secret", "/v1/models/shown"):
        server.get(path)
    server.post(COMPLETIONS, {"prompt": "hi", "model": "secret"})
    with connection(server) as sock:
        sock.sendall(b"SECRET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 405"
    text = server.get("/metrics").text
    assert "secret" not in text.lower()
    assert "nope" not in text
    page = Page(server)
    assert page.http("none", "GET", "4xx") == 1
    assert page.http("none", "other", "4xx") == 1
    assert page.http("/v1/models/<model_id:path>", "GET", "4xx") == 1
    assert page.http("/v1/models/<model_id:path>", "GET", "2xx") == 1
