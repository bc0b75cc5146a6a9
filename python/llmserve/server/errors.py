"""The one shape of every refusal: an OpenAI error object, with its HTTP status.

Handlers raise ApiError; the glue turns it into a reply, a stream turns it into a data line.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = [
    "ApiError",
    "ErrorObject",
    "ErrorReply",
    "bad_request",
    "engine_dead",
    "model_not_found",
    "overloaded",
    "sentence",
    "shutting_down",
]

_MAX_REASON = 300  # characters

# The type OpenAI clients see, by status.
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    429: "rate_limit_error",
    503: "service_unavailable_error",
}


class ErrorObject(msgspec.Struct, frozen=True):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(msgspec.Struct, frozen=True):
    """The body of every refusal."""

    error: ErrorObject


class ApiError(Exception):
    """An answer that is not the one asked for.

    status: of the HTTP reply. param: the field at fault, if one is. code: a stable word for
    programs. headers: further ones of the reply.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    @property
    def type(self) -> str:
        """The class of error, as OpenAI names it."""
        fallback = "server_error" if self.status >= 500 else "invalid_request_error"
        return _TYPES.get(self.status, fallback)

    def body(self) -> bytes:
        """The JSON of the reply."""
        return msgspec.json.encode(
            ErrorReply(ErrorObject(self.message, self.type, self.param, self.code))
        )


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """400: the request itself is at fault."""
    return ApiError(400, message, param=param, code=code)


def sentence(reason: str) -> str:
    """A reason that others gave, such as a chat template: one line that ends, and is no novel."""
    text = " ".join(reason.split()).rstrip(".")
    return f"{text}." if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}..."


def model_not_found(model: str) -> ApiError:
    """404: no model of this name is served here."""
    shown = model if len(model) <= 128 else model[:128] + "..."
    if not shown.isprintable():  # a message is one line
        shown = shown.encode("unicode_escape").decode()
    return ApiError(
        404, f"The model '{shown}' does not exist.", param="model", code="model_not_found"
    )


def overloaded(message: str) -> ApiError:
    """429: the queue is full; the client should come back."""
    return ApiError(429, message, code="queue_full", headers={"Retry-After": "1"})


def engine_dead(message: str) -> ApiError:
    """503: the engine has failed and will not come back in this process."""
    return ApiError(503, message, code="engine_dead")


def shutting_down() -> ApiError:
    """503: the server drains; another replica, or this one restarted, should be asked."""
    return ApiError(
        503,
        "The server is shutting down and takes no new requests.",
        code="shutting_down",
        headers={"Retry-After": "5"},
    )
