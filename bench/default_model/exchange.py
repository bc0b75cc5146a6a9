"""A question with its answer, and the small grammar that the kinds of dialogue are written in."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["HELD_OUT_SHARE", "Exchange", "call_tool", "expand", "is_held_out"]

HELD_OUT_SHARE = 50  # one key of so many is never trained on

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Exchange:
    """What a user asks and the assistant answers.

    key: what must not be seen in training if the question is to test anything: the operands of a
    sum, the wording and the subject of a fact. Exchanges of one key stay on one side of the split.
    check: how an answer is judged, in the words of checks.py.
    tools: functions that the assistant may call, as OpenAI's API describes them.
    system: the system message that the exchange needs; only the first of a conversation has one.
    before: messages between question and answer: a call of a tool and its result.
    exact: the question's letters matter, so that it must not be roughened.
    """

    question: str
    answer: str
    key: str
    check: Mapping[str, Any]
    tools: Sequence[Mapping[str, Any]] = ()
    system: str | None = None
    before: Sequence[Mapping[str, Any]] = ()
    exact: bool = False


def expand(rng: random.Random, template: str, /, **values: object) -> str:
    """A sentence of a template: [a|b|] becomes one of its choices, innermost first; then {name} is
    replaced by its value. Values are taken as they are; runs of blanks become one."""
    while match := _CHOICE.search(template):
        chosen = rng.choice(match[1].split("|"))
        template = template[: match.start()] + chosen + template[match.end() :]
    return re.sub(r" {2,}", " ", template).strip().format(**values)


def call_tool(name: str, arguments: Mapping[str, Any]) -> str:
    """A call of a tool as the model writes it."""
    call = {"name": name, "arguments": dict(arguments)}
    return f"<tool_call>\n{json.dumps(call, ensure_ascii=False)}\n</tool_call>"


def is_held_out(kind: str, key: str) -> bool:
    """True for the keys that only tests may use; decided by the key alone."""
    digest = hashlib.sha256(f"{kind}\n{key.casefold()}".encode()).digest()
    return int.from_bytes(digest[:4], "little") % HELD_OUT_SHARE == 0
