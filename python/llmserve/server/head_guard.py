"""Refuses request heads that two readers may read in two ways.

Sanic takes a name such as "Content-Length " for another header, and leaves bare line ends in
values; a proxy in front may not. One of them then takes a body for the next request.
"""

from __future__ import annotations

import re

__all__ = ["check_head"]

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
# Of RFC 9112, without folded lines. No part can match what the next one begins with, so the time
# is linear.
_HEAD = re.compile(
    _TOKEN + rb" [\x21-\x7e]+ HTTP/1\.[01](?:\r\n" + _TOKEN + rb":" + _VALUE + rb")*"
)


async def check_head(head: bytes) -> None:
    """For the signal http.lifecycle.read_head. Raises ValueError: Sanic answers 400 and closes."""
    if _HEAD.fullmatch(head) is None:
        raise ValueError("the head is malformed")
