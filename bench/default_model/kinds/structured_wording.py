"""How `structured` puts its questions and its answers. Not a kind."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from ..exchange import Exchange, expand
from .wording import capital

__all__ = ["ONLY", "ask", "json_answer", "pretty", "shown", "spoken", "text_answer", "word_answer"]

# what is asked for besides, at the end of a question
ONLY = (
    "[| Only JSON.| Only the JSON, please.| Answer with JSON only.| No other text.| On one line.|"
    "||||]"
)
_END = re.compile(r"(?<![.?!:]) (?=(?:Only|Answer with|No other|On one)[^.]*\.$)")


def shown(value: Any) -> str:
    """As JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def spoken(value: Any) -> str:
    """As a sentence or a line of a file has it: strings without quotes."""
    return value if isinstance(value, str) else shown(value)


def ask(rng: random.Random, template: str, /, **values: str) -> str:
    """The question of a template, sometimes in lower case; the values stay as they are."""
    wording = expand(rng, template, **{name: f"{{{name}}}" for name in values})
    wording = re.sub(r" ([.,?:])(?= |$|\n)", r"\1", wording)
    wording = _END.sub(". ", wording)
    if rng.random() < 0.2:
        return wording.lower().rstrip(".").format(**values)
    return (wording if wording.startswith("{") else capital(wording)).format(**values)


def json_answer(question: str, value: Any, key: str | None = None) -> Exchange:
    """The value as JSON, nothing else."""
    check: Mapping[str, Any] = {"type": "json", "value": value}
    return Exchange(question, shown(value), key or shown(value), check, exact=True)


def text_answer(question: str, text: str, key: str | None = None) -> Exchange:
    """A text whose every letter and line counts."""
    check = {"type": "exact", "text": text}
    return Exchange(question, text, key or text, check, exact=True)


def word_answer(question: str, answer: str, value: str, key: str) -> Exchange:
    """A sentence that holds a value."""
    check = {"type": "words", "all": [[value]]}
    return Exchange(question, answer, key, check, exact=True)
