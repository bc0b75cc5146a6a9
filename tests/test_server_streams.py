"""Many streams of a real server: each says what the whole answer says, byte for byte, and what it
says alone."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from load_client import at_once, post, session, stream
from server_process import ServerProcess, stopped_cleanly, wait_until
from stream_join import joined, whole

pytestmark = pytest.mark.slow

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
WORDS = (
    *("Tell me", "a story", "Once upon a time", "What is 17 + 25?", "Hello!", "dragon", "\n", "  "),
    *("\U0001f469\u200d\U0001f4bb", "e\u0301\u0323", "שלום עולם", "\u202eabc", "مرحبا", "你好"),
    *("\u200b", "\0", "\ufeff", "🚢🚢", "Ω", "naïve", "…", '"', "\\", "data: [DONE]"),
    *("<|im_end|>", "{{ x }}", "</s>"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with stopped_cleanly(ServerProcess("--max-num-seqs", "256")) as running:
        yield running


def draw_request(draw: random.Random) -> tuple[str, dict[str, Any]]:
    """A request that has one answer: greedy, or with a seed."""
    text = " ".join(draw.choices(WORDS, k=draw.randint(1, 5)))
    body: dict[str, Any] = {"max_tokens": draw.randint(1, 24), "n": draw.choice((1, 1, 2, 4))}
    body["temperature"] = draw.choice((0, 0.7, 1.0, 1.5))
    if body["temperature"]:
        body["seed"] = draw.randrange(2**32)
    if draw.random() < 0.4:
        body["stop"] = draw.sample(("a", " the", "e", ".", "\n", "é", "ing ", "was a"), k=2)
        body["include_stop_str_in_output"] = draw.random() < 0.5
    if draw.random() < 0.3:
        body["ignore_eos"] = True
    if draw.random() < 0.3:
        body["return_token_ids"] = True
    if draw.random() < 0.2:
        body["return_tokens_as_token_ids"] = True
    if draw.random() < 0.2:
        body["presence_penalty"], body["repetition_penalty"] = 1.5, 1.3
    if draw.random() < 0.2:
        body["logit_bias"] = {str(draw.randrange(4096)): draw.choice((-100, 3, 100))}
    if draw.random() < 0.2:
        # Pieces of characters, so that some text waits for the next token, or for ever.
        body["allowed_token_ids"] = [draw.randrange(4, 260) for _ in range(40)]
    counts = draw.choice((None, None, 0, 2, 5))
    if draw.random() < 0.5:
        if counts is not None:
            body["logprobs"], body["top_logprobs"] = True, counts
        messages = [{"role": "user", "content": text}]
        if draw.random() < 0.2:
            messages.append({"role": "assistant", "content": "Well"})
            body["continue_final_message"] = True
        return CHAT, {**body, "messages": messages}
    if counts is not None:
        body["logprobs"] = counts
    if draw.random() < 0.3:
        body["echo"] = True
    prompt: Any = text
    if draw.random() < 0.2:
        prompt = [text, text + "!", "Hello"]
    return COMPLETIONS, {**body, "prompt": prompt}


def test_a_thousand_streams_equal_their_wholes(server: ServerProcess) -> None:
    draw = random.Random(1)
    requests = [draw_request(draw) for _ in range(1000)]
    seen: Counter[str] = Counter()

    async def run() -> None:
        async with session(server.url) as client:

            async def check(request: tuple[str, dict[str, Any]]) -> None:
                path, body = request
                (status, answer), chunks = await asyncio.gather(
                    post(client, path, body), stream(client, path, body)
                )
                assert status == 200, answer
                expected = whole(answer)
                # How much of a prompt was found in the cache depends on who came first.
                for usage in (answer["usage"], (together := joined(chunks))["usage"]):
                    del usage["prompt_tokens_details"]
                assert together == expected, body
                for choice in expected["choices"].values():
                    seen[choice["finish_reason"]] += 1
                    seen["stop strings"] += isinstance(choice["stop_reason"], str)
                seen["chunks"] += len(chunks)

            await at_once(requests, check, limit=16)

    asyncio.run(run())
    assert min(seen["stop"], seen["length"], seen["stop strings"]) > 100, seen
    assert seen["chunks"] > 5000, seen


def test_256_streams_at_once_say_what_each_says_alone(server: ServerProcess) -> None:
    draw = random.Random(2)
    requests = [
        {
            "prompt": f"{draw.choice(WORDS)} {number}: {draw.choice(WORDS)}",
            "max_tokens": draw.randint(16, 48),
            "ignore_eos": True,
            "logprobs": 1,
            **({"temperature": 0} if number % 2 else {"temperature": 1.0, "seed": number}),
        }
        for number in range(256)
    ]
    most_running = 0

    async def run(limit: int) -> list[dict[str, Any]]:
        async with session(server.url) as client:

            async def one(body: dict[str, Any]) -> dict[str, Any]:
                answer = joined(await stream(client, COMPLETIONS, body))
                assert answer["usage"]["completion_tokens"] == body["max_tokens"]
                del answer["usage"]["prompt_tokens_details"]
                return answer

            async def watch() -> None:
                nonlocal most_running
                while True:
                    _, load = await _get(client, "/load")
                    most_running = max(most_running, load["server_load"])
                    await asyncio.sleep(0.01)

            watcher = asyncio.create_task(watch())
            try:
                return await at_once(requests, one, limit)
            finally:
                watcher.cancel()

    together = asyncio.run(run(256))
    assert most_running > 200, f"only {most_running} were in flight at once"
    assert wait_until(server.is_idle)
    alone = asyncio.run(run(1))
    assert together == alone


async def _get(client: Any, path: str) -> tuple[int, Any]:
    async with client.get(path) as reply:
        return reply.status, await reply.json()
