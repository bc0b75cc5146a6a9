"""/tokenize, /detokenize, /tokenizer_info and the routes for operators."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import llmserve
import pytest
from llmserve.server.options import ServerOptions
from llmserve.tokenizer import Tokenizer
from server_harness import BOS, FakeEngine, Server, error_of, running_server, wait_until

HI = [{"role": "user", "content": "hi"}]
MINI = Path(llmserve.__file__).parent / "llmserve_mini"
TEXTS = ["", "hello world", "größer 漢字 🐉\n\tx", "<|im_start|>user\n", "a" * 5000]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(served_model_names=("one", "two")) as running:
        yield running


@pytest.fixture(scope="module")
def mini() -> Iterator[Server]:
    """The tokenizer of the default model behind the fake engine."""
    engine = FakeEngine()
    engine.tokenizer = Tokenizer.from_dir(MINI)  # type: ignore[assignment]
    with running_server(engine, enable_tokenizer_info_endpoint=True) as running:
        yield running


def answer(server: Server, path: str, **body: Any) -> dict[str, Any]:
    reply = server.post(path, body)
    assert reply.status_code == 200, reply.text
    value = reply.json()
    assert isinstance(value, dict)
    return value


def refuse(server: Server, path: str, **body: Any) -> dict[str, Any]:
    return error(server.post(path, body), 400)


def error(reply: httpx.Response, status: int) -> dict[str, Any]:
    """The error object, whole, whatever its code."""
    return error_of(reply, status, reply.json()["error"]["code"])


# Prompts.


def test_a_prompt_has_the_special_tokens_of_completions(server: Server) -> None:
    got = answer(server, "/tokenize", prompt="hi", model="two")
    assert got == {"count": 3, "max_model_len": 2048, "tokens": [BOS, 104, 105], "token_strs": None}
    plain = answer(server, "/tokenize", prompt="hi", add_special_tokens=False)
    assert plain["tokens"] == [104, 105]
    assert answer(server, "/tokenize", prompt="")["count"] == 1


def test_names_of_tokens(server: Server) -> None:
    got = answer(server, "/tokenize", prompt="hi", return_token_strs=True)
    assert got["token_strs"] == [f"<{BOS}>", "<104>", "<105>"]


@pytest.mark.parametrize("text", TEXTS)
def test_there_and_back(mini: Server, text: str) -> None:
    tokenizer = mini.engine.tokenizer
    got = answer(mini, "/tokenize", prompt=text, add_special_tokens=False, return_token_strs=True)
    assert got["tokens"] == tokenizer.encode(text, add_special_tokens=False)
    assert got["count"] == len(got["tokens"])
    assert got["token_strs"] == [tokenizer.backend.id_to_token(i) for i in got["tokens"]]
    assert answer(mini, "/detokenize", tokens=got["tokens"]) == {"prompt": text}


# Chats.


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"add_generation_prompt": False},
        {"chat_template_kwargs": {"mood": "calm"}},
        {"continue_final_message": True},
    ],
)
def test_a_chat_is_what_chat_completions_hands_to_the_model(
    server: Server, options: dict[str, Any]
) -> None:
    tokens = answer(server, "/tokenize", messages=HI, **options)["tokens"]
    body = {"messages": HI, "max_tokens": 1, "return_token_ids": True, **options}
    assert tokens == answer(server, "/v1/chat/completions", **body)["prompt_token_ids"]


def test_a_long_chat_is_counted_though_it_would_not_fit(server: Server) -> None:
    long = [{"role": "user", "content": "x" * 9000}]
    got = answer(server, "/tokenize", messages=long)
    assert got["count"] > got["max_model_len"]


# Refusals.


@pytest.mark.parametrize(
    ("path", "body", "param", "words"),
    [
        ("/tokenize", {}, "prompt", "Either prompt or messages"),
        ("/tokenize", {"prompt": "a", "messages": HI}, "prompt", "not both"),
        ("/tokenize", {"prompt": 5}, "prompt", "must be a string, not 5"),
        ("/tokenize", {"messages": []}, "messages", "is empty"),
        ("/tokenize", {"messages": HI, "add_special_tokens": True}, "add_special_tokens", "false"),
        ("/tokenize", {"messages": HI, "tools": [{}]}, "tools", "not supported"),
        ("/tokenize", {"messages": [{"role": "unknown", "content": ""}]}, "messages", "no role"),
        (
            "/tokenize",
            {"prompt": "a", "truncate_prompt_tokens": 1},
            "truncate_prompt_tokens",
            "by this route",
        ),
        ("/detokenize", {}, "tokens", "is required"),
        ("/detokenize", {"tokens": "5"}, "tokens", "must be a list"),
        (
            "/detokenize",
            {"tokens": [1, -1]},
            "tokens",
            r"tokens[1] is -1; it must be from 0 to 999",
        ),
        ("/detokenize", {"tokens": [1000]}, "tokens", "tokens[0] is 1000"),
        ("/detokenize", {"tokens": [1 << 80]}, "tokens", "must be from 0 to 999"),
        ("/detokenize", {"tokens": [1.5]}, "tokens", "must be an integer, not 1.5"),
    ],
)
def test_refusals(server: Server, path: str, body: dict[str, Any], param: str, words: str) -> None:
    refusal = refuse(server, path, **body)
    assert refusal["param"] == param
    assert words in refusal["message"]


def test_another_model_is_not_found(server: Server) -> None:
    for path, body in (("/tokenize", {"prompt": "a"}), ("/detokenize", {"tokens": [1]})):
        reply = server.post(path, {"model": "three", **body})
        error_of(reply, 404, "model_not_found")


def test_without_a_tokenizer() -> None:
    engine = FakeEngine()
    engine.tokenizer = None
    with running_server(engine, enable_tokenizer_info_endpoint=True) as server:
        for path, body in (
            ("/tokenize", {"prompt": "a"}),
            ("/tokenize", {"messages": HI}),
            ("/detokenize", {"tokens": [1]}),
        ):
            assert "--skip-tokenizer-init" in refuse(server, path, **body)["message"]
        assert "--skip-tokenizer-init" in error(server.get("/tokenizer_info"), 400)["message"]


# What the tokenizer is.


def test_tokenizer_info(mini: Server, server: Server) -> None:
    info = mini.get("/tokenizer_info").json()
    tokenizer = mini.engine.tokenizer
    assert info["tokenizer_class"] == tokenizer.class_name
    assert info["vocab_size"] == tokenizer.vocab_size
    assert info["eos_token"] == tokenizer.eos_token
    assert info["chat_template"] == tokenizer.chat_templates["default"]
    refusal = error_of(server.get("/tokenizer_info"), 404, "route_not_enabled")
    assert "--enable-tokenizer-info-endpoint" in refusal["message"]


def test_a_template_of_the_operator_is_shown() -> None:
    with running_server(enable_tokenizer_info_endpoint=True, chat_template="{{ 1 }}") as server:
        assert server.get("/tokenizer_info").json()["chat_template"] == "{{ 1 }}"


# For operators.


def test_load_counts_what_is_in_flight() -> None:
    with running_server(FakeEngine(step_seconds=0.02)) as server:
        assert server.get("/ready").status_code == 200
        assert server.get("/load").json() == {"server_load": 0}
        body = {"prompt": "hi", "stream": True, "max_tokens": 1000}
        with server.client() as client, client.stream("POST", "/v1/completions", json=body):
            assert server.get("/load").json() == {"server_load": 1}
        assert wait_until(lambda: server.get("/load").json() == {"server_load": 0})


def test_routes_for_operators_are_off_by_default(server: Server) -> None:
    for reply in (server.get("/server_info"), server.post("/reset_prefix_cache", {})):
        refusal = error_of(reply, 404, "route_not_enabled")
        assert "LLMSERVE_SERVER_DEV_MODE=1" in refusal["message"]
    assert server.engine.num_resets == 0


def test_routes_for_operators() -> None:
    keys = {"Authorization": "Bearer secret-key"}
    with running_server(dev_mode=True, api_keys=("secret-key",)) as server:
        assert server.post("/reset_prefix_cache", {}).status_code == 401
        assert server.get("/server_info").status_code == 401
        assert server.http.post("/reset_prefix_cache", headers=keys).status_code == 200
        assert server.engine.num_resets == 1
        reply = server.get("/server_info", headers=keys)
        assert "secret-key" not in reply.text
        info = reply.json()
        assert info["model"] == "fake/model"
        assert info["server"]["api_keys"] == 1
        assert info["max_model_len"] == 2048
        server.engine.dead = "the device is lost"
        reply = server.http.post("/reset_prefix_cache", headers=keys)
        assert reply.status_code == 503
        server.engine.dead = None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"VLLM_SERVER_DEV_MODE": "1"}, True),
        ({"LLMSERVE_SERVER_DEV_MODE": "1"}, True),
        ({"LLMSERVE_SERVER_DEV_MODE": "0"}, False),
    ],
)
def test_the_mode_comes_from_the_environment(environment: dict[str, str], expected: bool) -> None:
    import argparse

    parser = ServerOptions.add_cli_args(argparse.ArgumentParser())
    options = ServerOptions.from_cli_args(parser.parse_args([]), environment)
    assert options.dev_mode is expected
