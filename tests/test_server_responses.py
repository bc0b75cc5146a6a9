"""OpenAI's Responses API against the fake engine: bodies by hand, and the official client."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from server_harness import FakeEngine, Server, error_of, running_server, wait_until

PATH = "/v1/responses"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(served_model_names=("one", "two")) as running:
        yield running


def post(server: Server, **body: Any) -> httpx.Response:
    return server.post(PATH, {"input": "hi", "max_output_tokens": 6, **body})


def respond(server: Server, **body: Any) -> dict[str, Any]:
    reply = post(server, **body)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert isinstance(answer, dict)
    return answer


def text_of(answer: dict[str, Any]) -> str:
    (item,) = answer["output"]
    (part,) = item["content"]
    return str(part["text"])


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream, named by their types and numbered."""
    found = []
    for number, block in enumerate(text.removesuffix("\n\n").split("\n\n")):
        name, data = block.split("\n")
        value = json.loads(data.removeprefix("data: "))
        assert name == f"event: {value['type']}"
        assert value["sequence_number"] == number
        found.append(value)
    return found


def rendered(server: Server) -> str:
    """What the engine got as its last prompt."""
    return bytes(server.engine.calls[-1][1]["ids"]).decode()


def without_ids(value: Any) -> Any:
    """The same without what differs from answer to answer."""
    if isinstance(value, dict):
        rest = {k: v for k, v in value.items() if k not in ("id", "created_at", "item_id")}
        return {k: without_ids(v) for k, v in rest.items()}
    return [without_ids(v) for v in value] if isinstance(value, list) else value


# Whole answers.


def test_a_response(server: Server) -> None:
    answer = respond(server, metadata={"a": "b"}, user="u", temperature=0.5, top_p=0.25)
    assert answer["id"].startswith("resp_") and answer["object"] == "response"
    assert answer["model"] == "one"
    assert (answer["temperature"], answer["top_p"]) == (0.5, 0.25)
    assert (answer["metadata"], answer["user"]) == ({"a": "b"}, "u")
    assert answer["store"] is False and answer["error"] is None
    (item,) = answer["output"]
    assert item["id"].startswith("msg_")
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "incomplete")
    assert item["content"][0]["type"] == "output_text" and item["content"][0]["annotations"] == []
    assert answer["status"] == "incomplete"
    assert answer["incomplete_details"] == {"reason": "max_output_tokens"}
    prompt = len(server.engine.calls[-1][1]["ids"])
    assert answer["usage"] == {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 6,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + 6,
    }


def test_it_is_the_chat_that_chat_completions_would_answer(server: Server) -> None:
    parts = [{"type": "input_text", "text": "h"}, {"type": "input_text", "text": "i"}]
    items = [
        {"role": "user", "content": "one"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "2"}]},
        {"role": "user", "content": parts},
    ]
    answer = respond(server, instructions="Be brief.", input=items)
    assert rendered(server) == "<system>Be brief.\n<user>one\n<assistant>2\n<user>hi\n<assistant>"
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "2"},
        {"role": "user", "content": "hi"},
    ]
    body = {"messages": chat, "max_tokens": 6}
    (choice,) = server.post("/v1/chat/completions", body).json()["choices"]
    assert text_of(answer) == choice["message"]["content"]


def test_without_a_limit_it_goes_on_to_the_end_of_the_context() -> None:
    with running_server(FakeEngine(max_model_len=50)) as server:
        answer = respond(server, max_output_tokens=None)
    assert answer["max_output_tokens"] is None
    assert answer["usage"]["total_tokens"] == 50


def test_an_effort_is_the_templates(server: Server) -> None:
    respond(server, reasoning={"effort": "low"})
    assert "[reasoning_effort=low]" in rendered(server)


# Streams.


@pytest.mark.parametrize("options", [{}, {"max_output_tokens": 1}, {"max_output_tokens": 60}])
def test_a_stream_is_the_whole_in_pieces(server: Server, options: dict[str, Any]) -> None:
    whole = respond(server, **options)
    reply = post(server, stream=True, **options)
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = events(reply.text)
    kinds = [event["type"].removeprefix("response.") for event in found]
    opening = ["created", "in_progress", "output_item.added", "content_part.added"]
    ending = ["output_text.done", "content_part.done", "output_item.done", "incomplete"]
    assert kinds[:4] == opening
    assert kinds[-4:] == ending
    assert set(kinds[4:-4]) <= {"output_text.delta"}
    assert found[0]["response"]["status"] == "in_progress"
    assert found[0]["response"]["usage"] is None
    deltas = [event["delta"] for event in found[4:-4]]
    assert all(deltas)
    assert "".join(deltas) == found[-4]["text"] == text_of(whole)
    last = found[-1]["response"]
    assert without_ids(last) == without_ids(whole)
    assert found[-2]["item"] == last["output"][0]
    assert {event["item_id"] for event in found if "item_id" in event} == {last["output"][0]["id"]}
    assert found[0]["response"]["id"] == last["id"]


def test_a_stream_that_fails_ends_with_an_error() -> None:
    engine = FakeEngine()
    engine.fail_after = 3
    with running_server(engine) as server:
        found = events(post(server, stream=True).text)
        assert found[0]["type"] == "response.created"
        assert found[-1]["type"] == "error"
        assert found[-1]["code"] == "generation_failed"
        assert not {"response.completed", "response.incomplete"} & {e["type"] for e in found}


# Refusals.


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"input": None}, "input", "input must be a string or a list, not null"),
        ({"input": []}, "input", "input is empty"),
        ({"input": [5]}, "input", "must be an object"),
        ({"input": [{"role": "tool", "content": "x"}]}, "input", "must be one of user, assistant"),
        ({"input": [{"role": "user"}]}, "input", "input[0].content must be a string or a list"),
        ({"input": [{"type": "reasoning"}]}, "input", 'input[0] is of type "reasoning"'),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            "input",
            'input[0].content[0] is of type "input_image"',
        ),
        ({"max_output_tokens": 0}, "max_output_tokens", "must be at least 1"),
        ({"max_output_tokens": 5000}, "max_output_tokens", "max_output_tokens = 5000"),
        ({"previous_response_id": "resp_1"}, "previous_response_id", "not supported"),
        ({"background": True}, "background", "not supported"),
        ({"text": {"format": {"type": "json_object"}}}, "text", "not supported"),
        ({"truncation": "auto"}, "truncation", "not supported"),
        ({"tools": [{"type": "web_search"}]}, "tools", "not supported"),
        ({"seed": 1}, "seed", "not supported by this route"),
        ({"max_tokens": 5}, "max_tokens", "not supported by this route"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "not supported"),
        ({"reasoning": {"effort": 5}}, "reasoning", "must be a string"),
        ({"temperature": -1}, "temperature", "temperature"),
    ],
)
def test_refusals(server: Server, body: dict[str, Any], param: str, words: str) -> None:
    calls = len(server.engine.calls)
    reply = post(server, **body)
    error = error_of(reply, 400, reply.json()["error"]["code"])
    assert error["param"] == param
    assert words in error["message"]
    assert len(server.engine.calls) == calls


def test_what_asks_for_nothing_is_taken(server: Server) -> None:
    text = {"format": {"type": "text"}}
    respond(server, store=True, include=[], tools=[], text=text, truncation="disabled")


# The official client.


def test_the_client(server: Server) -> None:
    request: dict[str, Any] = {"model": "one", "input": "hi", "max_output_tokens": 8}
    with openai.OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0) as client:
        whole = client.responses.create(**request)
        assert whole.status == "incomplete"
        assert whole.usage is not None and whole.usage.output_tokens == 8
        with client.responses.stream(**request) as stream:
            for _ in stream:
                pass
        created = client.responses.create(**request, stream=True)
        deltas = [e.delta for e in created if e.type == "response.output_text.delta"]
        assert "".join(deltas) == whole.output_text
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            client.responses.create(**{**request, "model": "other"})


def test_a_client_that_leaves_frees_the_engine() -> None:
    with running_server(FakeEngine(step_seconds=0.01)) as server:
        body = {"input": "hi", "stream": True}
        with server.client() as client, client.stream("POST", PATH, json=body) as reply:
            lines = reply.iter_lines()  # kept: httpx closes the stream with its iterator
            next(lines)
            assert server.engine.running
        assert wait_until(lambda: not server.engine.running)
        assert server.engine.num_aborted == 1
