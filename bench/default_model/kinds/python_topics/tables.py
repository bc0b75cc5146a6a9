"""Reads the tables of the topics: entries over several lines, and words marked with asterisks."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...exchange import Exchange, expand

__all__ = ["ask", "entries", "fence", "plain", "python_check", "words_check"]

_MARKED = re.compile(r"\*([^*]+)\*")


def entries(table: str) -> Iterator[str]:
    """The entries of a table, each on one line: indented lines go on with the line before."""
    for entry in re.split(r"\n(?=\S)", table.strip("\n")):
        yield re.sub(r"\n\s+", " | ", entry).replace("| |", "|")


def plain(marked: str) -> str:
    """The text without its asterisks."""
    return _MARKED.sub(r"\1", marked)


def words_check(marked: str) -> dict[str, Any]:
    """All words between asterisks must be there."""
    return {"type": "words", "all": [[word] for word in _MARKED.findall(marked)]}


def python_check(defines: str, code: str = "") -> dict[str, Any]:
    """Python that has the name and, as a sign that it does what was asked, the longest line."""
    check: dict[str, Any] = {"type": "python", "defines": defines}
    lines = [line.strip() for line in code.splitlines()]
    if lines:
        check["holds"] = max(lines[1:] or lines, key=len)
    return check


def fence(code: str) -> str:
    """Python as a block of Markdown."""
    return f"```python\n{code}\n```"


def ask(
    rng: random.Random,
    templates: Sequence[str],
    subject: str,
    answer: str,
    check: dict[str, Any],
    **values: object,
) -> Exchange:
    """A question of one of the templates; its key is the template and what is asked about."""
    template = rng.choice(templates)
    question = expand(rng, template, **values)
    return Exchange(question, answer, f"{template} / {subject}", check)
