"""GET /metrics, for Prometheus."""

from __future__ import annotations

from prometheus_client.exposition import CONTENT_TYPE_LATEST

from llmserve.server.context import ServerContext
from llmserve.server.reply import Call, Reply

__all__ = ["Metrics"]


class Metrics:
    """All metrics of telemetry.py as they stand."""

    def __init__(self, context: ServerContext) -> None:
        self._telemetry = context.telemetry

    async def handle(self, call: Call) -> Reply:
        return Reply(body=self._telemetry.exposition(), content_type=CONTENT_TYPE_LATEST)
