"""POST /v1/responses: OpenAI's newer API, for text; nothing is stored."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from llmserve.outputs import CompletionOutput
from llmserve.sampling_params import SamplingParams
from llmserve.server.context import ServerContext
from llmserve.server.encoding import check_length, encode_chat
from llmserve.server.errors import ApiError, shutting_down
from llmserve.server.generation import Generation, Job
from llmserve.server.lifecycle import created_now
from llmserve.server.reply import Call, Reply, StreamReply, json_reply
from llmserve.server.responses import (
    Detail,
    OutputMessage,
    OutputText,
    Response,
    ResponseRequest,
    chat_of,
    make_usage,
)
from llmserve.server.sampling import make_params
from llmserve.server.sse import EventStream, named_event
from llmserve.server.validate import parse_request

__all__ = ["Responses"]


class Responses:
    """Answers an input, which may be a whole conversation."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply | StreamReply:
        context = self._context
        engine = context.engine
        request = parse_request(call, ResponseRequest)
        model = context.check_model(request.model)
        chat = chat_of(request)
        limit = request.max_output_tokens
        defaults = engine.default_params
        most = limit if limit is not None else defaults.get("max_tokens")
        params = make_params(chat, defaults, max_tokens=most, logprobs=None)
        token_ids = await encode_chat(engine, chat, context.options)
        check_length(engine, token_ids, limit, "max_output_tokens", "input")
        generation = Generation(context, chat, [Job(token_ids, params)], f"resp_{call.request_id}")
        run = _Run(request, params, generation, call.request_id, model)
        if request.stream:
            keep_alive = context.options.sse_keep_alive_interval
            stream = EventStream(run.events(), b"", run.error, keep_alive)
            return StreamReply(await stream.start())
        return json_reply(await run.whole())


class _Run:
    """One request on its way."""

    def __init__(
        self,
        request: ResponseRequest,
        params: SamplingParams,
        generation: Generation,
        token: str,
        model: str,
    ) -> None:
        self._generation = generation
        self._item_id = f"msg_{token}"
        self._shared: dict[str, Any] = {
            "id": f"resp_{token}",
            "created_at": created_now(),
            "model": model,
            "instructions": request.instructions,
            "max_output_tokens": request.max_output_tokens,
            "temperature": params.temperature,
            "top_p": params.top_p,
            "metadata": request.metadata or {},
            "user": request.user,
            "reasoning": request.reasoning or {},
        }
        self._numbers = itertools.count()
        self._text: list[str] = []

    async def whole(self) -> Response:
        """The answer in one piece."""
        end = await self._generation.whole()
        (sample,) = end.outputs
        return self._ended(sample, sample.text)

    async def events(self) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events."""
        begun = False
        async with aclosing(self._generation.outputs()) as outputs:
            async for _, output in outputs:
                data = b"" if begun else self._opening()
                begun = True
                for sample in output.outputs:
                    data += self._delta(sample)
                if data:  # none for half a character
                    yield data

    def error(self, error: ApiError) -> bytes:
        """What ends a stream that fails."""
        return self._event("error", code=error.code, message=error.message, param=error.param)

    def _opening(self) -> bytes:
        response = self._response("in_progress", [])
        item = self._item("in_progress", [])
        return (
            self._event("response.created", response=response)
            + self._event("response.in_progress", response=response)
            + self._event("response.output_item.added", output_index=0, item=item)
            + self._part_event("response.content_part.added", part=OutputText(""))
        )

    def _delta(self, sample: CompletionOutput) -> bytes:
        if sample.finish_reason == "abort":
            raise shutting_down()  # nobody else aborts a request that is still read
        data = b""
        if sample.text:
            self._text.append(sample.text)
            data = self._part_event("response.output_text.delta", delta=sample.text, logprobs=[])
        return data if sample.finish_reason is None else data + self._ending(sample)

    def _ending(self, sample: CompletionOutput) -> bytes:
        text = "".join(self._text)
        response = self._ended(sample, text)
        return (
            self._part_event("response.output_text.done", text=text, logprobs=[])
            + self._part_event("response.content_part.done", part=OutputText(text))
            + self._event("response.output_item.done", output_index=0, item=response.output[0])
            + self._event(f"response.{response.status}", response=response)
        )

    def _ended(self, sample: CompletionOutput, text: str) -> Response:
        status = "incomplete" if sample.finish_reason == "length" else "completed"
        return self._response(status, [self._item(status, [OutputText(text)])])

    def _item(self, status: str, content: list[OutputText]) -> OutputMessage:
        return OutputMessage(id=self._item_id, status=status, content=content)

    def _response(self, status: str, output: list[OutputMessage]) -> Response:
        return Response(
            **self._shared,
            status=status,
            output=output,
            usage=None if status == "in_progress" else make_usage(self._generation.usage()),
            incomplete_details=Detail("max_output_tokens") if status == "incomplete" else None,
        )

    def _part_event(self, kind: str, **fields: Any) -> bytes:
        place = {"item_id": self._item_id, "output_index": 0, "content_index": 0}
        return self._event(kind, **place, **fields)

    def _event(self, kind: str, **fields: Any) -> bytes:
        return named_event({"type": kind, "sequence_number": next(self._numbers), **fields})
