"""Small helpers of English for the kinds that make texts: articles, numbers, tables. Not a kind."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

__all__ = ["NUMBER_WORDS", "a", "capital", "in_a_row", "invented_name", "table"]

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_SYLLABLES = (
    "ba bel da dor fa fin ga jo ka kel la lin ma mi na nor o pa pim ra ri sa so ta tib ve zo"
)
_ENDINGS = "bo do ko lin mar nix ra la na ta sa mi"


def a(noun: str) -> str:
    """The noun with its indefinite article."""
    silent = noun.startswith(("hour", "honest"))
    like_you = noun.startswith(("uni", "use", "euro", "ukulele", "one"))
    return f"{'an' if (noun[0] in 'aeiouAEIOU' and not like_you) or silent else 'a'} {noun}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def in_a_row(things: Sequence[str]) -> str:
    """Things between commas, the last behind "and"."""
    if len(things) == 1:
        return things[0]
    return f"{', '.join(things[:-1])} and {things[-1]}"


def invented_name(rng: random.Random) -> str:
    """A name that no table has, so that a model learns to copy letters instead of known names."""
    middle = rng.choice(_SYLLABLES.split())
    return (rng.choice(_SYLLABLES.split()) + middle * rng.randint(0, 1)).capitalize() + rng.choice(
        _ENDINGS.split()
    )


def table(text: str) -> list[tuple[list[str], list[str]]]:
    """The rows of a table in text: "name; other name: item, item".

    A row goes on in indented lines; items that hold commas stand between semicolons.
    """
    rows = []
    for row in re.split(r"\n(?=\S)", text.strip()):
        head, _, body = " ".join(row.split()).partition(": ")
        separator = "; " if "; " in body else ", "
        rows.append((head.split("; "), body.split(separator)))
    return rows
