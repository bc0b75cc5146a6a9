"""Peers that take their time: dripping heads and bodies, readers that do not read, silences."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from server_harness import (
    FakeEngine,
    Server,
    connection,
    events_of,
    post_head,
    read_all,
    running_server,
    wait_until,
)

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
HI = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def strict() -> Iterator[Server]:
    with running_server(request_timeout=0.5) as running:
        yield running


def drip(sock: socket.socket, data: bytes, enough: threading.Event) -> threading.Thread:
    """Sends a byte every tenth of a second, which is less than any pause that is allowed."""

    def work() -> None:
        with contextlib.suppress(OSError):
            for number in range(len(data)):
                sock.sendall(data[number : number + 1])
                if enough.wait(0.1):
                    return

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("at_once", "slowly"),
    [
        (b"", b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100),
        (post_head(COMPLETIONS, 1000), b'{"prompt": "' + b"x" * 900),
        (post_head(COMPLETIONS), b"1\r\n{\r\n" * 200),
        (post_head(COMPLETIONS), b"2;" + b"x" * 200),
    ],
    ids=["head", "body", "chunks", "chunk head"],
)
def test_every_part_of_a_request_has_its_time(
    strict: Server, at_once: bytes, slowly: bytes
) -> None:
    begin, enough = time.monotonic(), threading.Event()
    with connection(strict) as sock:
        sock.sendall(at_once)
        thread = drip(sock, slowly, enough)
        answer = sock.recv(65536)
        enough.set()
        thread.join()
    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]["type"] == "timeout_error"
    assert 0.4 < time.monotonic() - begin < 5


def test_the_time_of_one_request_does_not_count_for_the_next(strict: Server) -> None:
    """Nor that of the answer: it may take longer than a request."""
    engine = FakeEngine(step_seconds=0.1)
    with running_server(engine, request_timeout=0.5) as server, connection(server) as sock:
        body = json.dumps({"prompt": "hi", "max_tokens": 8}).encode()
        for _ in range(2):
            sock.sendall(post_head(COMPLETIONS, len(body)) + body)
            answer = b""
            while b'"finish_reason"' not in answer:
                answer += sock.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            time.sleep(0.6)


def test_a_reader_that_takes_nothing_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    engine = FakeEngine(max_model_len=1_000_000, step_seconds=0.0)
    # Long names make long chunks: the buffers of the system are full soon.
    options = {"served_model_names": ("m" * 4000,), "write_timeout": 0.5}
    with running_server(engine, **options) as server:
        with connection(server, receive_buffer=4096) as sock:
            body = json.dumps({"prompt": "hi", "max_tokens": 100_000, "stream": True}).encode()
            sock.sendall(post_head(COMPLETIONS, len(body)) + body)
            assert sock.recv(20).startswith(b"HTTP/1.1 200")
            assert wait_until(lambda: engine.num_aborted == 1, 20)
            with contextlib.suppress(ConnectionError):
                assert not read_all(sock).endswith(b"0\r\n\r\n"), "the stream looks whole"
        assert not engine.running
        assert server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 3}).status_code == 200
    lines = [record.getMessage() for record in caplog.records]
    assert sum("took nothing of its answer for 0.5 s; its request is cancelled" in s for s in lines)


# Comments that keep a silent stream alive.


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (COMPLETIONS, {"prompt": "hi", "max_tokens": 4}),
        (CHAT, {"messages": HI, "max_tokens": 4}),
        ("/v1/messages", {"messages": HI, "max_tokens": 4, "model": "fake/model"}),
        ("/v1/responses", {"input": "hi", "max_output_tokens": 4}),
    ],
)
def test_comments_come_where_nothing_else_does(path: str, fields: dict[str, object]) -> None:
    engine = FakeEngine(step_seconds=0.3)
    with running_server(engine, sse_keep_alive_interval=0.1) as server:
        text = server.post(path, {**fields, "stream": True}).text
        plain = server.post(path, {**fields, "stream": True, "temperature": 0}).text
    assert text.startswith(": keep-alive\n\n"), "the first token comes later than the interval"
    assert text.count(": keep-alive\n\n") >= 4
    events = [event for event in events_of(text) if event != ": keep-alive"]
    assert len(events) == len([e for e in events_of(plain) if e != ": keep-alive"])


def test_no_comments_where_events_come() -> None:
    with running_server(sse_keep_alive_interval=5.0) as server:
        body = {"prompt": "hi", "max_tokens": 20, "stream": True}
        text = server.post(COMPLETIONS, body).text
        assert "keep-alive" not in text and text.endswith("data: [DONE]\n\n")
        # A refusal that comes soon has its status still.
        assert server.post(COMPLETIONS, {**body, "n": 0}).status_code == 400
        server.engine.max_running = 0
        assert server.post(COMPLETIONS, body).status_code == 429


def test_a_late_refusal_comes_as_an_event() -> None:
    engine = FakeEngine(step_seconds=0.3)
    engine.fail_after = 1
    with running_server(engine, sse_keep_alive_interval=0.1) as server:
        reply = server.post(COMPLETIONS, {"prompt": "hi", "max_tokens": 9, "stream": True})
    assert reply.status_code == 200
    *_, error, done = events_of(reply.text)
    assert json.loads(error)["error"]["code"] == "generation_failed"
    assert done == "[DONE]"


@pytest.mark.parametrize("is_begun", [False, True])
def test_leaving_aborts_with_comments_too(is_begun: bool) -> None:
    engine = FakeEngine(step_seconds=0.01 if is_begun else 30.0)
    engine.hold = not is_begun
    interval = 0.05 if is_begun else 30.0
    with running_server(engine, sse_keep_alive_interval=interval) as server:
        with connection(server) as sock:
            body = json.dumps({"prompt": "hi", "stream": True}).encode()
            sock.sendall(post_head(COMPLETIONS, len(body)) + body)
            if is_begun:
                assert sock.recv(20)
            assert wait_until(lambda: bool(engine.running))
        assert wait_until(lambda: engine.num_aborted == 1)
        assert wait_until(lambda: server.context.lifecycle.num_active == 0)
