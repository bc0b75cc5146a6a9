"""GET /: a page with a chat and the server's load, for people."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from llmserve.server.context import ServerContext
from llmserve.server.errors import ApiError
from llmserve.server.reply import Call, Reply

__all__ = ["Page"]

_FILE = Path(__file__).parents[1] / "ui" / "index.html"
_HTML = "text/html; charset=utf-8"
_INLINE = re.compile(rb"<(style|script)>(.*?)</\1>", re.DOTALL)


class Page:
    """One file, read once; it holds nothing secret. 404 where the operator does not want it.

    Its own style and script run, named by their hashes, and nothing else: whatever text a model
    could smuggle in, the browser neither runs it nor sends anything to another host.
    """

    def __init__(self, context: ServerContext) -> None:
        self._is_disabled = context.options.disable_ui
        self._body = _FILE.read_bytes()
        self._headers = {
            "Cache-Control": "no-cache",  # kept, but asked about: a new version has a new page
            "Content-Security-Policy": _policy(self._body),
            "ETag": f'"{hashlib.sha256(self._body).hexdigest()[:32]}"',
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    async def handle(self, call: Call) -> Reply:
        if self._is_disabled:
            raise ApiError(
                404, "This server was started with --disable-ui.", code="route_not_enabled"
            )
        known = call.headers.get("if-none-match", "")
        if self._headers["ETag"] in (tag.strip().removeprefix("W/") for tag in known.split(",")):
            return Reply(304, content_type=_HTML, headers=self._headers)
        return Reply(body=self._body, content_type=_HTML, headers=self._headers)


def _policy(page: bytes) -> str:
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for kind, content in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        hashes[kind.decode()].append(f"'sha256-{digest}'")
    rules = {
        "default-src": ["'none'"],
        "style-src": hashes["style"],
        "script-src": hashes["script"],
        "connect-src": ["'self'"],
        "img-src": ["data:"],  # the icon
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join((name, *sources)) for name, sources in rules.items())
