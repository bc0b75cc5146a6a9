"""Runs the prompts of one request on the engine: ids, limits, accounts, failures and endings.

Gives outputs; what they look like on the wire is the endpoints' affair.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from llmserve.errors import EngineDeadError, QueueFullError
from llmserve.outputs import CompletionOutput, RequestOutput
from llmserve.prompts import PromptDict
from llmserve.sampling_params import RequestOutputKind, SamplingParams
from llmserve.server.context import ServerContext
from llmserve.server.errors import ApiError, engine_dead, overloaded, shutting_down
from llmserve.server.protocol import PromptTokensDetails, TextRequest, Usage
from llmserve.server.sampling import refuse_value
from llmserve.server.telemetry import RequestRecord

__all__ = ["Generation", "Job"]

_log = logging.getLogger(__name__)
_requests = logging.getLogger("llmserve.requests")


@dataclass(frozen=True)
class Job:
    """One prompt to run. text: shown in outputs, if it was sent as text."""

    token_ids: list[int]
    params: SamplingParams
    text: str | None = None


class Generation:
    """The run of one HTTP request: one job, or one for each of its prompts. name: of the request,
    for the log."""

    def __init__(
        self, context: ServerContext, request: TextRequest, jobs: list[Job], name: str
    ) -> None:
        self._context = context
        self._request = request
        self._jobs = jobs
        self._name = name
        self._records: list[RequestRecord] = []
        self._cuts: list[asyncio.Task[None]] = []  # kept, or they could be collected unrun

    def outputs(self) -> AsyncGenerator[tuple[int, RequestOutput], None]:
        """(number of the job, output) as they come. Closing it aborts what still runs.

        Raises ApiError: 400 and 429 before the first output, 408, 500 and 503 at any time.
        """
        return self._run(0, self._jobs[0]) if len(self._jobs) == 1 else self._merge()

    async def whole(self) -> RequestOutput:
        """The last output of the only job. Raises as outputs()."""
        async with aclosing(self.outputs()) as outputs:
            async for _, output in outputs:
                last = output
        return last

    def usage(self) -> Usage:
        """The token counts of what has come so far."""
        prompt = sum(record.num_prompt_tokens for record in self._records)
        completion = sum(record.num_generation_tokens for record in self._records)
        cached = sum(record.num_cached_tokens for record in self._records)
        return Usage(prompt, prompt + completion, completion, PromptTokensDetails(cached))

    async def _merge(self) -> AsyncGenerator[tuple[int, RequestOutput], None]:
        # One slot per job: a job whose output is not taken yet gathers its next ones in the engine.
        items: asyncio.Queue[tuple[int, RequestOutput] | Exception | None]
        items = asyncio.Queue(maxsize=len(self._jobs))

        async def pump(number: int, job: Job) -> None:
            try:
                async with aclosing(self._run(number, job)) as stream:
                    async for item in stream:
                        await items.put(item)
                await items.put(None)
            except Exception as error:
                await items.put(error)

        tasks = [asyncio.create_task(pump(*numbered)) for numbered in enumerate(self._jobs)]
        try:
            running = len(tasks)
            while running:
                item = await items.get()
                if isinstance(item, Exception):
                    raise item
                if item is None:
                    running -= 1
                else:
                    yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, number: int, job: Job) -> AsyncGenerator[tuple[int, RequestOutput], None]:
        context = self._context
        request_id = uuid.uuid4().hex  # ours alone; the caller's own is text for the answer
        record = context.telemetry.record(job.params)
        self._records.append(record)
        started = False
        self._log_begin(job)
        try:
            with context.lifecycle.work(lambda: self._cut(request_id)):
                async with aclosing(self._generate(job, request_id)) as stream:
                    async for output in stream:
                        started = True
                        record.update(output)
                        for sample in output.outputs:
                            if sample.finish_reason is not None:
                                _check(sample, job)
                        yield number, output
                        if output.finished:
                            return
            # The engine has ended the request without a word.
            raise shutting_down() if context.lifecycle.cutting else _internal("it ended early")
        except (ApiError, EngineDeadError, QueueFullError, ValueError, TypeError) as error:
            refusal = _translate(error)
            if started or refusal.status == 500:
                record.failed()
            else:
                record.refused()
                context.telemetry.rejected(refusal.code)
            raise refusal from None
        except Exception:  # a bug; whoever called us answers 500
            record.failed()
            raise
        finally:
            record.close()
            if context.options.enable_log_requests:
                _requests.info("%s: %s", self._name, record.summary())

    def _log_begin(self, job: Job) -> None:
        # Numbers alone: texts, stop strings among them, are nobody's business.
        if self._context.options.enable_log_requests:
            params = job.params
            _requests.info(
                "%s: %d prompt tokens, max_tokens %s, n %d, temperature %g, top_p %g, seed %s",
                self._name,
                len(job.token_ids),
                params.max_tokens,
                params.n,
                params.temperature,
                params.top_p,
                params.seed,
            )

    def _generate(self, job: Job, request_id: str) -> AsyncGenerator[RequestOutput, None]:
        request = self._request
        timeout = request.timeout if request.timeout is not None else self._context.options.timeout
        prompt = PromptDict(prompt_token_ids=job.token_ids)
        if job.text is not None:
            prompt["prompt"] = job.text
        stream = self._context.engine.generate(
            prompt,
            job.params,
            request_id,
            priority=request.priority or 0,
            cache_salt=request.cache_salt,
            timeout=timeout,
        )
        return cast("AsyncGenerator[RequestOutput, None]", stream)

    def _cut(self, request_id: str) -> None:
        # Its generator then gives a last output with finish_reason abort.
        self._cuts.append(asyncio.create_task(self._context.engine.abort(request_id)))


def _check(sample: CompletionOutput, job: Job) -> None:
    """Raises for an ending that makes no answer: an error, or the cut of a whole one."""
    if sample.finish_reason == "error":
        raise _failure(sample)
    if sample.finish_reason == "abort" and job.params.output_kind is not RequestOutputKind.DELTA:
        raise shutting_down()  # nobody else aborts a request that is still read


def _translate(error: Exception) -> ApiError:
    """The refusal for what an engine may raise."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, QueueFullError):
        return overloaded(f"The server is at its limit: {error}.")
    if isinstance(error, EngineDeadError):
        return engine_dead(f"The engine cannot serve: {error}.")
    return refuse_value(error)


def _internal(message: str) -> ApiError:
    return ApiError(500, f"The request failed: {message}.", code="generation_failed")


def _failure(sample: CompletionOutput) -> ApiError:
    """What a sample that ended with an error means to the client."""
    reason = (sample.error or "the engine gave no reason").rstrip(".")
    if sample.error_cause == "deadline":
        return ApiError(408, f"{reason[:1].upper()}{reason[1:]}.", code="deadline_exceeded")
    _log.error("a request has failed in the engine: %s", reason)
    if sample.error_cause == "engine":
        return engine_dead(f"The engine has failed: {reason}.")
    return _internal(reason)
