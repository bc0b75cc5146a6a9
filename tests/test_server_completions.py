"""POST /v1/completions against the fake engine: every form of prompt, streamed and not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from server_harness import BOS, EOS, FIRST_WORD, FakeEngine, Server, events_of, running_server

PATH = "/v1/completions"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


def complete(server: Server, **body: Any) -> dict[str, Any]:
    reply = server.post(PATH, {"prompt": "hi", "max_tokens": 6, **body})
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert isinstance(answer, dict)
    return answer


def stream(server: Server, **body: Any) -> list[dict[str, Any]]:
    """The chunks of a stream that ends as it should."""
    reply = server.post(PATH, {"prompt": "hi", "max_tokens": 6, "stream": True, **body})
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    events = events_of(reply.text)
    assert events.count("[DONE]") == 1
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


def joined(chunks: list[dict[str, Any]]) -> dict[int, str]:
    texts: dict[int, str] = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            texts[choice["index"]] = texts.get(choice["index"], "") + choice["text"]
    return texts


def first_word(prompt_ids: list[int]) -> str:
    return f" word{sum(prompt_ids) % 700}"


def test_shape_of_an_answer(server: Server) -> None:
    answer = complete(server)
    assert answer["id"].startswith("cmpl-")
    assert answer["object"] == "text_completion"
    assert answer["model"] == "fake/model"
    assert answer["created"] > 1.7e9
    assert len(answer["choices"]) == 1
    choice = answer["choices"][0]
    ids = [BOS, *b"hi"]
    assert choice["text"].startswith(first_word(ids))
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "length", None)
    assert answer["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 6,
        "total_tokens": 9,
        "prompt_tokens_details": {"cached_tokens": 2},
    }


@pytest.mark.parametrize(
    ("prompt", "ids"),
    [
        ("hi", [[BOS, 104, 105]]),
        (["hi", "you"], [[BOS, 104, 105], [BOS, 121, 111, 117]]),
        ([5, 6, 7], [[5, 6, 7]]),
        ([[5, 6], [7]], [[5, 6], [7]]),
        (["hi", [7, 8]], [[BOS, 104, 105], [7, 8]]),
    ],
)
def test_every_form_of_prompt(server: Server, prompt: Any, ids: list[list[int]]) -> None:
    answer = complete(server, prompt=prompt)
    assert [choice["index"] for choice in answer["choices"]] == list(range(len(ids)))
    for choice, prompt_ids in zip(answer["choices"], ids, strict=True):
        assert choice["text"].startswith(first_word(prompt_ids))
    assert answer["usage"]["prompt_tokens"] == sum(map(len, ids))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"n": 3},
        {"prompt": ["a", "b", [9, 9]], "n": 2},
        {"max_tokens": 40, "stop": [" word480"]},
        {"max_tokens": 40, "stop": " word480", "include_stop_str_in_output": True},
        {"echo": True},
        {"echo": True, "n": 2, "prompt": [104, 105]},
        {"max_tokens": 9},  # its last token is half of a character
    ],
)
def test_streamed_text_is_unstreamed_text(server: Server, body: dict[str, Any]) -> None:
    whole = complete(server, **body)
    chunks = stream(server, **body)
    texts = joined(chunks)
    assert texts == {choice["index"]: choice["text"] for choice in whole["choices"]}
    reasons = {
        choice["index"]: (choice["finish_reason"], choice["stop_reason"])
        for chunk in chunks
        for choice in chunk["choices"]
        if choice["finish_reason"]
    }
    assert reasons == {
        choice["index"]: (choice["finish_reason"], choice["stop_reason"])
        for choice in whole["choices"]
    }


def test_last_token_half_of_a_character(server: Server) -> None:
    # The premise of the last case above: word 473 ends in half of a character.
    assert complete(server, max_tokens=9)["choices"][0]["text"].endswith(
        " word473\N{REPLACEMENT CHARACTER}"
    )


def test_stop_string(server: Server) -> None:
    choice = complete(server, max_tokens=50, stop=["nothing", " word468"])["choices"][0]
    assert choice["text"] == " word465 word466 word467"
    assert (choice["finish_reason"], choice["stop_reason"]) == ("stop", " word468")


def test_all_chunks_share_id_and_model(server: Server) -> None:
    chunks = stream(server, n=2)
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert all("usage" not in chunk for chunk in chunks)


def test_usage_at_the_end_of_a_stream(server: Server) -> None:
    chunks = stream(server, n=2, stream_options={"include_usage": True})
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"] == complete(server, n=2)["usage"]
    assert chunks[-1]["usage"]["completion_tokens"] == 12
    assert all(chunk["usage"] is None for chunk in chunks[:-1])


def test_usage_in_every_chunk(server: Server) -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    chunks = stream(server, max_tokens=5, stream_options=options)
    counts = [chunk["usage"]["completion_tokens"] for chunk in chunks]
    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert counts[-2:] == [5, 5]
    assert all(chunk["usage"]["prompt_tokens"] == 3 for chunk in chunks)


def test_logprobs(server: Server) -> None:
    choice = complete(server, logprobs=2, max_tokens=2)["choices"][0]
    assert choice["logprobs"] == {
        "tokens": [" word465", " word466"],
        "token_logprobs": [-1.0, -1.0],
        "text_offset": [0, 8],
        "top_logprobs": [
            {" word465": -1.0, " word466": -0.5},
            {" word466": -1.0, " word467": -0.5},
        ],
    }


def test_logprobs_without_alternatives(server: Server) -> None:
    logprobs = complete(server, logprobs=0, max_tokens=1)["choices"][0]["logprobs"]
    assert logprobs["top_logprobs"] == [{" word465": -1.0}]


def test_minus_infinity_stays_json(server: Server) -> None:
    logprobs = complete(server, logprobs=3, max_tokens=1)["choices"][0]["logprobs"]
    assert logprobs["top_logprobs"][0][" word467"] == -9999.0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"echo": True},
        {"max_tokens": 14},  # two of its tokens share a character
        {"max_tokens": 40, "stop": [" word480"]},  # text is held back while tokens go on
        {"max_tokens": 14, "return_tokens_as_token_ids": True, "echo": True},
    ],
)
def test_streamed_logprobs_join_to_unstreamed(server: Server, body: dict[str, Any]) -> None:
    whole = complete(server, logprobs=1, **body)["choices"][0]["logprobs"]
    parts = [c["choices"][0]["logprobs"] for c in stream(server, logprobs=1, **body)]
    assert len(parts) > 1
    for name, values in whole.items():
        assert [value for part in parts for value in part[name]] == values


@pytest.mark.parametrize("as_ids", [False, True])
@pytest.mark.parametrize("echo", [False, True])
def test_text_offsets_point_into_the_text(server: Server, echo: bool, as_ids: bool) -> None:
    body = {"prompt": "né", "max_tokens": 30, "return_tokens_as_token_ids": as_ids}
    choice = complete(server, logprobs=0, echo=echo, **body)["choices"][0]
    # Each token begins with a word, but for the half of a character that some have before it.
    words = [found.start() for found in re.finditer(" word", choice["text"])]
    assert len(words) == 30
    assert choice["logprobs"]["text_offset"] == ([0, 0, 1, 2] if echo else []) + words


def test_echo_with_logprobs(server: Server) -> None:
    choice = complete(server, echo=True, logprobs=1, max_tokens=2)["choices"][0]
    assert choice["text"] == "hi word465 word466"
    logprobs = choice["logprobs"]
    assert logprobs["tokens"] == ["<s>", "h", "i", " word465", " word466"]
    assert logprobs["token_logprobs"] == [None, -1.0, -1.0, -1.0, -1.0]
    assert logprobs["top_logprobs"][0] is None
    assert logprobs["text_offset"] == [0, 0, 1, 2, 10]


def test_score_only(server: Server) -> None:
    answer = complete(server, echo=True, logprobs=1, max_tokens=0)
    choice = answer["choices"][0]
    assert choice["text"] == "hi"
    assert choice["logprobs"]["tokens"] == ["<s>", "h", "i"]
    assert choice["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 0


def test_prompt_logprobs(server: Server) -> None:
    choice = complete(server, prompt_logprobs=1)["choices"][0]
    first, second, third = choice["prompt_logprobs"]
    assert first is None
    assert second["104"] == {"logprob": -1.0, "rank": 2, "decoded_token": "h"}
    assert set(third) == {"105", "106"}


def test_token_ids_of_an_answer(server: Server) -> None:
    choice = complete(server, return_token_ids=True, max_tokens=2)["choices"][0]
    assert choice["token_ids"] == [FIRST_WORD + 465, FIRST_WORD + 466]
    assert choice["prompt_token_ids"] == [BOS, 104, 105]
    chunks = stream(server, return_token_ids=True, max_tokens=2)
    assert chunks[0]["choices"][0]["prompt_token_ids"] == [BOS, 104, 105]
    assert [i for chunk in chunks for i in chunk["choices"][0]["token_ids"]] == choice["token_ids"]


def test_tokens_as_ids(server: Server) -> None:
    body = {"return_tokens_as_token_ids": True, "logprobs": 1, "max_tokens": 1}
    logprobs = complete(server, **body)["choices"][0]["logprobs"]
    assert logprobs["tokens"] == [f"token_id:{FIRST_WORD + 465}"]
    assert list(logprobs["top_logprobs"][0]) == ["token_id:765", "token_id:766"]


@pytest.mark.parametrize(("special", "length"), [(True, 3), (False, 2), (None, 3)])
def test_add_special_tokens(server: Server, special: bool | None, length: int) -> None:
    assert complete(server, add_special_tokens=special)["usage"]["prompt_tokens"] == length


@pytest.mark.parametrize(("keep", "ids"), [(2, [104, 105]), (-1, [BOS, 104, 105])])
def test_truncation_keeps_the_end(server: Server, keep: int, ids: list[int]) -> None:
    answer = complete(server, truncate_prompt_tokens=keep, echo=True)
    assert answer["usage"]["prompt_tokens"] == len(ids)
    assert server.engine.calls[-1][1]["ids"] == ids


def test_truncation_makes_a_long_prompt_fit(server: Server) -> None:
    answer = complete(server, prompt="x" * 5000, truncate_prompt_tokens=-1, max_tokens=8)
    assert answer["usage"]["prompt_tokens"] == 2048 - 8
    assert answer["usage"]["completion_tokens"] == 8


def test_all_sampling_fields_reach_the_engine(server: Server) -> None:
    fields = {
        "n": 2,
        "temperature": 0.5,
        "top_p": 0.75,
        "top_k": 7,
        "min_p": 0.25,
        "presence_penalty": 0.5,
        "frequency_penalty": -0.5,
        "repetition_penalty": 1.25,
        "seed": 11,
        "max_tokens": 5,
        "min_tokens": 2,
        "stop": ["zzz"],
        "stop_token_ids": [3, EOS],
        "include_stop_str_in_output": True,
        "ignore_eos": True,
        "skip_special_tokens": False,
        "logit_bias": {"5": -1.5},
        "allowed_token_ids": [1, 2],
        "bad_words": ["bad"],
        "prompt_logprobs": 1,
        "logprobs": 2,
    }
    complete(server, **fields, priority=4, cache_salt="mine", timeout=60)
    params, call = server.engine.calls[-1]
    for name, value in fields.items():
        expected = {5: -1.5} if name == "logit_bias" else value
        assert getattr(params, name) == expected, name
    assert (call["priority"], call["cache_salt"], call["timeout"]) == (4, "mine", 60)


def test_defaults_come_from_the_model(server: Server) -> None:
    server.engine.default_params = {"temperature": 0.125, "max_tokens": 3}
    try:
        assert complete(server, max_tokens=None)["usage"]["completion_tokens"] == 3
        assert server.engine.calls[-1][0].temperature == 0.125
        complete(server, temperature=0)
        assert server.engine.calls[-1][0].temperature == 0
    finally:
        server.engine.default_params = {}


def test_sixteen_tokens_by_default(server: Server) -> None:
    assert complete(server, max_tokens=None)["usage"]["completion_tokens"] == 16


def test_fields_that_are_ignored(server: Server) -> None:
    known = {"user": "u", "metadata": {"a": "b"}, "store": True, "service_tier": "auto"}
    complete(server, **known, a_field_of_next_year=[1, 2])


def test_neutral_values_of_unserved_fields(server: Server) -> None:
    neutral = {"suffix": "", "best_of": 1, "use_beam_search": False, "length_penalty": 1.0}
    complete(server, **neutral, tools=None, response_format={"type": "text"}, lora_request=None)


def test_request_ids(server: Server) -> None:
    body = {"prompt": "hi", "max_tokens": 1}
    reply = server.post(PATH, body, headers={"X-Request-Id": "abc-1"})
    assert reply.headers["x-request-id"] == "abc-1"
    assert reply.json()["id"] == "cmpl-abc-1"
    assert server.post(PATH, {**body, "request_id": "mine"}).json()["id"] == "cmpl-mine"
    # What is no plain word is not echoed.
    reply = server.post(PATH, body, headers={"X-Request-Id": "a b <script>"})
    assert "script" not in reply.headers["x-request-id"] + reply.text


def test_a_slow_reader_gets_larger_chunks() -> None:
    """Backpressure must neither lose text nor stop other requests."""
    engine = FakeEngine(max_model_len=100_000, step_seconds=0.0)
    with running_server(engine) as server:
        body = {"prompt": "hi", "max_tokens": 20_000, "stream": True}
        with server.client() as client, client.stream("POST", PATH, json=body) as reply:
            lines = reply.iter_lines()
            next(lines)
            # While this stream is not read, others are served.
            assert server.post(PATH, {"prompt": "you", "max_tokens": 3}).status_code == 200
            text = "".join(
                json.loads(line[6:])["choices"][0]["text"]
                for line in lines
                if line.startswith("data: {")
            )
        words = " ".join(f"word{(465 + i) % 700}" for i in range(1, 20_000))
        assert text.replace("é", "").split() == words.split()
