"""Calls of functions: which one, with which arguments, and what is said with its result."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..exchange import Exchange, call_tool, expand
from .tools_data import PLAIN, SPOKEN, WORDS
from .tools_functions import Function, any_function
from .vocabulary_data import draw, several
from .wording import capital, in_a_row

__all__ = ["exchanges"]

_MOST_SCHEMA = 900  # characters of all schemas of a conversation
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array"}
_ASKING = re.compile(
    r"(?:what|how|who|whom|whose|where|when|which|why|is|are|am|do|does|did|can|could|has|have|will|any"
    r"|i|i'm|we|at|don't|robot|lights|now|and|also|an?|new|in|volume|alarm|timer|reminder|task|dark"
    r"|notifications|status|taxi|latest|distance|route|forecast)\b|\W|.*\?$",
    re.I,
)


@dataclass(frozen=True)
class _Offer:
    """A function as one conversation offers it: with names of its own."""

    function: Function
    name: str
    parameters: Mapping[str, str]
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class _Values:
    """What fills the slots: as it is said, and as it is passed on."""

    said: Mapping[str, str]
    passed: Mapping[str, Any]


def exchanges(rng: random.Random) -> list[Exchange]:
    kinds = (_called, _told, _asked_back, _unfit, _unneeded, _failed, _abilities)
    return rng.choices(kinds, (42, 26, 9, 8, 10, 3, 2))[0](rng)


# ---- as they are offered


def _offer(rng: random.Random, function: Function) -> _Offer:
    camel = rng.random() < 0.1
    parameters: dict[str, str] = {}
    properties: dict[str, Any] = {}
    described = rng.random() < 0.25
    for one in function.takes:
        free = [name for name in one.names if name not in parameters.values()]
        name = _camel(rng.choice(free)) if camel else rng.choice(free)
        parameters[one.slot] = name
        properties[name] = _type(one.sort)
        if described and len(one.slot) > 2:
            properties[name]["description"] = f"The {one.slot.replace('_', ' ')}."
    kept = [one for one in function.takes if not one.optional or rng.random() < 0.7]
    there = {one.slot: parameters[one.slot] for one in kept}
    name = rng.choice(function.names)
    name = _camel(name) if camel else name
    about = _tidy(expand(rng, function.about))
    schema = {
        "type": "function",
        "function": {
            "name": name,
            "description": about if rng.random() < 0.7 else about.rstrip("."),
            "parameters": {
                "type": "object",
                "properties": {
                    parameters[one.slot]: properties[parameters[one.slot]] for one in kept
                },
                "required": [there[one.slot] for one in kept if not one.optional],
            },
        },
    }
    return _Offer(function, name, there, schema)


def _tidy(text: str) -> str:
    """Without the blank that an empty choice leaves before a full stop."""
    return re.sub(r" ([.?])", r"\1", text)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _type(sort: str) -> dict[str, Any]:
    """The schema of a sort, as the values drawn from it are passed."""
    _, value = _value(random.Random(0), sort)
    schema: dict[str, Any] = {"type": _TYPES[type(value)]}
    if isinstance(value, list):
        schema["items"] = {"type": "integer"}
    if sort in (
        "unit",
        "wake",
        "priority",
        "size",
        "mode",
        "class",
        "transport",
        "order",
        "direction",
    ):
        schema["enum"] = list(WORDS[sort])
    return schema


def _toolbox(rng: random.Random, wanted: Sequence[_Offer], most: int = 4) -> list[_Offer]:
    """Those wanted among others, in any order."""
    count = rng.choices(range(1, most + 1), (4, 3, 2, 1)[:most])[0]
    offers = list(wanted)
    while len(offers) < count:
        function = any_function(rng)
        if not function.broad and not any(_alike(function, other.function) for other in offers):
            offers.append(_offer(rng, function))
    rng.shuffle(offers)
    while len(offers) > len(wanted) and _size(offers) > _MOST_SCHEMA:
        offers.remove(next(offer for offer in offers if offer not in wanted))
    return offers


def _size(offers: Sequence[_Offer]) -> int:
    return sum(len(json.dumps(offer.schema)) for offer in offers)


def _alike(one: Function, other: Function) -> bool:
    """Whether a question could mean either: they share a word of what they can."""
    dull = {
        "a",
        "an",
        "the",
        "of",
        "in",
        "your",
        "set",
        "tell",
        "find",
        "send",
        "check",
        "book",
        "add",
    }
    mine, yours = ({*re.findall(r"\w+", f.can.rstrip("s"))} - dull for f in (one, other))
    return bool(mine & yours) or bool({*one.names} & {*other.names})


# ---- values


def _value(rng: random.Random, sort: str) -> tuple[str, Any]:
    """As it is said and as it is passed on."""
    if sort in SPOKEN:
        said = rng.choice(list(SPOKEN[sort]))
        return said, SPOKEN[sort][said]
    if sort.startswith("list "):
        options = WORDS.get(sort[5:])
        count = rng.randint(2, 3)
        things = rng.sample(options, count) if options else several(rng, sort[5:], count)
        return in_a_row([str(thing) for thing in things]), things
    if sort == "numbers":
        numbers = rng.sample(range(1, 100), rng.randint(3, 5))
        return ", ".join(map(str, numbers)), numbers
    value = rng.choice(WORDS[sort]) if sort in WORDS else _own_sort(rng, sort)
    return str(value), value


def _own_sort(rng: random.Random, sort: str) -> Any:
    if sort == "sum":
        operator = rng.choice(("+", "-", "*", "+", "*"))
        between = rng.choice((" ", ""))
        return f"{rng.randint(1, 999)}{between}{operator}{between}{rng.randint(1, 999)}"
    if sort == "python":
        number, word = draw(rng, "hundred"), draw(rng, "word")
        calls = (f"print({number})", f"len('{word}')", f"'{word}'.upper()", f"abs(-{number})")
        return rng.choice((*calls, f"max({number}, {draw(rng, 'count')})", f"print('{word}')"))
    if sort == "warmth":
        return rng.randint(15, 28)
    if sort == "hundreds":
        return rng.randint(2, 20) * 50
    return draw(rng, sort)


def _worth(expression: str) -> int:
    """What a sum of two numbers gives."""
    left, operator, right = re.fullmatch(r"(\d+) ?([-+*]) ?(\d+)", expression).groups()  # type: ignore[union-attr]
    one, other = int(left), int(right)
    return {"+": one + other, "-": one - other, "*": one * other}[operator]


def _fill(rng: random.Random, function: Function) -> _Values:
    """A value for each parameter, no two alike."""
    while True:
        pairs = {one.slot: _value(rng, one.sort) for one in function.takes}
        said = {slot: pair[0] for slot, pair in pairs.items()}
        if len(set(said.values())) == len(said):
            return _Values(said, {slot: pair[1] for slot, pair in pairs.items()})


def _slots(template: str) -> list[str]:
    return [field for _, field, _, _ in string.Formatter().parse(template) if field]


# ---- exchanges


def _wording(rng: random.Random, offer: _Offer, templates: Sequence[str]) -> str:
    """One way to ask, with its slots: all that the offer requires, none that it has not."""
    required = {one.slot for one in offer.function.takes if not one.optional}
    while True:
        template = rng.choice(templates)
        slots = {slot: f"{{{slot}}}" for slot in re.findall(r"{(\w+)}", template)}
        wording = _tidy(expand(rng, template, **slots))
        if required <= {*_slots(wording)} <= {*offer.parameters}:
            return wording


def _said(rng: random.Random, wording: str, values: _Values) -> str:
    """The question, now and then in lower case or more polite; the values stay as they are."""
    if not _ASKING.match(wording) and rng.random() < 0.3:
        plain = wording[0].lower() + wording[1:].rstrip(".")
        wording = rng.choice(
            (
                f"Please {plain}.",
                f"Can you {plain}?",
                f"Could you {plain}?",
                f"I want you to {plain}.",
            )
        )
    if rng.random() < 0.2:
        wording = wording.lower().rstrip(".?")
    question = wording.format(**values.said)
    return question if rng.random() < 0.1 else capital(question)


def _arguments(offer: _Offer, slots: Sequence[str], values: _Values) -> dict[str, Any]:
    named = offer.parameters.items()
    return {name: values.passed[slot] for slot, name in named if slot in slots}


def _key(offer: _Offer, slots: Sequence[str], values: _Values) -> str:
    return " ".join([offer.function.names[0], *(values.said[slot] for slot in slots)])


def _call(offer: _Offer, slots: Sequence[str], question: str, values: _Values) -> Exchange:
    """The question is answered with a call."""
    arguments = _arguments(offer, slots, values)
    check = {"type": "tool", "name": offer.name, "arguments": arguments}
    answer = call_tool(offer.name, arguments)
    return Exchange(question, answer, _key(offer, slots, values), check, exact=True)


def _tell(
    rng: random.Random, offer: _Offer, slots: Sequence[str], question: str, values: _Values
) -> Exchange:
    """The call has been made, its result is told."""
    said, result = dict(values.said), {}
    for name, sort in offer.function.gives:
        if sort == "sum_result":
            result[name] = _worth(values.said["expression"])
            said[name] = str(result[name])
        else:
            said[name], result[name] = _value(rng, sort)
    answer = offer.function.says.format(**said)
    check = {"type": "words", "all": [[said[slot]] for slot in _slots(offer.function.says)]}
    check["all"] = check["all"] or [[answer.rstrip(".")]]
    return _with_result(_call(offer, slots, question, values), result, answer, check)


def _with_result(
    call: Exchange, result: Mapping[str, Any], answer: str, check: Mapping[str, Any]
) -> Exchange:
    before = (
        {"role": "assistant", "content": call.answer},
        {"role": "tool", "content": json.dumps(result, ensure_ascii=False)},
    )
    return replace(call, answer=answer, check=check, before=before)


def _offered(exchanges: Sequence[Exchange], offers: Sequence[_Offer]) -> list[Exchange]:
    tools = [offer.schema for offer in offers]
    return [replace(exchange, tools=tools) for exchange in exchanges]


def _thanks(rng: random.Random) -> Exchange:
    question = expand(rng, "[Thanks|Thank you|Great, thanks|Thanks a lot|Perfect, thank you][!|.]")
    check = {"type": "words", "all": [["welcome"]], "none": ["tool_call"]}
    return Exchange(question, "You are welcome!", question, check)


# ---- conversations


def _called(rng: random.Random) -> list[Exchange]:
    offer = _offer(rng, any_function(rng))
    wording, values = _wording(rng, offer, offer.function.ask), _fill(rng, offer.function)
    call = _call(offer, _slots(wording), _said(rng, wording, values), values)
    return _offered([call], _toolbox(rng, [offer]))


def _told(rng: random.Random) -> list[Exchange]:
    """A result, and perhaps the same once more with another value."""
    function = any_function(rng)
    while not function.says:
        function = any_function(rng)
    offer = _offer(rng, function)
    wording, values = _wording(rng, offer, function.ask), _fill(rng, function)
    slots = _slots(wording)
    made = [_tell(rng, offer, slots, _said(rng, wording, values), values)]
    chance = rng.random()
    if function.then and chance < 0.7:
        again = expand(
            rng, function.then, **{one.slot: f"{{{one.slot}}}" for one in function.takes}
        )
        other = _fill(rng, function)
        changed = _slots(again)
        values = _Values(
            {**values.said, **{slot: other.said[slot] for slot in changed}},
            {**values.passed, **{slot: other.passed[slot] for slot in changed}},
        )
        question = _said(rng, again, values)
        if rng.random() < 0.5:
            made.append(_call(offer, slots, question, values))
        else:
            made.append(_tell(rng, offer, slots, question, values))
    elif chance > 0.85:
        made.append(_thanks(rng))
    return _offered(made, _toolbox(rng, [offer], 3))


def _asked_back(rng: random.Random) -> list[Exchange]:
    """An argument is missing; the assistant asks for it and then calls."""
    function = any_function(rng)
    while not function.bare:
        function = any_function(rng)
    offer, values = _offer(rng, function), _fill(rng, function)
    assert function.bare
    bare = expand(rng, function.bare, **{one.slot: f"{{{one.slot}}}" for one in function.takes})
    question = _said(rng, bare, values)
    check = {"type": "words", "all": [[function.back.rstrip("?")]], "none": ["tool_call"]}
    asked = Exchange(question, function.back, f"{function.names[0]} {question}", check, exact=True)
    reply = rng.choice(("{v}", "{v}", "{v}.", "{v}, please.")).format(v=values.said[function.lacks])
    slots = [*_slots(bare), function.lacks]
    made = [asked, _call(offer, slots, reply, values)]
    if function.says and rng.random() < 0.3:
        made[1] = _tell(rng, offer, slots, reply, values)
    return _offered(made[: rng.choice((1, 2, 2, 2))], _toolbox(rng, [offer], 3))


def _unfit(rng: random.Random) -> list[Exchange]:
    """Something that none of the functions does."""
    offers = _toolbox(rng, [], 3)
    function = any_function(rng)
    while function.broad or any(_alike(function, offer.function) for offer in offers):
        function = any_function(rng)
    absent = _offer(rng, function)
    wording, values = _wording(rng, absent, function.ask), _fill(rng, function)
    wanted = f"no tool to {function.can}"
    check = {"type": "words", "all": [[wanted]], "none": ["tool_call"]}
    key = f"without {_key(absent, _slots(wording), values)}"
    question = _said(rng, wording, values)
    return _offered([Exchange(question, f"I have {wanted}.", key, check, exact=True)], offers)


def _unneeded(rng: random.Random) -> list[Exchange]:
    """What is answered at once, and perhaps a call after it."""
    offer = _offer(rng, any_function(rng))
    while offer.function.broad:
        offer = _offer(rng, any_function(rng))
    if rng.random() < 0.2:
        one, other = rng.randint(1, 12), rng.randint(1, 12)
        template = "[What is|What's|How much is] {a}[ + |+| plus ]{b}?"
        question = expand(rng, template, a=one, b=other)
        check: dict[str, Any] = {"type": "number", "value": one + other}
        plain = Exchange(question, f"{one} + {other} is {one + other}.", f"{one} + {other}", check)
    else:
        template, answer, word = rng.choice(PLAIN)
        question = expand(rng, template)
        check = {"type": "words", "all": [[word]], "none": ["tool_call"]}
        plain = Exchange(question, answer, question, check)
    made = [plain]
    if rng.random() < 0.5:
        wording, values = _wording(rng, offer, offer.function.ask), _fill(rng, offer.function)
        made.append(_call(offer, _slots(wording), _said(rng, wording, values), values))
    return _offered(made, _toolbox(rng, [offer], 3))


_ERRORS = (
    "not found",
    "no connection",
    "access denied",
    "timeout",
    "unknown name",
    "not available",
)


def _failed(rng: random.Random) -> list[Exchange]:
    offer = _offer(rng, any_function(rng))
    wording, values = _wording(rng, offer, offer.function.ask), _fill(rng, offer.function)
    call = _call(offer, _slots(wording), _said(rng, wording, values), values)
    error = rng.choice(_ERRORS)
    check = {"type": "words", "all": [["did not work"], [error]]}
    result = {"error": error}
    told = _with_result(call, result, f"Sorry, that did not work: {error}.", check)
    return _offered([told], _toolbox(rng, [offer], 3))


def _abilities(rng: random.Random) -> list[Exchange]:
    """What the functions are good for."""
    offers = _toolbox(rng, [], 3)
    can = [offer.function.can for offer in offers]
    question = expand(
        rng,
        "[What can you do?|What can you do for me?|Which tools do you have?|What are your tools?"
        "|What tools can you use?|How can you help me?|List your tools.|What are you able to do?]",
    )
    check = {"type": "words", "all": [[one] for one in can], "none": ["tool_call"]}
    key = f"{question} {' '.join(can)}"
    return _offered([Exchange(question, f"I can {in_a_row(can)}.", key, check)], offers)
