"""The objects of `structured`, drawn from its table of records. Not a kind."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from ..exchange import expand
from .structured_data import RECORDS
from .structured_wording import spoken
from .vocabulary_data import draw

__all__ = ["Record", "any_record", "fields", "records", "row", "told", "type_of"]

Record = dict[str, Any]


def fields(kind: str) -> dict[str, str]:
    """The fields of a kind of record with their sorts."""
    return dict(field.split(":", 1) for field in RECORDS[kind][0].split())


def any_record(rng: random.Random, least: int = 1, most: int = 4) -> tuple[str, Record]:
    """Some fields of some kind of record, mostly in their usual order."""
    kind = rng.choice(list(RECORDS))
    sorts = fields(kind)
    names = list(sorts)
    chosen = rng.sample(names, min(rng.randint(least, most), len(names)))
    if rng.random() < 0.7:
        chosen.sort(key=names.index)
    return kind, {name: _value(rng, sorts[name]) for name in chosen}


def records(rng: random.Random) -> tuple[str, list[Record]]:
    """One to three records of the same fields, without what a row of CSV cannot tell."""
    kind = rng.choice([kind for kind in RECORDS if kind != "message"])
    sorts = fields(kind)
    names = sorted(rng.sample(list(sorts), 2 + (rng.random() < 0.4)), key=list(sorts).index)
    rows = rng.choice((1, 2, 2, 3))
    return kind, [{name: draw(rng, sorts[name]) for name in names} for _ in range(rows)]


def told(rng: random.Random, kind: str) -> tuple[Record, str]:
    """A sentence about such a record, and the fields that are in it."""
    sorts = fields(kind)
    template = rng.choice(RECORDS[kind][1:])
    sentence = expand(rng, template, **{name: f"{{{name}}}" for name in sorts})
    record = {name: draw(rng, sort) for name, sort in sorts.items() if f"{{{name}}}" in sentence}
    return record, sentence.format(**{name: spoken(value) for name, value in record.items()})


def type_of(value: object) -> str:
    """What a schema calls the value's type."""
    names = {str: "string", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "null")


def row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _value(rng: random.Random, sort: str) -> Any:
    """Now and then without a value, or a name in lower case, as users type."""
    value = draw(rng, sort)
    if rng.random() < 0.02:
        return None
    return value.lower() if isinstance(value, str) and rng.random() < 0.05 else value
