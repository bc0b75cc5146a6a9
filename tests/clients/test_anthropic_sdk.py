"""Anthropic's Python SDK against the real server; test_server_messages.py has the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from server_process import ServerProcess

MODEL = "llmserve-mini"
QUESTION: Any = [{"role": "user", "content": "What is the capital of Spain?"}]
ASK: dict[str, Any] = {"model": MODEL, "max_tokens": 64, "extra_body": {"temperature": 0}}


@pytest.fixture
def client(server: ServerProcess) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as made:
        yield made


def text_of(message: Any) -> str:
    return "".join(block.text for block in message.content)


def test_a_conversation(client: anthropic.Anthropic) -> None:
    system = "You are a helpful assistant."
    first = client.messages.create(messages=QUESTION, system=system, **ASK)
    assert "Madrid" in text_of(first)
    assert (first.role, first.stop_reason) == ("assistant", "end_turn")
    # What came out goes in again, as it came.
    turns: list[Any] = [
        *QUESTION,
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": "And of Portugal?"},
    ]
    second = client.messages.create(messages=turns, system=system, **ASK)
    assert "Lisbon" in text_of(second)
    with client.messages.stream(messages=turns, system=system, **ASK) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    assert "".join(pieces) == text_of(final) == text_of(second)
    assert final.stop_reason == second.stop_reason
    usage = second.usage
    assert final.usage.output_tokens == usage.output_tokens > 0
    count = client.messages.count_tokens(model=MODEL, messages=turns, system=system)
    assert count.input_tokens == usage.input_tokens + (usage.cache_read_input_tokens or 0)


def test_stop_sequences(client: anthropic.Anthropic) -> None:
    text = text_of(client.messages.create(messages=QUESTION, **ASK))
    word = text.split()[2]
    cut = client.messages.create(messages=QUESTION, stop_sequences=[word], **ASK)
    assert (cut.stop_reason, cut.stop_sequence) == ("stop_sequence", word)
    assert text_of(cut) == text.partition(word)[0]


def test_keys(narrow_server: ServerProcess) -> None:
    def client(key: str) -> anthropic.Anthropic:
        return anthropic.Anthropic(base_url=narrow_server.url, api_key=key, max_retries=0)

    with client("other") as stranger, pytest.raises(anthropic.AuthenticationError):
        stranger.messages.create(messages=QUESTION, **ASK)
    with client("key") as known:
        assert "Madrid" in text_of(known.messages.create(messages=QUESTION, **ASK))


def test_many_at_once(server: ServerProcess) -> None:
    async def run() -> list[str]:
        made = anthropic.AsyncAnthropic(base_url=server.url, api_key="none", max_retries=0)
        async with made as client:

            async def ask(city: str) -> str:
                question: Any = [{"role": "user", "content": f"What is the capital of {city}?"}]
                async with client.messages.stream(messages=question, **ASK) as stream:
                    return await stream.get_final_text()

            return await asyncio.gather(*map(ask, ["Spain", "Portugal", "France", "Italy"] * 4))

    for answer, word in zip(
        asyncio.run(run()), ["Madrid", "Lisbon", "Paris", "Rome"] * 4, strict=True
    ):
        assert word in answer
