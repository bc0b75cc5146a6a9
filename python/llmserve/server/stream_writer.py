"""Writes a stream to its peer: in chunks, or to HTTP/1.0 until the connection's end.

By itself and not by Sanic's response: a chunk is then one call and one write.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from sanic import HTTPResponse, Request
from sanic.headers import format_http1_response
from sanic.http.constants import Stage

from llmserve.server.http_guard import GuardedProtocol

__all__ = ["StreamWriter"]


class StreamWriter:
    """The answer to one request. Raises RequestCancelled where the peer has left.

    response: as request.respond() has given it; nothing of it has been sent.
    """

    def __init__(self, request: Request, response: HTTPResponse) -> None:
        stream: Any = request.stream
        self._stream = stream
        self._protocol: GuardedProtocol = stream.protocol
        # RFC 9112, 6.1: an answer to HTTP/1.0 never has a transfer coding; older clients would show
        # the sizes as text.
        self._is_chunked = request.version != "1.0"
        headers = response.headers
        if self._is_chunked:
            headers["transfer-encoding"] = "chunked"
        else:
            stream.keep_alive = False
        headers["connection"] = "keep-alive" if stream.keep_alive else "close"
        self._head = format_http1_response(response.status, response.processed_headers)

    def send(self, data: bytes) -> Awaitable[None] | None:
        """Sends some bytes, not none. Where the peer is slow: what is to be awaited before more."""
        if self._is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        if self._head:
            self._stream.stage = Stage.RESPONSE  # no other answer can be given any more
            data, self._head = self._head + data, b""
        return None if self._protocol.try_send(data) else self._protocol.send(data)

    async def end(self) -> None:
        """The answer is whole; the connection may take the next request."""
        if self._is_chunked or self._head:
            last = b"0\r\n\r\n" if self._is_chunked else b""
            await self._protocol.send(self._head + last)
        self._stream.response_func = None
        self._stream.stage = Stage.IDLE
