"""Large and dense bodies: what is too much is refused, and the event loop goes on meanwhile."""

from __future__ import annotations

import gc
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llmserve
import pytest
from llmserve.server.protocol import CompletionRequest
from llmserve.server.reply import Call
from llmserve.server.validate import parse_request
from llmserve.tokenizer import Tokenizer
from server_harness import FakeEngine, Server, connection, post_head, read_all, running_server

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """With a real tokenizer, as that is what long texts keep busy."""
    engine: Any = FakeEngine()
    engine.tokenizer = Tokenizer.from_dir(Path(llmserve.__file__).parent / "llmserve_mini")
    with running_server(engine) as running:
        yield running


def user(content: Any, **more: Any) -> list[Any]:
    return [{"role": "user", "content": content, **more}]


PARTS = [{"type": "text", "text": "a"}] * 10_001


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (COMPLETIONS, {f"field{i}": 0 for i in range(1001)}, "1001 fields; at most 1000"),
        (CHAT, {"messages": user(PARTS)}, "messages[0].content holds 10001 parts; at most 10000"),
        ("/v1/responses", {"input": user(PARTS)}, "input[0].content holds 10001 parts"),
        (
            "/v1/messages",
            {"model": "fake/model", "max_tokens": 1, "messages": user(PARTS)},
            "messages[0].content holds 10001 parts",
        ),
        (
            CHAT,
            {"messages": user("hi"), "chat_template_kwargs": {"a": "x" * 65_536}},
            "chat_template_kwargs is 65544 bytes of JSON; at most 65536",
        ),
        (COMPLETIONS, {"prompt": "a", "tools": [[]] * 100_000}, "tools is not supported"),
    ],
)
def test_too_much_is_refused(server: Server, path: str, body: Any, words: str) -> None:
    reply = server.post(path, body)
    assert reply.status_code == 400
    assert words in reply.json()["error"]["message"]
    assert len(reply.content) < 500


def test_as_much_as_is_allowed(server: Server) -> None:
    for fields in (
        {"messages": user(PARTS[1:]), "truncate_prompt_tokens": 10},
        {"messages": user("hi"), "chat_template_kwargs": {"a": "x" * 65_528}},
        {"messages": user("hi"), **{f"field{i}": 0 for i in range(998)}},
    ):
        reply = server.post(CHAT, {"max_tokens": 1, **fields})
        # The fake engine knows fewer ids than the tokenizer, and looks at them last.
        assert reply.status_code == 200 or "token id" in reply.text, reply.text


# Not to be worked on in the loop: half a second each and more, were it done there.
LONG: dict[str, Callable[[], tuple[str, Any]]] = {
    "text": lambda: (COMPLETIONS, {"prompt": "aB1 " * 300_000}),
    "chat": lambda: (CHAT, {"messages": user("aB1 <|im_end|>" * 60_000)}),
    "another field of a message": lambda: (
        CHAT,
        {"messages": user("hi", x=[[1]] * 400_000), "max_tokens": 1},
    ),
    "count": lambda: (
        "/v1/messages/count_tokens",
        {"model": "fake/model", "messages": user("aB1 " * 300_000)},
    ),
    "names of tokens": lambda: (
        "/tokenize",
        {"prompt": "aB1 " * 300_000, "return_token_strs": True},
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_others_are_answered_meanwhile(server: Server, name: str) -> None:
    path, body = LONG[name]()
    raw = json.dumps(body).encode()
    seconds, ended = 0.0, threading.Event()

    def post() -> None:
        nonlocal seconds
        with connection(server) as sock:
            sock.settimeout(60)
            begin = time.monotonic()
            sock.sendall(post_head(path, len(raw)) + raw)
            sock.recv(100)
            seconds = time.monotonic() - begin
        ended.set()

    thread = threading.Thread(target=post)
    thread.start()
    longest = 0.0
    while not ended.is_set():
        begin = time.monotonic()
        assert server.get("/health").status_code == 200
        longest = max(longest, time.monotonic() - begin)
    thread.join()
    assert longest < seconds / 2, f"of {seconds} s, others waited {longest} s"


DENSE: dict[str, Callable[[], Any]] = {
    "lists": lambda: {"prompt": "a", "max_tokens": [[1]] * MEGABYTE},
    "ids": lambda: {"prompt": [5] * 2 * MEGABYTE},
    "allowed ids": lambda: {"prompt": "a", "max_tokens": 1, "allowed_token_ids": [5] * MEGABYTE},
    "prompts": lambda: {"prompt": ["a"] * MEGABYTE},
    "fields": lambda: {f"k{i}": 0 for i in range(300_000)},
    "bias": lambda: {"prompt": "a", "logit_bias": {str(i): 1 for i in range(300_000)}},
    "digits": lambda: {"prompt": "a", "temperature": "DIGITS"},
}


@pytest.mark.parametrize("name", DENSE)
def test_dense_bodies_cost_little(server: Server, name: str) -> None:
    """Seconds of CPU that the whole server needs; what grew with the square would need minutes."""
    raw = json.dumps(DENSE[name]()).encode().replace(b'"DIGITS"', b"0." + b"7" * 4 * MEGABYTE)
    begin = time.process_time()
    with connection(server) as sock:
        sock.settimeout(60)
        head = post_head(COMPLETIONS, len(raw)).replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"
        )
        sock.sendall(head + raw)
        assert read_all(sock).split()[1] in (b"200", b"400")
    assert time.process_time() - begin < 2


def test_the_collector_keeps_out_of_large_bodies() -> None:
    runs = 0

    def count(phase: str, info: dict[str, int]) -> None:
        nonlocal runs
        runs += phase == "start"

    body = json.dumps({"prompt": [[1]] * 100_000}).encode()
    call = Call("/", {"content-type": "application/json"}, body)
    gc.callbacks.append(count)
    try:
        parse_request(call, CompletionRequest)
    finally:
        gc.callbacks.remove(count)
    assert runs <= 1  # the first one may have been due
    assert gc.isenabled()


def test_a_client_that_sends_slowly_holds_up_nobody(server: Server) -> None:
    """A large body that stops half way costs what has come of it."""
    raw = json.dumps({"prompt": "a" * MEGABYTE}).encode()
    with connection(server) as sock:
        sock.sendall(post_head(COMPLETIONS, len(raw)) + raw[: len(raw) // 2])
        for _ in range(20):
            assert server.get("/health").status_code == 200
        sock.shutdown(socket.SHUT_WR)
    assert not server.engine.running
