"""The Sanic application: its settings, its routes, and what goes wrong outside of them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Iterable
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.application.state import ApplicationServerInfo
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.handlers import ErrorHandler
from sanic.http import Http
from sanic.http.constants import HTTP

from llmserve.server.context import ServerContext
from llmserve.server.endpoint import CLIENT_LEFT, Endpoint, Glue
from llmserve.server.errors import ApiError
from llmserve.server.http_guard import MAX_URL_BYTES, check_head
from llmserve.server.reply import Reply
from llmserve.server.routes import Route

__all__ = ["make_app"]

_DAY = 86400
_MAX_HEADER_BYTES = 16384  # gateways add long ones; Sanic takes no more
# Of a body that is refused, so much is read and dropped, for so long.
_MAX_DROPPED_BYTES = 64 << 20
_MAX_DROP_SECONDS = 10.0

_log = logging.getLogger(__name__)
_numbers = itertools.count()

_Config = Any
_App = Sanic[_Config, Any]


def make_app(context: ServerContext, routes: Iterable[Route]) -> _App:
    """The application, ready for create_server(); nothing listens yet."""
    # A process may have several apps, at once or one after another; Sanic wants unique names.
    name = f"llmserve-{os.getpid()}-{next(_numbers)}"
    glue = Glue(context)
    errors = _Errors(glue)
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
            "REQUEST_TIMEOUT": context.options.request_timeout,
            # It would cut whole answers that wait or take long; deadlines are the engine's.
            "RESPONSE_TIMEOUT": _DAY,
            # Sanic rewrites its own classes for speed at start; doing it to them twice fails.
            "TOUCHUP": not getattr(Http, "__touched__", False),
            "WRITE_TIMEOUT": context.options.write_timeout,
        }
    )
    # Only run() fills this in; without it each answer has an empty Alt-Svc header.
    app.state.server_info.append(ApplicationServerInfo(settings={"version": HTTP.VERSION_1}))
    app.add_signal(check_head, "http.lifecycle.read_head")
    errors.add(PayloadTooLarge, errors.refuse_body)
    for number, route in enumerate(routes):
        endpoint = Endpoint(glue, route)
        app.add_route(endpoint.answer, route.path, methods=route.methods, name=f"route{number}")
        app.add_route(
            endpoint.options,
            route.path,
            methods=["OPTIONS"],
            name=f"options{number}",
            ctx_endpoint=endpoint,  # for errors on its path
        )
    return app


class _Errors(ErrorHandler):
    """What goes wrong outside a handler, in the same shape: 404, 405, 413, a broken head, a bug."""

    def __init__(self, glue: Glue) -> None:
        super().__init__()
        self._glue = glue

    def default(self, request: Request, exception: Exception) -> HTTPResponse:
        error = self._translate(request, exception)
        if not getattr(request.ctx, "is_counted", False):
            # It did not reach an endpoint. The path as sent is never a label.
            self._glue.account(request, "none", error.status, 0.0, 0)
        endpoint = _endpoint_at(request)
        body = endpoint.route.show_error(error) if endpoint is not None else error.body()
        return self._glue.respond(request, Reply(error.status, body, headers=error.headers))

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
            return ApiError(CLIENT_LEFT, "The client has left.")
        if not isinstance(exception, SanicException):
            _log.error("a handler has failed", exc_info=exception)
            return ApiError(500, "Internal server error.", code="internal")
        status = exception.status_code or 500
        headers = {str(name): str(value) for name, value in (exception.headers or {}).items()}
        if status == 404:
            message, code = f"There is no route {request.path[:128]}.", "route_not_found"
        elif status == 405:
            # By ourselves: Sanic does not know it where a part of the path varies.
            endpoint = _endpoint_at(request)
            allowed = endpoint.allow if endpoint is not None else ""
            headers = {"Allow": allowed}
            message = f"{request.method} is not allowed here; allowed: {allowed}."
            code = "method_not_allowed"
        elif status == 413 and "header" in str(exception).lower():
            status, code = 431, "headers_too_large"
            message = f"The headers are over the limit of {_MAX_HEADER_BYTES} bytes."
        elif status == 413:
            limit = self._glue.context.options.max_request_bytes
            message, code = f"The body is over the limit of {limit} bytes.", "body_too_large"
        elif status == 414:
            message, code = f"The URL is over the limit of {MAX_URL_BYTES} bytes.", "url_too_long"
        else:
            message, code = f"{exception}.", "bad_request" if status < 500 else "internal"
        return ApiError(status, message, code=code, headers=headers)


def _endpoint_at(request: Request) -> Endpoint | None:
    """What answers at the path of a request, whatever its method."""
    try:
        found, _, _ = request.app.router.get(request.path, "OPTIONS", None)
    except SanicException:
        return None
    endpoint: Endpoint = found.ctx.endpoint
    return endpoint
