"""Anthropic's Messages API against the fake engine: bodies by hand, and the official client."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from server_harness import FakeEngine, Server, running_server, wait_until

PATH = "/v1/messages"
COUNT = "/v1/messages/count_tokens"
HI: list[Any] = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(served_model_names=("one", "two")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as made:
        yield made


def post(server: Server, **body: Any) -> httpx.Response:
    return server.post(PATH, {"model": "one", "messages": HI, "max_tokens": 6, **body})


def message(server: Server, **body: Any) -> dict[str, Any]:
    reply = post(server, **body)
    assert reply.status_code == 200, reply.text
    assert reply.headers["request-id"] == reply.headers["x-request-id"]
    answer = reply.json()
    assert isinstance(answer, dict)
    return answer


def error(reply: httpx.Response, status: int, kind: str) -> str:
    """The message of an error object, which has to be whole and of this kind."""
    assert reply.status_code == status, reply.text
    body = reply.json()
    assert set(body) == {"type", "error"} and body["type"] == "error"
    assert set(body["error"]) == {"type", "message"}
    assert body["error"]["type"] == kind
    return str(body["error"]["message"])


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream, whose names have to be their types."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        value = json.loads(data.removeprefix("data: "))
        assert name == f"event: {value['type']}"
        found.append(value)
    return found


def rendered(server: Server) -> str:
    """What the engine got as its last prompt."""
    return bytes(server.engine.calls[-1][1]["ids"]).decode()


# Whole answers.


def test_a_message(server: Server) -> None:
    answer = message(server)
    assert answer["id"].startswith("msg_")
    assert answer["type"] == "message" and answer["role"] == "assistant"
    assert answer["model"] == "one"
    (block,) = answer["content"]
    assert block["type"] == "text"
    assert block["text"].startswith(" word")
    assert answer["stop_reason"] == "max_tokens" and answer["stop_sequence"] is None
    prompt = len(server.engine.calls[-1][1]["ids"])
    assert answer["usage"] == {
        "input_tokens": prompt - 2,  # the fake engine finds two in its cache
        "cache_read_input_tokens": 2,
        "cache_creation_input_tokens": 0,
        "output_tokens": 6,
    }


def test_it_is_the_chat_that_chat_completions_would_answer(server: Server) -> None:
    system = [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]
    parts = [{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]
    answer = message(server, system=system, messages=[{"role": "user", "content": parts}])
    assert rendered(server) == "<system>Be brief.\n<user>hi\n<assistant>"
    chat = [{"role": "system", "content": "Be brief."}, *HI]
    body = {"messages": chat, "max_tokens": 6}
    (choice,) = server.post("/v1/chat/completions", body).json()["choices"]
    assert answer["content"][0]["text"] == choice["message"]["content"]


def test_an_assistants_last_message_is_continued(server: Server) -> None:
    message(server, messages=[*HI, {"role": "assistant", "content": "Well"}])
    assert rendered(server) == "<user>hi\n<assistant>Well"


def test_parameters_reach_the_engine(server: Server) -> None:
    message(server, temperature=0.5, top_p=0.25, top_k=7, stop_sequences=["x", "y"])
    params = server.engine.calls[-1][0]
    assert (params.temperature, params.top_p, params.top_k) == (0.5, 0.25, 7)
    assert params.stop == ["x", "y"] and params.max_tokens == 6


def test_a_stop_sequence(server: Server) -> None:
    text = message(server)["content"][0]["text"]
    word = text.split()[2]
    answer = message(server, stop_sequences=[word])
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("stop_sequence", word)
    assert answer["content"][0]["text"] == text.split(word)[0]


# Streams.


@pytest.mark.parametrize("options", [{}, {"max_tokens": 1}, {"max_tokens": 60}])
def test_a_stream_is_the_whole_in_pieces(server: Server, options: dict[str, Any]) -> None:
    whole = message(server, **options)
    reply = post(server, stream=True, **options)
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = events(reply.text)
    kinds = [event["type"] for event in found]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[2:-3]) <= {"content_block_delta"}
    start = found[0]["message"]
    assert start["content"] == [] and start["stop_reason"] is None
    assert start["usage"] == whole["usage"] | {"output_tokens": 0}
    texts = [event["delta"]["text"] for event in found if event["type"] == "content_block_delta"]
    assert all(texts)
    assert "".join(texts) == whole["content"][0]["text"]
    end = found[-2]
    assert end["usage"] == whole["usage"]
    assert end["delta"] == {name: whole[name] for name in ("stop_reason", "stop_sequence")}


def test_a_stream_that_fails_ends_with_an_error() -> None:
    engine = FakeEngine()
    engine.fail_after = 3
    with running_server(engine) as server:
        body = {"model": "fake/model", "messages": HI, "max_tokens": 9, "stream": True}
        found = events(server.post(PATH, body).text)
        assert found[0]["type"] == "message_start"
        assert found[-1]["type"] == "error"
        assert found[-1]["error"]["type"] == "api_error"
        assert "message_stop" not in [event["type"] for event in found]


# Refusals.


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"max_tokens": None}, "max_tokens must be an integer, not null"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": 5000}, "maximum context length is 2048"),
        ({"messages": []}, "messages is empty"),
        ({"messages": [{"role": "system", "content": "x"}]}, "must be user or assistant"),
        ({"messages": [{"role": "user"}]}, "messages[0].content must be a string or a list"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, 'type "image"'),
        (
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "text must be a string",
        ),
        ({"messages": [{"role": "user", "content": [5]}]}, "is not supported"),
        ({"system": 5}, "system must be"),
        ({"system": [{"type": "image"}]}, "system[0]"),
        ({"tools": [{"name": "x"}]}, "tools is not supported"),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "thinking is not supported"),
        ({"seed": 1}, "seed is not supported by this route"),
        ({"stop": ["x"]}, "stop is not supported by this route"),
        ({"stop_sequences": "x"}, "stop_sequences must be a list"),
        ({"temperature": -1}, "temperature"),
    ],
)
def test_refusals(server: Server, body: dict[str, Any], words: str) -> None:
    calls = len(server.engine.calls)
    assert words in error(post(server, **body), 400, "invalid_request_error")
    assert len(server.engine.calls) == calls


def test_what_asks_for_nothing_is_taken(server: Server) -> None:
    message(server, tools=[], thinking={"type": "disabled"}, metadata={"user_id": "u"})


def test_other_refusals(server: Server) -> None:
    assert "three" in error(post(server, model="three"), 404, "not_found_error")
    assert "model is required" in error(
        server.post(PATH, {"messages": HI, "max_tokens": 1}), 400, "invalid_request_error"
    )
    plain = server.http.post(PATH, content=b"{}", headers={"Content-Type": "text/plain"})
    error(plain, 415, "invalid_request_error")


def test_what_no_handler_sees_is_refused_in_the_same_shape() -> None:
    with running_server(root="one", max_request_bytes=1000) as server:
        for path in (PATH, COUNT):
            error(server.post(path, {"x": "x" * 1000}), 413, "request_too_large")
        error(server.get(PATH), 405, "invalid_request_error")
        assert set(server.post("/tokenize", {"x": "x" * 1000}).json()) == {"error"}


def test_a_full_queue() -> None:
    engine = FakeEngine()
    engine.max_running = 0
    with running_server(engine, root="one") as server:
        reply = post(server)
        error(reply, 429, "rate_limit_error")
        assert reply.headers["retry-after"] == "1"


def test_keys_of_both_kinds() -> None:
    with running_server(root="one", api_keys=("key",)) as server:
        for headers, status in (
            ({}, 401),
            ({"x-api-key": "other"}, 401),
            ({"x-api-key": "key"}, 200),
            ({"Authorization": "Bearer key"}, 200),
            ({"Authorization": "Bearer other", "x-api-key": "key"}, 401),
        ):
            body = {"model": "one", "messages": HI, "max_tokens": 1}
            assert server.http.post(PATH, json=body, headers=headers).status_code == status
        reply = server.http.post(PATH, json=body)
        assert "missing" in error(reply, 401, "authentication_error")


# Counting.


def test_tokens_are_counted_as_they_are_charged(server: Server) -> None:
    body = {"model": "two", "messages": HI, "system": "Be brief."}
    reply = server.post(COUNT, body)
    assert reply.status_code == 200, reply.text
    usage = message(server, **body)["usage"]
    assert reply.json() == {
        "input_tokens": usage["input_tokens"] + usage["cache_read_input_tokens"]
    }
    assert "is required" in error(
        server.post(COUNT, {"model": "one"}), 400, "invalid_request_error"
    )


# The official client.


def test_the_client(client: anthropic.Anthropic) -> None:
    request: dict[str, Any] = {"model": "one", "messages": HI, "max_tokens": 8}
    whole = client.messages.create(**request)
    assert whole.stop_reason == "max_tokens"
    (block,) = whole.content
    assert block.type == "text"
    with client.messages.stream(**request) as stream:
        assert "".join(stream.text_stream) == block.text
        assert stream.get_final_message().usage.output_tokens == 8
    count = client.messages.count_tokens(model="one", messages=HI)
    assert count.input_tokens == whole.usage.input_tokens + 2
    with pytest.raises(anthropic.NotFoundError, match="does not exist"):
        client.messages.create(**{**request, "model": "other"})
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        client.messages.create(**request, extra_body={"temperature": -1})


def test_the_async_client(server: Server) -> None:
    request: dict[str, Any] = {"model": "one", "messages": HI, "max_tokens": 8}

    async def run() -> None:
        made = anthropic.AsyncAnthropic(base_url=server.url, api_key="none", max_retries=0)
        async with made as client:
            whole, _ = await asyncio.gather(
                client.messages.create(**request), client.messages.create(**request)
            )
            async with client.messages.stream(**request) as stream:
                final = await stream.get_final_message()
            assert [block.text for block in final.content if block.type == "text"] == [
                block.text for block in whole.content if block.type == "text"
            ]
            assert final.usage == whole.usage

    asyncio.run(run())


def test_a_client_that_leaves_frees_the_engine() -> None:
    with running_server(FakeEngine(step_seconds=0.01), root="one") as server:
        with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as client:
            request: dict[str, Any] = {"model": "one", "messages": HI, "max_tokens": 1500}
            with client.messages.create(**request, stream=True) as stream:
                next(iter(stream))
                assert server.engine.running
        assert wait_until(lambda: not server.engine.running)
        assert server.engine.num_aborted == 1
