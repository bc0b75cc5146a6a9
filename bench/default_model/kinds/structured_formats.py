"""The formats of `structured`: lines, CSV and Markdown tables from and to JSON. Not a kind."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from ..exchange import Exchange
from .structured_records import Record, any_record, records, row
from .structured_wording import (
    ONLY,
    ask,
    json_answer,
    pretty,
    shown,
    spoken,
    text_answer,
    word_answer,
)
from .wording import in_a_row

__all__ = ["lines", "looked_up", "reshaped", "rows"]

_TURN = "[Turn|Convert|Change|Transform|Make|Put]"


def lines(rng: random.Random) -> list[Exchange]:
    """Lines of keys and values to JSON, or back."""
    _, record = any_record(rng, 2)
    form = rng.choice(("{k}: {v}", "{k}: {v}", "{k}={v}", "{k} = {v}", "{k} - {v}", "- {k}: {v}"))
    text = "\n".join(form.format(k=key, v=spoken(value)) for key, value in record.items())
    if rng.random() < 0.65:
        template = rng.choice(
            (
                f"{_TURN} [this|these lines|the following lines] [into|to] JSON:\n{{text}}",
                "[JSON|To JSON|As JSON|JSON please]:\n{text}",
                "{text}\n\n[Give me that as JSON.|Convert to JSON.|As JSON, please.|JSON?]",
                "[Can you|Could you] [turn|convert] this into JSON?\n{text}",
                "[Here are the data|Data|Input]:\n{text}\n[Return JSON.|JSON:|Write it as JSON.]",
            )
        )
        return [json_answer(ask(rng, template, text=text), record)]
    plain = "\n".join(f"{key}: {spoken(value)}" for key, value in record.items())
    template = rng.choice(
        (
            f'{_TURN} this JSON [into|to] [lines|"key: value" lines|plain lines|YAML]: {{json}}',
            "[Write|Show|List] {json} as [lines|key: value lines|YAML].",
            "{json} [as lines|as key: value lines|as YAML|to YAML]",
        )
    )
    return [text_answer(ask(rng, template, json=shown(record)), plain)]


def rows(rng: random.Random) -> list[Exchange]:
    """CSV, Markdown tables and arrays of objects, one from another."""
    _, made = records(rng)
    csv = _csv(made)
    way = rng.choice(("csv to json", "json to csv", "csv to table", "json to table", "told"))
    if way == "csv to json":
        template = f"{_TURN} this CSV [into|to] [JSON|a JSON array of objects]:\n{{csv}}"
        if rng.random() < 0.4:
            template = "{csv}\n\n[As JSON, please.|Convert this CSV to JSON.|To JSON.|JSON?]"
        return [json_answer(ask(rng, template, csv=csv), made)]
    if way == "told":
        return _told_table(rng, made)
    target, text = ("CSV", csv) if way == "json to csv" else ("a Markdown table", _table(made))
    source, given = ("CSV", csv) if way == "csv to table" else ("JSON", shown(made))
    template = rng.choice(
        (
            f"{_TURN} this {source} [into|to] {target}:\n{{given}}",
            f"{_TURN} this {source} [into|to] {target}: {{given}}",
            f"{{given}}\n[Write this as|Convert to|Make] {target}.",
            f"[Show|Write|Format] this as {target}:\n{{given}}",
        )
    )
    first = text_answer(ask(rng, template, given=given), text)
    if rng.random() < 0.25:
        other = ask(rng, "[And as JSON?|Now as JSON.|Now in JSON, please.|Back to JSON.]")
        return [first, json_answer(other, made)] if source == "CSV" else [first]
    return [first]


def _told_table(rng: random.Random, made: Sequence[Record]) -> list[Exchange]:
    """The columns and rows are told in words."""
    columns = in_a_row(list(made[0]))
    told = "; ".join(", ".join(spoken(value) for value in one.values()) for one in made)
    target, text = rng.choice((("Markdown table", _table(made)), ("CSV", _csv(made))))
    a_target = "a Markdown table" if target != "CSV" else "a CSV"
    template = rng.choice(
        (
            "[Make|Write|Create|Give me] {target} with [the columns|columns] {columns}: {told}",
            "{target} with the columns {columns}. [Rows|The rows]: {told}",
            "[Put this in|Show this as] {target} with the columns {columns}: {told}",
        )
    )
    question = ask(rng, template, target=a_target, columns=columns, told=told)
    return [text_answer(question, text)]


def _csv(made: Sequence[Record]) -> str:
    head = ",".join(made[0])
    return "\n".join([head, *(",".join(map(spoken, one.values())) for one in made)])


def _table(made: Sequence[Record]) -> str:
    parts = [row(list(made[0])), row(["---"] * len(made[0]))]
    return "\n".join(parts + [row([spoken(value) for value in one.values()]) for one in made])


def reshaped(rng: random.Random) -> list[Exchange]:
    """JSON stands in the question, and is to look otherwise."""
    _, record = any_record(rng, 1, 4)
    one = shown(record)
    way = rng.choice(("pretty", "pretty", "pretty told", "compact", "fix", "fix", "keys", "values"))
    if way == "pretty":
        template = "[Pretty print|Format|Indent|Beautify|Pretty-print] [this|this JSON|]: {json}"
        if rng.random() < 0.3:
            template = (
                "{json}\n[Pretty print this.|Format this with an indent of 2.|Make it readable.]"
            )
        return [text_answer(ask(rng, template, json=one), pretty(record))]
    if way == "pretty told":
        told = in_a_row([f"{key} {spoken(value)}" for key, value in record.items()])
        template = "[Give me|Write|Make] [pretty printed|indented|formatted] JSON with {told}."
        return [text_answer(ask(rng, template, told=told), pretty(record))]
    if way == "compact":
        template = "[Write this JSON on one line|Minify this|Make this one line]:\n{json}"
        return [text_answer(ask(rng, template, json=pretty(record)), one)]
    if way == "fix":
        template = "[Fix|Repair|Correct] this [JSON|broken JSON|invalid JSON]: {json}"
        if rng.random() < 0.3:
            template = (
                "[This JSON is broken|This is not valid JSON], [fix it|please fix it]: {json}"
            )
        return [json_answer(ask(rng, template, json=_broken(rng, record)), record)]
    wanted: list[Any] = list(record) if way == "keys" else list(record.values())
    template = "[List|Give me|Return|Show] [all|the] {way} [of|in] {json} as a JSON array."
    return [json_answer(ask(rng, template, way=way, json=one), wanted)]


def _broken(rng: random.Random, record: Record) -> str:
    """JSON with one of the usual mistakes."""
    text = shown(record)
    broken = [text[:-1], text[1:], text[:-1] + ",}", text.replace('": ', '" ')]
    if not any("'" in str(value) for value in record.values()):
        broken.append(text.replace('"', "'"))
    pairs = [f"{key}: {json.dumps(value)}" for key, value in record.items()]
    broken.append("{" + ", ".join(pairs) + "}")
    if len(record) > 1:
        broken.append(text.replace(', "', ' "', 1))
    return rng.choice(broken)


def looked_up(rng: random.Random) -> list[Exchange]:
    """A value of an object that stands in the question."""
    kind, record = any_record(rng, 2)
    count = rng.choice((1, 1, 2))
    names = rng.sample(list(record), min(count, len(record)))
    made: list[Exchange] = []
    for name in names:
        value = spoken(record[name])
        asked = rng.choice(
            (
                "[What is|What's|Tell me|Give me] the {name} [in|of] this JSON? {json}",
                "{json} [What is the {name}?|What's the value of {name}?|Which {name} is in it?]",
                "[Which value does {name} have in|What is the value of {name} in] {json}?",
                "[Read|Get|Extract] the {name} [from|of] {json}.",
                "JSON: {json}\n[What is the {name}?|Question: what is the {name}?]",
            )
        )
        if made:
            asked = "[And the {name}?|What is the {name}?|And what is the {name}?]"
        question = ask(rng, asked, name=name, json=shown(record), kind=kind)
        key = f"{name} {value}"
        made.append(word_answer(question, f"The {name} is {value}.", value, key))
    if rng.random() < 0.15:
        question = ask(
            rng,
            f"[Which keys are in|What keys does it have:|List the keys of] {{json}}{ONLY}",
            json=shown(record),
        )
        made = [json_answer(question, list(record))]
    return made
