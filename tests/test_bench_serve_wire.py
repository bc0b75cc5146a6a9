"""Bodies that `llmserve bench serve` sends, and streams as they come back."""

import argparse
import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest
from llmserve.bench.serve import flags, wire
from llmserve.bench.serve.clients import Clients
from llmserve.bench.serve.datasets import Sample
from llmserve.bench.serve.run import make_api
from llmserve.bench.serve.schedule import Load
from llmserve.bench.serve.stream import AnswerStream, error_sentence
from llmserve.bench.serve.target import Api


def parse(line: str) -> argparse.Namespace:
    args = flags.make_parser("bench").parse_args(flags.normalize(line.split()))
    flags.check(args)
    return args


def test_bodies() -> None:
    args = parse('--top-k 5 --temperature 0 --logprobs 2 --extra-body {"top_k":7,"x":[1]}')
    body = json.loads(make_api(args).body("m", Sample([1, 2], 2, 9)))
    assert body == {
        "model": "m",
        "prompt": [1, 2],
        "max_tokens": 9,
        "stream": True,
        "stream_options": {"include_usage": True},
        "ignore_eos": True,
        "temperature": 0,
        "top_k": 7,
        "logprobs": 2,
        "x": [1],
    }
    chat = parse("--backend openai-chat --no-ignore-eos --logprobs 2 --base-url http://h:1/v1/")
    api = make_api(chat)
    assert api.url == "http://h:1/v1/chat/completions"
    assert api.models_url == "http://h:1/v1/models"
    assert json.loads(api.body("m", Sample("hi", None, 9))) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "max_completion_tokens": 9,
        "stream": True,
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "top_logprobs": 2,
    }
    assert Api("http://h", "/openai/completions").models_url == "http://h/openai/models"


def test_the_key_and_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert make_api(parse("--header X-A=b=c")).headers == {
        "Authorization": "Bearer secret",
        "X-A": "b=c",
    }
    assert make_api(parse("--header Authorization=mine")).headers == {"Authorization": "mine"}


def event(data: Any) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def chat_chunk(content: str | None, finish: str | None = None, **delta: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish}
    return event({"id": "x", "choices": [choice]})


def test_a_stream_in_parts() -> None:
    """The role and empty texts are no tokens; pieces of events wait for the rest."""
    answer = AnswerStream()
    answer.feed(b": comment\n\n" + chat_chunk("", role="assistant"), 1.0)
    assert answer.first_at is None
    text = chat_chunk("Hé")
    answer.feed(text[:30], 2.0)
    answer.feed(text[30:], 3.0)
    answer.feed(chat_chunk("llo").replace(b"\n", b"\r\n") + chat_chunk(" you"), 4.0)
    answer.feed(chat_chunk(None, reasoning_content="!"), 4.5)
    answer.feed(chat_chunk("", "stop"), 5.0)
    usage = {"prompt_tokens": 3, "completion_tokens": 6}
    answer.feed(event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n", 6.0)
    answer.close()
    assert answer.error == ""
    assert (answer.first_at, answer.last_at) == (3.0, 5.0)
    assert answer.gaps == [1.0, 0.0, 0.5]
    assert answer.text == "Héllo you!"
    assert (answer.prompt_tokens, answer.output_tokens) == (3, 6)


def test_a_stream_without_text() -> None:
    answer = AnswerStream()
    answer.feed(event({"choices": [{"text": "", "finish_reason": "stop"}]}), 2.0)
    answer.close()
    assert (answer.error, answer.first_at, answer.last_at, answer.gaps) == ("", 2.0, 2.0, [])


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (chat_chunk("Hi"), "the stream broke off before the end of the answer"),
        (b"data: [DONE]\n\n", "the answer had neither text nor a finish_reason"),
        (b"data: <html>\n\n", "the stream holds no chunk of an answer"),
        (
            chat_chunk("Hi") + event({"error": {"message": "Lost. Sorry."}}) + b"data: [DONE]\n\n",
            "Lost.",
        ),
    ],
)
def test_streams_that_fail(data: bytes, error: str) -> None:
    answer = AnswerStream()
    answer.feed(data, 1.0)
    answer.close()
    assert answer.error.startswith(error)


def test_error_sentences() -> None:
    assert error_sentence(b'{"error": {"message": "Too many. Wait.", "code": 3}}') == "Too many."
    assert (
        error_sentence(b'{"object": "error", "message": "v1.5 is no model"}') == "v1.5 is no model"
    )
    assert error_sentence(b'{"detail": "Not Found"}') == "Not Found"
    assert error_sentence(b"Bad\n gateway") == "Bad gateway"
    assert len(error_sentence(b"x" * 1000)) == 300


def test_client_processes_bring_no_engine() -> None:
    heavy = ("llmserve._core", "torch", "numpy", "transformers", "matplotlib", "sanic")
    code = "import sys, aiohttp, uvloop, llmserve.bench.serve.worker; "
    code += f"print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_client_with_nothing_to_do_was_not_busy() -> None:
    """Its own time was short, so that whatever it computed would be a large share of it."""

    async def run() -> float:
        async with Clients(wire.Target("http://127.0.0.1:9/nowhere", {}), 3) as clients:
            requests = [wire.Request(0, "id", b"{}", at=0.5)]
            return (await clients.run(requests, Load(max_concurrency=1))).cpu_share

    assert asyncio.run(run()) < 0.5
