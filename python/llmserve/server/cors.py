"""Which pages of other origins may call the server: none, unless --allowed-origins names them."""

from __future__ import annotations

from collections.abc import Mapping

from llmserve.server.options import ServerOptions

__all__ = ["Cors"]

_PREFLIGHT_SECONDS = 600
# Headers of answers that a page may read beside the plain ones.
_EXPOSED = "X-Request-Id, Retry-After"


class Cors:
    """The headers that answers carry for browsers. A page that is not allowed gets an answer
    without them, which its browser keeps from it."""

    def __init__(self, options: ServerOptions) -> None:
        self._origins = frozenset(options.allowed_origins)
        self._methods = options.allowed_methods
        self._headers = options.allowed_headers
        self._credentials = options.allow_credentials

    def answer(self, headers: Mapping[str, str]) -> dict[str, str]:
        """For an answer to a request with these headers (names in lower case)."""
        if not self._origins:
            return {}
        allowed = self._allow(headers)
        return {**allowed, "Access-Control-Expose-Headers": _EXPOSED} if allowed else _vary({})

    def preflight(self, headers: Mapping[str, str], methods: str) -> dict[str, str]:
        """For an answer to OPTIONS, by which a browser asks first. methods: those of the route."""
        method = headers.get("access-control-request-method")
        if not self._origins or method is None:
            return {}
        allowed = self._allow(headers)
        if not allowed or not ("*" in self._methods or method in self._methods):
            return _vary({})
        # A star is taken literally where credentials are sent, so what was asked for is named.
        wanted = headers.get("access-control-request-headers", "")
        names = wanted if "*" in self._headers else ", ".join(self._headers)
        if names:
            allowed["Access-Control-Allow-Headers"] = names
        shown = methods if "*" in self._methods else ", ".join(self._methods)
        allowed["Access-Control-Allow-Methods"] = shown
        allowed["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        return allowed

    def _allow(self, headers: Mapping[str, str]) -> dict[str, str]:
        origin = headers.get("origin")
        if origin is None:
            return {}
        if "*" in self._origins:
            return {"Access-Control-Allow-Origin": "*"}
        if origin not in self._origins:
            return {}
        allowed = _vary({"Access-Control-Allow-Origin": origin})
        if self._credentials:
            allowed["Access-Control-Allow-Credentials"] = "true"
        return allowed


def _vary(headers: dict[str, str]) -> dict[str, str]:
    """Says to caches that the answer depends on the asking page."""
    return {**headers, "Vary": "Origin"}
