"""The server under test: its addresses, its models, and the requests that it understands."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from . import wire
from .datasets import Sample
from .stream import error_sentence, network_sentence

__all__ = ["Api", "Model", "find_model"]

_COMPLETIONS = "/completions"
_CHAT = "/chat/completions"
_RETRY_SECONDS = 0.5
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Model:
    """name: in requests. root: what the server loaded, where it says so."""

    name: str
    root: str | None = None


@dataclass(frozen=True)
class Api:
    """base_url: up to the path of the API. fields: of every body, beside prompt and length."""

    base_url: str
    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict)
    verify: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)
    extra_body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_chat(self) -> bool:
        return self.endpoint.endswith(_CHAT)

    @property
    def url(self) -> str:
        return self.base_url + self.endpoint

    @property
    def models_url(self) -> str:
        root = self.endpoint.removesuffix(_CHAT).removesuffix(_COMPLETIONS)
        return f"{self.base_url}{root}/models"

    def target(self) -> wire.Target:
        return wire.Target(self.url, dict(self.headers), self.verify)

    def body(self, model: str, sample: Sample) -> bytes:
        if self.is_chat:
            prompt: dict[str, Any] = {
                "messages": [{"role": "user", "content": sample.prompt}],
                "max_completion_tokens": sample.output_len,
            }
        else:
            prompt = {"prompt": sample.prompt, "max_tokens": sample.output_len}
        stream = {"stream": True, "stream_options": {"include_usage": True}}
        body = {"model": model, **prompt, **stream, **self.fields, **self.extra_body}
        return msgspec.json.encode(body)


async def find_model(api: Api, name: str | None, wait_seconds: float) -> Model:
    """Asks the server for its models, which also shows that there is one.

    name: None: the first that it has. wait_seconds: for a server that does not listen yet.
    Raises ConnectionError where none can be reached, ValueError where it names no model.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    connector = aiohttp.TCPConnector(ssl=api.verify)
    deadline = time.monotonic() + wait_seconds
    async with aiohttp.ClientSession(
        connector=connector, headers=api.headers, timeout=timeout, trust_env=True
    ) as session:
        while True:
            try:
                async with session.get(api.models_url) as reply:
                    return _pick(api, name, reply.status, await reply.read())
            except aiohttp.InvalidURL as error:
                raise ValueError(f"{error} is no URL of a server") from None
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                if time.monotonic() >= deadline:
                    raise ConnectionError(
                        f"no server can be reached at {api.base_url}: {network_sentence(error)}"
                    ) from None
            await asyncio.sleep(_RETRY_SECONDS)


def _pick(api: Api, name: str | None, status: int, body: bytes) -> Model:
    """The model of that name, or the first. A name is good even where the list does not tell."""
    try:
        if status != 200:
            raise ValueError(f"HTTP {status}: {error_sentence(body)}")
        cards = [card for card in json.loads(body)["data"] if isinstance(card["id"], str)]
        if not cards:
            raise ValueError("it names no model")
    except (ValueError, TypeError, KeyError) as error:
        if name is not None:
            return Model(name)
        raise ValueError(
            f"--model must be given, since {api.models_url} does not tell: {error}"
        ) from None
    for card in cards:
        if name is None or card["id"] == name:
            root = card.get("root")
            return Model(card["id"], root if isinstance(root, str) else None)
    assert name is not None
    return Model(name)
