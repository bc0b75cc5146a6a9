"""POST /v1/completions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from msgspec.structs import replace

from llmserve.outputs import CompletionOutput, RequestOutput
from llmserve.server.context import ServerContext
from llmserve.server.encoding import EncodedPrompt, encode_prompts
from llmserve.server.errors import bad_request
from llmserve.server.generation import Generation, Job
from llmserve.server.lifecycle import created_now
from llmserve.server.logprobs import LogprobFormat
from llmserve.server.protocol import (
    Completion,
    CompletionChoice,
    CompletionLogprobs,
    CompletionRequest,
    Usage,
)
from llmserve.server.reply import Call, Reply, StreamReply, json_reply
from llmserve.server.sampling import make_params, plain_id
from llmserve.server.sse import ChunkWriter, EventStream
from llmserve.server.stream_options import StreamUsage
from llmserve.server.validate import parse_request

__all__ = ["Completions"]

_DEFAULT_MAX_TOKENS = 16


class Completions:
    """Continues texts or token ids: one prompt or many, each n times."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply | StreamReply:
        context = self._context
        request = parse_request(call, CompletionRequest)
        model = context.check_model(request.model)
        usage = StreamUsage.of(request, context.options)
        prompts = await encode_prompts(context.engine, request)
        token = plain_id(request.request_id, call.request_id)
        run = _Run(context, request, prompts, model, token)
        if request.stream:
            keep_alive = context.options.sse_keep_alive_interval
            return StreamReply(await EventStream(run.events(usage), keep_alive=keep_alive).start())
        return json_reply(await run.whole())


class _Run:
    """One request on its way."""

    def __init__(
        self,
        context: ServerContext,
        request: CompletionRequest,
        prompts: list[EncodedPrompt],
        model: str,
        token: str,
    ) -> None:
        self._context = context
        self._request = request
        self._prompts = prompts
        self._shared: dict[str, Any] = {
            "id": f"cmpl-{token}",
            "object": "text_completion",
            "created": created_now(),
            "model": model,
        }
        # Scoring: only the prompt is wanted back, but a request has to generate something.
        self._score_only = bool(request.echo) and request.max_tokens == 0
        defaults = context.engine.default_params
        max_tokens = request.max_tokens
        if max_tokens is None:
            max_tokens = defaults.get("max_tokens", _DEFAULT_MAX_TOKENS)
        if request.logprobs is not None and request.logprobs < 0:
            raise bad_request(
                f"logprobs is {request.logprobs}; it must be at least 0.", param="logprobs"
            )
        scored = request.logprobs if request.echo else None
        if None not in (scored, request.prompt_logprobs) and scored != request.prompt_logprobs:
            raise bad_request(
                f"With echo, logprobs is {scored} and prompt_logprobs is "
                f"{request.prompt_logprobs}; both are of the prompt, so they must be equal.",
                param="prompt_logprobs",
            )
        self._params = make_params(
            request,
            defaults,
            max_tokens=1 if self._score_only else max_tokens,
            logprobs=request.logprobs,
            prompt_logprobs=scored,
        )
        self._format = LogprobFormat.of(request, context)
        self._offsets: dict[int, int] = {}  # characters of each choice's tokens so far
        # Chunks hold text alone, but for the first and the last.
        self._is_plain = request.logprobs is None and not request.return_token_ids
        self._prompt_logprobs: dict[int, list[Any]] = {}  # of each prompt, for echo
        jobs = [Job(prompt.token_ids, self._params, prompt.text) for prompt in prompts]
        self._generation = Generation(context, request, jobs, self._shared["id"])

    async def whole(self) -> Completion:
        """The answer in one piece."""
        ends: dict[int, RequestOutput] = {}
        async with aclosing(self._generation.outputs()) as outputs:
            async for number, output in outputs:
                ends[number] = output
                self._note(number, output)
        choices = [
            self._choice(number, sample, ends[number])
            for number in sorted(ends)
            for sample in ends[number].outputs
        ]
        return Completion(**self._shared, choices=choices, usage=self._usage())

    async def events(self, usage: StreamUsage) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events, without the ending."""
        writer = ChunkWriter(self._shared, b'"text":', b"", null_usage=usage.at_end)
        self._is_plain = self._is_plain and not usage.in_chunks
        async with aclosing(self._generation.outputs()) as outputs:
            async for number, output in outputs:
                self._note(number, output)
                data = b""
                for sample in output.outputs:
                    data += self._chunk(writer, number, sample, output, usage)
                if data:
                    yield data
        if usage.at_end:
            yield writer.usage(self._usage())

    def _usage(self) -> Usage:
        usage = self._generation.usage()
        if self._score_only:  # the token that had to be generated was not asked for
            usage = replace(usage, completion_tokens=0, total_tokens=usage.prompt_tokens)
        return usage

    def _note(self, number: int, output: RequestOutput) -> None:
        if output.prompt_logprobs is not None:
            self._prompt_logprobs[number] = output.prompt_logprobs
        if self._score_only:
            for sample in output.outputs:
                sample.text, sample.token_ids = "", []
                sample.logprobs = None if sample.logprobs is None else []
                if sample.finish_reason is not None:
                    sample.finish_reason, sample.stop_reason = "length", None

    def _choice(
        self, number: int, sample: CompletionOutput, output: RequestOutput
    ) -> CompletionChoice:
        index = number * self._params.n + sample.index
        text, logprobs = self._text_and_logprobs(number, index, sample)
        choice = CompletionChoice(
            index=index,
            text=text,
            logprobs=logprobs,
            finish_reason=sample.finish_reason,
            stop_reason=sample.stop_reason,
        )
        if self._request.prompt_logprobs is not None:
            choice.prompt_logprobs = self._format.prompt(output.prompt_logprobs)
        if self._request.return_token_ids:
            choice.token_ids = list(sample.token_ids)
            choice.prompt_token_ids = output.prompt_token_ids
        return choice

    def _chunk(
        self,
        writer: ChunkWriter,
        number: int,
        sample: CompletionOutput,
        output: RequestOutput,
        usage: StreamUsage,
    ) -> bytes:
        index = number * self._params.n + sample.index
        first = index not in self._offsets
        if self._is_plain and not first and sample.finish_reason is None:
            return writer.plain(index, sample.text) if sample.text else b""
        text, logprobs = self._text_and_logprobs(number, index, sample)
        extra: dict[str, Any] | None = None
        if self._request.return_token_ids:
            extra = {"token_ids": sample.token_ids}
            if first:
                extra["prompt_token_ids"] = output.prompt_token_ids
        if not text and logprobs is None and extra is None and sample.finish_reason is None:
            return b""  # half a character, or what may become a stop string
        return writer.text(
            index,
            text,
            logprobs=logprobs,
            finish_reason=sample.finish_reason,
            stop_reason=sample.stop_reason,
            extra=extra,
            usage=self._usage() if usage.in_chunks else None,
        )

    def _text_and_logprobs(
        self, number: int, index: int, sample: CompletionOutput
    ) -> tuple[str, CompletionLogprobs | None]:
        """What is new of a choice; the echoed prompt comes with its first piece."""
        is_first = index not in self._offsets
        offset = self._offsets.setdefault(index, 0)
        text, token_ids, entries = sample.text, list(sample.token_ids), sample.logprobs
        if is_first and self._request.echo:
            text = self._echo(number) + text
            token_ids = self._prompts[number].token_ids + token_ids
            if entries is not None:
                entries = [*self._prompt_logprobs[number], *entries]
        if entries is None:
            return text, None
        # Not of the text: it may lag behind the tokens, for a stop string or half of a character.
        self._offsets[index] += sum(map(self._format.num_characters, token_ids))
        return text, self._format.completion(token_ids, entries, offset)

    def _echo(self, number: int) -> str:
        prompt = self._prompts[number]
        if prompt.text is not None and self._request.truncate_prompt_tokens is None:
            return prompt.text
        tokenizer = self._context.engine.tokenizer
        if tokenizer is None:
            return ""
        return str(tokenizer.decode(prompt.token_ids, skip_special_tokens=True))
