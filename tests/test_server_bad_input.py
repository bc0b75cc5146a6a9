"""Every field of a request, wrong: one real server answers 4xx with the reason, and lives on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_process import ServerProcess, stopped_cleanly

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
GOOD: dict[str, dict[str, Any]] = {
    COMPLETIONS: {"prompt": "The wind turned", "temperature": 0, "max_tokens": 12},
    CHAT: {
        "messages": [{"role": "user", "content": "The wind turned"}],
        "temperature": 0,
        "max_tokens": 12,
    },
}
VOCAB, CONTEXT = 389, 256
HUGE = 10**30
MAX_BODY = 1 << 20


class Client:
    """The server, and what it answers while all is well."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self._expected = self._texts()
        assert all(self._expected)

    def refused(self, path: str, body: Any, status: int = 400) -> dict[str, Any]:
        """Sends a bad request, streamed too; returns the error object."""
        error: dict[str, Any] = {}
        streams = (None, True) if isinstance(body, dict) and "stream" not in body else (None,)
        for stream in streams:
            sent = body if stream is None else {**body, "stream": stream}
            raw = json.dumps(sent).encode("utf-8", "surrogatepass")
            error = self.refused_bytes(path, raw, status)
        return error

    def refused_bytes(
        self, path: str, raw: bytes, status: int = 400, content_type: str = "application/json"
    ) -> dict[str, Any]:
        reply = self.http.post(path, content=raw, headers={"Content-Type": content_type})
        assert reply.status_code == status, reply.text
        assert reply.headers["content-type"].startswith("application/json")
        (name,) = reply.json()
        assert name == "error"
        error: dict[str, Any] = reply.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert isinstance(error["message"], str) and isinstance(error["type"], str)
        message = error["message"]
        assert message.endswith(".") and "\n" not in message, message
        assert len(message) < 600, "a message must not repeat a whole request"
        assert "Traceback" not in message and " object at 0x" not in message
        self.is_well()
        return error

    def is_well(self) -> None:
        assert self._texts() == self._expected

    def _texts(self) -> list[str]:
        answers = {path: self.http.post(path, json=body) for path, body in GOOD.items()}
        assert all(answer.status_code == 200 for answer in answers.values())
        return [
            answers[COMPLETIONS].json()["choices"][0]["text"],
            answers[CHAT].json()["choices"][0]["message"]["content"],
        ]


@pytest.fixture(scope="module")
def client(tiny_llama: Path) -> Iterator[Client]:
    flags = ["--kv-cache-memory-bytes", "32MiB", "--max-request-bytes", str(MAX_BODY)]
    with stopped_cleanly(ServerProcess(str(tiny_llama), *flags)) as server:
        with server.client() as http:
            yield Client(http)
        assert server.is_idle()


# Field and bad value. Each is tried on both endpoints, streamed and whole.
WRONG_TYPES: list[tuple[str, Any]] = [
    *[("model", value) for value in (3, ["m"], {}, True)],
    *[("stream", value) for value in ("yes", 1, [])],
    *[("stream_options", value) for value in ("usage", [True], {"include_usage": "yes"})],
    *[("max_tokens", value) for value in ("12", 1.5, [12], True, HUGE)],
    *[("n", value) for value in ("2", 1.5, False, [], HUGE)],
    *[("temperature", value) for value in ("hot", [1], {}, True)],
    *[("top_p", value) for value in ("1", [], True)],
    *[("top_k", value) for value in ("5", 2.5, True, HUGE)],
    *[("min_p", value) for value in ("0", [], True)],
    *[("presence_penalty", value) for value in ("1", {}, True)],
    *[("frequency_penalty", value) for value in ("1", {}, True)],
    *[("repetition_penalty", value) for value in ("1", {}, True)],
    *[("seed", value) for value in ("7", 7.5, [7], True, HUGE)],
    *[("min_tokens", value) for value in ("1", 1.5, True)],
    *[("stop", value) for value in (7, {"a": 1}, [1], [["a"]], [None], True)],
    *[("stop_token_ids", value) for value in ("7", 7, ["7"], [1.5], [None], [True])],
    *[("include_stop_str_in_output", value) for value in ("yes", 1)],
    *[("ignore_eos", value) for value in ("yes", 0)],
    *[("skip_special_tokens", value) for value in ("no", 1)],
    *[("logit_bias", value) for value in ([1], "1", {"a": 1}, {"1": "x"}, {"1.5": 1}, {"": 1})],
    *[("allowed_token_ids", value) for value in ("7", 7, ["7"], [1.5], {"1": 2})],
    *[("bad_words", value) for value in ("word", 7, [7], [["a"]])],
    *[("prompt_logprobs", value) for value in ("1", 1.5, True)],
    *[("truncate_prompt_tokens", value) for value in ("1", 1.5, True)],
    *[("priority", value) for value in ("first", 1.5, True)],
    *[("cache_salt", value) for value in (1, ["s"], True)],
    *[("timeout", value) for value in ("1 s", [], True)],
    *[("request_id", value) for value in (1, [])],
    *[("return_token_ids", value) for value in ("yes", 1)],
    *[("return_tokens_as_token_ids", value) for value in ("yes", 1)],
]

OUT_OF_RANGE: list[tuple[str, Any]] = [
    *[("max_tokens", value) for value in (-1, -(2**40), CONTEXT, 2**31, 2**62)],
    *[("n", value) for value in (0, -1, 257, 2**31, 2**40)],
    *[("temperature", value) for value in (-0.1, 1e39, -1e300)],
    *[("top_p", value) for value in (0, -1, 1.01, 1e308)],
    *[("top_k", value) for value in (-2, 2**31, 2**62)],
    *[("min_p", value) for value in (-0.1, 1.1)],
    *[("presence_penalty", value) for value in (-2.1, 2.1, 1e300)],
    *[("frequency_penalty", value) for value in (-2.1, 2.1, 1e300)],
    *[("repetition_penalty", value) for value in (0, -1, 1e39)],
    *[("seed", value) for value in (2**64, -(2**63) - 1)],
    *[("min_tokens", value) for value in (-1, 13, 2**31)],
    *[("stop", value) for value in ("", ["a", ""], ["x"] * 65, "x" * 1025, ["é" * 513])],
    *[("stop_token_ids", value) for value in ([-1], [VOCAB], [2**31], [2**62], [1] * 257)],
    *[("logit_bias", value) for value in ({"-1": 1}, {str(VOCAB): 1}, {str(2**31): 1})],
    ("logit_bias", {str(number): 1 for number in range(1025)}),
    *[("allowed_token_ids", value) for value in ([], [-1], [VOCAB], [5, 2**31])],
    *[("bad_words", value) for value in ([""], ["word"] * 257, ["x" * 100_000])],
    *[("prompt_logprobs", value) for value in (-2, 21, 2**31)],
    *[("truncate_prompt_tokens", value) for value in (0, -2, CONTEXT, 2**40)],
    *[("timeout", value) for value in (0, -1, 1e308)],
    *[("priority", value) for value in (2**31, -(2**31) - 1, 2**62)],
    ("cache_salt", "s" * 100_000),
]

UNSUPPORTED: list[tuple[str, Any]] = [
    ("response_format", {"type": "json_object"}),
    ("response_format", {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}),
    ("structured_outputs", {"regex": "(a+)+b"}),
    ("guided_json", {"type": "object"}),
    ("tools", [{"type": "function", "function": {"name": "f"}}]),
    ("tool_choice", "required"),
    ("best_of", 3),
    ("use_beam_search", True),
    ("prompt_embeds", "gASV"),
    ("chat_template", "{{ ''.__class__ }}"),
    ("logits_processors", ["os.system"]),
    ("lora_request", {"name": "x"}),
]


def name_of(case: Any) -> str:
    text = json.dumps(case)
    return text if len(text) < 40 else f"{text[:12]}...{len(text)}"


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize(("field", "value"), WRONG_TYPES, ids=name_of)
def test_wrong_types(client: Client, path: str, field: str, value: Any) -> None:
    error = client.refused(path, {**GOOD[path], field: value})
    assert error["type"] == "invalid_request_error"
    assert error["param"] == field
    assert field in error["message"]


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize(("field", "value"), OUT_OF_RANGE, ids=name_of)
def test_values_out_of_range(client: Client, path: str, field: str, value: Any) -> None:
    error = client.refused(path, {**GOOD[path], field: value})
    assert error["param"] == field
    assert field in error["message"]


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize(("field", "value"), UNSUPPORTED, ids=name_of)
def test_what_is_not_served_is_not_ignored(
    client: Client, path: str, field: str, value: Any
) -> None:
    error = client.refused(path, {**GOOD[path], field: value})
    assert (error["param"], error["code"]) == (field, "unsupported_parameter")
    assert field in error["message"]


@pytest.mark.parametrize("path", GOOD)
def test_an_unknown_model(client: Client, path: str) -> None:
    error = client.refused(path, {**GOOD[path], "model": "../../etc/passwd"}, 404)
    assert (error["param"], error["code"]) == ("model", "model_not_found")
    assert len(client.refused(path, {**GOOD[path], "model": "m" * 99_999}, 404)["message"]) < 200


PROMPTS: list[tuple[Any, str]] = [
    (None, "prompt"),
    (7, "prompt"),
    ({"text": "a"}, "prompt"),
    (True, "prompt"),
    ([], "prompt"),
    ([[]], "prompt"),
    ("", "prompt"),
    (["a", ""], "prompt"),
    ([1, "a"], "prompt"),
    ([[1], 2], "prompt"),
    ([1.5], "prompt"),
    ([[1.5]], "prompt"),
    ([["a"]], "prompt"),
    ([[[1]]], "prompt"),
    ([None], "prompt"),
    ([True], "prompt"),
    ([-1], "prompt"),
    ([VOCAB], f"{VOCAB}"),
    ([1, 2**31], f"{2**31}"),
    ([2**63], "prompt"),
    ([HUGE], "prompt"),
    (["a"] * 1025, "1025"),
    ([[1]] * 1025, "1025"),
]


@pytest.mark.parametrize(("prompt", "words"), PROMPTS, ids=name_of)
def test_prompts(client: Client, prompt: Any, words: str) -> None:
    error = client.refused(COMPLETIONS, {**GOOD[COMPLETIONS], "prompt": prompt})
    assert error["param"] == "prompt"
    assert words in error["message"]


def test_a_prompt_is_required(client: Client) -> None:
    assert client.refused(COMPLETIONS, {"max_tokens": 3})["param"] == "prompt"
    assert client.refused(CHAT, {"max_tokens": 3})["param"] == "messages"


def test_a_prompt_that_is_too_long(client: Client) -> None:
    for count in (CONTEXT, 5000, 100_000):
        body = {**GOOD[COMPLETIONS], "prompt": [5] * count}
        error = client.refused(COMPLETIONS, body)
        assert error["code"] == "context_length_exceeded"
        assert str(count) in error["message"] and str(CONTEXT) in error["message"]
    error = client.refused(COMPLETIONS, {"prompt": [5] * 250, "max_tokens": 12})
    assert "250" in error["message"] and "262" in error["message"]
    error = client.refused(
        CHAT, {"messages": [{"role": "user", "content": "boats " * 50_000}], "max_tokens": 1}
    )
    assert error["code"] == "context_length_exceeded" and str(CONTEXT) in error["message"]
    # The longest that fits is served.
    fits = {**GOOD[COMPLETIONS], "prompt": [5] * (CONTEXT - 12)}
    assert client.http.post(COMPLETIONS, json=fits).status_code == 200


def test_prompts_times_samples_are_bounded(client: Client) -> None:
    error = client.refused(COMPLETIONS, {**GOOD[COMPLETIONS], "prompt": ["a"] * 1024, "n": 3})
    assert error["param"] == "n" and "3072" in error["message"]


def user(content: Any) -> list[Any]:
    return [{"role": "user", "content": content}]


MESSAGES: list[tuple[Any, str]] = [
    (None, "messages"),
    ("hello", "messages"),
    ([], "messages"),
    ({"role": "user"}, "messages"),
    (["hello"], "messages[0]"),
    ([[]], "messages[0]"),
    ([None], "messages[0]"),
    ([{}], "messages[0].role"),
    ([{"role": 1, "content": "a"}], "messages[0].role"),
    ([{"role": "", "content": "a"}], "messages[0].role"),
    ([{"role": "user"}], "messages[0].content"),
    (user(None), "messages[0].content"),
    (user(7), "messages[0].content"),
    (user({"text": "a"}), "messages[0].content"),
    (user([7]), "messages[0].content[0]"),
    (user([{"text": "a"}]), "messages[0].content[0]"),
    (user([{"type": "text"}]), "messages[0].content[0].text"),
    (user([{"type": "text", "text": 7}]), "messages[0].content[0].text"),
    (user([{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]), "image_url"),
    (user([{"type": "input_audio", "input_audio": {"data": ""}}]), "input_audio"),
    ([*user("a"), {"role": "user", "content": 7}], "messages[1].content"),
    (user("a") * 10_001, "10001"),
]


@pytest.mark.parametrize(("messages", "words"), MESSAGES, ids=name_of)
def test_messages(client: Client, messages: Any, words: str) -> None:
    error = client.refused(CHAT, {**GOOD[CHAT], "messages": messages})
    assert error["param"] == "messages"
    assert words in error["message"]


CHAT_FIELDS: list[tuple[str, Any]] = [
    *[("max_completion_tokens", value) for value in ("1", 1.5, CONTEXT, True)],
    *[("logprobs", value) for value in (3, "yes")],
    *[("top_logprobs", value) for value in ("1", 1.5, 3, -1, 21, 2**40)],
    *[("add_generation_prompt", value) for value in ("yes", 1)],
    *[("continue_final_message", value) for value in ("yes", 1)],
    *[("chat_template_kwargs", value) for value in ([], "x", {"messages": []}, {"a b": 1})],
    ("chat_template_kwargs", {"chat_template": "{{ 1 }}"}),
    ("reasoning_effort", 3),
    ("echo", True),
    ("add_special_tokens", True),
]


@pytest.mark.parametrize(("field", "value"), CHAT_FIELDS, ids=name_of)
def test_fields_of_chats(client: Client, field: str, value: Any) -> None:
    error = client.refused(CHAT, {**GOOD[CHAT], field: value})
    assert error["param"] == field
    assert field in error["message"]


def test_combinations_of_a_chat(client: Client) -> None:
    both = {"continue_final_message": True, "add_generation_prompt": True}
    assert "continue_final_message" in client.refused(CHAT, {**GOOD[CHAT], **both})["message"]
    both = {"logprobs": True, "top_logprobs": 21}
    assert "top_logprobs is 21" in client.refused(CHAT, {**GOOD[CHAT], **both})["message"]


COMPLETION_FIELDS: list[tuple[str, Any]] = [
    *[("logprobs", value) for value in (True, "3", 1.5, -1, 21, 2**31)],
    *[("echo", value) for value in ("yes", 1)],
    *[("add_special_tokens", value) for value in ("yes", 1)],
    ("suffix", "the end"),
    ("max_tokens", 0),
]


@pytest.mark.parametrize(("field", "value"), COMPLETION_FIELDS, ids=name_of)
def test_fields_of_completions(client: Client, field: str, value: Any) -> None:
    error = client.refused(COMPLETIONS, {**GOOD[COMPLETIONS], field: value})
    assert error["param"] == field
    assert field in error["message"]


BODIES: dict[str, bytes] = {
    "empty": b"",
    "spaces": b"   ",
    "no JSON": b"prompt=hello",
    "cut": b'{"prompt": "a"',
    "two": b'{"prompt": "a"}{"prompt": "b"}',
    "list": b"[1]",
    "null": b"null",
    "string": b'"prompt"',
    "number": b"7",
    "bad UTF-8": b'{"prompt": "\xff\xfe"}',
    "NaN": b'{"prompt": "a", "temperature": NaN}',
    "Infinity": b'{"prompt": "a", "temperature": Infinity}',
    "too large a number": b'{"prompt": "a", "temperature": 1e999}',
    "many digits": b'{"prompt": "a", "max_tokens": ' + b"9" * 10_000 + b"}",
    "half a surrogate pair": b'{"prompt": "\\ud800"}',
    "deep": b'{"prompt": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep and unknown": b'{"prompt": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep and unsupported": b'{"prompt": "a", "tools": ' + b"[" * 9000 + b"]" * 9000 + b"}",
    "byte order mark": b'\xef\xbb\xbf{"prompt": "a"}',
    "a zero byte": b'{"prompt": "a"}\x00',
}


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_bodies(client: Client, path: str, body: bytes) -> None:
    if path == CHAT:
        body = body.replace(b'"prompt": "a"', b'"messages": [{"role": "user", "content": "a"}]')
        body = body.replace(b'"prompt"', b'"messages"')
    assert client.refused_bytes(path, body)["type"] == "invalid_request_error"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(client: Client, kind: str) -> None:
    raw = json.dumps(GOOD[COMPLETIONS]).encode()
    error = client.refused_bytes(COMPLETIONS, raw, 415, content_type=kind)
    assert "application/json" in error["message"]


def test_a_body_over_the_limit(client: Client) -> None:
    raw = json.dumps({**GOOD[COMPLETIONS], "user": "u" * MAX_BODY}).encode()
    assert str(MAX_BODY) in client.refused_bytes(COMPLETIONS, raw, 413)["message"]
    # Just under it the body is read to its end.
    raw = json.dumps({**GOOD[COMPLETIONS], "user": "u" * (MAX_BODY - 200)}).encode()
    headers = {"Content-Type": "application/json"}
    assert client.http.post(COMPLETIONS, content=raw, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", COMPLETIONS, 405),
        ("DELETE", CHAT, 405),
        ("POST", "/health", 405),
        ("POST", "/v1/models", 405),
        ("GET", "/v1/models/nothing", 404),
        ("GET", "/v1/models/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/nothing", 404),
        ("POST", "/v1/completions/more", 404),
    ],
)
def test_wrong_routes(client: Client, method: str, path: str, status: int) -> None:
    reply = client.http.request(method, path)
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    client.is_well()


def test_bad_words_are_measured_before_they_are_encoded(client: Client) -> None:
    error = client.refused(COMPLETIONS, {**GOOD[COMPLETIONS], "bad_words": ["x" * 100_000]})
    assert error["message"].startswith("bad_words holds a string of 100000 characters")


EOS = 2


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"allowed_token_ids": [EOS], "min_tokens": 2}, "min_tokens"),
        ({"allowed_token_ids": [EOS, 9], "stop_token_ids": [9], "min_tokens": 2}, "min_tokens"),
        ({"allowed_token_ids": [9], "stop_token_ids": [9], "min_tokens": 1}, "min_tokens"),
        ({"allowed_token_ids": "WORD", "bad_words": ["a"]}, "bad_words"),
    ],
)
def test_some_token_must_be_left(
    client: Client, path: str, fields: dict[str, Any], param: str
) -> None:
    if fields["allowed_token_ids"] == "WORD":
        reply = client.http.post("/tokenize", json={"prompt": "a"})
        fields = {**fields, "allowed_token_ids": reply.json()["tokens"]}
    error = client.refused(path, {**GOOD[path], **fields})
    assert error["param"] == param and "allowed_token_ids" in error["message"]


def test_token_ids_at_the_edge_are_served(client: Client) -> None:
    for fields in (
        {"prompt": [VOCAB - 1]},
        {"stop_token_ids": [VOCAB - 1]},
        {"allowed_token_ids": [VOCAB - 1], "ignore_eos": True},
        {"logit_bias": {str(VOCAB - 1): -100}},
        {"logprobs": 20},
        {"seed": 2**64 - 1, "temperature": 1.5},
        {"top_p": 5e-324, "min_p": 5e-324, "repetition_penalty": 5e-324, "temperature": 1},
        {"repetition_penalty": 1e-37, "presence_penalty": 2, "frequency_penalty": 2},
        {"repetition_penalty": 3.4e38, "temperature": 3.4e38, "logprobs": 20},
        {"n": 256, "max_tokens": 1},
        {"stop": ["x" * 1024] * 64},
    ):
        reply = client.http.post(COMPLETIONS, json={**GOOD[COMPLETIONS], **fields})
        assert reply.status_code == 200, reply.text
        client.is_well()


@pytest.mark.parametrize("path", GOOD)
def test_no_time_at_all(client: Client, path: str) -> None:
    error = client.refused(path, {**GOOD[path], "timeout": 5e-324}, 408)
    assert error["code"] == "deadline_exceeded"
