"""The glue between Sanic and the handlers: keys, errors, streams, access log."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.application.state import ApplicationServerInfo
from sanic.exceptions import PayloadTooLarge, RequestCancelled, SanicException
from sanic.handlers import ErrorHandler
from sanic.http import Http
from sanic.http.constants import HTTP

from llmserve.server.auth import KeyGuard
from llmserve.server.context import ServerContext
from llmserve.server.errors import ApiError
from llmserve.server.head_guard import check_head
from llmserve.server.reply import Call, Reply, StreamReply
from llmserve.server.routes import Route, make_routes

__all__ = ["BACKLOG", "make_app"]

BACKLOG = 2048  # a burst of connections must not wait for the kernel's retries

_DAY = 86400
_MAX_HEADER_BYTES = 16384  # gateways add long ones; Sanic takes no more
# Of a body that is refused, so much is read and dropped, for so long.
_MAX_DROPPED_BYTES = 64 << 20
_MAX_DROP_SECONDS = 10.0
_CLIENT_LEFT = 499  # for log and metrics; nobody reads it
_SSE_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

_log = logging.getLogger(__name__)
_access = logging.getLogger("llmserve.access")
_numbers = itertools.count()

_Config = Any
_App = Sanic[_Config, Any]
_Endpoint = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]


def make_app(context: ServerContext) -> _App:
    """The application, ready for create_server(); nothing listens yet."""
    # A process may have several servers one after another (tests do); Sanic wants unique names.
    name = f"llmserve-{os.getpid()}-{next(_numbers)}"
    errors = _Errors(context)
    app: _App = Sanic(name, configure_logging=False, error_handler=errors)
    for logger in ("sanic.root", "sanic.server", "sanic.error"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    app.config.update(
        {
            "ACCESS_LOG": False,  # Sanic's is written when a stream begins; ours when it ends
            "GRACEFUL_SHUTDOWN_TIMEOUT": context.options.shutdown_timeout,
            "KEEP_ALIVE_TIMEOUT": 120,  # longer than the 60 to 75 s of common proxies
            "MOTD": False,
            "REQUEST_MAX_HEADER_SIZE": _MAX_HEADER_BYTES,
            "REQUEST_MAX_SIZE": context.options.max_request_bytes,
            "REQUEST_TIMEOUT": 60,
            # It would cut whole answers that wait or take long; deadlines are the engine's.
            "RESPONSE_TIMEOUT": _DAY,
            # Sanic rewrites its own classes for speed at start; doing it to them twice fails.
            "TOUCHUP": not getattr(Http, "__touched__", False),
        }
    )
    # Only run() fills this in; without it each answer has an empty Alt-Svc header.
    app.state.server_info.append(ApplicationServerInfo(settings={"version": HTTP.VERSION_1}))
    app.add_signal(check_head, "http.lifecycle.read_head")
    errors.add(PayloadTooLarge, errors.refuse_body)
    guard = KeyGuard(context.options.api_keys)
    for number, route in enumerate(make_routes(context)):
        endpoint = _endpoint(context, guard, route)
        app.add_route(endpoint, route.path, methods=route.methods, name=f"route{number}")
        app.add_route(_options(route), route.path, methods=["OPTIONS"], name=f"options{number}")
    return app


def _options(route: Route) -> _Endpoint:
    allowed = ", ".join((*route.methods, "OPTIONS"))

    async def answer(request: Request, **_: str) -> HTTPResponse:
        return HTTPResponse(status=204, headers={"Allow": allowed})

    return answer


def _endpoint(context: ServerContext, guard: KeyGuard, route: Route) -> _Endpoint:
    async def answer(request: Request, **args: str) -> HTTPResponse | None:
        # Sanic stops reading while a body over 64 kB comes in, and does not go on after it: the
        # client's leaving would not be seen.
        transport: Any = request.transport
        transport.resume_reading()
        begin = time.monotonic()
        status = _CLIENT_LEFT
        request.ctx.is_counted = True
        try:
            try:
                headers = {name.lower(): value for name, value in request.headers.items()}
                if not route.is_open:
                    guard.check(headers)
                call = Call(request.path, headers, request.body, args)
                reply = await route.handler.handle(call)
            except ApiError as error:
                reply = Reply(error.status, route.show_error(error), headers=error.headers)
            if context.lifecycle.draining:
                stream: Any = request.stream
                stream.keep_alive = False
            if isinstance(reply, Reply):
                status = reply.status
                return _response(reply)
            await _send_stream(request, reply)
            status = 200
            return None
        except Exception:
            status = 500
            raise
        finally:
            seconds = time.monotonic() - begin
            context.telemetry.http(route.path, request.method, status, seconds)
            if context.options.access_log:
                _log_access(request, status, seconds)

    return answer


async def _send_stream(request: Request, reply: StreamReply) -> None:
    async with aclosing(reply.chunks) as chunks:
        response = await request.respond(
            content_type="text/event-stream; charset=utf-8",
            headers={**_SSE_HEADERS, **reply.headers},
        )
        assert response is not None
        try:
            async for chunk in chunks:
                await response.send(chunk)
            await response.eof()
        except RequestCancelled:
            # The peer left between two chunks; to Sanic it is the same as being told so.
            raise asyncio.CancelledError from None


def _response(reply: Reply) -> HTTPResponse:
    return HTTPResponse(
        body=reply.body,
        status=reply.status,
        headers=dict(reply.headers),
        content_type=reply.content_type,
    )


def _error_reply(error: ApiError) -> Reply:
    return Reply(error.status, error.body(), headers=error.headers)


def _log_access(request: Request, status: int, seconds: float) -> None:
    # Neither query nor headers nor body: they may hold keys and prompts.
    _access.info(
        "%s %s %s %d %.1f ms",
        request.ip or "-",
        request.method,
        request.path[:200].encode("ascii", "backslashreplace").decode(),
        status,
        seconds * 1000,
    )


class _Errors(ErrorHandler):
    """What goes wrong outside a handler, in the same shape: 404, 405, 413, a broken head, a bug."""

    def __init__(self, context: ServerContext) -> None:
        super().__init__()
        self._context = context

    def default(self, request: Request, exception: Exception) -> HTTPResponse:
        error = self._translate(request, exception)
        if not getattr(request.ctx, "is_counted", False):
            # It did not reach an endpoint. The path as sent is never a label.
            self._context.telemetry.http("none", request.method, error.status, 0.0)
            if self._context.options.access_log:
                _log_access(request, error.status, 0.0)
        return _response(_error_reply(error))

    async def refuse_body(self, request: Request, exception: Exception) -> HTTPResponse:
        """413, once the body has come: closing before it resets the connection, and most clients
        then see the reset only."""
        stream: Any = request.stream
        transport: Any = request.transport
        transport.resume_reading()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_MAX_DROP_SECONDS, transport.abort)
        stream.request_max_size = _MAX_DROPPED_BYTES
        try:
            async for _ in stream:
                pass
        except SanicException:
            pass  # too much even for that, or broken chunks: the connection is closed
        finally:
            timer.cancel()
        return self.default(request, exception)

    def _translate(self, request: Request, exception: BaseException) -> ApiError:
        if isinstance(exception, asyncio.CancelledError):  # the peer has left; nobody reads this
            return ApiError(_CLIENT_LEFT, "The client has left.")
        if not isinstance(exception, SanicException):
            _log.error("a handler has failed", exc_info=exception)
            return ApiError(500, "Internal server error.", code="internal")
        status = exception.status_code or 500
        headers = {str(name): str(value) for name, value in (exception.headers or {}).items()}
        if status == 404:
            message, code = f"There is no route {request.path[:128]}.", "route_not_found"
        elif status == 405:
            allowed = headers.get("Allow") or headers.get("allow") or "another method"
            message = f"{request.method} is not allowed here; allowed: {allowed}."
            code = "method_not_allowed"
        elif status == 413 and "header" in str(exception).lower():
            status, code = 431, "headers_too_large"
            message = f"The headers are over the limit of {_MAX_HEADER_BYTES} bytes."
        elif status == 413:
            limit = self._context.options.max_request_bytes
            message, code = f"The body is over the limit of {limit} bytes.", "body_too_large"
        else:
            message, code = f"{exception}.", "bad_request" if status < 500 else "internal"
        return ApiError(status, message, code=code, headers=headers)
