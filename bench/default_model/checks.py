"""Judges answers by the rule that came with the question; knows nothing of how they are made."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["CHECKS", "passes"]

_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
_TOOL_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.S)
_FENCE = re.compile(r"```(\w*)\n(.*?)```", re.S)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(.*\S)\s*$", re.M)


def passes(answer: str, check: Mapping[str, Any]) -> bool:
    """Whether the answer is right. check["type"] is one of CHECKS; the rest are arguments."""
    arguments = {name: value for name, value in check.items() if name != "type"}
    return CHECKS[check["type"]](answer, **arguments)


def has_word(answer: str, word: str) -> bool:
    """Whole words, whatever their case: "art" is not in "start"."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer, re.I) is not None


def number(answer: str, value: float) -> bool:
    """The last number of the answer is value."""
    found = _NUMBER.findall(answer)
    return bool(found) and float(found[-1].replace(",", "")) == float(value)


def words(answer: str, all: list[list[str]], none: list[str] = ()) -> bool:  # type: ignore[assignment]
    """Of each group in all, one word or phrase is there; of none, none is."""
    if any(has_word(answer, word) for word in none):
        return False
    return len(all) > 0 and not [
        group for group in all if not any(has_word(answer, word) for word in group)
    ]


def items(answer: str, count: int, among: list[str]) -> bool:
    """Exactly count different things, all of them among those allowed.

    Things stand on lines of their own behind "-" or "1.", or else between commas and "and".
    """
    found = _BULLET.findall(answer)
    if not found:
        tail = answer.rsplit(":", 1)[-1].strip().rstrip(".!")
        found = [part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", tail) if part.strip()]
    names = [re.sub(r"^(?:an?|the) ", "", item.strip().rstrip(".,!").casefold()) for item in found]
    allowed = {name.casefold() for name in among}
    return len(names) == count == len(set(names)) and set(names) <= allowed


def ordered(answer: str, values: list[str]) -> bool:
    """The values occur as whole words in this order, each once."""
    place = 0
    for value in values:
        found = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.I).search(answer, place)
        if found is None:
            return False
        place = found.end()
    return all(
        len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.I)) == values.count(value)
        for value in values
    )


def exact(answer: str, text: str) -> bool:
    """The answer holds the text, letter by letter, as a word or line of its own."""
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", answer) is not None


def ends(answer: str, text: str) -> bool:
    """The answer is the text, or gives it behind its last colon; quotes and a final stop aside."""
    around = " \n\"'.!"
    return answer.rsplit(": ", 1)[-1].strip(around) == text.strip(around)


def json_value(answer: str, value: Any) -> bool:
    """The answer is JSON, alone or in a fence, and equal to value."""
    fence = _FENCE.search(answer)
    try:
        return _same_json(json.loads(fence[2] if fence else answer), value)
    except ValueError:
        return False


def _same_json(found: Any, wanted: Any) -> bool:
    # As text, since Python takes True for 1.
    return json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True)


def tool(answer: str, name: str, arguments: Mapping[str, Any]) -> bool:
    """The answer is one call of that tool with those arguments."""
    calls = _TOOL_CALL.findall(answer)
    try:
        wanted = {"name": name, "arguments": arguments}
        return len(calls) == 1 and _same_json(json.loads(calls[0]), wanted)
    except ValueError:
        return False


def sentences(answer: str, least: int, most: int, names: list[str]) -> bool:
    """Whole sentences, least to most of them, none twice, with all the names."""
    text = answer.strip()
    if not text.endswith((".", "!", "?", '"')) or not all(has_word(text, name) for name in names):
        return False
    found = [one.strip() for one in re.split(r'(?<=[.!?])"?\s+', text) if one.strip()]
    return least <= len(found) <= most and len(set(found)) == len(found)


def verse(answer: str, rhymes: list[list[str]], names: list[str]) -> bool:
    """Four lines that rhyme in two different pairs of those allowed, with all the names."""
    ends = [re.sub(r"\W+$", "", line).split()[-1:] for line in answer.strip().split("\n")]
    words = [end[0].casefold() for end in ends if end]
    pairs = [words[:2], words[2:]]
    known = len(words) == 4 and all(pair in rhymes for pair in pairs) and pairs[0] != pairs[1]
    return known and all(has_word(answer, name) for name in names)


def python_code(answer: str, defines: str, holds: str = "") -> bool:
    """The answer has a block of valid Python that defines, imports or uses that name.

    A method's name stands for itself, whatever it is called on. holds: what the code must have.
    """
    fence = _FENCE.search(answer)
    code = fence[2] if fence else answer
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return holds in code and any(defines in _names(node) for node in ast.walk(tree))


def _names(node: ast.AST) -> list[str]:
    """What a node of a syntax tree is called or refers to."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.alias)):
        return [node.name]
    if isinstance(node, ast.Attribute):
        return [ast.unparse(node), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


CHECKS: dict[str, Callable[..., bool]] = {
    "number": number,
    "words": words,
    "items": items,
    "ordered": ordered,
    "exact": exact,
    "ends": ends,
    "json": json_value,
    "tool": tool,
    "sentences": sentences,
    "verse": verse,
    "python": python_code,
}
