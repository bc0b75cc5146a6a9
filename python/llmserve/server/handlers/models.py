"""GET /v1/models and /v1/models/{id}."""

from __future__ import annotations

from urllib.parse import unquote

from llmserve.server.context import ServerContext
from llmserve.server.errors import model_not_found
from llmserve.server.protocol import ModelCard, ModelList
from llmserve.server.reply import Call, Reply, json_reply

__all__ = ["Model", "Models"]


class Models:
    """All names the model answers to."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        return json_reply(ModelList([_card(self._context, n) for n in self._context.model_names]))


class Model:
    """One name; it may hold slashes."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        name = unquote(call.args["model_id"])  # clients send the slash of a name as %2F
        if name not in self._context.model_names:
            raise model_not_found(name)
        return json_reply(_card(self._context, name))


def _card(context: ServerContext, name: str) -> ModelCard:
    return ModelCard(name, context.created, context.root, context.engine.max_model_len)
