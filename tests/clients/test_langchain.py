"""LangChain's OpenAI models against the real server: how most programs around models ask."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from langchain_core.messages import AIMessage, BaseMessageChunk, HumanMessage, SystemMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI, OpenAI
from server_process import ServerProcess, wait_until

MODEL = "llmserve-mini"
CAPITALS = {"Spain": "Madrid", "Portugal": "Lisbon", "France": "Paris", "Italy": "Rome"}
QUESTION = "What is the capital of Spain?"


@pytest.fixture(autouse=True)
def _nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is in the environment changes an answer, nor does a trace leave the machine."""
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def chat(server: ServerProcess, **options: Any) -> ChatOpenAI:
    options = {"model": MODEL, "temperature": 0, "api_key": "none", "max_retries": 0, **options}
    return ChatOpenAI(base_url=server.url + "/v1", **options)


def joined(chunks: list[Any]) -> BaseMessageChunk:
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert isinstance(whole, BaseMessageChunk)
    return whole


def test_invoke(server: ServerProcess) -> None:
    answer = chat(server).invoke(
        [
            SystemMessage("You are a helpful assistant."),
            HumanMessage(QUESTION),
            AIMessage("Madrid is the capital of Spain."),
            HumanMessage("And of Portugal?"),
        ]
    )
    assert "Lisbon" in answer.text
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.response_metadata["model_name"] == MODEL
    usage = answer.usage_metadata
    assert usage is not None
    assert 0 < usage["output_tokens"] < usage["input_tokens"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_stream(server: ServerProcess) -> None:
    whole = chat(server).invoke(QUESTION)
    streamed = joined(list(chat(server, stream_usage=True).stream(QUESTION)))
    assert streamed.text == whole.text and "Madrid" in whole.text
    assert streamed.response_metadata["finish_reason"] == "stop"
    assert isinstance(whole, AIMessage) and whole.usage_metadata is not None
    usage: Any = getattr(streamed, "usage_metadata", None)
    assert usage["input_tokens"] == whole.usage_metadata["input_tokens"]
    assert usage["output_tokens"] == whole.usage_metadata["output_tokens"]


def test_batch(server: ServerProcess) -> None:
    questions = [f"What is the capital of {country}?" for country in CAPITALS] * 4
    answers = chat(server).batch(questions, config={"max_concurrency": 8})
    for answer, capital in zip(answers, [*CAPITALS.values()] * 4, strict=True):
        assert capital in answer.text


def test_asyncio(server: ServerProcess) -> None:
    async def run() -> None:
        model = chat(server)
        answer = await model.ainvoke(QUESTION)
        streamed = joined([chunk async for chunk in model.astream(QUESTION)])
        assert streamed.text == answer.text and "Madrid" in answer.text
        answers = await model.abatch([f"What is the capital of {country}?" for country in CAPITALS])
        assert all(city in one.text for one, city in zip(answers, CAPITALS.values(), strict=True))

    asyncio.run(run())


def test_a_chain(server: ServerProcess) -> None:
    prompt = ChatPromptTemplate.from_messages(
        [("system", "You are a helpful assistant."), ("human", "What is the capital of {country}?")]
    )
    chain = prompt | chat(server) | StrOutputParser()
    assert "Paris" in chain.invoke({"country": "France"})
    assert "".join(chain.stream({"country": "Italy"})) == chain.invoke({"country": "Italy"})


def test_parameters(server: ServerProcess) -> None:
    text = chat(server).invoke(QUESTION).text
    word = text.split()[2]
    assert chat(server, stop=[word]).invoke(QUESTION).text == text.partition(word)[0]
    cut = chat(server, max_tokens=3).invoke(QUESTION)
    assert cut.response_metadata["finish_reason"] == "length" and text.startswith(cut.text)
    sampled = [
        chat(server, temperature=1, top_p=0.9, seed=seed, max_tokens=24).invoke("Hi!").text
        for seed in (1, 1, 2)
    ]
    assert sampled[0] == sampled[1] != sampled[2]
    # What the SDK does not know goes through as it is.
    extra = chat(server, max_tokens=40, extra_body={"ignore_eos": True}).invoke(QUESTION)
    assert extra.response_metadata["token_usage"]["completion_tokens"] == 40


def test_logprobs(server: ServerProcess) -> None:
    answer = chat(server, logprobs=True, top_logprobs=3, max_tokens=5).invoke(QUESTION)
    content = answer.response_metadata["logprobs"]["content"]
    assert "".join(one["token"] for one in content) == answer.text
    assert len(content) == 5
    for one in content:
        tops = [top["logprob"] for top in one["top_logprobs"]]
        assert len(tops) == 3 and tops == sorted(tops, reverse=True)
        assert one["logprob"] == tops[0]


def test_responses(server: ServerProcess) -> None:
    model = chat(server, use_responses_api=True)
    answer = model.invoke(QUESTION)
    assert answer.text == chat(server).invoke(QUESTION).text
    assert joined(list(model.stream(QUESTION))).text == answer.text
    assert answer.response_metadata["status"] == "completed"
    assert answer.usage_metadata is not None and answer.usage_metadata["output_tokens"] > 0


def test_completions(server: ServerProcess) -> None:
    model = OpenAI(
        base_url=server.url + "/v1", api_key="none", model=MODEL, temperature=0, max_tokens=12
    )
    text = model.invoke("The sun")
    assert "".join(model.stream("The sun")) == text != ""
    result = model.generate(["The sun", "The moon"])
    assert [len(one) for one in result.generations] == [1, 1]
    assert result.generations[0][0].text == text
    assert result.llm_output is not None
    assert result.llm_output["token_usage"]["completion_tokens"] == 24


def test_errors(server: ServerProcess, narrow_server: ServerProcess) -> None:
    with pytest.raises(openai.BadRequestError, match="temperature"):
        chat(server, temperature=-1).invoke(QUESTION)
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        chat(server, model="other").invoke(QUESTION)
    with pytest.raises(openai.AuthenticationError):
        chat(narrow_server).invoke(QUESTION)
    assert "Madrid" in chat(narrow_server, api_key="key").invoke(QUESTION).text


def test_a_stream_that_is_left(server: ServerProcess) -> None:
    before = server.num_aborted()

    async def run() -> None:
        # Else the models of a process share connections, also with the loop of another test.
        async with openai.DefaultAsyncHttpxClient() as http:
            story = chat(
                server,
                max_tokens=1900,
                n=16,
                extra_body={"ignore_eos": True},
                http_async_client=http,
            )
            stream = story.astream("Tell me a long story.")
            async for _ in stream:
                break
            await stream.aclose()
            assert await asyncio.to_thread(wait_until, server.is_idle)

    asyncio.run(run())
    assert server.num_aborted() > before
