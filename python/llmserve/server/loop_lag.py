"""How late the event loop is: the time it takes to come to what is due.

Only while requests are in flight, so that a server at rest sleeps.
"""

from __future__ import annotations

import asyncio

from llmserve.server.histogram import Histogram
from llmserve.server.lifecycle import Lifecycle

__all__ = ["watch_loop"]

_INTERVAL = 0.01


async def watch_loop(lifecycle: Lifecycle, lag: Histogram) -> None:
    """Fills the histogram with seconds, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await lifecycle.busy.wait()
        due = loop.time() + _INTERVAL
        await asyncio.sleep(_INTERVAL)
        lag.observe(max(loop.time() - due, 0.0))
