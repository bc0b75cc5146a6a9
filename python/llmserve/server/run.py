"""The life of a server: from a bound socket to the last byte after SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from sanic import Sanic
from sanic.http.constants import Stage

from llmserve.server.app import BACKLOG, make_app
from llmserve.server.context import ServerContext

__all__ = ["ListenError", "bind", "run_server", "serve_until"]

# How long answers that are complete get to leave, and idle peers to notice that we close.
_CLOSE_SECONDS = 5.0
# A failed engine serves no more, and whoever supervises the process should start it anew; but first
# load balancers get the time to see /health say so.
_FAILED_SECONDS = 5.0
_WATCH_SECONDS = 0.5


class ListenError(OSError):
    """Another process has begun to listen on our port between bind() and the end of the start."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that holds the port and does not listen yet: peers are refused until we can serve.

    Raises OSError where the address is taken or none of ours.
    """
    # A listener of another process is seen here already, long before the model is loaded.
    infos = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = infos[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def run_server(context: ServerContext, sock: socket.socket) -> str | None:
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
            host, port = sock.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            names = ", ".join(context.model_names)
            print(f"llmserve serves {names} at http://{shown}:{port}", file=sys.stderr, flush=True)

        return await serve_until(context, sock, stop, announce)

    loop = _new_loop()
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
    sock: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> str | None:
    """Serves on the bound socket until stop is set, then drains, and closes the engine.

    ready: called once connections are accepted. A failed engine ends it too, a little later; then
    it returns the cause.
    """
    app = make_app(context)
    try:
        # In this process and loop, as single_process=True would, but with start, signals and end
        # in our hands: Sanic's own end waits for idle peers and cuts streams without a last chunk.
        server: Any = await app.create_server(
            sock=sock, backlog=BACKLOG, asyncio_server_kwargs={"start_serving": False}
        )
        await server.startup()
        await server.before_start()
        try:
            sock.listen(BACKLOG)  # uvloop would keep it to itself if this failed
        except OSError as error:
            raise ListenError(error.errno, error.strerror) from None
        await server.start_serving()
        await server.after_start()
        ready()
        failure = await _stopped_or_failed(context, stop)
        grace = context.options.shutdown_timeout
        if context.lifecycle.num_active:
            print(
                f"llmserve stops: {context.lifecycle.num_active} requests have {grace:g} s to end",
                file=sys.stderr,
                flush=True,
            )
        await context.lifecycle.drain(grace)
        server.server.close()
        await _close_connections(server.connections)
        await server.before_stop()
        await server.after_stop()
        return failure
    finally:
        Sanic.unregister_app(app)
        await asyncio.get_running_loop().run_in_executor(None, context.engine.close)


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


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
