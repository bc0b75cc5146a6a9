"""The OpenAPI document of the server, from its routes and the wire types they take and give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from llmserve.server.bounds import add_bounds
from llmserve.server.context import ServerContext
from llmserve.server.errors import ErrorReply
from llmserve.server.reply import JSON

__all__ = ["Operation", "Routed", "make_document"]

_SSE = "text/event-stream"
# As in OpenAPI 3.2, each event is an object of its fields; 3.1 has no words for streams.
_EVENT = {
    "type": "object",
    "description": "A server-sent event. Its data is JSON, but for a last one that is [DONE].",
    "required": ["data"],
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
}
_PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")

_MEANINGS = {
    400: "The request itself is at fault.",
    401: "No or a wrong API key.",
    404: "There is no such model, or the route is not enabled.",
    408: "The deadline of the request has passed.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    429: "The queue is full.",
    500: "A bug of the server.",
    503: "The server cannot serve at the moment, or the engine has failed.",
}


@dataclass(frozen=True)
class Operation:
    """What a route takes and gives.

    request, response: wire types; None: no body. example: of a request. media: the content type of
    a response. streams: server-sent events where the request asks for them. errors: statuses beside
    those that every route may have; refusal: the wire type of their bodies.
    """

    summary: str
    request: Any = None
    response: Any = None
    media: str = JSON
    streams: bool = False
    errors: tuple[int, ...] = ()
    refusal: Any = ErrorReply
    example: Any = None


class Routed(Protocol):
    """A line of the route table."""

    @property
    def methods(self) -> tuple[str, ...]: ...
    @property
    def path(self) -> str: ...
    @property
    def operation(self) -> Operation: ...
    @property
    def is_open(self) -> bool: ...


def make_document(routes: Iterable[Routed], version: str, context: ServerContext) -> dict[str, Any]:
    """OpenAPI 3.1, of a server as it was started."""
    routes = list(routes)
    has_keys = bool(context.options.api_keys)  # routes that are not open ask for one
    types: list[Any] = []
    for route in routes:
        types += [route.operation.request, route.operation.response, route.operation.refusal]
    kinds = [kind for kind in dict.fromkeys(types) if kind is not None]
    found, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    add_bounds(components, context)
    schemas = dict(zip(kinds, found, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})
        for method in route.methods:
            path[method.lower()] = _operation(route, method, schemas, has_keys)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "llmserve", "version": version},
        "paths": paths,
        "components": {"schemas": components},
    }
    if has_keys:
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return document


def _operation(
    route: Routed, method: str, schemas: Mapping[Any, Any], has_keys: bool
) -> dict[str, Any]:
    operation = route.operation
    made: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{route.path}").strip("_"),
    }
    names = _PARAMETER.findall(route.path)
    if names:
        made["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
    if operation.request is not None:
        body = {"schema": schemas[operation.request], "example": operation.example}
        made["requestBody"] = {"required": True, "content": {JSON: body}}
    is_guarded = has_keys and not route.is_open
    if is_guarded:
        made["security"] = [{"key": []}]
    made["responses"] = {"200": _success(operation, method, schemas)}
    for status in _errors(operation, is_guarded):
        reply = {} if method == "HEAD" else {JSON: {"schema": schemas[operation.refusal]}}
        made["responses"][str(status)] = {"description": _MEANINGS[status], "content": reply}
    return made


def _success(operation: Operation, method: str, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "What was asked for."}
    if method == "HEAD" or operation.response is None:
        return success
    success["content"] = {operation.media: {"schema": schemas[operation.response]}}
    if operation.streams:
        success["content"][_SSE] = {"schema": _EVENT}
    return success


def _errors(operation: Operation, is_guarded: bool) -> Sequence[int]:
    statuses = {500, *operation.errors}
    if is_guarded:
        statuses.add(401)
    if operation.request is not None:
        statuses |= {400, 404, 413, 415}
    return sorted(statuses)
