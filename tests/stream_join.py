"""The chunks of a stream put together, to be held against the answer that is not streamed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["joined", "whole"]

# The fields of a choice that grow; the others come once.
_TEXTS = ("text", "content")


def joined(chunks: Iterable[str]) -> dict[str, Any]:
    """What an OpenAI stream says in all: {"choices": by index, "usage"}. chunks: the data of its
    events without [DONE], asked for with include_usage. Raises AssertionError for a stream that
    goes on after an end, or has none."""
    choices: dict[int, dict[str, Any]] = {}
    usage = None
    shared: set[str] = set()
    for chunk in map(json.loads, chunks):
        assert usage is None, "chunks after the one with the counts"
        assert "error" not in chunk, chunk
        shared.add(json.dumps([chunk[name] for name in ("id", "object", "created", "model")]))
        usage = chunk["usage"]
        assert (usage is None) == bool(chunk["choices"])
        for choice in chunk["choices"]:
            _add(choices.setdefault(choice["index"], {}), _flat(choice))
    assert len(shared) == 1, shared
    assert all(one["finish_reason"] is not None for one in choices.values()), "no end"
    return {"choices": choices, "usage": usage}


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer in one piece, in the same form."""
    choices = {choice["index"]: _flat(choice) for choice in answer["choices"]}
    assert list(choices) == list(range(len(choices)))
    return {"choices": choices, "usage": answer["usage"]}


def _flat(choice: dict[str, Any]) -> dict[str, Any]:
    """Text, role, lists of log probabilities and the rest, all on one level."""
    message = choice.get("delta", choice.get("message", {}))
    logprobs = choice.get("logprobs") or {}
    rest = {
        name: value
        for name, value in choice.items()
        if name not in ("index", "delta", "message", "logprobs")
    }
    flat = {**rest, **{name: value for name, value in message.items() if value is not None}}
    return {**flat, **{f"logprobs.{name}": value for name, value in logprobs.items()}}


def _add(known: dict[str, Any], new: dict[str, Any]) -> None:
    assert known.get("finish_reason") is None, "a choice goes on after its end"
    for name, value in new.items():
        if name in _TEXTS:
            known[name] = known.get(name, "") + value
        elif isinstance(value, Sequence) and not isinstance(value, str):
            known[name] = [*known.get(name, ()), *value]
        else:
            assert known.get(name) in (None, value), f"{name} changes"
            known[name] = value
