"""OpenAI's Python SDK against the real server: its helpers, its errors, its ways to leave.

The fields of requests and answers are in tests/test_openai_client.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from server_process import ServerProcess, wait_until

MODEL = "llmserve-mini"
QUESTION: Any = [{"role": "user", "content": "What is the capital of Spain?"}]
GREEDY: dict[str, Any] = {"model": MODEL, "messages": QUESTION, "temperature": 0}
# Seconds of work, so that whoever leaves leaves something.
LONG: dict[str, Any] = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "Tell me a long story."}],
    "n": 16,
    "max_tokens": 1900,
    "extra_body": {"ignore_eos": True},
}


@pytest.fixture
def client(server: ServerProcess) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0) as made:
        yield made


def async_client(server: ServerProcess, **options: Any) -> AsyncOpenAI:
    options = {"api_key": "none", "max_retries": 0, **options}
    return AsyncOpenAI(base_url=server.url + "/v1", **options)


# Ways to ask.


def test_the_address_and_key_of_the_environment(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with OpenAI() as client:
        assert [model.id for model in client.models.list()] == [MODEL]


def test_a_conversation(client: OpenAI) -> None:
    messages: list[Any] = [{"role": "system", "content": "You are a helpful assistant."}]
    for question, word in (
        ("What is the capital of Spain?", "Madrid"),
        ("And of Portugal?", "Lisbon"),
    ):
        messages.append({"role": "user", "content": question})
        answer = client.chat.completions.create(model=MODEL, messages=messages, temperature=0)
        message = answer.choices[0].message
        assert word in (message.content or "")
        messages.append(message)  # as it came, with all fields that the SDK knows


def test_the_stream_helper(client: OpenAI) -> None:
    whole = client.chat.completions.create(**GREEDY, logprobs=True, top_logprobs=2)
    with client.chat.completions.stream(
        **GREEDY, logprobs=True, top_logprobs=2, stream_options={"include_usage": True}
    ) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    deltas = [event.delta for event in events if event.type == "content.delta"]
    (done,) = [event for event in events if event.type == "content.done"]
    assert "".join(deltas) == done.content == whole.choices[0].message.content
    assert final.choices[0].finish_reason == "stop"
    assert final.choices[0].message.content == done.content
    assert final.choices[0].logprobs == whole.choices[0].logprobs
    assert final.usage is not None and whole.usage is not None
    assert final.usage.completion_tokens == whole.usage.completion_tokens


def test_the_stream_helper_with_asyncio(server: ServerProcess, client: OpenAI) -> None:
    async def run() -> str | None:
        async with async_client(server) as made:
            async with made.chat.completions.stream(**GREEDY) as stream:
                snapshots = [event.snapshot async for event in stream if event.type == "chunk"]
                final = await stream.get_final_completion()
        assert snapshots[-1].choices[0].message.content == final.choices[0].message.content
        return final.choices[0].message.content

    assert asyncio.run(run()) == client.chat.completions.create(**GREEDY).choices[0].message.content


def test_responses(server: ServerProcess, client: OpenAI) -> None:
    request: dict[str, Any] = {"model": MODEL, "temperature": 0}
    whole = client.responses.create(
        **request, instructions="You are a helpful assistant.", input=QUESTION[0]["content"]
    )
    assert whole.status == "completed" and "Madrid" in whole.output_text
    # What came out goes in again, as it came.
    turns: list[Any] = [*QUESTION, *whole.output, {"role": "user", "content": "And of Portugal?"}]
    second = client.responses.create(**request, input=turns)
    assert "Lisbon" in second.output_text
    with client.responses.stream(**request, input=turns) as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(deltas) == final.output_text == second.output_text

    async def run() -> str:
        async with async_client(server) as made:
            return (await made.responses.create(**request, input=turns)).output_text

    assert asyncio.run(run()) == second.output_text


def test_scores_of_a_text(client: OpenAI) -> None:
    def score(text: str) -> float:
        answer = client.completions.create(
            model=MODEL, prompt=text, max_tokens=0, echo=True, logprobs=1
        )
        (choice,) = answer.choices
        assert choice.text == text
        assert choice.logprobs is not None and choice.logprobs.token_logprobs is not None
        first, *rest = choice.logprobs.token_logprobs
        assert first is None and len(rest) > 3
        return sum(rest)

    assert score("Madrid is the capital of Spain.") > score("Madrid is the capital of green.")


def test_a_raw_response(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(**GREEDY)
    answer = raw.parse()
    assert raw.status_code == 200 and raw.http_version == "HTTP/1.1"
    assert raw.headers["content-type"] == "application/json"
    assert raw.request_id == raw.headers["x-request-id"] == answer._request_id
    assert answer.id == f"chatcmpl-{raw.request_id}"
    with client.chat.completions.with_streaming_response.create(**GREEDY, stream=True) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["x-request-id"]
        lines = [line for line in reply.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"


# Refusals.


def test_every_kind_of_refusal_is_an_error_of_its_own(
    client: OpenAI, narrow_server: ServerProcess
) -> None:
    def create(made: OpenAI, **fields: Any) -> None:
        made.chat.completions.create(**{**GREEDY, **fields})

    with pytest.raises(openai.BadRequestError) as bad:
        create(client, temperature=-1)
    assert (bad.value.status_code, bad.value.param) == (400, "temperature")
    with pytest.raises(openai.NotFoundError) as unknown:
        create(client, model="other")
    assert (unknown.value.status_code, unknown.value.code) == (404, "model_not_found")
    with OpenAI(base_url=narrow_server.url + "/v1", api_key="other", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError) as strange:
            create(stranger)
    assert (strange.value.status_code, strange.value.code) == (401, "invalid_api_key")
    with pytest.raises(openai.APIStatusError) as late:
        create(client, **{**LONG, "extra_body": {"ignore_eos": True, "timeout": 0.05}})
    assert (late.value.status_code, late.value.code) == (408, "deadline_exceeded")


def test_nobody_at_the_address() -> None:
    with OpenAI(base_url="http://127.0.0.1:1/v1", api_key="none", max_retries=0) as client:
        with pytest.raises(openai.APIConnectionError):
            client.models.list()


def test_a_full_server_is_asked_again_when_it_says(narrow_server: ServerProcess) -> None:
    seen: list[tuple[float, int]] = []

    async def run() -> None:
        async with async_client(narrow_server, api_key="key") as client:
            # One sample runs, the others wait: there is no room for anybody else.
            running = await client.chat.completions.create(**LONG, stream=True)
            with pytest.raises(openai.RateLimitError) as caught:
                await client.chat.completions.create(**GREEDY)
            assert (caught.value.code, caught.value.type) == ("queue_full", "rate_limit_error")
            assert caught.value.response.headers["retry-after"] == "1"

            async def make_room(response: Any) -> None:
                seen.append((time.monotonic(), response.status_code))
                await running.close()

            http = openai.DefaultAsyncHttpxClient(event_hooks={"response": [make_room]})
            patient = async_client(narrow_server, api_key="key", max_retries=20, http_client=http)
            async with patient:
                answer = await patient.chat.completions.create(**GREEDY)
            assert "Madrid" in (answer.choices[0].message.content or "")

    asyncio.run(run())
    times, statuses = zip(*seen, strict=True)
    assert statuses[0] == 429 and statuses[-1] == 200
    # By itself the SDK comes back after half a second.
    assert times[1] - times[0] >= 0.9


# Ways to leave.


def test_a_client_out_of_patience(server: ServerProcess, client: OpenAI) -> None:
    before = server.num_aborted()
    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(**LONG, timeout=0.6)
    assert wait_until(lambda: server.num_aborted() > before)


def test_a_stream_that_is_closed(server: ServerProcess, client: OpenAI) -> None:
    before = server.num_aborted()
    with client.chat.completions.create(**LONG, stream=True) as stream:
        next(iter(stream))
        assert server.metric("vllm:num_requests_running") > 0
    assert wait_until(lambda: server.num_aborted() > before)
    with client.chat.completions.stream(**LONG) as helper:
        next(iter(helper))
    assert wait_until(server.is_idle)
    # The connection pool of the client is none the worse.
    assert client.chat.completions.create(**GREEDY).choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_task_that_is_cancelled(server: ServerProcess, stream: bool) -> None:
    before = server.num_aborted()
    chunks: list[Any] = []

    async def ask(client: AsyncOpenAI) -> None:
        answer: Any = await client.chat.completions.create(**LONG, stream=stream)
        async for chunk in answer:
            chunks.append(chunk)

    def begun() -> bool:
        return bool(chunks) if stream else server.metric("vllm:num_requests_running") > 0

    async def run() -> None:
        async with async_client(server) as client:
            task = asyncio.create_task(ask(client))
            assert await asyncio.to_thread(wait_until, begun, 20)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # While the client lives on: it is the request that ends, not the program.
            assert await asyncio.to_thread(wait_until, server.is_idle)
            answer = await client.chat.completions.create(**GREEDY)
            assert "Madrid" in (answer.choices[0].message.content or "")

    asyncio.run(run())
    assert server.num_aborted() > before
