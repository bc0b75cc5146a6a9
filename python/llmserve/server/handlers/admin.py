"""GET /health, /ping and /version."""

from __future__ import annotations

from llmserve.errors import EngineDeadError
from llmserve.server.context import ServerContext
from llmserve.server.errors import engine_dead
from llmserve.server.lifecycle import check_health
from llmserve.server.reply import Call, Reply, json_reply
from llmserve.version import __version__

__all__ = ["Health", "Version"]


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
        return json_reply({"version": __version__})
