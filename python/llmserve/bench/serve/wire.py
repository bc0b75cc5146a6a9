"""What the command and its client processes say to each other: frames of MessagePack on pipes."""

from __future__ import annotations

import asyncio
from typing import Protocol

import msgspec

__all__ = [
    "Done",
    "Go",
    "Job",
    "Message",
    "Outcome",
    "Progress",
    "Ready",
    "Request",
    "Target",
    "read",
    "write",
]

_LENGTH_BYTES = 8


class Target(msgspec.Struct, tag=True, frozen=True):
    """To a client, once: where its requests go. headers: of every request."""

    url: str
    headers: dict[str, str]
    verify: bool = True  # the server's certificate


class Request(msgspec.Struct, array_like=True, frozen=True):
    """One request. at: seconds after the start at which it arrives."""

    index: int
    request_id: str
    body: bytes
    at: float = 0.0


class Job(msgspec.Struct, tag=True, frozen=True):
    """To a client: requests by arrival. It answers Ready and waits for Go.

    max_concurrency: this client's share. max_seconds: what has not been sent by then never is.
    """

    requests: list[Request]
    max_concurrency: int | None = None
    max_seconds: float | None = None


class Ready(msgspec.Struct, tag=True, frozen=True):
    """From a client that has its job at hand."""


class Go(msgspec.Struct, tag=True, frozen=True):
    """To a client. start: by time.perf_counter(), which is one clock for all processes."""

    start: float


class Progress(msgspec.Struct, tag=True, frozen=True):
    """From a client, now and then: what has ended since it last said so."""

    num_requests: int
    input_tokens: int
    output_tokens: int


class Outcome(msgspec.Struct, array_like=True):
    """How one request went. Times are seconds; start is by time.perf_counter().

    send_delay: from its arrival to its being sent. ttft: to the first text, latency: to the last
    sign of the answer, both from start. itls: the gaps between chunks with text.
    prompt_tokens, output_tokens: as the server's `usage` says; None where it says nothing.
    error: one sentence, "" where all went well.
    """

    index: int
    start: float
    send_delay: float = 0.0
    ttft: float = 0.0
    latency: float = 0.0
    itls: list[float] = []
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    text: str = ""
    error: str = ""


class Done(msgspec.Struct, tag=True, frozen=True):
    """From a client: its job has ended. cpu_seconds: what the client itself used from Go on."""

    outcomes: list[Outcome]
    cpu_seconds: float
    seconds: float


Message = Target | Job | Ready | Go | Progress | Done

_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


def write(pipe: Writable, message: Message) -> None:
    """Puts a frame into a pipe; flushing is the caller's."""
    data = _encode(message)
    pipe.write(len(data).to_bytes(_LENGTH_BYTES, "little"))
    pipe.write(data)


async def read(pipe: asyncio.StreamReader) -> Message | None:
    """The next message; None where the other side has gone."""
    try:
        length = int.from_bytes(await pipe.readexactly(_LENGTH_BYTES), "little")
        return _decoder.decode(await pipe.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
