"""The life of a server: from a bound socket to the last byte after SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sanic import Sanic
from sanic.http.constants import Stage
from sanic.server import AsyncioServer

from llmserve.server.acceptor import Acceptor
from llmserve.server.app import make_app
from llmserve.server.context import ServerContext
from llmserve.server.http_guard import GuardedProtocol
from llmserve.server.listen import ListenError, Sockets
from llmserve.server.loop_lag import watch_loop
from llmserve.server.routes import Route, make_metrics_routes, make_routes

__all__ = ["new_loop", "run_server", "serve_until"]

_BACKLOG = 2048  # a burst of connections must not wait for the kernel's retries

# How long answers that are complete get to leave, and idle peers to notice that we close.
_CLOSE_SECONDS = 5.0
# A failed engine serves no more, and whoever supervises the process should start it anew; but first
# load balancers get the time to see /health say so.
_FAILED_SECONDS = 5.0
_WATCH_SECONDS = 0.5


def run_server(context: ServerContext, sockets: Sockets) -> str | None:
    """Serves in this thread until SIGTERM or SIGINT; a second signal ends the process at once.

    Returns why the engine failed, or None where it did not.
    """

    async def main() -> str | None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()

        def on_signal(number: int) -> None:
            if stop.is_set():
                os._exit(128 + number)
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, on_signal, number)

        def announce() -> None:
            if sockets.metrics is not None:
                _tell(f"llmserve serves metrics at {sockets.url(sockets.metrics)}/metrics")
            names = ", ".join(context.model_names)
            _tell(f"llmserve serves {names} at {sockets.url(sockets.main)}")

        return await serve_until(context, sockets, stop, announce)

    # What is there by now stays: the collector need not go through it again and again, which takes
    # tens of milliseconds each time.
    gc.freeze()
    loop = new_loop()
    try:
        asyncio.set_event_loop(loop)
        failure = loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_asyncgens())
        return failure
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def serve_until(
    context: ServerContext,
    sockets: Sockets,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> str | None:
    """Serves on the bound sockets until stop is set, then drains, and closes the engine.

    ready: called once connections are accepted. A failed engine ends it too, a little later; then
    it returns the cause.
    """
    sites: list[_Site] = []
    lag = asyncio.create_task(watch_loop(context.lifecycle, context.telemetry.loop_lag))
    try:
        if sockets.metrics is not None:
            sites.append(_Site(context, make_metrics_routes(context)))
            await sites[-1].open(sockets, sockets.metrics)
        sites.append(_Site(context, make_routes(context)))
        await sites[-1].open(sockets, sockets.main)
        ready()
        failure = await _stopped_or_failed(context, stop)
        grace = context.options.shutdown_timeout
        if context.lifecycle.num_active:
            _tell(
                f"llmserve stops: {context.lifecycle.num_active} requests have {grace:g} s to end"
            )
        await context.lifecycle.drain(grace)
        for site in reversed(sites):
            await site.close()
        return failure
    finally:
        lag.cancel()
        for site in sites:
            Sanic.unregister_app(site.app)
        await asyncio.get_running_loop().run_in_executor(None, context.engine.close)


class _Site:
    """Routes on a socket."""

    def __init__(self, context: ServerContext, routes: Sequence[Route]) -> None:
        self.app = make_app(context, routes)
        self._handshake_seconds = context.options.request_timeout
        self._server: Any = None
        self._acceptor: Acceptor | None = None

    async def open(self, sockets: Sockets, sock: socket.socket) -> None:
        """Begins to listen. Raises ListenError where another process has begun to."""
        # In this process and loop, as single_process=True would, but with start, signals and end
        # in our hands: Sanic's own end waits for idle peers and cuts streams without a last chunk.
        loop = asyncio.get_running_loop()
        server: Any = AsyncioServer(self.app, loop, None, set())  # the acceptor serves
        await server.startup()
        await server.before_start()
        try:
            sock.listen(_BACKLOG)
        except OSError as error:
            raise ListenError(sockets.address(sock), error) from None
        factory = partial(GuardedProtocol, loop=loop, app=self.app, connections=server.connections)
        self._acceptor = Acceptor(sock, factory, sockets.tls, self._handshake_seconds)
        self._acceptor.open()
        await server.after_start()
        self._server = server

    async def close(self) -> None:
        """Takes no more connections, and ends those that there are."""
        assert self._acceptor is not None
        self._acceptor.close()
        await _close_connections(self._server.connections)
        await self._server.before_stop()
        await self._server.after_stop()


async def _stopped_or_failed(context: ServerContext, stop: asyncio.Event) -> str | None:
    while not await _is_set(stop, _WATCH_SECONDS):
        stats = context.engine.stats()
        if stats.state == "failed":
            await _is_set(stop, _FAILED_SECONDS)
            return stats.failure or "no cause was given"
    return None


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    """Waits for the event, so many seconds at most."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    return True


async def _close_connections(connections: set[Any]) -> None:
    """Lets answers that are under way leave, then closes what is left."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _CLOSE_SECONDS
    while True:
        for connection in list(connections):
            if _is_sending(connection):
                connection.transport.abort()
            else:
                connection.close_if_idle()
        if not connections or loop.time() >= deadline:
            break
        await asyncio.sleep(0.02)
    for connection in list(connections):
        # Not connection.abort(): it lets the connection's task fail on what it has taken away.
        connection.transport.abort()
    await asyncio.sleep(0)  # their tasks are cancelled in the next turn of the loop


def _is_sending(connection: Any) -> bool:
    """Whether the request of a peer has not come to its end: it would be refused if it did."""
    http = connection.http
    if http is None:
        return False
    return http.stage is Stage.REQUEST or (http.stage is Stage.HANDLER and bool(http.request_body))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def new_loop() -> asyncio.AbstractEventLoop:
    """The kind of event loop that servers run in."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
