"""API keys: who may use the routes that are not open."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from llmserve.server.errors import ApiError

__all__ = ["KeyGuard"]


class KeyGuard:
    """Compares the key that was sent with every key in a time that says nothing about them. It
    comes as a bearer token or, from Anthropic's clients, in x-api-key."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [_digest(key) for key in keys]

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises ApiError 401 where keys are set and none of them was sent."""
        if not self._digests:
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not token and "x-api-key" in headers:
            scheme, token = "bearer", headers["x-api-key"]
        sent = _digest(token.strip())
        # All are compared, whichever fits: neither length nor place of a key shows in the time.
        known = [hmac.compare_digest(sent, digest) for digest in self._digests]
        if scheme.lower() == "bearer" and any(known):
            return
        problem = "is wrong" if token else "is missing"
        raise ApiError(
            401,
            f"The API key {problem}; send it as 'Authorization: Bearer KEY'.",
            code="invalid_api_key",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
