"""curl against the real server: what its options make of HTTP, from version 1.0 to big bodies."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
from server_process import ServerProcess, wait_until

CHAT = "/v1/chat/completions"
QUESTION: dict[str, Any] = {
    "model": "llmserve-mini",
    "messages": [{"role": "user", "content": "What is the capital of Spain?"}],
    "temperature": 0,
}
JSON = ("-H", "Content-Type: application/json")
# Neither the settings nor the proxy of whoever runs the tests.
QUIET = ("-q", "--noproxy", "*", "--silent", "--show-error", "--max-time", "60")


def curl(*arguments: str, status: int = 0, text: str | None = None) -> str:
    """What curl prints, with plain line ends. status: its own. text: for its standard input."""
    done = subprocess.run(
        ["curl", *QUIET, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == status, f"{done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    return done.stdout


def post(server: ServerProcess, *arguments: str, **fields: Any) -> str:
    """The question, with these fields too, by curl with these arguments."""
    body = json.dumps({**QUESTION, **fields})
    return curl(server.url + CHAT, *JSON, "--data-binary", "@-", *arguments, text=body)


def split(output: str) -> tuple[str, dict[str, str], str]:
    """(status line, headers by lower-case name, body) of what curl -i prints."""
    head, _, body = output.partition("\n\n")
    status, *lines = head.split("\n")
    pairs = (line.split(": ", 1) for line in lines)
    return status, {name.lower(): value for name, value in pairs}, body


def answer_of(body: str) -> str:
    return str(json.loads(body)["choices"][0]["message"]["content"])


def streamed(body: str) -> str:
    """The text of a stream, whose ending has to be there."""
    *events, done = [block.removeprefix("data: ") for block in body.split("\n\n") if block]
    assert done == "[DONE]"
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    assert choices[-1]["finish_reason"] is not None
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def test_a_chat(server: ServerProcess) -> None:
    status, headers, body = split(post(server, "-i", "-H", "X-Request-Id: mine"))
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-type"] == "application/json"
    assert int(headers["content-length"]) == len(body.encode())
    assert headers["x-request-id"] == "mine"
    assert "Madrid" in answer_of(body)


def test_a_stream(server: ServerProcess) -> None:
    status, headers, body = split(post(server, "-i", "-N", stream=True))
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["transfer-encoding"] == "chunked"
    assert streamed(body) == answer_of(post(server))


@pytest.mark.parametrize("version", ["--http1.1", "--http1.0"])
def test_a_stream_is_seen_while_it_is_made_and_dropped_with_curl(
    server: ServerProcess, version: str
) -> None:
    body = {**QUESTION, "stream": True, "n": 16, "max_tokens": 1900, "ignore_eos": True}
    command = ["curl", *QUIET, "-N", version, server.url + CHAT, *JSON, "-d", json.dumps(body)]
    before = server.num_aborted()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline().startswith("data: {")
            assert server.metric("vllm:num_requests_running") > 0
        finally:
            running.terminate()
    assert wait_until(lambda: server.num_aborted() > before)


# Versions of HTTP.


def test_http_1_0(server: ServerProcess) -> None:
    status, headers, body = split(post(server, "-i", "--http1.0"))
    assert status == "HTTP/1.1 200 OK"
    assert headers["connection"] == "close"
    assert int(headers["content-length"]) == len(body.encode())
    assert "Madrid" in answer_of(body)


@pytest.mark.parametrize("extra", [(), ("-H", "Connection: keep-alive")], ids=["close", "keep"])
def test_a_stream_by_http_1_0_is_not_chunked(server: ServerProcess, extra: tuple[str, ...]) -> None:
    # --raw: what curl would make of chunks is not what older clients would.
    output = post(server, "-i", "-N", "--raw", "--http1.0", *extra, stream=True)
    _, headers, body = split(output)
    assert "transfer-encoding" not in headers and "content-length" not in headers
    assert headers["connection"] == "close"
    assert body.startswith("data: {")
    assert streamed(body) == answer_of(post(server))


def test_an_offer_of_http_2_is_let_pass(server: ServerProcess) -> None:
    # Java's client makes it too, by default.
    offer = ("-H", "Connection: Upgrade, HTTP2-Settings", "-H", "Upgrade: h2c")
    status, _, body = split(post(server, "-i", *offer, "-H", "HTTP2-Settings: AAMAAABkAAQCAAAA"))
    assert status == "HTTP/1.1 200 OK"
    assert "Madrid" in answer_of(body)


def test_two_requests_on_one_connection(server: ServerProcess) -> None:
    format = ("-w", "\n%{num_connects} %{http_code}\n")
    question = (*JSON, "-d", json.dumps(QUESTION), *format)
    stream = (*JSON, "-d", json.dumps({**QUESTION, "stream": True}), *format)
    refused = (*JSON, "-d", "{}", *format)
    url = server.url + CHAT
    output = curl(url, *question, "--next", "-sS", url, *refused, "--next", "-sS", url, *stream,
                  "--next", "-sS", url, *question)  # fmt: skip
    counts = re.findall(r"^(\d) (\d+)$", output, re.M)
    assert counts == [("1", "200"), ("0", "400"), ("0", "200"), ("0", "200")]


# Methods and encodings.


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/llmserve-mini", "/health", "/version"])
def test_head(server: ServerProcess, path: str) -> None:
    status, headers, body = split(curl("--head", server.url + path))
    assert status == "HTTP/1.1 200 OK" and body == ""
    assert int(headers["content-length"]) == len(curl(server.url + path))


def test_options(server: ServerProcess) -> None:
    status, headers, body = split(curl("-i", "-X", "OPTIONS", server.url + CHAT))
    assert status == "HTTP/1.1 204 No Content" and body == ""
    assert set(headers["allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_client_that_offers_compression_gets_text(server: ServerProcess) -> None:
    _, headers, body = split(post(server, "-i", "--compressed"))
    assert "content-encoding" not in headers
    assert "Madrid" in answer_of(body)
    assert "Madrid" in streamed(post(server, "-N", "--compressed", stream=True))


# Refusals.


@pytest.mark.parametrize(
    ("path", "arguments", "status"),
    [
        (CHAT, (*JSON, "-d", "{}"), 400),
        (CHAT, (*JSON, "-d", '{"messages": ['), 400),
        (CHAT, (*JSON, "-d", '{"messages": [], "model": "other"}'), 404),
        (CHAT, ("-d", "{}"), 415),  # curl's own content type is that of a form
        (CHAT, (), 405),
        ("/v1/nothing", (), 404),
    ],
)
def test_fail(server: ServerProcess, path: str, arguments: tuple[str, ...], status: int) -> None:
    show = ("-w", "%{http_code}")
    assert curl("--fail", server.url + path, *arguments, *show, status=22) == str(status)
    output = curl("--fail-with-body", server.url + path, *arguments, status=22)
    assert json.loads(output)["error"]["message"].endswith(".")


def test_keys(narrow_server: ServerProcess) -> None:
    url = narrow_server.url + "/v1/models"
    show = ("-o", "/dev/null", "-w", "%{http_code}")
    assert curl("--fail", "--oauth2-bearer", "key", url, *show) == "200"
    assert curl("--fail", "--oauth2-bearer", "other", url, *show, status=22) == "401"
    assert curl("--fail", url, *show, status=22) == "401"


# Big bodies. curl asks before it sends one: Expect: 100-continue.


@pytest.mark.parametrize(
    "extra", [(), ("-H", "Transfer-Encoding: chunked")], ids=["whole", "chunked"]
)
def test_a_big_body_is_asked_for(server: ServerProcess, extra: tuple[str, ...]) -> None:
    asked, _, answer = post(server, "-i", *extra, user="u" * 1_500_000).partition("\n\n")
    assert asked == "HTTP/1.1 100 Continue"
    status, _, body = split(answer)
    assert status == "HTTP/1.1 200 OK"
    assert "Madrid" in answer_of(body)


def test_a_body_that_is_too_big_is_refused_in_words(server: ServerProcess) -> None:
    # A connection that is reset instead would end curl with 55 or 56.
    output = post(server, "-w", "%{http_code}", user="u" * 34_000_000)
    assert output.endswith("413")
    assert "The body is over the limit" in output
