"""A server that runs, as a process: its end, clients that leave, deadlines, a full queue.

How it starts is in test_server_start.py.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_process import ServerProcess, abandon, stopped_cleanly, wait_until

COMPLETIONS = "/v1/completions"
SMALL = ["--kv-cache-memory-bytes", "24MiB", "--served-model-name", "tiny"]
# Half a second and more: long enough for what the tests do meanwhile.
NUM_TOKENS = 2500
PROMPT = list(range(20, 30))


@pytest.fixture(scope="module")
def long_llama(checkpoint_factory: Callable[..., Path]) -> Path:
    """A model whose answers last: its context is as long as one wants to wait."""
    return checkpoint_factory("llama", max_position_embeddings=32768)


@pytest.fixture(scope="module")
def server(long_llama: Path) -> Iterator[ServerProcess]:
    """One server that lives through all tests that do not end it. Two requests run, others wait."""
    with stopped_cleanly(ServerProcess(str(long_llama), *SMALL, "--max-num-seqs", "2")) as running:
        yield running


def request(num_tokens: int = NUM_TOKENS, stream: bool = True, **fields: Any) -> dict[str, Any]:
    return {
        "model": "tiny",
        "prompt": PROMPT,
        "temperature": 0,
        "max_tokens": num_tokens,
        "ignore_eos": True,
        "stream": stream,
        **({"stream_options": {"include_usage": True}} if stream else {}),
        **fields,
    }


class Stream(threading.Thread):
    """A streamed request in a thread of its own. begun: set with the first event."""

    def __init__(self, server: ServerProcess, num_tokens: int = NUM_TOKENS) -> None:
        super().__init__(daemon=True)
        self._url = server.url + COMPLETIONS
        self._body = request(num_tokens)
        self.begun = threading.Event()
        self.status = 0
        self.events: list[str] = []
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with httpx.stream("POST", self._url, json=self._body, timeout=60) as reply:
                self.status = reply.status_code
                for line in reply.iter_lines():
                    if line:
                        self.events.append(line.removeprefix("data: "))
                        self.begun.set()
        except Exception as error:
            self.error = error
        self.begun.set()

    def end(self) -> tuple[str | None, int]:
        """(finish reason, number of tokens) of a stream that is whole, [DONE] included."""
        self.join(30)
        assert not self.is_alive() and self.error is None, self.error
        assert self.status == 200
        *chunks, done = self.events
        assert done == "[DONE]"
        parsed = [json.loads(chunk) for chunk in chunks]
        usage = parsed.pop()
        reasons = [
            choice["finish_reason"] for chunk in parsed for choice in chunk.get("choices", [])
        ]
        return reasons[-1], usage["usage"]["completion_tokens"]


def streams(server: ServerProcess, count: int, num_tokens: int = NUM_TOKENS) -> list[Stream]:
    """That many streams, all of which have begun."""
    made = [Stream(server, num_tokens) for _ in range(count)]
    assert all(stream.begun.wait(20) for stream in made)
    assert all(stream.status == 200 for stream in made)
    return made


# The end.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_ends_before_the_server(long_llama: Path, number: signal.Signals) -> None:
    with ServerProcess(str(long_llama), *SMALL, "--max-num-seqs", "4") as server:
        # More than may run at once: those that wait have been admitted too.
        running = streams(server, 4)
        waiting = [Stream(server, 50) for _ in range(3)]
        assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 3)
        with ThreadPoolExecutor(1) as pool, server.client() as idle, server.client() as http:
            assert idle.get("/health").status_code == 200  # a peer that keeps its connection
            whole = pool.submit(server.post, COMPLETIONS, request(60, stream=False))
            assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 4)
            server.signal(number)
            assert wait_until(lambda: http.get("/ready").status_code == 503)
            assert http.get("/health").status_code == 503
            refused = http.post(COMPLETIONS, json=request(5))
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert refused.json()["error"]["code"] == "shutting_down"
            assert all(stream.is_alive() for stream in running)
            for stream in running:
                assert stream.end() == ("length", NUM_TOKENS)
            for stream in waiting:
                assert stream.end() == ("length", 50)
            answer = whole.result(20)
            assert answer.status_code == 200
            assert answer.json()["usage"]["completion_tokens"] == 60
        assert server.wait() == 0, server.log
        assert "Traceback" not in server.log, server.log
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)


def test_a_server_at_rest_ends_at_once(long_llama: Path) -> None:
    with ServerProcess(str(long_llama), *SMALL) as server, server.client() as idle:
        assert idle.get("/health").status_code == 200
        with ExitStack() as stack:
            head = b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
            for sent in (b"", head[:40], head, head + b"{"):
                peer = socket.create_connection(("127.0.0.1", server.port))
                stack.enter_context(peer).sendall(sent)
            assert idle.get("/health").status_code == 200  # what was sent before has come in
            begin = time.monotonic()
            server.signal()
            assert server.wait() == 0, server.log
        assert time.monotonic() - begin < 2, "idle and dripping peers hold up the end"
        assert "Traceback" not in server.log, server.log


def test_the_grace_time_is_kept(long_llama: Path) -> None:
    flags = ["--shutdown-timeout", "0.3", "--max-num-seqs", "2"]
    with ServerProcess(str(long_llama), *SMALL, *flags) as server:
        running = streams(server, 2, 12_000)
        queued = [Stream(server, 12_000)]
        with ThreadPoolExecutor(1) as pool:
            whole = pool.submit(server.post, COMPLETIONS, request(12_000, stream=False))
            assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 2)
            begin = time.monotonic()
            server.signal()
            answer = whole.result(20)
        assert server.wait() == 0, server.log
        assert time.monotonic() - begin < 4
        # What was cut says so, and ends as every stream does.
        for stream in running:
            reason, count = stream.end()
            assert reason == "abort" and 0 < count < 12_000
        for stream in queued:
            stream.join(5)
            assert stream.error is None
            assert stream.status == 503 or stream.events[-1] == "[DONE]"
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "shutting_down"
        assert "Traceback" not in server.log, server.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(long_llama: Path, number: signal.Signals) -> None:
    with ServerProcess(str(long_llama), *SMALL) as server:
        streams(server, 1, 20_000)
        server.signal(number)
        assert wait_until(lambda: httpx.get(server.url + "/health").status_code == 503)
        begin = time.monotonic()
        server.signal(number)
        assert server.wait() == 128 + number
        assert time.monotonic() - begin < 1
        assert "Traceback" not in server.log, server.log


def test_a_kill_leaves_nothing_behind(long_llama: Path) -> None:
    def segments() -> set[str]:
        return {name for name in os.listdir("/dev/shm") if "llmserve" in name}

    before = segments()
    with ServerProcess(str(long_llama), *SMALL) as server:
        streams(server, 2)
        task = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        assert task.read_text() == "", "one process is all there is"
        server.signal(signal.SIGKILL)
        assert server.wait() == -signal.SIGKILL
        port = str(server.port)
    assert segments() == before
    # The same port serves the same text again.
    with ServerProcess(str(long_llama), *SMALL, "--port", port) as again:
        assert again.url.endswith(":" + port)
        assert again.post(COMPLETIONS, request(5, stream=False)).status_code == 200


# Clients that leave.


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("padding", [0, 70_000], ids=["small", "large"])
def test_the_work_of_a_client_that_left_is_dropped(
    server: ServerProcess, stream: bool, padding: int
) -> None:
    # A body over 64 kB makes Sanic pause reading, which must not hide the end of the connection.
    body = request(20_000, stream=stream, user="u" * padding)
    with ExitStack() as stack:
        # Two run, and one waits for a place.
        # Stopped meanwhile, the server finds all of a body at once, as it may under load.
        server.signal(signal.SIGSTOP)
        socks = [stack.enter_context(server.open_request(COMPLETIONS, body)) for _ in range(3)]
        server.signal(signal.SIGCONT)
        assert wait_until(lambda: server.metric("vllm:num_requests_running") == 2)
        assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 1)
        # First the one that waits: its leaving must not need a place.
        abandon(socks[2])
        assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 0, 1)
        assert server.metric("vllm:num_requests_running") == 2
        for sock in socks[:2]:
            sock.shutdown(socket.SHUT_RDWR)
            sock.close()
    assert wait_until(server.is_idle, 1), "work goes on for clients that have left"
    assert server.post(COMPLETIONS, request(5, stream=False)).status_code == 200


def test_a_client_that_leaves_is_counted(server: ServerProcess) -> None:
    before = server.num_aborted()
    sock = server.open_request(COMPLETIONS, request(20_000))
    sock.recv(10)
    abandon(sock)
    assert wait_until(lambda: server.num_aborted() == before + 1, 1)
    assert wait_until(server.is_idle, 1)


def test_200_clients_leave_nothing_behind(server: ServerProcess) -> None:
    def leave(first: int, count: int) -> None:
        # All kinds: at once, after some of the answer, streamed and whole, queued ones too.
        for base in range(first, first + count, 20):
            socks = [
                server.open_request(
                    COMPLETIONS, request(20_000, stream=i % 3 > 0, prompt=f"boat number {i}")
                )
                for i in range(base, base + 20)
            ]
            for number, sock in enumerate(socks):
                if number in (1, 2):
                    sock.settimeout(0.05)
                    try:
                        sock.recv(4096)
                    except TimeoutError:
                        pass
                abandon(sock)

    leave(0, 200)  # heaps, tables and caches get the size they keep
    assert wait_until(server.is_idle, 2)
    files, memory = server.open_files(), server.private_kib()
    leave(1000, 200)
    assert wait_until(server.is_idle, 2), "work goes on for clients that have left"
    assert wait_until(lambda: server.open_files() <= files, 2)
    grown = server.private_kib() - memory
    assert grown < 1500, f"{grown} KiB over 200 clients"
    assert "Traceback" not in server.log, server.log
    assert server.post(COMPLETIONS, request(5, stream=False)).status_code == 200


def test_a_server_at_rest_uses_no_cpu(server: ServerProcess) -> None:
    assert wait_until(server.is_idle)
    with server.client() as http:
        assert http.get("/health").status_code == 200  # a connection stays open

        def used() -> float:
            before = server.cpu_seconds()
            time.sleep(1)
            return server.cpu_seconds() - before

        # Twice: once in ten seconds a line of statistics is written.
        assert any(used() < 0.02 for _ in range(2))


def test_a_slow_reader_holds_up_nobody(server: ServerProcess) -> None:
    sock = server.open_request(COMPLETIONS, request(3000))  # never read
    try:
        assert wait_until(lambda: server.metric("vllm:num_requests_running") == 1)
        begin = time.monotonic()
        for _ in range(5):
            assert server.post(COMPLETIONS, request(20, stream=False)).status_code == 200
        assert time.monotonic() - begin < 2
        # The engine does not wait for the reader: its pages come back before the text is read.
        assert wait_until(server.is_idle, 20)
    finally:
        abandon(sock)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_a_deadline_ends_what_runs(server: ServerProcess, stream: bool) -> None:
    begin = time.monotonic()
    answer = server.post(COMPLETIONS, request(20_000, stream, timeout=0.3))
    assert 0.2 < time.monotonic() - begin < 2
    if stream:
        assert answer.status_code == 200
        *chunks, error, done, nothing = answer.text.split("\n\n")
        assert len(chunks) > 10 and (done, nothing) == ("data: [DONE]", "")
        body = json.loads(error.removeprefix("data: "))
    else:
        assert answer.status_code == 408
        body = answer.json()
    assert body["error"]["code"] == "deadline_exceeded"
    assert wait_until(server.is_idle, 1)


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (["--max-num-queued-reqs", "2"], "2 requests wait and max_num_queued_reqs is 2"),
        (
            ["--max-num-queued-tokens", "25"],
            "20 prompt tokens wait, this request has 10 and max_num_queued_tokens is 25",
        ),
    ],
)
def test_a_full_queue_refuses_at_once(long_llama: Path, flag: list[str], words: str) -> None:
    flags = ["--max-num-seqs", "1", *flag]
    with stopped_cleanly(ServerProcess(str(long_llama), *SMALL, *flags)) as server:
        running = streams(server, 1, 8000)
        waiting = [Stream(server, 10) for _ in range(2)]
        assert wait_until(lambda: server.metric("vllm:num_requests_waiting") == 2)
        for stream in (True, False):
            begin = time.monotonic()
            refused = server.post(COMPLETIONS, request(10, stream))
            assert time.monotonic() - begin < 0.5
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0
            assert refused.json()["error"]["type"] == "rate_limit_error"
            assert words in refused.json()["error"]["message"]
        with server.client() as http:
            assert http.get("/health").status_code == 200, "a busy server is a healthy one"
        assert [stream.end() for stream in running] == [("length", 8000)]
        assert [stream.end() for stream in waiting] == [("length", 10)] * 2
        assert server.post(COMPLETIONS, request(10)).status_code == 200
