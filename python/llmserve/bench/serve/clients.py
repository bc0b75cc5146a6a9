"""The client processes, seen from the command: started once, given job after job, always ended."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from . import wire
from .schedule import Load, deal, shares

__all__ = ["Clients", "Run"]

_HEAD_START = 0.05  # seconds from Go to the first arrival: all clients have read it by then


@dataclass(frozen=True)
class Run:
    """outcomes: of the requests that were sent, by index. start: by time.perf_counter().

    cpu_share: of the run's time, what the busiest client computed.
    """

    outcomes: list[wire.Outcome]
    start: float
    cpu_share: float

    @property
    def duration(self) -> float:
        """Seconds from the start to the last answer."""
        ends = [outcome.start + outcome.latency for outcome in self.outcomes]
        return max(ends, default=self.start) - self.start


class Clients:
    """`async with` starts the processes, and ends them whatever happened."""

    def __init__(self, target: wire.Target, num_processes: int) -> None:
        self._target = target
        self._num = num_processes
        self._processes: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Clients:
        try:
            for _ in range(self._num):
                await self._start_one()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def run(
        self,
        requests: Sequence[wire.Request],
        load: Load,
        on_progress: Callable[[wire.Progress], None] = lambda progress: None,
    ) -> Run:
        """Sends the requests, dealt out over the processes. Raises RuntimeError where one died."""
        hands = deal(len(requests), self._num, load.max_concurrency)
        limits = shares(load.max_concurrency, self._num)
        for process, hand, limit in zip(self._processes, hands, limits, strict=True):
            mine = [requests[index] for index in hand]
            _pipe_to(process, wire.Job(mine, limit, load.max_seconds))
        await asyncio.gather(*map(self._ready, self._processes))
        start = time.perf_counter() + _HEAD_START
        for process in self._processes:
            _pipe_to(process, wire.Go(start))
        done = await asyncio.gather(
            *(self._done(process, on_progress) for process in self._processes)
        )
        outcomes = [outcome for each in done for outcome in each.outcomes]
        outcomes.sort(key=lambda outcome: outcome.index)
        # Of the whole run: a client that had nothing to do has used all of its own short time.
        seconds = max(each.seconds for each in done)
        share = max(each.cpu_seconds for each in done) / max(seconds, 1e-9)
        return Run(outcomes, start, min(share, 1.0))

    async def _start_one(self) -> None:
        # In a session of its own, so that Ctrl-C is the command's to handle.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "llmserve.bench.serve.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._processes.append(process)
        _pipe_to(process, self._target)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        try:
            await process.stdin.drain()
        except ConnectionError:
            raise _died() from None
        if not isinstance(await self._message(process), wire.Ready):
            raise _died()

    async def _done(
        self, process: asyncio.subprocess.Process, on_progress: Callable[[wire.Progress], None]
    ) -> wire.Done:
        while True:
            message = await self._message(process)
            if isinstance(message, wire.Done):
                return message
            if not isinstance(message, wire.Progress):
                raise _died()
            on_progress(message)

    async def _message(self, process: asyncio.subprocess.Process) -> wire.Message | None:
        assert process.stdout is not None
        return await wire.read(process.stdout)

    async def _end(self) -> None:
        """They hold nothing worth saving, so they need no time to end."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.kill()
        for process in self._processes:
            await process.wait()
        self._processes = []


def _pipe_to(process: asyncio.subprocess.Process, message: wire.Message) -> None:
    assert process.stdin is not None
    wire.write(process.stdin, message)


def _died() -> RuntimeError:
    return RuntimeError("a client process has died; what it wrote stands above")
