"""Answers in JSON, CSV, Markdown tables and "key: value" lines, from values in the question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from ..exchange import Exchange
from .structured_arrays import array_exchanges, array_of
from .structured_data import ADD_FIELDS, ANSWERS, EXAMPLES, RECORDS, SYSTEMS
from .structured_formats import lines, looked_up, reshaped, rows
from .structured_records import Record, any_record, fields, told, type_of
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
from .vocabulary_data import draw, several
from .wording import in_a_row

__all__ = ["exchanges"]

_WRITE = "[Give me|Write|Create|Make|Return|Generate|Show me|I need|Produce|Build]"


def exchanges(rng: random.Random) -> list[Exchange]:
    kinds = {
        _named: 20,
        _extracted: 17,
        array_exchanges: 14,
        lines: 7,
        rows: 7,
        reshaped: 7,
        _nested: 7,
        _given: 6,
        looked_up: 5,
        _example: 3,
        _under_system: 7,
    }
    return rng.choices(list(kinds), list(kinds.values()))[0](rng)


# ---- one object


def _named(rng: random.Random) -> list[Exchange]:
    """Keys and values are named in the question; then the object may be changed."""
    kind, record = any_record(rng)
    form, between = rng.choice(
        (
            ("{k} {v}", None),
            ("{k} {v}", None),
            ("{k} = {v}", None),
            ("the {k} {v}", None),
            ("key {k} and value {v}", None),
            ("{k} set to {v}", None),
            ("{k}: {v}", ", "),
            ("{k}={v}", ", "),
            ("{k} is {v}", ", "),
        )
    )
    pairs = [form.format(k=key, v=spoken(value)) for key, value in record.items()]
    whole = (
        f"{_WRITE} [a JSON object|JSON|a JSON] [with|for|containing] {{listed}}.",
        "[Turn|Put|Convert|Change] this [into|to] [JSON|a JSON object]: {listed}",
        "[JSON|JSON object|As JSON|In JSON|JSON please|JSON with]: {listed}",
        "{listed} [as JSON|in JSON|to JSON|as a JSON object][.|, please.|]",
        "[Can you|Could you] [give me|write|make] [a JSON object|JSON] with {listed}?",
        "[What does|How does] {listed} look as JSON?",
        "[Write|Describe|Return] the {kind} [as|in] JSON: {listed}",
    )
    keyed = (
        "[Return|Give me|Write] JSON with [the|] [keys|fields] {keys} for {values}.",
        "A JSON object with the [keys|fields] {keys} and the values {values}, please.",
        "[Make|Create] a JSON object with [the|] [keys|fields] {keys}. The values are {values}.",
        "The keys are {keys}, the values are {values}. [Give me|Write|Make] the JSON.",
    )
    question = ask(
        rng,
        rng.choice(keyed if len(record) > 1 and rng.random() < 0.3 else whole) + ONLY,
        listed=in_a_row(pairs) if between is None else between.join(pairs),
        kind=kind,
        keys=in_a_row(list(record)),
        values=", ".join(map(spoken, record.values())),
    )
    return [json_answer(question, record), *_changes(rng, record, rng.choice((0, 0, 1, 1, 2)))]


_EXTRACT = (
    "[Extract|Get|Find|Read] [the|] {keys} [as|in|into] JSON: [{s}|'{s}'|\"{s}\"]",
    "[Extract|Get|Find] [the|] {keys} from this [text|sentence] as JSON: [{s}|'{s}'|\"{s}\"]",
    '[Return|Give me] JSON with [the|] [keys|fields] {keys} [for|from]: [{s}|"{s}"]',
    '[{s}|"{s}"] [Give me|Extract|Return|Write] [the|] {keys} as JSON.',
    "[Text|Sentence|Input]: {s}\n[Keys|Fields]: {listed}\n[Answer in JSON.|JSON:|Output:]",
    "[Turn|Convert] [this|this sentence] into JSON with [the|] [keys|fields] {keys}: {s}",
    "[Answer|Return JSON|Make JSON] with the fields {typed}: {s}",
    "{s} [Answer|Return JSON|Make JSON] with the fields {typed}.",
    "[Use this schema|Schema|JSON schema]: {schema}\n{s}",
    "[Put|Write] [the|] {keys} [of|from] this [text|sentence] in a JSON object: {s}",
    "Tell me the {keys} in this text. Answer in JSON. {s}",
)


def _extracted(rng: random.Random) -> list[Exchange]:
    """The values stand in a sentence; the question names the keys."""
    kind = rng.choice(list(RECORDS))
    record, sentence = told(rng, kind)
    names = list(record)
    if rng.random() < 0.25:
        rng.shuffle(names)
    if len(names) > 2 and rng.random() < 0.25:
        names = names[:2]
    wanted = {name: record[name] for name in names}
    question = ask(
        rng,
        rng.choice(_EXTRACT),
        keys=in_a_row(names),
        listed=", ".join(names),
        s=sentence,
        typed=in_a_row([f"{name} ({type_of(wanted[name])})" for name in names]),
        schema=shown({name: type_of(wanted[name]) for name in names}),
    )
    return [json_answer(question, wanted), *_changes(rng, wanted, rng.choice((0, 0, 0, 1)))]


def _given(rng: random.Random) -> list[Exchange]:
    """The object stands in the question, with what is to be changed."""
    _, record = any_record(rng)
    template = rng.choice(
        ("{json} {change}", "{json}\n{change}", "{change}\n{json}", "JSON: {json}\n{change}")
    )
    first, after = _change(rng, record, rng.choice(("add", "change", "remove", "rename")))
    question = template.format(json=shown(record), change=first.question)
    return [replace(first, question=question), *_changes(rng, after, rng.choice((0, 0, 1)))]


# ---- changes of an object that stands there


def _changes(rng: random.Random, record: Record, count: int) -> list[Exchange]:
    made = []
    ways = ("add", "add", "change", "change", "remove", "rename", "pretty", "list", "read")
    for way in rng.sample(ways, count):
        exchange, record = _change(rng, record, way)
        made.append(exchange)
        if way == "list":
            break
    return made


_ADD = (
    "[Now add|Add|Also add|Please add] [the key|the field|] {k} with [the value|] {v}.",
    "[Now add|Add|Also add|And add] {k} {v}.",
    "[Add|Now add] {k}: {v}",
    "[Add|Put] the {k} [of|with value|=] {v}.",
    "[And|Also|Now also] {k} {v}.",
)
_SET = (
    "[Change|Set|Now change|Update] [the|] {k} to {v}.",
    "[Make|Now make] the {k} {v}.",
    "[The {k} should be|No, the {k} is|The {k} is] {v}.",
    "[Replace the {k} with|Use the {k}] {v}.",
)
_REMOVE = (
    "[Remove|Delete|Drop|Now remove] [the|] {k}.",
    "[Without|Now without|The same without] the {k}[, please|].",
    "[Leave out|Take out] the {k}.",
)
_RENAME = (
    "[Rename|Now rename] [the key|] {k} to {v}.",
    "[Call the key {k}|The key {k} should be] {v}.",
)


def _change(rng: random.Random, record: Record, way: str) -> tuple[Exchange, Record]:
    """A wish for another object, and that object."""
    others = [field.split(":") for field in ADD_FIELDS.split()]
    free = [(name, sort) for name, sort in others if name not in record]
    name = rng.choice(list(record))
    if way == "read":
        value = spoken(record[name])
        question = ask(rng, "[What is the {k}?|What's the {k}?|Which {k} is it?]", k=name)
        key = f"{name} {value}"
        return word_answer(question, f"The {name} is {value}.", value, key), record
    if way == "pretty":
        question = ask(rng, "[Pretty print it|Format it|Indent it|Make it readable][.|, please.]")
        return text_answer(question, pretty(record)), record
    if way == "list":
        wish = (
            "[Put it in a list|Put it into an array|Wrap it in an array|As a list with one item]."
        )
        return json_answer(ask(rng, wish), [record]), record
    if way == "remove" and len(record) > 1:
        after = {key: value for key, value in record.items() if key != name}
        return json_answer(ask(rng, rng.choice(_REMOVE), k=name), after), after
    new, sort = rng.choice(free)
    if way == "rename":
        after = {new if key == name else key: value for key, value in record.items()}
        return json_answer(ask(rng, rng.choice(_RENAME), k=name, v=new), after), after
    if way == "change":
        value = _other(rng, record[name])
        after = {**record, name: value}
        return json_answer(ask(rng, rng.choice(_SET), k=name, v=spoken(value)), after), after
    added = draw(rng, sort)
    after = {**record, new: added}
    return json_answer(ask(rng, rng.choice(_ADD), k=new, v=spoken(added)), after), after


def _other(rng: random.Random, value: Any) -> Any:
    """Another value of that type."""
    if isinstance(value, bool):
        return not value
    sort = {int: "number", float: "price"}.get(type(value), rng.choice(("word", "name", "city")))
    one, other = several(rng, sort, 2)
    return one if one != value else other


# ---- objects within objects


def _nested(rng: random.Random) -> list[Exchange]:
    ways = (_order, _address, _holder, _two_objects, _with_list)
    question, value = rng.choice(ways)(rng)
    first = json_answer(question, value)
    if rng.random() < 0.2:
        wish = ask(rng, "[Pretty print it|Format it|Now with an indent of 2][.|, please.]")
        return [first, text_answer(wish, pretty(value))]
    return [first]


def _order(rng: random.Random) -> tuple[str, Any]:
    goods = [str(item) for item in several(rng, "grocery", rng.randint(1, 3))]
    items = [{"name": item, "quantity": draw(rng, "small")} for item in goods]
    listed = in_a_row([f"{item['quantity']} {item['name']}" for item in items])
    number = draw(rng, "number")
    template = rng.choice(
        (
            f"{_WRITE} JSON for [the order|order] {{n}} with [the items|] {{listed}}.",
            "[Order|JSON for order] {n}: {listed}. [As JSON with id and items.|Give me JSON.]",
            "[Turn|Convert] this order into JSON: number {n}, items {listed}.",
        )
    )
    question = ask(rng, template + ONLY, n=str(number), listed=listed)
    return question, {"id": number, "items": items}


def _address(rng: random.Random) -> tuple[str, Any]:
    name, street, city = (str(draw(rng, sort)) for sort in ("name", "street", "city"))
    template = rng.choice(
        (
            f"{_WRITE} JSON for {{n}} with the address {{s}}, {{c}}.",
            "[JSON|A JSON object] with name {n} and [a nested address|an address object]: {s}, "
            "{c}.",
            "{n} lives at {s} in {c}. [Give me JSON with name and address.|As nested JSON.]",
            f"{_WRITE} [a nested JSON object|nested JSON] for {{n}}, {{s}}, {{c}}.",
        )
    )
    question = ask(rng, template + ONLY, n=name, s=street, c=city)
    return question, {"name": name, "address": {"street": street, "city": city}}


def _holder(rng: random.Random) -> tuple[str, Any]:
    """An object under one key."""
    kind, record = any_record(rng, 1, 3)
    pairs = in_a_row([f"{key} {spoken(value)}" for key, value in record.items()])
    template = rng.choice(
        (
            f"{_WRITE} JSON with the key {{kind}} that holds {{pairs}}.",
            f"{_WRITE} a JSON object with an object called {{kind}} inside that has {{pairs}}.",
            "[Nested JSON|JSON]: {kind} with {pairs}",
        )
    )
    return ask(rng, template + ONLY, kind=kind, pairs=pairs), {kind: record}


def _two_objects(rng: random.Random) -> tuple[str, Any]:
    """An array of people."""
    key, sort = rng.choice((("age", "age"), ("city", "city"), ("job", "job"), ("id", "number")))
    names = several(rng, "name", rng.randint(2, 3))
    people = [{"name": name, key: draw(rng, sort)} for name in names]
    listed = in_a_row([f"{one['name']} ({spoken(one[key])})" for one in people])
    plain = in_a_row([f"{one['name']} {spoken(one[key])}" for one in people])
    template = rng.choice(
        (
            f"{_WRITE} a JSON [list|array] of [people|users] with name and {{key}}: [{{p}}|{{q}}].",
            f"{_WRITE} a JSON array of objects with name and {{key}}: {{q}}.",
            "[{p}|{q}] [as|in] a JSON array of objects with name and {key}.",
        )
    )
    return ask(rng, template + ONLY, key=key, p=listed, q=plain), people


def _with_list(rng: random.Random) -> tuple[str, Any]:
    """A name and a list."""
    called, values = array_of(rng, 2, 3)
    name = draw(rng, "name")
    listed = in_a_row([spoken(value) for value in values])
    template = (
        f"{_WRITE} [JSON|a JSON object] with name {{n}} and [the|a list of] {{called}} {{l}}."
    )
    question = ask(rng, template + ONLY, n=str(name), called=called, l=listed)
    return question, {"name": name, called: values}


# ---- values that nobody told


def _example(rng: random.Random) -> list[Exchange]:
    """Only the fields are named: the values are always the same."""
    kind = rng.choice(list(RECORDS))
    sorts = fields(kind)
    names = sorted(rng.sample(list(sorts), rng.randint(1, 3)), key=list(sorts).index)
    keys = in_a_row(names)
    if rng.random() < 0.25:
        names, keys = list(sorts)[:3], ""
    template = "[Give me|Write|Make up|Show me|Create|Generate] [an example JSON|some JSON|JSON]"
    if keys:
        template += " for the {kind} with {keys}[.| as an example.]"
    else:
        template += " for the {kind}[.|, please.]"
    question = ask(rng, template, kind=kind, keys=keys)
    value = {name: EXAMPLES[sorts[name]] for name in names}
    return [json_answer(question, value, f"{kind} {question.casefold()}")]


def _under_system(rng: random.Random) -> list[Exchange]:
    """A system message wants JSON, whatever is asked."""
    made = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        question, answer, key = _simple(rng)
        made.append(json_answer(question, {"answer": answer}, key))
    made[0] = replace(made[0], system=rng.choice(SYSTEMS))
    return made


_ANSWERS = [
    pair.strip().split(" = ")
    for pair in ANSWERS.strip().replace("\n", ";").split(";")
    if pair.strip()
]


def _simple(rng: random.Random) -> tuple[str, Any, str]:
    """A question with a short answer, and its key."""
    if rng.random() < 0.35:
        one, other = rng.randint(0, 20), rng.randint(0, 20)
        template = "[What is|What's|Calculate|How much is|] {a}[ + |+| plus ]{b}[?|]"
        return ask(rng, template, a=str(one), b=str(other)), one + other, f"{one} + {other}"
    if rng.random() < 0.35:
        name, city = str(draw(rng, "name")), str(draw(rng, "city"))
        template = "{n} lives in {c}. [Where does {n} live?|In which city does {n} live?]"
        return ask(rng, template, n=name, c=city), city, f"{name} {city}"
    question, answer = rng.choice(_ANSWERS)
    asked = question.replace("What is", "[What is|What's|Tell me:]")
    wording = ask(rng, f"[|||Please tell me: |Question: ]{asked}")
    return wording, answer, wording.casefold()
