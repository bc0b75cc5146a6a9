"""One HTTP request under Sanic: its key, its handler, its answer or stream, its line in the log."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from contextlib import aclosing
from typing import Any

from sanic import HTTPResponse, Request
from sanic.exceptions import RequestCancelled

from llmserve.server.auth import KeyGuard
from llmserve.server.context import ServerContext
from llmserve.server.cors import Cors
from llmserve.server.errors import ApiError
from llmserve.server.reply import Call, Reply, StreamReply
from llmserve.server.routes import Route
from llmserve.server.sampling import plain_id
from llmserve.server.stream_writer import StreamWriter

__all__ = ["CLIENT_LEFT", "Endpoint", "Glue"]

CLIENT_LEFT = 499  # for log and metrics; nobody reads it

_SSE = "text/event-stream; charset=utf-8"
_SSE_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

_access = logging.getLogger("llmserve.access")


class Glue:
    """What all answers of a server have in common: headers, accounts, log."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.guard = KeyGuard(context.options.api_keys)
        self.cors = Cors(context.options)

    def headers(self, request: Request) -> dict[str, str]:
        """The headers of every answer to this request."""
        common = self.cors.answer(lower(request))
        if self.context.options.enable_request_id_headers:
            common["X-Request-Id"] = request_id(request)
        return common

    def respond(self, request: Request, reply: Reply) -> HTTPResponse:
        """A whole answer."""
        return HTTPResponse(
            body=reply.body,
            status=reply.status,
            headers={**self.headers(request), **reply.headers},
            content_type=reply.content_type,
        )

    def account(
        self, request: Request, path: str, status: int, seconds: float, num_bytes: int
    ) -> None:
        """Counts an answer that has ended. path: as registered, never as sent."""
        telemetry = self.context.telemetry
        telemetry.http.count(path, request.method, status, seconds)
        telemetry.http.sizes(path, len(request.body or b""), num_bytes)
        if self.context.options.access_log:
            # Neither query nor headers nor body: they may hold keys and prompts.
            _access.info(
                "%s %s %s %d %.1f ms",
                request.ip or "-",
                request.method,
                request.path[:200].encode("ascii", "backslashreplace").decode(),
                status,
                seconds * 1000,
            )


class Endpoint:
    """A route as Sanic calls it. allow: its methods, as in the header."""

    def __init__(self, glue: Glue, route: Route) -> None:
        self._glue = glue
        self.route = route
        self.allow = ", ".join((*route.methods, "OPTIONS"))

    async def options(self, request: Request, **_: str) -> HTTPResponse:
        """What may be asked of the path; also for browsers, which ask first."""
        headers = self._glue.cors.preflight(lower(request), ", ".join(self.route.methods))
        return HTTPResponse(status=204, headers={"Allow": self.allow, **headers})

    async def answer(self, request: Request, **args: str) -> HTTPResponse | None:
        """Runs the handler. Its failures that are no ApiError are left to Sanic's error handler."""
        # Sanic stops reading while a body over 64 kB comes in, and does not go on after it: the
        # client's leaving would not be seen.
        transport: Any = request.transport
        transport.resume_reading()
        begin = time.monotonic()
        status, sent = CLIENT_LEFT, [0]
        request.ctx.is_counted = True
        try:
            reply = await self._handle(request, args)
            if self._glue.context.lifecycle.draining:
                stream: Any = request.stream
                stream.keep_alive = False
            if isinstance(reply, Reply):
                status, sent[0] = reply.status, len(reply.body)
                return self._glue.respond(request, reply)
            await self._send(request, reply, sent)
            status = 200
            return None
        except Exception:
            status = 500
            raise
        finally:
            seconds = time.monotonic() - begin
            self._glue.account(request, self.route.path, status, seconds, sent[0])

    async def _handle(self, request: Request, args: dict[str, str]) -> Reply | StreamReply:
        try:
            headers = lower(request)
            if not self.route.is_open:
                self._glue.guard.check(headers)
            call = Call(request.path, headers, request.body, args, request_id(request))
            return await self.route.handler.handle(call)
        except ApiError as error:
            return Reply(error.status, self.route.show_error(error), headers=error.headers)

    async def _send(self, request: Request, reply: StreamReply, sent: list[int]) -> None:
        """Streams; sent[0] grows by what is on its way."""
        async with aclosing(reply.chunks) as chunks:
            headers = {**_SSE_HEADERS, **self._glue.headers(request), **reply.headers}
            response = await request.respond(content_type=_SSE, headers=headers)
            assert response is not None
            writer = StreamWriter(request, response)
            try:
                async for chunk in chunks:
                    sent[0] += len(chunk)
                    if (waiting := writer.send(chunk)) is not None:
                        await waiting
                await writer.end()
            except RequestCancelled:
                # The peer left between two chunks; to Sanic it is the same as being told so.
                raise asyncio.CancelledError from None


def lower(request: Request) -> dict[str, str]:
    """The headers of a request, names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}


def request_id(request: Request) -> str:
    """The client's id for the request where it is short and plain, else one of ours."""
    known: str | None = getattr(request.ctx, "request_id", None)
    if known is None:
        known = plain_id(request.headers.get("x-request-id"), uuid.uuid4().hex)
        request.ctx.request_id = known
    return known
