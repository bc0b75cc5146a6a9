"""A client process of `llmserve bench serve`: sends the requests it is given and keeps the times.

Speaks frames of wire.py on stdin and stdout and ends when stdin does, so that it never outlives the
command. Knows nothing of datasets or metrics, and brings no engine.
"""

from __future__ import annotations

import asyncio
import gc
import io
import os
import sys
import time
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from . import wire
from .stream import AnswerStream, error_sentence, network_sentence

if TYPE_CHECKING:
    import aiohttp

_POLL_SECONDS = 0.25  # how often a client reports, and looks whether the command is still there
_REQUEST_SECONDS = 6 * 3600  # longer than any answer takes
# Below the 5 s after which common servers close an idle connection: no request must be put on one
# that is about to be closed.
_KEEP_ALIVE_SECONDS = 4


def main() -> None:
    import uvloop

    # Frames have a descriptor of their own, so that nothing printed by chance gets between them.
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(BrokenPipeError):  # the command has gone
        uvloop.run(_serve(frames))


async def _serve(frames: io.BufferedWriter) -> None:
    """Job after job, until the command closes the pipe."""
    pipe = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), sys.stdin)
    target = await wire.read(pipe)
    if not isinstance(target, wire.Target):
        return
    async with _session(target) as session:
        while isinstance(job := await wire.read(pipe), wire.Job):
            _say(frames, wire.Ready())
            go = await wire.read(pipe)
            if not isinstance(go, wire.Go):
                return
            run = _Run(session, target.url, job, go.start)
            if not await _watched(run, pipe, frames):
                return
            _say(frames, run.done())


async def _watched(run: _Run, pipe: asyncio.StreamReader, frames: io.BufferedWriter) -> bool:
    """Runs to the end and reports meanwhile; False where the command has gone."""
    task = asyncio.create_task(run.send_all())
    while not task.done():
        await asyncio.wait([task], timeout=_POLL_SECONDS)
        if pipe.at_eof():
            task.cancel()
            await asyncio.wait([task])
            return False
        if progress := run.progress():
            _say(frames, progress)
    task.result()
    return True


def _say(frames: io.BufferedWriter, message: wire.Message) -> None:
    wire.write(frames, message)
    frames.flush()


def _session(target: wire.Target) -> aiohttp.ClientSession:
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0, ssl=target.verify, keepalive_timeout=_KEEP_ALIVE_SECONDS
        ),
        headers=target.headers,
        timeout=aiohttp.ClientTimeout(total=_REQUEST_SECONDS),
        trust_env=True,
    )


class _Run:
    """One job."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, job: wire.Job, start: float
    ) -> None:
        self._session = session
        self._url = url
        self._job = job
        self._start = start
        self._end = float("inf") if job.max_seconds is None else start + job.max_seconds
        self._slots: AbstractAsyncContextManager[Any] = (
            nullcontext() if job.max_concurrency is None else asyncio.Semaphore(job.max_concurrency)
        )
        self._outcomes: list[wire.Outcome] = []
        self._num_reported = 0
        # A collection of what is there already would be a pause in somebody's answer.
        gc.collect()
        gc.freeze()
        self._cpu = time.process_time()

    async def send_all(self) -> None:
        """Each request at its time, whatever has been answered by then."""
        tasks = []
        try:
            for request in self._job.requests:
                delay = self._start + request.at - time.perf_counter()
                if delay > 0:
                    await asyncio.sleep(delay)
                tasks.append(asyncio.create_task(self._in_its_slot(request)))
            for task in tasks:
                await task
        finally:
            for task in tasks:
                task.cancel()

    def progress(self) -> wire.Progress | None:
        new = self._outcomes[self._num_reported :]
        self._num_reported += len(new)
        if not new:
            return None
        return wire.Progress(
            len(new),
            sum(outcome.prompt_tokens or 0 for outcome in new),
            sum(outcome.output_tokens or 0 for outcome in new),
        )

    def done(self) -> wire.Done:
        return wire.Done(
            self._outcomes,
            cpu_seconds=time.process_time() - self._cpu,
            seconds=time.perf_counter() - self._start,
        )

    async def _in_its_slot(self, request: wire.Request) -> None:
        async with self._slots:
            if time.perf_counter() < self._end:
                self._outcomes.append(await self._send(request))

    async def _send(self, request: wire.Request) -> wire.Outcome:
        import aiohttp

        answer = AnswerStream()
        clock = time.perf_counter
        headers = {"Content-Type": "application/json", "x-request-id": request.request_id}
        start = clock()
        try:
            async with self._session.post(self._url, data=request.body, headers=headers) as reply:
                if reply.status != 200:
                    answer.error = f"HTTP {reply.status}: {error_sentence(await reply.read())}"
                else:
                    async for data in reply.content.iter_any():
                        answer.feed(data, clock())
                    answer.close()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            answer.error = answer.error or network_sentence(error)
        return self._outcome(request, start, answer)

    def _outcome(self, request: wire.Request, start: float, answer: AnswerStream) -> wire.Outcome:
        outcome = wire.Outcome(
            request.index,
            start,
            send_delay=start - self._start - request.at,
            prompt_tokens=answer.prompt_tokens,
            output_tokens=answer.output_tokens,
            text=answer.text,
            error=answer.error,
        )
        if answer.first_at is not None and answer.last_at is not None:
            outcome.ttft = answer.first_at - start
            outcome.latency = answer.last_at - start
            outcome.itls = answer.gaps
        if answer.error:
            outcome.latency = time.perf_counter() - start
        return outcome


if __name__ == "__main__":
    main()
