"""Takes connections from a listening socket, many in one turn of the event loop.

libuv takes one a turn. Where a turn writes to hundreds of streams, the last of hundreds of clients
that come together would wait for seconds.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable

__all__ = ["Acceptor"]

_MOST_IN_A_TURN = 256
_PAUSE_SECONDS = 0.5  # where the process has no descriptor left: others may close one

_log = logging.getLogger(__name__)


class Acceptor:
    """Accepts in the running loop from open() to close(). sock: listens, and does not block.

    handshake_seconds: for TLS; a peer that fails in it is dropped without a word.
    """

    def __init__(
        self,
        sock: socket.socket,
        factory: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None,
        handshake_seconds: float,
    ) -> None:
        self._sock = sock
        self._factory = factory
        self._tls = tls
        self._handshake_seconds = handshake_seconds
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Begins to accept."""
        self._pause = None
        self._loop.add_reader(self._sock.fileno(), self._accept)

    def close(self) -> None:
        """Accepts no more; those that come are refused."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        for task in self._opening:
            task.cancel()

    def _accept(self) -> None:
        for _ in range(_MOST_IN_A_TURN):
            try:
                peer, _address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no descriptors or no memory: it would be so again at once
                _log.error("a connection cannot be accepted: %s", error.strerror or error)
                self._loop.remove_reader(self._sock.fileno())
                self._pause = self._loop.call_later(_PAUSE_SECONDS, self.open)
                return
            peer.setblocking(False)
            if peer.family != socket.AF_UNIX:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(self._connect(peer))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self, peer: socket.socket) -> None:
        timeout = None if self._tls is None else self._handshake_seconds
        try:
            await self._loop.connect_accepted_socket(
                self._factory, peer, ssl=self._tls, ssl_handshake_timeout=timeout
            )
        except (OSError, asyncio.TimeoutError):  # ssl.SSLError is an OSError
            peer.close()
