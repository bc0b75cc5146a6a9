"""POST /v1/chat/completions against the fake engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_harness import FIRST_WORD, Server, events_of, running_server

PATH = "/v1/chat/completions"
HI = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(served_model_names=("one", "two")) as running:
        yield running


def chat(server: Server, **body: Any) -> dict[str, Any]:
    reply = server.post(PATH, {"messages": HI, "max_tokens": 6, **body})
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert isinstance(answer, dict)
    return answer


def stream(server: Server, **body: Any) -> list[dict[str, Any]]:
    reply = server.post(PATH, {"messages": HI, "max_tokens": 6, "stream": True, **body})
    assert reply.status_code == 200, reply.text
    events = events_of(reply.text)
    assert events.count("[DONE]") == 1
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


def rendered(server: Server) -> str:
    """What the engine got as its last prompt."""
    return bytes(server.engine.calls[-1][1]["ids"]).decode()


def test_shape_of_an_answer(server: Server) -> None:
    answer = chat(server)
    assert answer["id"].startswith("chatcmpl-")
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "one"
    choice = answer["choices"][0]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"].startswith(" word")
    assert (choice["finish_reason"], choice["logprobs"]) == ("length", None)
    assert answer["usage"]["completion_tokens"] == 6
    assert rendered(server) == "<user>hi\n<assistant>"


def test_answers_carry_the_name_asked_for(server: Server) -> None:
    assert chat(server, model="two")["model"] == "two"
    assert stream(server, model="two")[0]["model"] == "two"


@pytest.mark.parametrize("n", [1, 3])
def test_stream(server: Server, n: int) -> None:
    whole = chat(server, n=n)
    texts = dict.fromkeys(range(n), "")
    seen: dict[int, int] = {}
    ends: dict[int, str] = {}
    for chunk in stream(server, n=n):
        assert chunk["object"] == "chat.completion.chunk"
        (choice,) = chunk["choices"]
        index, delta = choice["index"], choice["delta"]
        assert index not in ends, "nothing may follow the end of a choice"
        # The role comes first, once.
        assert ("role" in delta) == (index not in seen)
        if "role" in delta:
            assert delta == {"role": "assistant", "content": ""}
        seen[index] = seen.get(index, 0) + 1
        texts[index] += delta["content"]
        if choice["finish_reason"]:
            assert delta["content"], "the reason comes with the last text"
            ends[index] = choice["finish_reason"]
    assert texts == {c["index"]: c["message"]["content"] for c in whole["choices"]}
    assert ends == dict.fromkeys(range(n), "length")


def test_usage_of_a_stream(server: Server) -> None:
    chunks = stream(server, stream_options={"include_usage": True})
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"] == chat(server)["usage"]
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    assert all("usage" not in chunk for chunk in stream(server))


def test_usage_in_every_chunk(server: Server) -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    chunks = stream(server, n=2, stream_options=options)
    assert all(chunk["usage"]["prompt_tokens"] == 20 for chunk in chunks)
    counts = [chunk["usage"]["completion_tokens"] for chunk in chunks]
    assert counts == sorted(counts)
    assert counts[-1] == 12


def test_logprobs(server: Server) -> None:
    body = {"logprobs": True, "top_logprobs": 2, "max_tokens": 9}
    (choice,) = chat(server, **body)["choices"]
    content = choice["logprobs"]["content"]
    assert len(content) == 9
    for entry in content:
        assert len(entry["top_logprobs"]) == 2
        assert [top["logprob"] for top in entry["top_logprobs"]] == [-0.5, -1.0]
        assert entry["logprob"] == -1.0
    # The bytes of all tokens are those of the text, also where a token is a part of a character.
    raw = bytes(byte for entry in content for byte in entry["bytes"])
    assert raw.decode(errors="replace") == choice["message"]["content"]
    assert any(entry["token"].endswith("\N{REPLACEMENT CHARACTER}") for entry in content)
    streamed = [
        entry
        for chunk in stream(server, **body)
        if (logprobs := chunk["choices"][0]["logprobs"])
        for entry in logprobs["content"]
    ]
    assert streamed == content


def test_logprobs_without_alternatives(server: Server) -> None:
    entry = chat(server, logprobs=True)["choices"][0]["logprobs"]["content"][0]
    assert entry["top_logprobs"] == []
    assert chat(server, logprobs=False, top_logprobs=0)["choices"][0]["logprobs"] is None


def test_all_roles_and_forms_of_content(server: Server) -> None:
    call = {"name": "f", "arguments": '{"a": 1}'}
    messages = [
        {"role": "developer", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}], "name": "ann"},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": call}]},
        {"role": "tool", "content": "2", "tool_call_id": "1"},
        {"role": "assistant", "content": None, "refusal": "no"},
    ]
    chat(server, messages=messages)
    assert rendered(server).startswith("<developer>be kind\n<user>[{'type': 'text'")


def test_generation_prompt(server: Server) -> None:
    chat(server, add_generation_prompt=False)
    assert rendered(server) == "<user>hi\n"
    begun = [*HI, {"role": "assistant", "content": "Well"}]
    answer = chat(server, messages=begun, continue_final_message=True)
    assert rendered(server) == "<user>hi\n<assistant>Well"
    assert answer["choices"][0]["message"]["role"] == "assistant"


def test_names_for_the_template(server: Server) -> None:
    chat(server, chat_template_kwargs={"thinking": False}, reasoning_effort="low")
    assert rendered(server).endswith("[reasoning_effort=low][thinking=False]<assistant>")


def test_length(server: Server) -> None:
    assert chat(server, max_completion_tokens=4)["usage"]["completion_tokens"] == 4
    # By default an answer may fill the context.
    answer = chat(server, max_tokens=None, stop=[" word550"])
    assert answer["usage"]["completion_tokens"] > 16
    assert server.engine.calls[-1][0].max_tokens is None


def test_token_ids(server: Server) -> None:
    answer = chat(server, return_token_ids=True)
    assert answer["prompt_token_ids"] == list(b"<user>hi\n<assistant>")
    assert len(answer["choices"][0]["token_ids"]) == 6
    assert min(answer["choices"][0]["token_ids"]) >= FIRST_WORD


def test_prompt_logprobs(server: Server) -> None:
    entries = chat(server, prompt_logprobs=0)["prompt_logprobs"]
    assert entries[0] is None
    assert entries[1][str(ord("u"))]["decoded_token"] == "u"


def test_template_and_role_of_the_server(tmp_path: Path) -> None:
    with running_server(chat_template="T{{ 1 }}", response_role="bot") as server:
        assert chat(server)["choices"][0]["message"]["role"] == "bot"
        assert stream(server)[0]["choices"][0]["delta"]["role"] == "bot"
        assert server.engine.tokenizer.templates == ["T{{ 1 }}", "T{{ 1 }}"]


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"messages": []}, "messages", "empty"),
        ({"messages": [{"content": "x"}]}, "messages", "messages[0].role must be a string"),
        ({"messages": [{"role": "user"}]}, "messages", "messages[0].content is required"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages", "not 5"),
        ({"messages": ["x"]}, "messages", 'messages[0] must be an object, not "x"'),
        ({"messages": [{"role": "unknown", "content": "x"}]}, "messages", "no role unknown"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages",
            "takes text only",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "messages",
            'messages[0].content[0] is of type "input_audio"',
        ),
        ({"top_logprobs": 2}, "top_logprobs", "needs logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "from 0 to 20"),
        ({"logprobs": 5}, "logprobs", "must be true or false, not 5"),
        ({"tools": [{"type": "function"}]}, "tools", "not supported"),
        ({"response_format": {"type": "json_object"}}, "response_format", "not supported"),
        ({"tool_choice": "required"}, "tool_choice", "not supported"),
        ({"chat_template": "{{ messages }}"}, "chat_template", "not supported"),
        ({"modalities": ["text", "audio"]}, "modalities", "not supported"),
        ({"echo": True}, "echo", "not supported"),
        ({"add_special_tokens": True}, "add_special_tokens", "not supported"),
        ({"chat_template_kwargs": {"chat_template": "x"}}, "chat_template_kwargs", "may not set"),
        ({"chat_template_kwargs": {"messages": []}}, "chat_template_kwargs", "may not set"),
        (
            {"chat_template_kwargs": {"interpret_special_tokens": True}},
            "chat_template_kwargs",
            "may not set",
        ),
        (
            {"continue_final_message": True, "add_generation_prompt": True},
            "continue_final_message",
            "cannot both",
        ),
        (
            {"max_completion_tokens": 5000},
            "max_completion_tokens",
            "2048 tokens, but 20 tokens of the prompt and max_completion_tokens = 5000",
        ),
        ({"messages": [{"role": "user", "content": "x" * 3000}]}, "messages", "3018"),
    ],
)
def test_refusals(server: Server, body: dict[str, Any], param: str, words: str) -> None:
    calls = len(server.engine.calls)
    reply = server.post(PATH, {"messages": HI, **body})
    assert reply.status_code == 400, reply.text
    error = reply.json()["error"]
    assert error["param"] == param
    assert words in error["message"]
    assert error["type"] == "invalid_request_error"
    assert len(server.engine.calls) == calls, "a refused request must not reach the engine"


def test_no_tokenizer() -> None:
    with running_server() as server:
        server.engine.tokenizer = None
        reply = server.post(PATH, {"messages": HI})
        assert reply.status_code == 400
        assert "no tokenizer" in reply.json()["error"]["message"]
        text = server.post("/v1/completions", {"prompt": "hi"})
        assert text.status_code == 400
        assert text.json()["error"]["param"] == "prompt"


# What the server's flags change.


def test_a_template_of_the_request_where_it_is_trusted() -> None:
    with running_server(trust_request_chat_template=True, chat_template="ours") as server:
        chat(server, chat_template="theirs")
        chat(server)
        assert server.engine.tokenizer.templates == ["theirs", "ours"]
        for template in ("x" * 70_000, ""):
            reply = server.post(PATH, {"messages": HI, "chat_template": template})
            assert reply.status_code == 400
            assert "it must have from 1 to 65536" in reply.json()["error"]["message"]


def test_values_for_templates_that_hold_where_a_request_does_not_say() -> None:
    with running_server(default_chat_template_kwargs={"colour": "blue", "size": 3}) as server:
        chat(server)
        assert rendered(server) == "<user>hi\n[colour=blue][size=3]<assistant>"
        chat(server, chat_template_kwargs={"colour": "red"})
        assert rendered(server) == "<user>hi\n[colour=red][size=3]<assistant>"


def test_counts_at_the_end_of_every_stream() -> None:
    with running_server(enable_force_include_usage=True) as server:
        for more in ({}, {"stream_options": {"include_usage": False}}):
            *chunks, last = stream(server, **more)
            assert last["choices"] == [] and last["usage"]["completion_tokens"] == 6
            assert all(chunk["usage"] is None for chunk in chunks)


def test_tokens_as_ids_always() -> None:
    with running_server(return_tokens_as_token_ids=True) as server:
        entries = chat(server, logprobs=True)["choices"][0]["logprobs"]["content"]
        assert all(entry["token"].startswith("token_id:") for entry in entries)


def test_requests_are_logged_without_their_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="llmserve.requests")
    secret = [{"role": "user", "content": "a secret"}]
    with running_server(enable_log_requests=True) as server:
        chat(server, messages=secret, request_id="r1", stop=["secret stop"], seed=4)
        stream(server, messages=secret, request_id="r2")
    begin, end, *_ = [record.getMessage() for record in caplog.records]
    assert begin == (
        "chatcmpl-r1: 26 prompt tokens, max_tokens 6, n 1, temperature 1, top_p 1, seed 4"
    )
    assert end.startswith("chatcmpl-r1: length after 0.") and end.endswith(", 6 tokens")
    assert len(caplog.records) == 4
    assert "secret" not in caplog.text
