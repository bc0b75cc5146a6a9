"""The server through the official OpenAI client and curl, with the real engine in a process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams
from openai import (
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    OpenAI,
)
from server_process import ServerProcess, stopped_cleanly

PROMPT = "The harbour woke before the town did."
MESSAGES: list[Any] = [
    {"role": "system", "content": "You keep the ledger."},
    {"role": "user", "content": "How many boats came in?"},
]
GREEDY: dict[str, Any] = {"model": "tiny", "temperature": 0, "max_tokens": 40}
NO_END = {"ignore_eos": True}


@pytest.fixture(scope="module")
def server(tiny_llama: Path) -> Iterator[ServerProcess]:
    flags = ["--served-model-name", "tiny", "second", "--kv-cache-memory-bytes", "32MiB"]
    with stopped_cleanly(ServerProcess(str(tiny_llama), *flags)) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: ServerProcess) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
def async_client(server: ServerProcess) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0)


def join(chunks: Any) -> dict[int, tuple[str, str]]:
    """index -> (text, finish reason) of a stream of either kind."""
    texts: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            assert choice.index not in reasons, "a choice goes on after its end"
            piece = choice.delta.content if hasattr(choice, "delta") else choice.text
            texts[choice.index] = texts.get(choice.index, "") + (piece or "")
            if choice.finish_reason is not None:
                reasons[choice.index] = choice.finish_reason
    assert reasons.keys() == texts.keys(), "a choice has no end"
    return {index: (texts[index], reasons[index]) for index in texts}


def whole_texts(answer: Any) -> dict[int, tuple[str, str]]:
    return {
        choice.index: (
            choice.message.content if hasattr(choice, "message") else choice.text,
            choice.finish_reason,
        )
        for choice in answer.choices
    }


def test_models(client: OpenAI) -> None:
    models = client.models.list()
    assert [model.id for model in models] == ["tiny", "second"]
    one = client.models.retrieve("tiny")
    assert (one.id, one.object) == ("tiny", "model")
    assert one.model_extra is not None
    assert one.model_extra["max_model_len"] == 256
    with pytest.raises(NotFoundError, match="The model 'other' does not exist"):
        client.models.retrieve("other")


def test_completion(client: OpenAI) -> None:
    answer = client.completions.create(prompt=PROMPT, **GREEDY, extra_body=NO_END)
    assert answer.id.startswith("cmpl-") and answer.object == "text_completion"
    assert answer.model == "tiny"
    (choice,) = answer.choices
    assert (choice.index, choice.finish_reason) == (0, "length")
    assert len(choice.text) > 20
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 40
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 40
    second = client.completions.create(
        prompt=PROMPT, **{**GREEDY, "model": "second"}, extra_body=NO_END
    )
    assert second.choices[0].text == choice.text


def test_chat(client: OpenAI) -> None:
    answer = client.chat.completions.create(messages=MESSAGES, **GREEDY)
    assert answer.id.startswith("chatcmpl-") and answer.object == "chat.completion"
    (choice,) = answer.choices
    assert choice.message.role == "assistant" and choice.message.content
    assert answer.usage is not None
    # By hand, what the template of the checkpoint writes.
    text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in MESSAGES)
    text += "<|im_start|>assistant\n"
    same = client.completions.create(prompt=text, **GREEDY)
    assert same.choices[0].text == choice.message.content
    assert same.usage is not None and same.usage.prompt_tokens == answer.usage.prompt_tokens


def test_parts_of_text_are_a_text(client: OpenAI) -> None:
    parts: list[Any] = [
        {**m, "content": [{"type": "text", "text": m["content"]}]} for m in MESSAGES
    ]
    answers = [
        client.chat.completions.create(messages=messages, **GREEDY)
        for messages in (MESSAGES, parts)
    ]
    assert answers[0].choices[0].message.content == answers[1].choices[0].message.content


def test_stream_equals_whole(client: OpenAI) -> None:
    request: dict[str, Any] = {"prompt": PROMPT, **GREEDY, "max_tokens": 200, "extra_body": NO_END}
    whole = client.completions.create(**request)
    # Pieces that have to wait for a busy machine come together, so that one stream proves nothing.
    most = 0
    for _ in range(50):
        chunks = list(client.completions.create(**request, stream=True))
        assert join(chunks) == whole_texts(whole)
        assert len({chunk.id for chunk in chunks}) == 1
        most = max(most, len(chunks))
        if most > 5:
            break
    assert most > 5, f"of 50 streams none came in more than {most} pieces"


def test_chat_stream_equals_whole(client: OpenAI) -> None:
    request: dict[str, Any] = {"messages": MESSAGES, **GREEDY, "extra_body": NO_END}
    whole = client.chat.completions.create(**request)
    chunks = list(client.chat.completions.create(**request, stream=True))
    assert join(chunks) == whole_texts(whole)
    roles = [choice.delta.role for chunk in chunks for choice in chunk.choices]
    assert roles[0] == "assistant" and set(roles[1:]) == {None}
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}


def test_async_client(async_client: AsyncOpenAI, client: OpenAI) -> None:
    async def run() -> None:
        async with async_client:
            assert [model.id async for model in async_client.models.list()] == ["tiny", "second"]
            whole = await async_client.completions.create(prompt=PROMPT, **GREEDY)
            stream = await async_client.completions.create(prompt=PROMPT, **GREEDY, stream=True)
            assert join([chunk async for chunk in stream]) == whole_texts(whole)
            chat = await async_client.chat.completions.create(messages=MESSAGES, **GREEDY)
            events = await async_client.chat.completions.create(
                messages=MESSAGES, **GREEDY, stream=True
            )
            assert join([chunk async for chunk in events]) == whole_texts(chat)
            assert whole_texts(whole) == whole_texts(
                client.completions.create(prompt=PROMPT, **GREEDY)
            )

    asyncio.run(run())


@pytest.mark.parametrize("chat", [False, True])
def test_two_samples_and_a_seed(client: OpenAI, chat: bool) -> None:
    create: Any = client.chat.completions.create if chat else client.completions.create
    request: dict[str, Any] = {
        "model": "tiny",
        "temperature": 1.0,
        "n": 2,
        "seed": 7,
        "max_tokens": 32,
        **({"messages": MESSAGES} if chat else {"prompt": PROMPT}),
        "extra_body": NO_END,
    }
    first = whole_texts(create(**request))
    assert list(first) == [0, 1]
    assert first[0] != first[1]
    assert whole_texts(create(**request)) == first
    assert join(create(**request, stream=True)) == first
    assert whole_texts(create(**{**request, "seed": 8})) != first


def test_many_prompts_in_one_request(client: OpenAI) -> None:
    prompts = [PROMPT, "In the evening", "How many?"]
    alone = [
        client.completions.create(prompt=prompt, **GREEDY).choices[0].text for prompt in prompts
    ]
    together = client.completions.create(prompt=prompts, **GREEDY)
    assert [choice.text for choice in together.choices] == alone
    assert [choice.index for choice in together.choices] == [0, 1, 2]
    streamed = join(client.completions.create(prompt=prompts, **GREEDY, stream=True))
    assert [streamed[i][0] for i in range(3)] == alone


def test_completion_logprobs(client: OpenAI) -> None:
    request: dict[str, Any] = {"prompt": PROMPT, **GREEDY, "logprobs": 3, "extra_body": NO_END}
    choice = client.completions.create(**request).choices[0]
    found = choice.logprobs
    assert found is not None and found.tokens and found.token_logprobs and found.top_logprobs
    assert len(found.tokens) == len(found.token_logprobs) == len(found.top_logprobs) == 40
    for token, logprob, top in zip(
        found.tokens, found.token_logprobs, found.top_logprobs, strict=True
    ):
        # Greedy: the token taken is the best. Parts of characters may look alike.
        assert 1 <= len(top) <= 3 and logprob == max(top.values()) and token in top
        assert logprob is not None and logprob <= 0
    assert found.text_offset is not None and found.text_offset[0] == 0
    pieces: list[Any] = []
    for chunk in client.completions.create(**request, stream=True):
        for part in chunk.choices:
            if part.logprobs is not None and part.logprobs.token_logprobs:
                pieces += part.logprobs.token_logprobs
    assert pieces == found.token_logprobs


def test_chat_logprobs(client: OpenAI) -> None:
    request: dict[str, Any] = {
        "messages": MESSAGES,
        **GREEDY,
        "logprobs": True,
        "top_logprobs": 2,
        "extra_body": NO_END,
    }
    choice = client.chat.completions.create(**request).choices[0]
    assert choice.logprobs is not None and choice.logprobs.content is not None
    content = choice.logprobs.content
    assert len(content) == 40
    assert all(len(one.top_logprobs) == 2 for one in content)
    assert all(one.logprob == one.top_logprobs[0].logprob for one in content)
    raw = b"".join(bytes(one.bytes or []) for one in content)
    special = b"<\\|[a-z_]+\\|>"  # special tokens have bytes, but are left out of the text
    assert re.sub(special, b"", raw).decode(errors="replace") == choice.message.content
    streamed = [
        one
        for chunk in client.chat.completions.create(**request, stream=True)
        for part in chunk.choices
        if part.logprobs is not None
        for one in part.logprobs.content or []
    ]
    assert streamed == content


def test_usage_of_a_stream(client: OpenAI) -> None:
    request: dict[str, Any] = {"messages": MESSAGES, **GREEDY}
    whole = client.chat.completions.create(**request).usage
    *chunks, last = client.chat.completions.create(
        **request, stream=True, stream_options={"include_usage": True}
    )
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert last.choices == [] and last.usage is not None and whole is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (
        whole.prompt_tokens,
        whole.completion_tokens,
    )
    plain = list(client.chat.completions.create(**request, stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in plain)


@pytest.mark.parametrize("stream", [False, True])
def test_stop(client: OpenAI, stream: bool) -> None:
    request: dict[str, Any] = {"prompt": PROMPT, **GREEDY, "extra_body": NO_END}
    text = client.completions.create(**request).choices[0].text
    # Five characters are more than one token: what came of them must not be sent before the rest.
    stop = next(re.finditer(r"(?<=.{4})[ -~]{5}", text, re.S))[0]
    answer: Any = client.completions.create(**request, stop=["never", stop], stream=stream)
    ((shown, reason),) = (join(answer) if stream else whole_texts(answer)).values()
    assert (shown, reason) == (text[: text.index(stop)], "stop")


def test_the_end_of_the_text(client: OpenAI) -> None:
    # 2 is <|im_end|>, which ends a text and is not shown.
    answer = client.completions.create(
        prompt=PROMPT, **{**GREEDY, "logit_bias": {"2": 100}}, extra_body={"min_tokens": 3}
    )
    (choice,) = answer.choices
    assert choice.finish_reason == "stop"
    assert answer.usage is not None and answer.usage.completion_tokens == 4
    assert "im_end" not in choice.text


def test_not_found(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.completions.create(model="gpt-4o", prompt=PROMPT)
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")
    with pytest.raises(NotFoundError) as caught:
        client.embeddings.create(model="tiny", input="text")
    assert "/v1/embeddings" in caught.value.message


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"temperature": -1}, "temperature", "temperature is -1; it must be"),
        ({"max_tokens": 100000}, "max_tokens", "256"),
        ({"top_p": 7}, "top_p", "top_p is 7"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "stream: true"),
    ],
)
def test_bad_request(client: OpenAI, fields: dict[str, Any], param: str, words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(messages=MESSAGES, **{**GREEDY, **fields})
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert words in str(caught.value)
    # A stream that is refused has the same status: it has not begun.
    if param != "stream_options":
        with pytest.raises(BadRequestError):
            client.chat.completions.create(messages=MESSAGES, **{**GREEDY, **fields}, stream=True)


def test_request_ids(client: OpenAI) -> None:
    raw = client.completions.with_raw_response.create(
        prompt=PROMPT, **GREEDY, extra_headers={"X-Request-Id": "mine-1"}
    )
    assert raw.headers["x-request-id"] == "mine-1"
    assert raw.parse().id == "cmpl-mine-1"
    ids = {client.completions.create(prompt=PROMPT, **GREEDY).id for _ in range(3)}
    assert len(ids) == 3


def test_64_streams_at_once_are_those_of_each_alone(server: ServerProcess) -> None:
    def request(number: int) -> dict[str, Any]:
        sampled = {"temperature": 0.9, "seed": number}
        return {
            **GREEDY,
            **(sampled if number % 2 else {}),
            "prompt": f"{number} boats and {number * 7} crates" + " of herring" * (number % 5),
            "max_tokens": 24 + number % 17,
            "extra_body": NO_END,
        }

    async def run() -> None:
        address = server.url + "/v1"
        async with AsyncOpenAI(base_url=address, api_key="none", max_retries=0) as client:

            async def stream(number: int) -> dict[int, tuple[str, str]]:
                chunks: AsyncIterator[Any] = await client.completions.create(
                    **request(number), stream=True
                )
                return join([chunk async for chunk in chunks])

            together = await asyncio.gather(*(stream(number) for number in range(64)))
            for number, streamed in enumerate(together):
                alone = await client.completions.create(**request(number))
                assert streamed == whole_texts(alone), f"stream {number}"

    asyncio.run(run())
    assert server.is_idle()


def test_the_text_is_that_of_the_offline_api(client: OpenAI, tiny_llama: Path) -> None:
    ids = [17, 42, 99, 120, 305, 64]
    with LLM(str(tiny_llama), kv_cache_memory_bytes=16 << 20) as llm:
        greedy = SamplingParams(temperature=0, max_tokens=40, ignore_eos=True)
        sampled = SamplingParams(
            temperature=0.8, top_p=0.9, top_k=30, seed=5, max_tokens=40, ignore_eos=True
        )
        (expected,) = llm.generate({"prompt_token_ids": ids}, greedy, use_tqdm=False)
        (expected_sample,) = llm.generate({"prompt_token_ids": ids}, sampled, use_tqdm=False)
        (expected_chat,) = llm.chat(MESSAGES, greedy, use_tqdm=False)
    extra = {**NO_END, "return_token_ids": True}
    (choice,) = client.completions.create(prompt=ids, **GREEDY, extra_body=extra).choices
    assert choice.text == expected.outputs[0].text
    assert choice.model_extra is not None
    assert choice.model_extra["token_ids"] == list(expected.outputs[0].token_ids)
    assert choice.model_extra["prompt_token_ids"] == ids
    answer = client.completions.create(
        model="tiny",
        prompt=ids,
        max_tokens=40,
        temperature=0.8,
        top_p=0.9,
        seed=5,
        extra_body={**NO_END, "top_k": 30},
    )
    assert answer.choices[0].text == expected_sample.outputs[0].text
    chat = client.chat.completions.create(messages=MESSAGES, **GREEDY, extra_body=NO_END)
    assert chat.choices[0].message.content == expected_chat.outputs[0].text


def test_keys(tiny_llama: Path) -> None:
    flags = [str(tiny_llama), "--kv-cache-memory-bytes", "8MiB", "--served-model-name", "tiny"]
    keys = ["--api-key", "first-key", "--api-key", "second-key"]
    with stopped_cleanly(ServerProcess(*flags, *keys)) as server:
        for key in ("first-key", "second-key"):
            with OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0) as client:
                assert client.completions.create(prompt=PROMPT, **GREEDY).choices[0].text
        for key in ("none", "first-ke", "first-keyy"):
            with OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0) as client:
                with pytest.raises(AuthenticationError) as caught:
                    client.completions.create(prompt=PROMPT, **GREEDY)
                assert caught.value.code == "invalid_api_key"
                with pytest.raises(AuthenticationError):
                    client.models.list()
        with server.client() as http:
            assert http.get("/health").status_code == 200
            assert http.get("/v1/models").status_code == 401
        assert "first-key" not in server.log


def test_an_error_has_all_its_fields(client: OpenAI) -> None:
    with pytest.raises(APIStatusError) as caught:
        client.completions.create(prompt=[], **GREEDY)
    assert isinstance(caught.value.body, dict)
    assert set(caught.value.body) == {"message", "type", "param", "code"}
