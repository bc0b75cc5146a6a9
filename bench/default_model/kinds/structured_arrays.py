"""The arrays of `structured`: of what is told, of a run of numbers, of a known list. Not a kind."""

from __future__ import annotations

import random
from typing import Any

from ..exchange import Exchange
from .structured_data import SEQUENCES
from .structured_wording import ONLY, ask, json_answer, pretty, shown, spoken, text_answer
from .structured_wording import word_answer as answer_in_words
from .vocabulary_data import several
from .wording import in_a_row

__all__ = ["array_exchanges", "array_of"]

_GIVE = "[Give me|Write|Create|Make|Return|I need|Show me|Generate]"
_ARRAY = "[a JSON array|a JSON list|an array in JSON|a list in JSON]"


def array_exchanges(rng: random.Random) -> list[Exchange]:
    kinds = (_told, _told, _told, _run, _known, _given, _given, _plain, _repeated)
    return rng.choice(kinds)(rng)


def array_of(rng: random.Random, least: int = 2, most: int = 5) -> tuple[str, list[Any]]:
    """Different values of one sort, and what they are called."""
    called, sort = rng.choice(
        (
            ("words", "word"),
            ("words", "word"),
            ("names", "name"),
            ("cities", "city"),
            ("colors", "colour"),
            ("animals", "animal"),
            ("countries", "country"),
            ("numbers", "number"),
            ("numbers", "hundred"),
            ("prices", "price"),
            ("foods", "food"),
            ("files", "file"),
            ("codes", "code"),
            ("days", "day"),
        )
    )
    return called, several(rng, sort, rng.randint(least, most))


def _told(rng: random.Random) -> list[Exchange]:
    """The values stand in the question; then the array may be changed."""
    called, values = array_of(rng)
    texts = [spoken(value) for value in values]
    listed = rng.choice((", ".join(texts), in_a_row(texts), in_a_row(texts), " ".join(texts)))
    if called in ("cities", "countries", "foods") and " ".join(texts) == listed:
        listed = ", ".join(texts)
    template = rng.choice(
        (
            f"{_GIVE} {_ARRAY} [with|of|containing] the {{called}} {{listed}}.",
            f"{_GIVE} {_ARRAY} [with|of] {{listed}}.",
            f"{_GIVE} [the {{called}}|] {{listed}} [as|in] [a JSON array|an array|a JSON list].",
            "[Turn|Put|Convert|Change] [these {called}|this list|this] [into|to] [a JSON array"
            "|JSON]:"
            " {listed}",
            "[JSON array|JSON list|Array|As a JSON array|To JSON array]: {listed}",
            "The {called} {listed} as a JSON [array|list][, please.|.]",
            "{listed} [as a JSON array|as JSON array|to a JSON array|in a JSON list]",
            "[Can you|Could you] [write|put] {listed} [as|in] a JSON array?",
            "[Turn|Convert] these lines into a JSON array:\n{lines}",
            "[List|Items|Lines]:\n{lines}\n[Give me|Return] a JSON array.",
            "[Extract|Return|List] [all|the] {called} as a JSON array: {listed}",
        )
    )
    question = ask(rng, template + ONLY, called=called, listed=listed, lines="\n".join(texts))
    return [json_answer(question, values), *_changes(rng, values)]


def _changes(rng: random.Random, values: list[Any]) -> list[Exchange]:
    """What is asked of an array that stands there."""
    made: list[Exchange] = []
    for way in rng.sample(("add", "remove", "first", "last", "count", "pretty", "reverse"), 3):
        if rng.random() < 0.65 or len(values) < 2:
            break
        if way == "add":
            new = several(rng, "number" if isinstance(values[0], int) else "word", 1)[0]
            values = [*values, new]
            question = ask(
                rng, "[Now add|Add|Also add|Append] {v}[| to it| at the end].", v=spoken(new)
            )
            made.append(json_answer(question, values))
        elif way == "remove":
            gone = rng.choice(values)
            values = [value for value in values if value != gone]
            question = ask(rng, "[Remove|Delete|Take out|Now without] {v}.", v=spoken(gone))
            made.append(json_answer(question, values))
        elif way == "reverse" and len(values) <= 4:
            values = values[::-1]
            made.append(
                json_answer(ask(rng, "[Reverse it|In reverse order|Turn it around]."), values)
            )
        elif way == "pretty":
            question = ask(
                rng, "[Pretty print it|Format it with an indent of 2|One item per line]."
            )
            made.append(text_answer(question, pretty(values)))
        else:
            made.append(_about(rng, way, values, ""))
    return made


def _about(rng: random.Random, way: str, values: list[Any], where: str) -> Exchange:
    """The first, the last or the number of the items, in words."""
    if way == "count":
        question = ask(rng, "How many [items|elements|values] [are in it|does it have]?")
        if where:
            question = ask(rng, "How many [items|elements] are in {where}?", where=where)
        count = f"{len(values)}"
        return answer_in_words(question, f"It has {count} items.", count, f"count {shown(values)}")
    value = spoken(values[0 if way == "first" else -1])
    asked = "[What is|Which is|Tell me|Give me] the {way} [item|element|value|one]"
    question = ask(rng, asked + (" [of|in] {where}?" if where else "?"), way=way, where=where)
    return answer_in_words(question, f"The {way} item is {value}.", value, f"{way} {shown(values)}")


def _given(rng: random.Random) -> list[Exchange]:
    """An array stands in the question."""
    _, values = array_of(rng)
    array = shown(values)
    way = rng.choice(("add", "remove", "first", "last", "count", "join", "pretty", "split"))
    if way in ("first", "last", "count"):
        return [_about(rng, way, values, array)]
    if way == "add":
        new = several(rng, "number" if isinstance(values[0], int) else "word", 1)[0]
        template = "[Add|Append] {v} to [the array |the list |]{array}[.|]"
        question = ask(rng, template, v=shown(new), array=array)
        return [json_answer(question, [*values, new])]
    if way == "remove":
        gone = rng.choice(values)
        template = "[Remove|Delete] {v} from [the array |the list |]{array}[.|]"
        question = ask(rng, template, v=shown(gone), array=array)
        return [json_answer(question, [value for value in values if value != gone])]
    if way == "pretty":
        template = "[Pretty print|Format|Indent] [this JSON: |this: |]{array}"
        return [text_answer(ask(rng, template, array=array), pretty(values))]
    text = ", ".join(map(spoken, values))
    if way == "join":
        template = (
            "[Write|Turn|Convert] {array} [as a line with commas|into a comma separated line]."
        )
        return [text_answer(ask(rng, template, array=array), text, f"join {text}")]
    template = "[Split this at the commas and return|Split by comma into] a JSON array: {text}"
    return [json_answer(ask(rng, template, text=text.replace(", ", ",")), values)]


def _run(rng: random.Random) -> list[Exchange]:
    """Numbers one after the other."""
    low = rng.choice((0, 1, 1, 1, rng.randint(1, 90)))
    high = low + rng.randint(2, 9)
    numbers = list(range(low, high + 1))
    span = "[{low} to {high}|from {low} to {high}|{low} through {high}|{low}-{high}]"
    if rng.random() < 0.15:
        numbers.reverse()
        span = "from {high} down to {low}"
    template = rng.choice(
        (
            f"{_GIVE} {_ARRAY} [of|with] the numbers {span}.",
            f"A JSON [list|array] of the numbers {span}[, please|].",
            f"The numbers {span} as a JSON [array|list].",
            f"[Numbers|Integers] {span} [as|in] JSON.",
            f"[Count|List the numbers] {span} in a JSON array.",
        )
    )
    question = ask(rng, template + ONLY, low=str(low), high=str(high))
    return [json_answer(question, numbers), *_changes(rng, numbers)]


def _known(rng: random.Random) -> list[Exchange]:
    """A list that everybody knows."""
    called, items = rng.choice(SEQUENCES)
    template = rng.choice(
        (
            f"{_GIVE} {_ARRAY} [with|of] {called}.",
            f"{_GIVE} {called} as a JSON [array|list].",
            f"{called} [as a JSON array|as JSON|in JSON|as a JSON list]",
            f"[List|Name] {called} in JSON.",
            f"A JSON [array|list] of {called}[, please|].",
            f"[Can you list|Can you give me] {called} as a JSON array?",
        )
    )
    question = ask(rng, template + ONLY)
    return [json_answer(question, items.split(), question.casefold())]


def _plain(rng: random.Random) -> list[Exchange]:
    """The smallest values that there are."""
    called, value = rng.choice(
        (
            ("[an empty JSON object|an empty object|a JSON object with no keys]", {}),
            ("[an empty JSON array|an empty array|an empty list]", []),
            ("[the value true|true|the boolean true]", True),
            ("[the value null|null|nothing]", None),
            ("[an array with one empty object|a list that holds an empty object]", [{}]),
            ("[an empty string|a string without letters]", ""),
            ("[an array with true and false|a list of both booleans]", [True, False]),
        )
    )
    template = rng.choice(
        (f"{_GIVE} {called} in JSON.", f"{called} in JSON", f"How do I write {called} in JSON?")
    )
    question = ask(rng, template + ONLY)
    return [json_answer(question, value, question.casefold())]


def _repeated(rng: random.Random) -> list[Exchange]:
    count = rng.randint(2, 5)
    _, (value,) = array_of(rng, 1, 1)
    word = ("two", "three", "four", "five")[count - 2]
    template = f"{_GIVE} {_ARRAY} [with|that has] [{{count}} times|{{word}} times] {{v}}."
    question = ask(rng, template + ONLY, count=str(count), word=word, v=shown(value))
    return [json_answer(question, [value] * count)]
