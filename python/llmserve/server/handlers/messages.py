"""POST /v1/messages and /v1/messages/count_tokens: Anthropic's API, for text."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec

from llmserve.outputs import CompletionOutput, RequestOutput
from llmserve.server.anthropic import (
    CountTokensRequest,
    Message,
    MessagesRequest,
    TextBlock,
    TokenCount,
    chat_of,
    error_body,
    make_usage,
)
from llmserve.server.context import ServerContext
from llmserve.server.encoding import check_length, encode_chat
from llmserve.server.errors import ApiError, shutting_down
from llmserve.server.generation import Generation, Job
from llmserve.server.protocol import ChatRequest
from llmserve.server.reply import Call, Reply, StreamReply, json_reply
from llmserve.server.sampling import make_params
from llmserve.server.sse import EventStream, named_event
from llmserve.server.validate import parse_request

__all__ = ["CountTokens", "Messages"]

_STOP_REASONS = {"length": "max_tokens", "stop": "end_turn"}


class CountTokens:
    """How many tokens the messages are for the model."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        context = self._context
        request = parse_request(call, CountTokensRequest)
        context.check_model(request.model)
        chat = chat_of(request)
        token_ids = await encode_chat(context.engine, chat, context.options)
        return json_reply(TokenCount(len(token_ids)))


class Messages:
    """Answers a conversation."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply | StreamReply:
        context = self._context
        request = parse_request(call, MessagesRequest)
        model = context.check_model(request.model)
        chat = chat_of(request)
        params = make_params(
            chat, context.engine.default_params, max_tokens=request.max_tokens, logprobs=None
        )
        token_ids = await encode_chat(context.engine, chat, context.options)
        check_length(context.engine, token_ids, request.max_tokens, "max_tokens", "messages")
        headers = {"request-id": call.request_id}  # as Anthropic's
        run = _Run(context, chat, Job(token_ids, params), f"msg_{call.request_id}", model)
        if request.stream:
            keep_alive = context.options.sse_keep_alive_interval
            stream = EventStream(run.events(), b"", _error_event, keep_alive)
            return StreamReply(await stream.start(), headers)
        return json_reply(await run.whole(), headers)


class _Run:
    """One request on its way."""

    def __init__(
        self, context: ServerContext, chat: ChatRequest, job: Job, message_id: str, model: str
    ) -> None:
        self._generation = Generation(context, chat, [job], message_id)
        self._message_id = message_id
        self._model = model

    async def whole(self) -> Message:
        """The answer in one piece."""
        end = await self._generation.whole()
        (sample,) = end.outputs
        return self._message([TextBlock(sample.text)], *_stop(sample))

    async def events(self) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events."""
        begun = False
        async with aclosing(self._generation.outputs()) as outputs:
            async for _, output in outputs:
                data = b"" if begun else self._opening()
                begun = True
                data += self._deltas(output)
                if data:  # none for half a character, or for what may become a stop sequence
                    yield data

    def _opening(self) -> bytes:
        usage = make_usage(self._generation.usage())
        message = self._message([], None, None, msgspec.structs.replace(usage, output_tokens=0))
        block = {"type": "content_block_start", "index": 0, "content_block": TextBlock("")}
        return named_event({"type": "message_start", "message": message}) + named_event(block)

    def _deltas(self, output: RequestOutput) -> bytes:
        data = b""
        for sample in output.outputs:
            if sample.finish_reason == "abort":
                raise shutting_down()  # nobody else aborts a request that is still read
            if sample.text:
                delta = {"type": "text_delta", "text": sample.text}
                data += named_event({"type": "content_block_delta", "index": 0, "delta": delta})
            if sample.finish_reason is not None:
                data += self._ending(sample)
        return data

    def _ending(self, sample: CompletionOutput) -> bytes:
        reason, sequence = _stop(sample)
        end = {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": sequence},
            "usage": make_usage(self._generation.usage()),
        }
        return (
            named_event({"type": "content_block_stop", "index": 0})
            + named_event(end)
            + named_event({"type": "message_stop"})
        )

    def _message(
        self, content: list[TextBlock], reason: str | None, sequence: str | None, usage: Any = None
    ) -> Message:
        return Message(
            id=self._message_id,
            model=self._model,
            content=content,
            stop_reason=reason,
            stop_sequence=sequence,
            usage=usage or make_usage(self._generation.usage()),
        )


def _stop(sample: CompletionOutput) -> tuple[str | None, str | None]:
    """stop_reason and stop_sequence."""
    if isinstance(sample.stop_reason, str):
        return "stop_sequence", sample.stop_reason
    reason = sample.finish_reason
    return (None if reason is None else _STOP_REASONS.get(reason, reason)), None


def _error_event(error: ApiError) -> bytes:
    return b"event: error\ndata: " + error_body(error) + b"\n\n"
