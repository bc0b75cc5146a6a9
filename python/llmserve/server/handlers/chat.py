"""POST /v1/chat/completions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from llmserve.outputs import CompletionOutput
from llmserve.server.context import ServerContext
from llmserve.server.encoding import check_length, encode_chat, truncate
from llmserve.server.errors import bad_request
from llmserve.server.generation import Generation, Job
from llmserve.server.lifecycle import created_now
from llmserve.server.logprobs import LogprobFormat
from llmserve.server.protocol import (
    ChatChoice,
    ChatCompletion,
    ChatLogprobs,
    ChatMessage,
    ChatRequest,
)
from llmserve.server.reply import Call, Reply, StreamReply, json_reply
from llmserve.server.sampling import make_params, plain_id
from llmserve.server.sse import ChunkWriter, EventStream
from llmserve.server.stream_options import StreamUsage
from llmserve.server.validate import parse_request

__all__ = ["Chat"]

MAX_TOP_LOGPROBS = 20


class Chat:
    """Answers a conversation, n times."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply | StreamReply:
        context = self._context
        request = parse_request(call, ChatRequest)
        model = context.check_model(request.model)
        usage = StreamUsage.of(request, context.options)
        token_ids = await self._encode(request)
        token = plain_id(request.request_id, call.request_id)
        run = _Run(context, request, token_ids, model, token)
        if request.stream:
            keep_alive = context.options.sse_keep_alive_interval
            return StreamReply(await EventStream(run.events(usage), keep_alive=keep_alive).start())
        return json_reply(await run.whole())

    async def _encode(self, request: ChatRequest) -> list[int]:
        engine = self._context.engine
        token_ids = await encode_chat(engine, request, self._context.options)
        max_tokens, field = _max_tokens(request)
        if request.truncate_prompt_tokens is not None:
            keep = truncate(request.truncate_prompt_tokens, engine.max_model_len, max_tokens)
            token_ids = token_ids[-keep:]
        check_length(engine, token_ids, max_tokens, field, "messages")
        return token_ids


class _Run:
    """One request on its way."""

    def __init__(
        self,
        context: ServerContext,
        request: ChatRequest,
        token_ids: list[int],
        model: str,
        token: str,
    ) -> None:
        self._context = context
        self._request = request
        self._shared: dict[str, Any] = {
            "id": f"chatcmpl-{token}",
            "object": "chat.completion",
            "created": created_now(),
            "model": model,
        }
        self._num_top = _top_logprobs(request)
        defaults = context.engine.default_params
        max_tokens = _max_tokens(request)[0]
        if max_tokens is None:
            max_tokens = defaults.get("max_tokens")
        self._params = make_params(
            request,
            defaults,
            max_tokens=max_tokens,
            logprobs=self._num_top if request.logprobs else None,
        )
        self._role = context.options.response_role
        if request.continue_final_message:
            self._role = str(request.messages[-1]["role"])
        self._format = LogprobFormat.of(request, context)
        self._begun: set[int] = set()  # choices whose role has been sent
        # Chunks hold text alone, but for the first and the last.
        self._is_plain = not (request.logprobs or request.return_token_ids)
        jobs = [Job(token_ids, self._params)]
        self._generation = Generation(context, request, jobs, self._shared["id"])

    async def whole(self) -> ChatCompletion:
        """The answer in one piece."""
        end = await self._generation.whole()
        answer = ChatCompletion(
            **self._shared,
            choices=[self._choice(sample) for sample in end.outputs],
            usage=self._generation.usage(),
        )
        if self._request.prompt_logprobs is not None:
            answer.prompt_logprobs = self._format.prompt(end.prompt_logprobs)
        if self._request.return_token_ids:
            answer.prompt_token_ids = end.prompt_token_ids
        return answer

    async def events(self, usage: StreamUsage) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events, without the ending."""
        shared = {**self._shared, "object": "chat.completion.chunk"}
        writer = ChunkWriter(shared, b'"delta":{"content":', b"}", null_usage=usage.at_end)
        self._is_plain = self._is_plain and not usage.in_chunks
        async with aclosing(self._generation.outputs()) as outputs:
            async for _, output in outputs:
                data = b""
                for sample in output.outputs:
                    data += self._chunks(writer, sample, usage)
                if data:
                    yield data
        if usage.at_end:
            yield writer.usage(self._generation.usage())

    def _choice(self, sample: CompletionOutput) -> ChatChoice:
        choice = ChatChoice(
            index=sample.index,
            message=ChatMessage(self._role, sample.text),
            logprobs=self._logprobs(sample),
            finish_reason=sample.finish_reason,
            stop_reason=sample.stop_reason,
        )
        if self._request.return_token_ids:
            choice.token_ids = list(sample.token_ids)
        return choice

    def _chunks(self, writer: ChunkWriter, sample: CompletionOutput, usage: StreamUsage) -> bytes:
        if self._is_plain and sample.finish_reason is None and sample.index in self._begun:
            return writer.plain(sample.index, sample.text) if sample.text else b""
        counts = self._generation.usage() if usage.in_chunks else None
        opening = b""
        if sample.index not in self._begun:
            self._begun.add(sample.index)
            opening = writer.choice(
                {
                    "index": sample.index,
                    "delta": {"role": self._role, "content": ""},
                    "logprobs": None,
                    "finish_reason": None,
                },
                counts,
            )
        logprobs = self._logprobs(sample)
        extra = {"token_ids": sample.token_ids} if self._request.return_token_ids else None
        if not sample.text and not logprobs and not extra and sample.finish_reason is None:
            return opening  # half a character, or what may become a stop string
        return opening + writer.text(
            sample.index,
            sample.text,
            logprobs=logprobs,
            finish_reason=sample.finish_reason,
            stop_reason=sample.stop_reason,
            extra=extra,
            usage=counts,
        )

    def _logprobs(self, sample: CompletionOutput) -> ChatLogprobs | None:
        if sample.logprobs is None:
            return None
        return self._format.chat(sample.token_ids, sample.logprobs, self._num_top)


def _max_tokens(request: ChatRequest) -> tuple[int | None, str]:
    """The limit as sent, and the name of the field it came in; the newer name wins.

    Raises ApiError 400 where it is below 1: SamplingParams know one name only.
    """
    limit, field = request.max_completion_tokens, "max_completion_tokens"
    if limit is None:
        limit, field = request.max_tokens, "max_tokens"
    if limit is not None and limit < 1:
        raise bad_request(f"{field} is {limit}; it must be at least 1.", param=field)
    return limit, field


def _top_logprobs(request: ChatRequest) -> int:
    top = request.top_logprobs
    if top is None:
        return 0
    if top and not request.logprobs:
        raise bad_request("top_logprobs needs logprobs: true.", param="top_logprobs")
    if not 0 <= top <= MAX_TOP_LOGPROBS:
        raise bad_request(
            f"top_logprobs is {top}; it must be from 0 to {MAX_TOP_LOGPROBS}.",
            param="top_logprobs",
        )
    return top
