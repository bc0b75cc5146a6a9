"""Draws the questions that the model is judged by, before there is a model.

    python -m default_model.held_out

run in bench/. Writes held_out.jsonl: 200 questions, all kinds alike, whose keys no training
conversation has. The split is made by a hash of the key (exchange.py), so it cannot be bent later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .conversation import WEIGHTS, held_out_questions
from .exchange import Exchange

__all__ = ["FILE", "read_questions"]

FILE = Path(__file__).with_name("held_out.jsonl")
_QUESTIONS = 200


def draw_questions() -> list[dict[str, Any]]:
    """The questions, kind by kind."""
    each, more = divmod(_QUESTIONS, len(WEIGHTS))
    drawn = []
    for number, kind in enumerate(WEIGHTS):
        for one in held_out_questions(kind, each + (number < more)):
            drawn.append({"kind": kind, "key": one.key, **as_request(one)})
    return drawn


def as_request(one: Exchange) -> dict[str, Any]:
    """What goes to the model, and how its answer is judged."""
    system = [] if one.system is None else [{"role": "system", "content": one.system}]
    messages = [*system, {"role": "user", "content": one.question}, *one.before]
    return {"messages": messages, "tools": list(one.tools), "check": dict(one.check)}


def read_questions() -> list[Mapping[str, Any]]:
    """Of FILE."""
    with FILE.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_questions(questions: Sequence[Mapping[str, Any]]) -> None:
    with FILE.open("w", encoding="utf-8") as file:
        for question in questions:
            file.write(json.dumps(question, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write_questions(draw_questions())
