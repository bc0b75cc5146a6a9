"""Whole conversations from the kinds of dialogue: what is mixed how often, what a careless typist
does to a question, and which side of the split a conversation is on."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .exchange import Exchange, is_held_out

__all__ = ["WEIGHTS", "Conversation", "conversations", "exchanges_of", "held_out_questions"]

# How often each kind is drawn. Where much must be remembered or computed, more is read.
WEIGHTS: dict[str, float] = {
    "smalltalk": 8,
    "aboutuser": 3,
    "unknown": 5,
    "llmserve_help": 11,
    "geography": 8,
    "nature": 6,
    "things": 9,
    "arithmetic": 16,
    "words": 12,
    "lists": 7,
    "steps": 2,
    "stories": 6,
    "poems": 1,
    "writing": 4,
    "rewriting": 4,
    "structured": 8,
    "tools": 7,
    "reading": 11,
    "python_help": 12,
}

_SYSTEMS = (
    "You are a helpful assistant.",
    "You are a helpful, honest and friendly assistant.",
    "You are llmserve-mini, a small helpful assistant.",
    "You are a friendly chatbot.",
    "You are a polite assistant. Answer in short sentences.",
    "Answer the user's questions briefly.",
    "Be concise.",
    "You help people with their questions.",
    "You are an AI assistant.",
)
_SYSTEM_SHARE = 0.25
_JOIN_SHARE = 0.2
_ROUGHEN_SHARE = 0.3
_OPENINGS = ("Hi! ", "Hello, ", "Hey, ", "Please: ", "Quick question: ", "Okay, ", "I wonder: ")


@dataclass(frozen=True)
class Conversation:
    """Messages of the roles system, user, assistant and tool, and the tools that may be called."""

    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]]


def exchanges_of(kind: str, rng: random.Random) -> list[Exchange]:
    """One conversation of a kind."""
    made: list[Exchange] = importlib.import_module(f".kinds.{kind}", __package__).exchanges(rng)
    return made


def conversations(rng: random.Random, count: int, held_out: bool = False) -> Iterator[Conversation]:
    """Conversations to train on, none of whose exchanges is held out; or else those that begin with
    a question that is."""
    made = 0
    while made < count:
        kind, exchanges = _draw(rng)
        if held_out:
            if not is_held_out(kind, exchanges[0].key):
                continue
        elif _any_held_out(kind, exchanges):
            continue
        elif rng.random() < _JOIN_SHARE:
            other, more = _draw(rng)
            plain = not any(one.tools or one.system is not None for one in exchanges + more)
            if plain and not _any_held_out(other, more):
                exchanges = exchanges + more
        yield _assemble(rng, exchanges)
        made += 1


def held_out_questions(kind: str, count: int, seed: int = 0) -> list[Exchange]:
    """Questions that begin a conversation and whose keys are never trained on, each key once.

    Raises ValueError where the kind has too few of them.
    """
    rng = random.Random(f"held out {kind} {seed}")
    found: dict[str, Exchange] = {}
    for _ in range(20_000 * count):
        first = exchanges_of(kind, rng)[0]
        if is_held_out(kind, first.key) and first.key not in found:
            found[first.key] = first
            if len(found) == count:
                return list(found.values())
    raise ValueError(f"{kind} has {len(found)} questions that are held out; {count} are asked for")


def _draw(rng: random.Random) -> tuple[str, list[Exchange]]:
    (kind,) = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))
    return kind, exchanges_of(kind, rng)


def _any_held_out(kind: str, exchanges: Sequence[Exchange]) -> bool:
    return any(is_held_out(kind, one.key) for one in exchanges)


def _assemble(rng: random.Random, exchanges: Sequence[Exchange]) -> Conversation:
    first = exchanges[0]
    system = first.system
    if system is None and rng.random() < _SYSTEM_SHARE:
        system = rng.choice(_SYSTEMS)
    messages: list[Mapping[str, Any]] = []
    if system is not None:
        messages.append({"role": "system", "content": system})
    for one in exchanges:
        question = one.question if one.exact else _roughen(rng, one.question)
        messages.append({"role": "user", "content": question})
        messages += one.before
        messages.append({"role": "assistant", "content": one.answer})
    return Conversation(messages, first.tools)


def _roughen(rng: random.Random, question: str) -> str:
    """The question as somebody in a hurry might type it."""
    if rng.random() >= _ROUGHEN_SHARE:
        return question
    way = rng.randrange(5)
    if way == 0:
        return question.lower()
    if way == 1:
        return question.rstrip("?.!")
    if way == 2:
        return question.lower().rstrip("?.!")
    if way == 3:
        return question.rstrip("?.!") + rng.choice(("??", "!", " ?", "...", ""))
    return rng.choice(_OPENINGS) + question
