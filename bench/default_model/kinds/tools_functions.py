"""The functions that `tools` offers, parsed from their tables, or made up of a verb and a noun."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .tools_actions_data import ACTIONS, NOUNS, VERBS
from .tools_data import LOOKUPS
from .wording import a, capital

__all__ = ["Function", "Parameter", "any_function"]


@dataclass(frozen=True)
class Parameter:
    names: tuple[str, ...]
    sort: str
    optional: bool

    @property
    def slot(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Function:
    """A block of tools_data."""

    names: tuple[str, ...]
    about: str
    takes: tuple[Parameter, ...]
    ask: tuple[str, ...]
    then: str | None
    gives: tuple[tuple[str, str], ...]
    says: str
    bare: str | None
    lacks: str
    back: str
    can: str
    broad: bool


def _parse(text: str) -> list[Function]:
    return [_parse_block(block) for block in text.strip().split("\n\n")]


def _parse_block(block: str) -> Function:
    lines: dict[str, list[str]] = {}
    for line in block.split("\n"):
        head, _, rest = line.partition(": ")
        lines.setdefault(head, []).append(rest)
    one = {head: rest[0] for head, rest in lines.items()}
    bare, _, lacks = one.get("bare", "").partition(" = ")
    gives = [field.split(":") for field in one["gives"].split(", ")] if "gives" in one else []
    return Function(
        names=tuple(one["names"].split()),
        about=one["about"],
        takes=tuple(map(_parse_parameter, one["takes"].split(", "))),
        ask=tuple(lines["ask"]),
        then=one.get("and"),
        gives=tuple((name, sort) for name, sort in gives),
        says=one.get("says", ""),
        bare=bare or None,
        lacks=lacks,
        back=one.get("back", ""),
        can=one["can"],
        broad="broad" in one,
    )


def _parse_parameter(text: str) -> Parameter:
    names, _, sort = text.partition(":")
    return Parameter(tuple(names.lstrip("?").split()), sort, names.startswith("?"))


_FUNCTIONS = _parse(LOOKUPS) + _parse(ACTIONS)


def _made_up(rng: random.Random) -> Function:
    """A function that no table has: a verb and what it is done to, by number, code or name."""
    verb, done = rng.choice(VERBS)
    noun = rng.choice(NOUNS.split())
    label, sort = rng.choice(
        (("id", "number"), ("number", "number"), ("code", "code"), ("name", "name"), ("id", "code"))
    )
    slot = f"{noun}_{label}"
    return Function(
        names=(f"{verb}_{noun}", f"{noun}_{verb}", f"{verb}_{noun}_by_{label}"),
        about=f"{capital(verb)} a {noun}."
        if noun[0] not in "aeio"
        else f"{capital(verb)} an {noun}.",
        takes=(Parameter((slot, label, noun), sort, False),),
        ask=(
            f"[{verb} {noun} {{{slot}}}.|{verb} the {noun} {{{slot}}}.]",
            f"{verb} the {noun} with the {label} {{{slot}}}.",
            f"I want to {verb} the {noun} {{{slot}}}.",
        ),
        then=f"[And {{{slot}}}.|Now {{{slot}}}.|And the {noun} {{{slot}}}.]",
        gives=(("status", "ok"),),
        says=f"I have {done} the {noun} {{{slot}}}.",
        bare=f"[{verb} the {noun}.|{verb} {a(noun)}.]",
        lacks=slot,
        back=f"Which {noun}?",
        can=f"{verb} {a(noun)}",
        broad=False,
    )


def any_function(rng: random.Random) -> Function:
    return _made_up(rng) if rng.random() < 0.2 else rng.choice(_FUNCTIONS)
