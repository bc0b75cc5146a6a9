"""GET /health, /ping, /ready, /version, /load, /openapi.json and, for operators, /server_info and
POST /reset_prefix_cache."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from llmserve.errors import EngineDeadError
from llmserve.server.context import ServerContext
from llmserve.server.errors import ApiError, engine_dead
from llmserve.server.lifecycle import check_health
from llmserve.server.openapi import Routed, make_document
from llmserve.server.protocol import LoadReply, VersionReply
from llmserve.server.reply import Call, Reply, json_reply
from llmserve.version import __version__

__all__ = ["Health", "Load", "OpenApi", "ResetPrefixCache", "ServerInfo", "Version"]


class Health:
    """200 where requests may be expected to be served, else 503 with the reason.

    The engine is not asked to do anything: its counters are read as they are.
    """

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        context = self._context
        try:
            stats = context.engine.stats()
        except EngineDeadError as error:
            raise engine_dead(f"The engine cannot serve: {error}.") from None
        trouble = check_health(stats, context.lifecycle.draining, context.options.health_timeout)
        if trouble is None and not context.engine.is_healthy(context.options.health_timeout):
            # Its threads run, but nobody gets their results.
            trouble = engine_dead("The engine cannot serve: its outputs are lost.")
        if trouble is not None:
            raise trouble
        return Reply()


class Version:
    """The version of llmserve."""

    async def handle(self, call: Call) -> Reply:
        return json_reply(VersionReply(__version__))


class OpenApi:
    """What the routes take and give, for programs. routes: may grow until the first call."""

    def __init__(self, context: ServerContext, routes: Sequence[Routed]) -> None:
        self._routes = routes
        self._context = context
        self._reply: Reply | None = None

    async def handle(self, call: Call) -> Reply:
        if self._reply is None:
            self._reply = json_reply(make_document(self._routes, __version__, self._context))
        return self._reply


class Load:
    """Requests that have been admitted and not answered to their end."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        return json_reply(LoadReply(self._context.lifecycle.num_active))


class ServerInfo:
    """How the server and its engine were started, without keys."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        context = self._context
        _require_dev_mode(context)
        server = dataclasses.asdict(context.options)
        server["api_keys"] = len(context.options.api_keys)  # how many is no secret
        return json_reply(
            {
                "version": __version__,
                "model": context.root,
                "served_model_names": list(context.model_names),
                "max_model_len": context.engine.max_model_len,
                "server": server,
                "engine": dict(context.engine_args),
            }
        )


class ResetPrefixCache:
    """Forgets all cached prefixes that no running request holds."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        _require_dev_mode(self._context)
        try:
            await self._context.engine.reset_prefix_cache()
        except EngineDeadError as error:
            raise engine_dead(f"The engine cannot serve: {error}.") from None
        return Reply()


def _require_dev_mode(context: ServerContext) -> None:
    """Raises ApiError 404 where the operator has not asked for such routes."""
    if not context.options.dev_mode:
        raise ApiError(
            404,
            "This route is for operators; the server was started without "
            "LLMSERVE_SERVER_DEV_MODE=1.",
            code="route_not_enabled",
        )
