"""A client that leaves, or does not read, costs nobody anything: not even one more token."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from server_harness import (
    FakeEngine,
    Server,
    connection,
    post_head,
    running_server,
    wait_until,
)

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
SECONDS = 0.5  # from the close to the abort


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(FakeEngine(max_model_len=1_000_000, step_seconds=0.005)) as running:
        yield running


@pytest.fixture
def engine(server: Server) -> FakeEngine:
    engine = server.engine
    assert isinstance(engine, FakeEngine)
    engine.num_aborted, engine.hold = 0, False
    return engine


def start(sock: socket.socket, path: str, body: dict[str, Any]) -> None:
    raw = json.dumps({"max_tokens": 100_000, **body}).encode()
    sock.sendall(post_head(path, len(raw)) + raw)


MESSAGES = [{"role": "user", "content": "hi"}]
REQUESTS: dict[str, tuple[str, dict[str, Any], int]] = {
    "whole": (COMPLETIONS, {"prompt": "hi"}, 1),
    "streamed": (COMPLETIONS, {"prompt": "hi", "stream": True}, 1),
    "chat": (CHAT, {"messages": MESSAGES}, 1),
    "streamed chat": (CHAT, {"messages": MESSAGES, "stream": True}, 1),
    "three prompts": (COMPLETIONS, {"prompt": ["a", "b", "c"]}, 3),
    "three prompts, streamed": (COMPLETIONS, {"prompt": ["a", "b", "c"], "stream": True}, 3),
    # Sanic stops reading in the middle of such a body.
    "large body": (COMPLETIONS, {"prompt": "x" * 300_000}, 1),
    "large body, streamed": (COMPLETIONS, {"prompt": "x" * 300_000, "stream": True}, 1),
}


@pytest.mark.parametrize("is_queued", [False, True], ids=["running", "queued"])
@pytest.mark.parametrize("name", REQUESTS)
def test_leaving_aborts(server: Server, engine: FakeEngine, name: str, is_queued: bool) -> None:
    path, body, count = REQUESTS[name]
    engine.hold = is_queued
    with connection(server) as sock:
        start(sock, path, body)
        assert wait_until(lambda: len(engine.running) == count)
        if body.get("stream") and not is_queued:
            assert sock.recv(20).startswith(b"HTTP/1.1 200")
    assert wait_until(lambda: engine.num_aborted == count, SECONDS)
    assert not engine.running
    assert server.context.lifecycle.num_active == 0


def test_leaving_by_a_reset_aborts(server: Server, engine: FakeEngine) -> None:
    with connection(server) as sock:
        start(sock, COMPLETIONS, {"prompt": "hi", "stream": True})
        assert sock.recv(20)
        # Lingering for no time at all: the close is a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert wait_until(lambda: engine.num_aborted == 1, SECONDS)


def test_leaving_within_the_body_starts_nothing(server: Server, engine: FakeEngine) -> None:
    calls = len(engine.calls)
    with connection(server) as sock:
        sock.sendall(post_head(COMPLETIONS, 1000) + b'{"prompt": "hi"')
    assert server.get("/health").status_code == 200
    assert len(engine.calls) == calls


def test_fifty_leave_at_once(server: Server, engine: FakeEngine) -> None:
    clients = [connection(server) for _ in range(50)]
    for number, client in enumerate(clients):
        start(client.__enter__(), COMPLETIONS, {"prompt": "hi", "stream": number % 2 == 0})
    assert wait_until(lambda: len(engine.running) == 50)
    for client in clients:
        client.__exit__(None, None, None)
    assert wait_until(lambda: engine.num_aborted == 50, 4 * SECONDS)
    answer = server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 3})
    assert answer.json()["usage"]["completion_tokens"] == 3


def test_the_next_request_of_a_connection_waits_and_is_answered(server: Server) -> None:
    with connection(server) as sock:
        for _ in range(2):
            start(sock, COMPLETIONS, {"prompt": "hi", "max_tokens": 3})
        seen = b""
        while seen.count(b'"finish_reason":"length"') < 2:
            part = sock.recv(65536)
            assert part
            seen += part
    assert seen.count(b"HTTP/1.1 200") == 2


def test_who_does_not_read_stops_only_their_own_stream() -> None:
    engine = FakeEngine(max_model_len=1_000_000, step_seconds=0.0)
    # Long names make long chunks: the buffers of the system are full soon.
    with running_server(engine, served_model_names=("m" * 4000,)) as server:
        with connection(server, receive_buffer=4096) as sock:
            start(sock, COMPLETIONS, {"prompt": "hi", "stream": True})
            assert sock.recv(20).startswith(b"HTTP/1.1 200")

            def has_stopped() -> bool:
                before = engine.counters.num_generation_tokens
                return not wait_until(
                    lambda: engine.counters.num_generation_tokens > before, seconds=0.2
                )

            assert wait_until(has_stopped, seconds=8)
            # What waits is bounded: by the buffers, not by the 100 000 tokens asked for.
            assert engine.counters.num_generation_tokens < 10_000
            answer = server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 50})
            assert answer.json()["usage"]["completion_tokens"] == 50
        assert wait_until(lambda: engine.num_aborted == 1, SECONDS)
