"""`llmserve serve` with a ticker in its event loop and, if asked, under cProfile. server_load.py
starts it.

python bench/server_probe.py TICKS [--profile FILE] -- FLAG...

At its end TICKS holds a JSON list of [time.monotonic(), seconds late, user seconds of the loop's
thread so far] of each tick. The profile is of the event loop's thread alone.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import pstats
import resource
import sys
import time
from pathlib import Path
from typing import Any

from llmserve.cli import main
from llmserve.server import run

INTERVAL = 0.005
_SHOWN = 60

_ticks: list[tuple[float, float, float]] = []


async def watch_loop(_lifecycle: Any, _lag: Any) -> None:
    """In place of the server's own, which keeps a histogram only."""
    while True:
        due = time.monotonic() + INTERVAL
        await asyncio.sleep(INTERVAL)
        now = time.monotonic()
        user = resource.getrusage(resource.RUSAGE_THREAD).ru_utime
        _ticks.append((now, max(now - due, 0.0), user))


def profiled(work: Any, path: str) -> Any:
    profile = cProfile.Profile()

    def call(*args: Any) -> Any:
        profile.enable()
        try:
            return work(*args)
        finally:
            profile.disable()
            with open(path, "w", encoding="utf-8") as file:
                pstats.Stats(profile, stream=file).sort_stats("tottime").print_stats(_SHOWN)

    return call


def start() -> int:
    end = sys.argv.index("--")
    ticks, options, flags = sys.argv[1], sys.argv[2:end], sys.argv[end + 1 :]
    run.watch_loop = watch_loop  # type: ignore[assignment]
    if options:
        run.run_server = profiled(run.run_server, options[1])
    sys.argv = ["llmserve", "serve", *flags]
    try:
        return main() or 0
    finally:
        Path(ticks).write_text(json.dumps(_ticks))


if __name__ == "__main__":
    sys.exit(start())
