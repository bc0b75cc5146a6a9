"""A full queue, a dead engine, failures and deadlines: one ending for each request."""

import json
from typing import Any

import pytest
from llmserve.server import run
from server_harness import FakeEngine, error_of, events_of, running_server

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"


def test_queue_full() -> None:
    engine = FakeEngine()
    engine.max_running = 0
    with running_server(engine) as server:
        for body in ({}, {"stream": True}, {"prompt": ["a", "b"]}):
            reply = server.post(COMPLETIONS, {"prompt": "hi", **body})
            error = error_of(reply, 429, "queue_full")
            assert error["type"] == "rate_limit_error"
            assert int(reply.headers["retry-after"]) >= 1
        engine.max_running = 1
        # One of two prompts is refused: so is the request, and the other one is given up.
        error_of(server.post(COMPLETIONS, {"prompt": ["a", "b"]}), 429, "queue_full")
        assert not engine.running
        assert server.post(COMPLETIONS, {"prompt": "a"}).status_code == 200


@pytest.mark.parametrize("state", ["failed", "running"])
def test_dead_engine(state: str) -> None:
    engine = FakeEngine()
    engine.dead = "the device is lost"
    # Running: the core knows of nothing, but AsyncLLM could not read its outputs.
    engine.counters.state = state
    engine.counters.failure = "the device is lost" if state == "failed" else ""
    with running_server(engine) as server:
        for body in ({}, {"stream": True}):
            error = error_of(server.post(COMPLETIONS, {"prompt": "hi", **body}), 503, "engine_dead")
            assert "the device is lost" in error["message"]
        for path in ("/health", "/ping"):
            error_of(server.get(path), 503, "engine_dead")
        assert server.get("/metrics").status_code == 200


def test_a_failed_engine_ends_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_WATCH_SECONDS", 0.05)
    monkeypatch.setattr(run, "_FAILED_SECONDS", 0.3)
    engine = FakeEngine()
    with running_server(engine) as server:
        assert server.get("/health").status_code == 200
        engine.dead = engine.counters.failure = "the device is lost"
        engine.counters.state = "failed"
        # Load balancers get to see it first.
        error_of(server.get("/health"), 503, "engine_dead")
        assert server.join(5)
    assert server.failure == "the device is lost"
    assert engine.closed


def test_health_of_a_stuck_engine() -> None:
    engine = FakeEngine()
    with running_server(engine, health_timeout=5) as server:
        engine.counters.seconds_since_step = 4.0
        assert server.get("/health").status_code == 200
        engine.counters.seconds_since_step = 6.0
        assert "6.0 s" in error_of(server.get("/health"), 503, "engine_stalled")["message"]


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        ({"fail_after": 3}, 500, "generation_failed"),
        ({"fail_after": 3, "fail_cause": "engine"}, 503, "engine_dead"),
        ({"die_after": 3}, 503, "engine_dead"),
        ({"crash_after": 3}, 500, "internal"),
    ],
)
@pytest.mark.parametrize("prompt", ["hi", ["hi", "you"]])
def test_failure_in_the_middle(
    trouble: dict[str, Any], status: int, code: str, prompt: str | list[str]
) -> None:
    engine = FakeEngine()
    vars(engine).update(trouble)
    with running_server(engine) as server:
        body = {"prompt": prompt, "max_tokens": 9}
        error = error_of(server.post(COMPLETIONS, body), status, code)
        reply = server.post(COMPLETIONS, {**body, "stream": True})
        assert reply.status_code == 200
        *chunks, last, done = events_of(reply.text)
        assert chunks
        assert all("choices" in json.loads(chunk) for chunk in chunks)
        assert json.loads(last) == {"error": error}
        assert done == "[DONE]"
        assert "KeyError" not in reply.text
        assert not engine.running


def test_failure_before_the_first_token_has_a_status() -> None:
    engine = FakeEngine()
    engine.fail_after = 0
    with running_server(engine) as server:
        body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
        error_of(server.post(CHAT, body), 500, "generation_failed")


# Deadlines.


def test_deadline() -> None:
    engine = FakeEngine(step_seconds=0.01)
    with running_server(engine) as server:
        body = {"prompt": "hi", "max_tokens": 1000, "timeout": 0.1}
        error = error_of(server.post(COMPLETIONS, body), 408, "deadline_exceeded")
        assert error["message"] == "The deadline of the request has passed."
        assert error["type"] == "timeout_error"
        reply = server.post(COMPLETIONS, {**body, "stream": True})
        *chunks, last, done = events_of(reply.text)
        assert reply.status_code == 200
        assert chunks
        assert json.loads(last) == {"error": error}
        assert done == "[DONE]"
        # In the queue: nothing has been said yet, so a stream has a status too.
        engine.hold = True
        for more in ({}, {"stream": True}):
            error_of(server.post(COMPLETIONS, {**body, **more}), 408, "deadline_exceeded")
        assert not engine.running


def test_deadline_of_the_server() -> None:
    engine = FakeEngine()
    with running_server(engine, timeout=0.05) as server:
        server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 1})
        server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 1, "timeout": 7})
        assert [call["timeout"] for _, call in engine.calls] == [0.05, 7.0]
        engine.hold = True
        error_of(server.post(COMPLETIONS, {"prompt": "hi"}), 408, "deadline_exceeded")
