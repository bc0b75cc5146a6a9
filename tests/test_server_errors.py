"""Refusals: whatever is sent, one error object comes back and the server lives on."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from llmserve.server.protocol import UNSUPPORTED_FIELDS
from server_harness import (
    Server,
    connection,
    error_of,
    post_head,
    read_all,
    running_server,
)

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(max_request_bytes=200_000) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "server" in request.fixturenames:
        server = request.getfixturevalue("server")
        assert not server.engine.running
        assert server.get("/health").status_code == 200


def refuse(server: Server, **body: Any) -> dict[str, Any]:
    """The error object of a completion that must not reach the engine."""
    calls = len(server.engine.calls)
    reply = server.post(COMPLETIONS, {"prompt": "hi", **body})
    assert len(server.engine.calls) == calls
    assert reply.status_code == 400, reply.text
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert isinstance(error, dict)
    return error


# Bodies.


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"prompt": "hi"} x', "not valid JSON"),
        (b'{"prompt": "hi", "temperature": NaN}', "NaN"),
        (b'{"prompt": "hi", "temperature": Infinity}', "NaN"),
        (b'{"prompt": "hi", "temperature": -Infinity}', "NaN"),
        (b'{"prompt": "\xff"}', "not valid JSON"),
        (b'{"prompt": "\\ud800"}', "surrogate"),
        (b'{"prompt": "hi", "stop": ["\\udc00"]}', "surrogate"),
        (b'{"prompt": "a\nb"}', "not valid JSON"),
        (b'{"prompt": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"metadata": ' + b'{"a":' * 30_000, "nested too deeply"),
        (b'{"prompt": "hi", "never_heard_of": ' + b"[" * 90_000, "nested too deeply"),
    ],
)
def test_malformed_json(server: Server, body: bytes, words: str) -> None:
    error = error_of(server.post_bytes(COMPLETIONS, body), 400, "invalid_json")
    assert words in error["message"]
    assert len(error["message"]) < 300


def test_number_beyond_all_bounds(server: Server) -> None:
    reply = server.post_bytes(COMPLETIONS, b'{"prompt": "hi", "temperature": 1e999}')
    error = error_of(reply, 400, "invalid_value")
    assert (error["param"], error["message"]) == (
        "temperature",
        "temperature: number out of range.",
    )


@pytest.mark.parametrize("body", [b"[1]", b"null", b'"x"', b"5", b"true"])
def test_body_that_is_no_object(server: Server, body: bytes) -> None:
    error = error_of(server.post_bytes(CHAT, body), 400, "invalid_type")
    assert error["message"] == f"The body must be an object, not {json.dumps(json.loads(body))}."


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", None])
def test_content_type(server: Server, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    with server.client() as client:
        reply = client.post(COMPLETIONS, content=b'{"prompt": "hi"}', headers=headers)
    assert "application/json" in error_of(reply, 415, "unsupported_media_type")["message"]


def test_content_types_that_are_json(server: Server) -> None:
    with server.client() as client:
        for kind in ("application/json; charset=utf-8", "Application/JSON", "application/x+json"):
            body = b'{"prompt": "hi", "max_tokens": 1}'
            reply = client.post(COMPLETIONS, content=body, headers={"Content-Type": kind})
            assert reply.status_code == 200


def test_too_large_body(server: Server) -> None:
    reply = server.post(COMPLETIONS, {"prompt": "x" * 200_000})
    assert "200000 bytes" in error_of(reply, 413, "body_too_large")["message"]
    # Announced, but not sent: the refusal does not wait for it.
    with connection(server) as sock:
        sock.sendall(post_head(COMPLETIONS, 1 << 40))
        assert read_all(sock).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_too_large_body_is_sent_to_its_end(server: Server, is_chunked: bool) -> None:
    # Most clients send all of it before they read. If we closed before, they would see a reset.
    part, count = b"x" * 100_000, 300
    head = post_head(COMPLETIONS, None if is_chunked else len(part) * count)
    with connection(server) as sock:
        sock.sendall(head)
        for _ in range(count):
            sock.sendall(b"%x\r\n%b\r\n" % (len(part), part) if is_chunked else part)
        if is_chunked:
            sock.sendall(b"0\r\n\r\n")
        answer = read_all(sock)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"code":"body_too_large"' in answer


def test_body_in_chunks(server: Server) -> None:
    parts = [b'{"prompt": "hi", ', b'"max_tokens": 1}']
    with server.client() as client:
        assert client.post(COMPLETIONS, content=iter(parts), headers=JSON).status_code == 200


# Fields.


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"max_tokens": "x"}, "max_tokens", 'max_tokens must be an integer, not "x".'),
        ({"max_tokens": True}, "max_tokens", "max_tokens must be an integer, not true."),
        ({"max_tokens": 1.5}, "max_tokens", "max_tokens must be an integer, not 1.5."),
        ({"temperature": "hot"}, "temperature", 'temperature must be a number, not "hot".'),
        ({"stream": 1}, "stream", "stream must be true or false, not 1."),
        ({"stop": 5}, "stop", "stop must be a string or a list, not 5."),
        ({"stop": ["a", 5]}, "stop", "stop[1] must be a string, not 5."),
        ({"logit_bias": [1]}, "logit_bias", "logit_bias must be an object, not [1]."),
        (
            {"logit_bias": {"a": 1}},
            "logit_bias",
            "Each key of logit_bias must be an integer.",
        ),
        ({"prompt": 5}, "prompt", "prompt must be a string or a list, not 5."),
        ({"prompt": [1.5]}, "prompt", "prompt[0] must be"),
        ({"prompt": [[1], ["a"]]}, "prompt", 'prompt[1][0] must be an integer, not "a".'),
        ({"prompt": ["a", 5]}, "prompt", "a list of token ids or a list of such lists"),
        ({"stream_options": []}, "stream_options", "stream_options must be an object, not []."),
        ({"seed": 10**30}, "seed", "seed"),
    ],
)
def test_wrong_types(server: Server, body: dict[str, Any], param: str, message: str) -> None:
    error = refuse(server, **body)
    assert message in error["message"]
    assert error["param"] == param


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"max_tokens": 0}, "max_tokens", "max_tokens is 0; it must be"),
        ({"max_tokens": -1}, "max_tokens", "max_tokens is -1; it must be"),
        ({"n": 0}, "n", "n is 0; it must be from 1 to 256"),
        ({"n": 257}, "n", "n is 257; it must be from 1 to 256"),
        ({"n": 256, "prompt": ["a"] * 9}, "n", "2304 samples; at most 2048"),
        ({"temperature": -0.1}, "temperature", "temperature is -0.1"),
        ({"top_p": 0}, "top_p", "top_p is 0;"),
        ({"top_p": 1.1}, "top_p", "top_p is 1.1"),
        ({"top_k": -2}, "top_k", "top_k is -2"),
        ({"min_p": 2}, "min_p", "min_p is 2;"),
        ({"presence_penalty": 3}, "presence_penalty", "presence_penalty is 3;"),
        ({"frequency_penalty": -3}, "frequency_penalty", "frequency_penalty is -3;"),
        ({"repetition_penalty": 0}, "repetition_penalty", "repetition_penalty is 0;"),
        ({"min_tokens": 17}, "min_tokens", "min_tokens is 17"),
        ({"logprobs": -1}, "logprobs", "logprobs is -1; it must be at least 0"),
        ({"allowed_token_ids": []}, "allowed_token_ids", "allowed_token_ids is empty"),
        ({"prompt": []}, "prompt", "empty list"),
        ({"prompt": [[]]}, "prompt", "no tokens"),
        ({"prompt": [5, 1000]}, "prompt", "token id 1000"),
        ({"prompt": [-1]}, "prompt", "token id -1"),
        ({"prompt": "", "add_special_tokens": False}, "prompt", "no tokens"),
        ({"prompt": ["a"] * 1025}, "prompt", "1025 prompts; at most 1024"),
        ({"truncate_prompt_tokens": 0}, "truncate_prompt_tokens", "from 1 to 2047, or -1"),
        ({"truncate_prompt_tokens": 2048}, "truncate_prompt_tokens", "from 1 to 2047, or -1"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "stream: true"),
        ({"prompt_logprobs": 1, "stream": True}, "prompt_logprobs", "stream: true"),
        (
            {"prompt_logprobs": 2, "logprobs": 1, "echo": True},
            "prompt_logprobs",
            "logprobs is 1 and prompt_logprobs is 2",
        ),
    ],
)
def test_out_of_range(server: Server, body: dict[str, Any], param: str, words: str) -> None:
    error = refuse(server, **body)
    assert words in error["message"]
    assert error["param"] == param


def test_the_limit_is_named_as_it_was_sent(server: Server) -> None:
    messages = [{"role": "user", "content": "hi"}]
    reply = server.post(CHAT, {"messages": messages, "max_completion_tokens": 0})
    error = error_of(reply, 400, None)
    assert error["message"] == "max_completion_tokens is 0; it must be at least 1."
    assert error["param"] == "max_completion_tokens"


def test_required_fields(server: Server) -> None:
    reply = server.post(COMPLETIONS, {"max_tokens": 1})
    error = error_of(reply, 400, "missing_required_parameter")
    assert (error["param"], error["message"]) == ("prompt", "prompt is required.")
    reply = server.post(CHAT, {"prompt": "hi"})
    assert error_of(reply, 400, "missing_required_parameter")["param"] == "messages"


@pytest.mark.parametrize("name", sorted(UNSUPPORTED_FIELDS))
def test_fields_that_are_not_served(server: Server, name: str) -> None:
    chat = {"messages": [{"role": "user", "content": "hi"}]}
    completion = {"prompt": "hi", "max_tokens": 1}
    own = {"echo", "add_special_tokens"}  # completions have these
    for path, body in ((CHAT, chat), (COMPLETIONS, completion)):
        if (path, name) == (CHAT, "chat_template"):
            continue  # a field there, with a flag of its own
        if path == COMPLETIONS and name in own:
            continue
        reply = server.post(path, {**body, name: {"anything": "else"}})
        error = error_of(reply, 400, "unsupported_parameter")
        assert error["param"] == name
        assert error["message"] == f"{name} is not supported by this server; leave it out."
        for neutral in (None, *UNSUPPORTED_FIELDS[name]):
            assert server.post(path, {**body, "max_tokens": 1, name: neutral}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"), [("best_of", True), ("use_beam_search", 0), ("length_penalty", True)]
)
def test_true_is_not_one(server: Server, name: str, value: Any) -> None:
    assert refuse(server, **{name: value})["param"] == name


def test_prompt_that_does_not_fit(server: Server) -> None:
    error = refuse(server, prompt="x" * 3000)
    assert error["code"] == "context_length_exceeded"
    assert "2048" in error["message"]
    assert "3001" in error["message"]
    error = refuse(server, prompt="x" * 2000, max_tokens=100)
    assert (error["code"], error["param"]) == ("context_length_exceeded", "max_tokens")
    for number in ("2048", "2001", "100", "2101"):
        assert number in error["message"]


def test_values_in_messages_are_cut_short(server: Server) -> None:
    error = refuse(server, max_tokens="x" * 10_000)
    assert len(error["message"]) < 200


# Routes, methods, keys.


@pytest.mark.parametrize(
    "path", ["/index.html", "/v1", "/nope", "/v1/chat", "/v2/models", "/%ff%00/x"]
)
def test_unknown_route(server: Server, path: str) -> None:
    for reply in (server.get(path), server.post(path, {})):
        error = error_of(reply, 404, "route_not_found")
        assert error["type"] == "not_found_error"


def test_long_paths_are_cut_short(server: Server) -> None:
    error = error_of(server.get("/" + "x" * 5000), 404, "route_not_found")
    assert len(error["message"]) < 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", COMPLETIONS, "POST, OPTIONS"),
        ("DELETE", CHAT, "POST, OPTIONS"),
        ("POST", "/v1/models", "GET, HEAD, OPTIONS"),
        ("PUT", "/health", "GET, HEAD, OPTIONS"),
        ("TRACE", "/v1/models/fake/model", "GET, HEAD, OPTIONS"),
    ],
)
def test_wrong_method(server: Server, method: str, path: str, allowed: str) -> None:
    with server.client() as client:
        reply = client.request(method, path)
        error = error_of(reply, 405, "method_not_allowed")
        assert error["message"] == f"{method} is not allowed here; allowed: {allowed}."
        assert reply.headers["allow"] == allowed
        reply = client.options(path)
        assert (reply.status_code, reply.headers["allow"]) == (204, allowed)


def test_head(server: Server) -> None:
    with server.client() as client:
        for path in ("/health", "/ping", "/version", "/metrics", "/v1/models"):
            whole, head = client.get(path), client.head(path)
            assert head.status_code == 200
            assert head.content == b""
            assert head.headers["content-type"] == whole.headers["content-type"]


def test_unknown_model(server: Server) -> None:
    for path, body in ((COMPLETIONS, {"prompt": "hi"}), (CHAT, {"messages": [{}]})):
        error = error_of(server.post(path, {**body, "model": "gpt-9"}), 404, "model_not_found")
        assert error["message"] == "The model 'gpt-9' does not exist."
        assert error["param"] == "model"
    error = error_of(server.get("/v1/models/org/" + "x" * 900), 404, "model_not_found")
    assert len(error["message"]) < 200


def test_models(server: Server) -> None:
    reply = server.get("/v1/models").json()
    (card,) = reply["data"]
    assert reply["object"] == "list"
    assert (card["id"], card["root"], card["max_model_len"]) == ("fake/model", "fake/model", 2048)
    # Names with slashes, as they are or escaped.
    assert server.get("/v1/models/fake/model").json() == card
    assert server.get("/v1/models/fake%2Fmodel").json() == card


@pytest.mark.parametrize(
    "head",
    [
        b"GET",
        b"GET /health",
        b"GET /health HTTP/9.9",
        b"GET  /health HTTP/1.1",
        b"\x00\x01\x02",
        b"GET /health HTTP/1.1\r\nContent-Length : 5",
        b"GET /health HTTP/1.1\r\n Content-Length: 5",
        b"GET /health HTTP/1.1\r\nX: a\r\n folded",
        b"GET /health HTTP/1.1\r\nX: a\nContent-Length: 5",
        b"GET /health HTTP/1.1\r\nX: a\rContent-Length: 5",
        b"GET /health HTTP/1.1\r\nX: a\x00b",
        b"GET /health HTTP/1.1\r\n: a",
        b"GET /health HTTP/1.1\r\nno colon",
        b"GET /health HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
        b"GET /health HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        b"GET /health HTTP/1.1\r\nContent-Length: +5",
        b"GET /health HTTP/1.1\r\nContent-Length: -5",
    ],
)
def test_malformed_head(server: Server, head: bytes) -> None:
    # What follows must not be taken for a request of its own.
    with connection(server) as sock:
        sock.sendall(head + b"\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = read_all(sock)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert answer.count(b"HTTP/1.1") == 1
    error = json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
    assert error["code"] == "bad_request"
    assert error["message"] in ("Bad Request.", "Bad content-length.")


@pytest.mark.parametrize(
    "chunks",
    [
        b"-2\r\n{}\r\n0\r\n\r\n",
        b"2 2\r\n{}\r\n0\r\n\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}xx0\r\n\r\n",
        b"2;a\nb\r\n{}\r\n0\r\n\r\n",
        b"2;" + b"x" * 500,
        b"\r\n\r\n",
        b"2\r\n{}\r\n0\r\nTrailer: a\r\n\r\n",
    ],
)
def test_malformed_chunks(server: Server, chunks: bytes) -> None:
    with connection(server) as sock:
        following = b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
        sock.sendall(post_head(COMPLETIONS) + chunks + following)
        answer = read_all(sock)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b'{"version":' not in answer


def test_well_formed_heads(server: Server) -> None:
    for lines in (b"X-Y_z.1:a", b"X:\ta \xff\t", b"X:", b"Content-Length: 0"):
        with connection(server) as sock:
            sock.sendall(b"GET /health HTTP/1.1\r\nConnection: close\r\n" + lines + b"\r\n\r\n")
            assert read_all(sock).startswith(b"HTTP/1.1 200")


def test_too_long_head(server: Server) -> None:
    with connection(server) as sock:
        sock.sendall(b"GET /health HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 431")


def test_too_long_url(server: Server) -> None:
    error_of(server.get("/v1/models/" + "x" * 9000), 414, "url_too_long")
    error_of(server.get("/v1/models/" + "x" * 8000), 404, "model_not_found")


def test_keys() -> None:
    with running_server(api_keys=("first", "zwö")) as server:
        for sent in (None, "Bearer", "Bearer firs", "Bearer first2", "Basic first", "first"):
            headers = {} if sent is None else {"Authorization": sent}
            for path in ("/v1/models", "/v1/models/fake/model"):
                reply = server.get(path, headers=headers)
                error = error_of(reply, 401, "invalid_api_key")
                assert error["type"] == "authentication_error"
                assert reply.headers["www-authenticate"] == "Bearer"
                assert "first" not in reply.text
            for path in (COMPLETIONS, CHAT):
                error_of(server.post(path, {}, headers=headers), 401, "invalid_api_key")
        for key in (b"first", "zwö".encode()):
            for scheme in (b"Bearer ", b"bearer  "):
                headers_raw = {b"Authorization": scheme + key}
                assert server.get("/v1/models", headers=headers_raw).status_code == 200
        for path in ("/health", "/ping", "/version", "/metrics"):
            assert server.get(path).status_code == 200


def test_access_log_holds_no_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with running_server(api_keys=("secret-key",), access_log=True) as server:
        headers = {"Authorization": "Bearer secret-key"}
        body = {"prompt": "secret prompt", "max_tokens": 2, "user": "secret user"}
        for stream in (False, True):
            for more in ({}, {"n": 0}, {"unknown": 1}, {"best_of": 2}):
                server.post(COMPLETIONS, {**body, "stream": stream, **more}, headers=headers)
        server.get("/v1/models?key=secret-key", headers={"Authorization": "Bearer secret-kez"})
    lines = [record.getMessage() for record in caplog.records if record.name == "llmserve.access"]
    assert len(lines) == 9
    pattern = re.compile(r"127\.0\.0\.1 (GET|POST) /v1/\w+ (200|400|401) \d+\.\d ms")
    assert all(pattern.fullmatch(line) for line in lines)
    assert "secret" not in " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith("llmserve")
    )
