"""Thousands of requests, of clients that leave and of clients that err, leave nothing behind."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from load_client import at_once, post, session, stream
from server_process import ServerProcess, abandon, stopped_cleanly, wait_until

pytestmark = pytest.mark.slow

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
GREEDY = {"prompt": "Once upon a time", "temperature": 0, "max_tokens": 40, "ignore_eos": True}
MAX_BODY = 1 << 18


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """Few requests run at a time, so that others queue; its cache is full soon."""
    flags = ["--max-num-seqs", "8", "--kv-cache-memory-bytes", "24MiB"]
    flags += ["--max-request-bytes", str(MAX_BODY)]
    with stopped_cleanly(ServerProcess(*flags)) as running:
        yield running


def text_of(server: ServerProcess) -> str:
    answer = server.post(COMPLETIONS, GREEDY)
    assert answer.status_code == 200
    text = answer.json()["choices"][0]["text"]
    assert isinstance(text, str)
    return text


def leave(server: ServerProcess, first: int, count: int) -> Counter[str]:
    """So many clients that begin a long request and leave, 50 at a time, in ten ways. Returns how
    many left before anything had come, and after some of it."""
    left: Counter[str] = Counter()
    for base in range(first, first + count, 50):
        socks = []
        for number in range(base, base + 50):
            prompt = f"{number} boats"
            body: dict[str, Any] = {"max_tokens": 1500, "ignore_eos": True}
            body["stream"] = number % 10 < 7
            if number % 2:
                body["messages"] = [{"role": "user", "content": prompt}]
            else:
                body["prompt"] = prompt
            part = 0.5 if number % 10 == 9 else 1.0
            path = CHAT if number % 2 else COMPLETIONS
            socks.append(server.open_request(path, body, part))
        for number, sock in enumerate(socks, base):
            how = "at once"
            if number % 10 < 4:
                # Those that run have begun to say something; those that queue have not.
                sock.settimeout(0.05)
                try:
                    how = "within the answer" if sock.recv(4096) else "refused"
                except TimeoutError:
                    pass
            left[how] += 1
            if number % 3:
                abandon(sock)
            else:
                sock.shutdown(socket.SHUT_RDWR)
                sock.close()
    return left


def test_2000_clients_leave_nothing_behind(server: ServerProcess) -> None:
    text = text_of(server)
    leave(server, 0, 200)  # pools and tables get the size they keep
    assert wait_until(server.is_idle, 20)
    files, threads = server.open_files(), server.threads()
    left = leave(server, 1000, 2000)
    assert min(left["at once"], left["within the answer"]) > 100, left
    assert left["refused"] == 0, left
    assert wait_until(server.is_idle, 20), "work goes on for clients that have left"
    with server.client() as http:  # closed here: an open connection would be one file more
        assert http.get("/load").json() == {"server_load": 0}
    assert wait_until(lambda: server.open_files() <= files, 5)
    assert server.threads() == threads
    assert text_of(server) == text
    assert "Traceback" not in server.log, server.log


KINDS = (
    *("completion", "completion streamed", "chat", "chat streamed", "response", "message"),
    *("tokenize", "count", "wrong value", "no JSON", "no route", "wrong method", "too large"),
    *("another model", "leaves", "models", "samples"),
)


async def mixed(client: Any, server: ServerProcess, number: int) -> int:
    """One request of some kind, with a prompt of its own; the status of its answer."""
    kind = KINDS[number % len(KINDS)]
    draw = random.Random(number)
    text = " ".join(str(draw.randrange(10**6)) for _ in range(6))
    chat: dict[str, Any] = {"messages": [{"role": "user", "content": text}], "max_tokens": 8}
    plain: dict[str, Any] = {"prompt": text, "max_tokens": 8, "logprobs": 2}
    if kind == "completion streamed":
        return 200 if await stream(client, COMPLETIONS, plain) else 0
    if kind == "chat streamed":
        return 200 if await stream(client, CHAT, chat) else 0
    if kind in ("no route", "wrong method", "models"):
        path = {"no route": f"/{number}", "wrong method": CHAT, "models": "/v1/models"}[kind]
        async with client.get(path) as reply:
            await reply.read()
            return int(reply.status)
    if kind == "no JSON":
        async with client.post(COMPLETIONS, data=text.encode()) as reply:
            await reply.read()
            return int(reply.status)
    if kind == "leaves":
        sock = server.open_request(COMPLETIONS, {**plain, "max_tokens": 1500, "stream": True})
        await asyncio.sleep(draw.random() / 50)
        abandon(sock)
        return 0
    path, body = {
        "completion": (COMPLETIONS, plain),
        "samples": (COMPLETIONS, {**plain, "n": 3, "stop": ["1"], "echo": True}),
        "chat": (CHAT, chat),
        "response": ("/v1/responses", {"input": text, "max_output_tokens": 8}),
        "message": ("/v1/messages", {**chat, "model": "llmserve-mini"}),
        "tokenize": ("/tokenize", {"prompt": text}),
        "count": ("/v1/messages/count_tokens", {**chat, "model": "llmserve-mini"}),
        "wrong value": (COMPLETIONS, {**plain, "n": text}),
        "too large": (COMPLETIONS, {"prompt": text * (MAX_BODY // len(text) + 1)}),
        "another model": (CHAT, {**chat, "model": text}),
    }[kind]
    status, _ = await post(client, path, body)
    return status


def test_memory_is_flat_over_3000_requests_of_all_kinds(server: ServerProcess) -> None:
    statuses: Counter[int] = Counter()

    async def run(first: int, count: int) -> None:
        async with session(server.url) as client:
            numbers = range(first, first + count)
            statuses.update(await at_once(numbers, lambda n: mixed(client, server, n), limit=16))

    asyncio.run(run(0, 500))  # heaps, tables and caches get the size they keep
    assert wait_until(server.is_idle, 20)
    files, threads, memory = server.open_files(), server.threads(), server.private_kib()
    asyncio.run(run(500, 2500))
    assert wait_until(server.is_idle, 20)
    grown = server.private_kib() - memory
    assert grown < 2500 // 2, f"{grown} KiB over 2500 requests: more than 0.5 KiB each"
    assert wait_until(lambda: server.open_files() <= files, 5)
    assert server.threads() == threads
    assert set(statuses) == {0, 200, 400, 404, 405, 413, 415}, statuses
    assert "Traceback" not in server.log, server.log
