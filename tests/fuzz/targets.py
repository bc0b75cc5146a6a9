"""What is fuzzed in this process: every decoder between a socket and the engine, and the writers of
answers. Each target is a strategy and a check that raises where a promise is broken.

The promises: a value, or a refusal that is small and says what is wrong; never another exception,
and never more time than the size of the input explains.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import llmserve
import msgspec
from chat_samples import CHATML, LLAMA3, QWEN3
from hypothesis import strategies as st
from llmserve.config import EngineArgs
from llmserve.sampling_params import SamplingParams
from llmserve.server import anthropic, protocol, responses, sse
from llmserve.server.auth import KeyGuard
from llmserve.server.config_file import read_flags
from llmserve.server.context import ServerContext
from llmserve.server.encoding import encode_chat
from llmserve.server.errors import ApiError
from llmserve.server.handlers.chat import Chat
from llmserve.server.handlers.completions import Completions
from llmserve.server.handlers.messages import CountTokens, Messages
from llmserve.server.handlers.responses import Responses
from llmserve.server.handlers.tokens import Detokenize, Tokenize
from llmserve.server.http_guard import check_head
from llmserve.server.options import ServerOptions
from llmserve.server.protocol import ChatRequest, TextRequest
from llmserve.server.reply import Call, Handler, Reply
from llmserve.server.sampling import make_params, plain_id
from llmserve.server.validate import parse_request
from llmserve.tokenizer import Tokenizer
from server_harness import FakeEngine, make_context
from stream_join import joined, whole

from fuzz import strategies
from fuzz.reference import read_events, read_head

__all__ = ["TARGETS", "Target", "allowed", "make_test"]

MAX_ERROR_BYTES = 2048
# CPU seconds of one case: far more than any takes, far less than what grows faster than its input.
MAX_SECONDS = 2.0
_CONTEXT = 64
_JSON = {"content-type": "application/json"}
_MINI = Path(llmserve.__file__).parent / "llmserve_mini"


@dataclass(frozen=True)
class Target:
    """One fuzz target. examples: inputs that have found something, or nearly."""

    strategy: st.SearchStrategy[Any]
    check: Callable[[Any], None]
    examples: tuple[Any, ...] = ()


def make_test(target: Target, settings: hypothesis.settings) -> Callable[[], None]:
    """The target as a test that runs as many cases as the settings say."""

    def check(case: Any) -> None:
        begin = time.thread_time()
        target.check(case)
        seconds = time.thread_time() - begin
        assert seconds < MAX_SECONDS, f"{seconds:.1f} s of CPU time"

    test = hypothesis.given(case=target.strategy)(check)
    for case in target.examples:
        test = hypothesis.example(case=case)(test)
    return settings(test)


@contextmanager
def allowed(*others: type[Exception]) -> Iterator[None]:
    """Lets refusals pass that are what clients are promised; others: contracts of inner parts."""
    try:
        yield
    except ApiError as error:
        check_refusal(error)
    except others as error:
        text = str(error)
        assert text and "\n" not in text, repr(text)


def check_refusal(error: ApiError) -> None:
    assert 400 <= error.status < 500, error.message
    for body in (error.body(), anthropic.error_body(error)):
        assert len(body) <= MAX_ERROR_BYTES, len(body)
        assert json.loads(body)["error"]["message"] == error.message
    assert error.message.endswith((".", "...")), error.message
    assert "\n" not in error.message and " object at 0x" not in error.message, error.message


@cache
def loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return loop().run_until_complete(asyncio.wait_for(work, 30))


@cache
def context() -> ServerContext:
    """Of a server whose engine says many words at once."""
    engine = FakeEngine(max_model_len=_CONTEXT, step_seconds=0.0)
    return make_context(engine, "fake/model", ServerOptions())


@cache
def mini() -> ServerContext:
    """Of a server with a real tokenizer and chat template."""
    engine: Any = FakeEngine(max_model_len=2048, step_seconds=0.0)
    engine.tokenizer = Tokenizer.from_dir(_MINI)
    return make_context(engine, "llmserve-mini", ServerOptions())


# Requests.

_KINDS: tuple[type[msgspec.Struct], ...] = (
    protocol.CompletionRequest,
    protocol.ChatRequest,
    protocol.TokenizeRequest,
    protocol.DetokenizeRequest,
    anthropic.MessagesRequest,
    anthropic.CountTokensRequest,
    responses.ResponseRequest,
)


def check_parse(case: tuple[type[msgspec.Struct], bytes]) -> None:
    kind, body = case
    with allowed():
        assert isinstance(parse_request(Call("/", _JSON, body), kind), kind)


async def _answer(handler: Handler, body: bytes, kind: Any) -> Any:
    reply = await handler.handle(Call("/", _JSON, body))
    if isinstance(reply, Reply):
        assert reply.status == 200
        return msgspec.json.decode(reply.body, type=kind)
    return read_events(b"".join([chunk async for chunk in reply.chunks]))


async def _both(handler: Handler, body: bytes) -> None:
    """The stream says what the whole answer says, where both are given."""
    try:
        fields = json.loads(body)
        reply = await handler.handle(Call("/", _JSON, body))
    except (ValueError, RecursionError, ApiError):
        return  # of a body that broke JSON's rules, or is refused
    if not isinstance(reply, Reply) or not isinstance(fields, dict):
        return
    asked = {**fields, "stream": True, "stream_options": {"include_usage": True}}
    with allowed():
        events = await _answer(handler, strategies.encoded(asked), None)
        assert joined(data for _, data in events[:-1]) == whole(json.loads(reply.body))


def check_both(make: Callable[[ServerContext], Handler]) -> Callable[[bytes], None]:
    return lambda body: run(_both(make(context()), body))


def checker(make: Callable[[ServerContext], Handler], kind: Any) -> Callable[[bytes], None]:
    """The check of an endpoint: its answer is of this kind, or a stream that ends as it should."""

    def check(body: bytes) -> None:
        engine = context().engine
        assert isinstance(engine, FakeEngine)
        engine.calls.clear()
        with allowed():
            answer = run(_answer(make(context()), body, kind))
            if isinstance(answer, list):
                check_ending(answer)
        assert not engine.running and context().lifecycle.num_active == 0

    return check


def check_ending(events: list[tuple[str, str]]) -> None:
    """Of a stream: [DONE] of OpenAI's, a last event of a known name of the others'."""
    name, data = events[-1]
    ends = ("message_stop", "error", "response.completed", "response.incomplete")
    assert (name, data) == ("message", "[DONE]") or name in ends, events[-1]
    for _, text in events if name in ends else events[:-1]:
        json.loads(text)


def check_tokens(text: str) -> None:
    """There and back by the routes, for any text."""
    tokenize, detokenize = Tokenize(mini()), Detokenize(mini())
    body = strategies.encoded({"prompt": text, "return_token_strs": True})
    with allowed():
        tokens = run(_answer(tokenize, body, protocol.Tokenized))
        assert len(tokens.tokens) == len(tokens.token_strs) == tokens.count
        body = strategies.encoded({"tokens": tokens.tokens})
        assert run(_answer(detokenize, body, protocol.Detokenized)).prompt == text


def check_sampling(fields: dict[str, Any]) -> None:
    with allowed():
        made = make_params(
            TextRequest(**fields), {}, max_tokens=fields.get("max_tokens"), logprobs=None
        )
        assert isinstance(made, SamplingParams)


# Chats.


def check_template(case: tuple[list[Any], dict[str, Any], str | None]) -> None:
    messages, fields, template = case
    tokenizer: Tokenizer = mini().engine.tokenizer
    with allowed():
        request = msgspec.convert({"messages": messages, **fields}, ChatRequest)
        ids = run(encode_chat(mini().engine, request, ServerOptions(chat_template=template)))
        pieces = tokenizer.token_pieces()
        assert pieces is not None
        if template == CHATML:
            # Two of each message and one that begins the answer, whatever the texts hold.
            wanted = 2 * len(messages) + 1
            if request.continue_final_message:
                wanted -= 2
            elif request.add_generation_prompt is False:
                wanted -= 1
            assert sum(id_ in pieces.special for id_ in ids) == wanted
        for id_ in ids:
            assert 0 <= id_ < tokenizer.vocab_size


def _with_arguments(text: str) -> dict[str, Any]:
    call = {"function": {"name": "f", "arguments": text}}
    return {"role": "assistant", "content": None, "tool_calls": [call, call]}


def _chats() -> st.SearchStrategy[Any]:
    options = st.fixed_dictionaries(
        {},
        optional={
            "add_generation_prompt": st.sampled_from((True, False, None)),
            "continue_final_message": st.sampled_from((True, False, None)),
            "chat_template_kwargs": st.dictionaries(
                strategies.texts, strategies.values, max_size=2
            ),
            "reasoning_effort": strategies.texts,
        },
    )
    chats = strategies.messages.filter(lambda chat: all(isinstance(one, dict) for one in chat))
    return st.tuples(chats, options, st.sampled_from((None, CHATML, LLAMA3, QWEN3)))


# Heads, keys, ids.


def check_guard(head: bytes) -> None:
    try:
        run(check_head(head))
        passed = True
    except ValueError:
        passed = False
    assert passed == read_head(head), head


def check_key(headers: dict[str, str]) -> None:
    guard = KeyGuard(["first", "zwö"])
    scheme, _, token = headers.get("authorization", "").partition(" ")
    sent = [token.strip()] if scheme.lower() == "bearer" else []
    if not token:
        sent.append(headers.get("x-api-key", "").strip())
    with allowed():
        guard.check(headers)
        assert {"first", "zwö"} & set(sent)
    token = plain_id(headers.get("x-request-id"), "fallback")
    assert token.isascii() and token.isprintable() and 0 < len(token) <= 128


_names = st.sampled_from(("authorization", "x-api-key", "x-request-id", "host"))
_tokens = st.one_of(
    strategies.texts, st.sampled_from(("Bearer first", "bearer  zwö", "Bearer first2", "first"))
)


# Server-sent events.


def check_chunk(case: tuple[int, str, str | None, Any, dict[str, Any] | None]) -> None:
    index, text, finish, stop, extra = case
    stop = stop if finish else None  # there is a reason only where there is an end
    for before, after in ((b'"text":', b""), (b'"delta":{"content":', b"}")):
        writer = sse.ChunkWriter({"id": text}, before, after, null_usage=index % 2 == 0)
        data = writer.text(index, text, finish_reason=finish, stop_reason=stop, extra=extra)
        ((name, payload),) = read_events(data)
        assert name == "message"
        whole = json.loads(payload)
        (choice,) = whole["choices"]
        assert whole["id"] == text and choice["index"] == index
        shown = choice["delta"]["content"] if after else choice["text"]
        assert (shown, choice["finish_reason"], choice["stop_reason"]) == (text, finish, stop)
        assert all(choice[key] == value for key, value in (extra or {}).items())
    event = {"type": "x.y", "delta": text, "more": extra}
    ((name, payload),) = read_events(sse.named_event(event))
    assert name == "x.y" and json.loads(payload) == event
    ((name, payload),) = read_events(sse.error_event(ApiError(400, text, code="c")))
    assert json.loads(payload)["error"]["message"] == text


def _chunks() -> st.SearchStrategy[Any]:
    words = st.one_of(strategies.texts, st.text())
    extra = st.fixed_dictionaries({"token_ids": st.lists(st.integers(0, 2**31), max_size=3)})
    return st.tuples(
        st.integers(0, 2**31),
        words,
        st.sampled_from((None, "stop", "length", "abort")),
        st.one_of(st.none(), words, st.integers(0, 2**31)),
        st.one_of(st.none(), extra),
    )


# Files.


@cache
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--config")
    ServerOptions.add_cli_args(parser)
    EngineArgs.add_cli_args(parser)
    return parser


@cache
def _config_path() -> Path:
    return Path(tempfile.mkdtemp(prefix="llmserve-fuzz-")) / "config.yaml"


def check_config(content: bytes) -> None:
    path = _config_path()
    path.write_bytes(content)
    given = _parser().parse_args([])
    with allowed(ValueError):
        flags = read_flags(str(path), _parser(), given)
        assert all(isinstance(flag, str) for flag in flags)


TARGETS: dict[str, Target] = {
    "parse": Target(
        st.sampled_from(_KINDS).flatmap(
            lambda kind: st.tuples(
                st.just(kind), st.one_of(strategies.bodies(kind), st.binary(max_size=80))
            )
        ),
        check_parse,
        (
            (ChatRequest, b'{"messages": ' + b"[" * 100_000),
            (protocol.CompletionRequest, b'{"prompt": "a", "max_tokens": ' + b"9" * 5000 + b"}"),
            (protocol.CompletionRequest, b'{"prompt": "\\ud800"}'),
        ),
    ),
    "completions": Target(
        strategies.bodies(protocol.CompletionRequest), checker(Completions, protocol.Completion)
    ),
    "chat": Target(strategies.bodies(ChatRequest), checker(Chat, protocol.ChatCompletion)),
    "completions streamed": Target(
        strategies.bodies(protocol.CompletionRequest), check_both(Completions)
    ),
    "chat streamed": Target(strategies.bodies(ChatRequest), check_both(Chat)),
    "responses": Target(
        strategies.bodies(responses.ResponseRequest),
        checker(Responses, responses.Response),
        (b'{"input": "", "model": "\\n"}', b'{"input": "hi", "top_logprobs": false}'),
    ),
    "messages": Target(
        strategies.bodies(anthropic.MessagesRequest), checker(Messages, anthropic.Message)
    ),
    "count_tokens": Target(
        strategies.bodies(anthropic.CountTokensRequest), checker(CountTokens, anthropic.TokenCount)
    ),
    "tokenize": Target(
        strategies.bodies(protocol.TokenizeRequest), checker(Tokenize, protocol.Tokenized)
    ),
    "detokenize": Target(
        strategies.bodies(protocol.DetokenizeRequest), checker(Detokenize, protocol.Detokenized)
    ),
    "tokens": Target(st.one_of(strategies.texts, st.text()), check_tokens),
    "sampling": Target(strategies.typed_fields(TextRequest), check_sampling),
    "template": Target(
        _chats(),
        check_template,
        (
            # A reason that the template gives, and one without a full stop.
            ([{"role": "user", "content": ""}, _with_arguments("00")], {}, None),
            ([_with_arguments("{}" * 200)], {}, LLAMA3),
        ),
    ),
    "head": Target(strategies.heads(), check_guard),
    "key": Target(st.dictionaries(_names, _tokens, max_size=3), check_key),
    "events": Target(_chunks(), check_chunk),
    "config_file": Target(
        strategies.yaml_files,
        check_config,
        (b"a: &a [*a]", b"port: !!python/name:os.system", b"\0"),
    ),
}
