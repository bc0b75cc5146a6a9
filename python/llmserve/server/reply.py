"""What handlers take and give. No framework is known here: Sanic, a batch runner and the tests are
callers of one kind."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from llmserve.server.sse import EventStream

__all__ = ["Call", "Handler", "Reply", "StreamReply", "json_reply"]

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """One HTTP request, read to its end.

    path: without the query. headers: names in lower case. args: the parts of the path that the
    route names, such as model_id. request_id: the client's where it is short and plain, else ours.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    args: Mapping[str, str] = field(default_factory=dict)
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StreamReply:
    """An answer in server-sent events; each item is one or several whole events.

    Whoever consumes chunks must close it: closing aborts what still runs for it.
    """

    chunks: EventStream
    headers: Mapping[str, str] = field(default_factory=dict)


class Handler(Protocol):
    """An endpoint. Refusals are raised as ApiError; cancelling the call aborts its work."""

    async def handle(self, call: Call) -> Reply | StreamReply: ...


def json_reply(value: object, headers: Mapping[str, str] | None = None) -> Reply:
    """200 with the JSON of value: dicts, lists or msgspec structs."""
    return Reply(body=msgspec.json.encode(value), headers=headers or {})
