"""Whether new work is welcome, and what is in flight: what /health, admission and a drain share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llmserve.server.errors import ApiError, engine_dead, shutting_down

__all__ = ["Lifecycle"]

# How long requests that are cut get to write their last chunk.
_CUT_SECONDS = 2.0


class Lifecycle:
    """The state of the server between its start and its end; used from the event loop only."""

    def __init__(self) -> None:
        self.draining = False
        self.cutting = False  # the grace time is over: what ends now was cut by us
        self._active: dict[object, Callable[[], None]] = {}
        self.busy = asyncio.Event()  # set while something is in flight
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def num_active(self) -> int:
        """Requests that have been admitted and not answered to their end."""
        return len(self._active)

    @contextmanager
    def work(self, cut: Callable[[], None]) -> Iterator[None]:
        """Counts the block as in flight. cut: ends it early, when the grace time is over.

        Raises ApiError 503 while draining.
        """
        if self.draining:
            raise shutting_down()
        key = object()
        self._active[key] = cut
        self._idle.clear()
        self.busy.set()
        try:
            yield
        finally:
            del self._active[key]
            if not self._active:
                self.busy.clear()
                self._idle.set()

    async def drain(self, grace: float) -> bool:
        """Refuses new work and waits for what is in flight, grace seconds at most, then cuts it.

        Returns True if all of it came to its own end.
        """
        self.draining = True
        if await self._wait_idle(grace):
            return True
        self.cutting = True
        for cut in list(self._active.values()):
            cut()
        await self._wait_idle(_CUT_SECONDS)
        return False

    async def _wait_idle(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except asyncio.TimeoutError:
            return not self._active
        return True


def check_health(stats: object, draining: bool, health_timeout: float) -> ApiError | None:
    """None if requests may be expected to be served, else the reason they are not."""
    if draining:
        return shutting_down()
    state = getattr(stats, "state", "running")
    if state != "running":
        cause = getattr(stats, "failure", "") or "no cause was given"
        return engine_dead(f"The engine is {state}: {cause}.")
    stalled = getattr(stats, "seconds_since_step", 0.0)
    if stalled > health_timeout:
        return ApiError(
            503,
            f"Work waits and no step has ended for {stalled:.1f} s (limit {health_timeout:g} s).",
            code="engine_stalled",
        )
    return None


def created_now() -> int:
    """Seconds of the Unix clock, for the field created."""
    return int(time.time())
