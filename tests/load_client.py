"""Many requests at once to a server of the tests, by asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
from fuzz.reference import read_events

__all__ = ["at_once", "post", "session", "stream"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@asynccontextmanager
async def session(url: str) -> Any:
    """A client with as many connections as are asked for, each kept."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as made:
        yield made


async def at_once(
    items: Iterable[_Item], work: Callable[[_Item], Awaitable[_Result]], limit: int
) -> list[_Result]:
    """Results in the order of the items, so many of which are worked on at a time."""
    gate = asyncio.Semaphore(limit)

    async def one(item: _Item) -> _Result:
        async with gate:
            return await work(item)

    return list(await asyncio.gather(*map(one, items)))


async def post(client: aiohttp.ClientSession, path: str, body: Any) -> tuple[int, Any]:
    """Status and JSON of an answer in one piece."""
    async with client.post(path, json=body) as reply:
        return reply.status, await reply.json()


async def stream(client: aiohttp.ClientSession, path: str, body: Any) -> list[str]:
    """The data of all events of a stream with status 200, its [DONE] left out."""
    asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
    async with client.post(path, json=asked) as reply:
        raw = await reply.read()
        assert reply.status == 200, raw
    *events, done = read_events(raw)
    assert done == ("message", "[DONE]")
    return [data for _, data in events]
