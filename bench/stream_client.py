"""Sends many requests to a server at one moment and reads the answers; in a process of its own, so
that a measured server shares only the machine with it. server_load.py starts it.

python bench/stream_client.py PORT PATH < a JSON list of bodies. Prints JSON: seconds from the first
byte sent to the last one received, events (of streams), finished choices, own CPU seconds.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any

import uvloop

_FINISHED = b'"finish_reason":"length"'


class Answer(asyncio.Protocol):
    """Counts what comes of one answer, without parsing it: a client must cost little."""

    def __init__(self, body: bytes, path: str) -> None:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._request = head.encode() + body
        self._last = b""
        self.events = 0
        self.finished = 0
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self) -> None:
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.events += data.count(b"data: ")
        # It may come in two pieces.
        self.finished += (self._last + data).count(_FINISHED)
        self._last = data[1 - len(_FINISHED) :]

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set_result(time.perf_counter())


async def run(port: int, path: str, bodies: list[Any]) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    answers = [Answer(json.dumps(body).encode(), path) for body in bodies]
    for answer in answers:
        await loop.create_connection(lambda made=answer: made, "127.0.0.1", port)  # type: ignore
    begin = time.perf_counter()
    for answer in answers:
        answer.send()
    ends = [await answer.closed for answer in answers]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": max(ends) - begin,
        "events": sum(answer.events for answer in answers),
        "finished": sum(answer.finished for answer in answers),
        "client_cpu_seconds": usage.ru_utime + usage.ru_stime,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(int(sys.argv[1]), sys.argv[2], json.load(sys.stdin)))))
