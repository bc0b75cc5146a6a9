"""What Sanic's HTTP/1.1 leaves open: heads and chunks that two readers may read in two ways, peers
that send or take a byte now and then for ever.

Sanic takes a name such as "Content-Length " for another header, leaves bare line ends in values and
reads 0x5 as the length of a chunk; a proxy in front may not. One of them then takes a body for the
next request. And every byte sets its timers back.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import Any

from sanic.exceptions import BadRequest, RequestCancelled, RequestTimeout, SanicException
from sanic.http import Http
from sanic.http.http1 import HTTP_CONTINUE
from sanic.server.protocols.http_protocol import HttpProtocol

__all__ = ["MAX_URL_BYTES", "GuardedProtocol", "check_head"]

MAX_URL_BYTES = 8192
_MAX_CHUNK_HEAD = 256

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
# Of RFC 9112, without folded lines. No part can match what the next one begins with, so the time
# is linear.
_HEAD = re.compile(
    _TOKEN + rb" [\x21-\x7e]+ HTTP/1\.[01](?:\r\n" + _TOKEN + rb":" + _VALUE + rb")*"
)
_CHUNK_HEAD = re.compile(rb"\r\n[0-9A-Fa-f]{1,15}(?:[ \t]*;" + _VALUE + rb")?")

_log = logging.getLogger(__name__)


async def check_head(head: bytes) -> None:
    """For the signal http.lifecycle.read_head. Raises ValueError: Sanic answers 400 and closes."""
    if _HEAD.fullmatch(head) is None:
        raise ValueError("the head is malformed")


class _GuardedHttp(Http):
    """Reads requests, each part of which has a time of its own."""

    __slots__ = ()

    async def http1_request_header(self) -> None:
        protocol: Any = self.protocol
        protocol.set_deadline()
        try:
            await super().http1_request_header()  # type: ignore[no-untyped-call]
            if len(self.url or "") > MAX_URL_BYTES:
                self.keep_alive = False
                raise SanicException("The URL is too long", status_code=414)
        finally:
            protocol.clear_deadline()
        if self.request_body:
            protocol.set_deadline()

    async def read(self) -> bytes | None:
        body: Any = self.request_body  # True, "chunked", or None once it has come
        if body == "chunked" and not self.request_bytes_left:
            await self._check_chunk_head()
        data = await super().read()
        if self.request_body is None:
            protocol: Any = self.protocol
            protocol.clear_deadline()
        return data

    async def _check_chunk_head(self) -> None:
        if self.expecting_continue:
            self.expecting_continue = False
            await self._send(HTTP_CONTINUE)
        buffer: bytearray = self.recv_buffer
        # Before the size stands the line end of what came before.
        while (end := buffer.find(b"\r\n", 3)) < 0 and len(buffer) <= _MAX_CHUNK_HEAD:
            await self._receive_more()
        if end < 0 or _CHUNK_HEAD.fullmatch(bytes(buffer[:end])) is None:
            self.keep_alive = False
            raise BadRequest("Bad chunked encoding")


class GuardedProtocol(HttpProtocol):
    """A connection. The times come from REQUEST_TIMEOUT and WRITE_TIMEOUT of the app's config."""

    HTTP_CLASS = _GuardedHttp
    __slots__ = ("_deadline",)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._deadline: asyncio.TimerHandle | None = None

    def set_deadline(self) -> None:
        """From now on the peer has so long to send the part that is read."""
        self.clear_deadline()
        self._deadline = self.loop.call_later(self.request_timeout, self._on_deadline)

    def clear_deadline(self) -> None:
        """The part has come."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _on_deadline(self) -> None:
        if self._task is not None and self._http is not None:
            # What Sanic does when its own timer ends.
            self._http.exception = RequestTimeout("The request did not come to its end in time")
            self._task.cancel()

    def try_send(self, data: bytes) -> bool:
        """Writes at once; False where the peer has to take what was written before first. Raises
        RequestCancelled where it has left."""
        if not self._can_write.is_set():
            return False
        transport = self.transport
        if transport is None or transport.is_closing():
            raise RequestCancelled
        transport.write(data)
        self._time = time.monotonic()
        return True

    async def send(self, data: bytes) -> None:
        """Writes, once the peer has taken enough of what was written before."""
        while not self.try_send(data):
            timer = self.loop.call_later(self.app.config.WRITE_TIMEOUT, self._cut_reader)
            try:
                await self._can_write.wait()
            finally:
                timer.cancel()

    def _cut_reader(self) -> None:
        _log.warning(
            "client %s took nothing of its answer for %g s; its request is cancelled",
            self.conn_info.client_ip if self.conn_info else "-",
            self.app.config.WRITE_TIMEOUT,
        )
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.clear_deadline()
        super().connection_lost(exc)  # type: ignore[no-untyped-call]
