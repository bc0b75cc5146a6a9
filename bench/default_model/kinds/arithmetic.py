"""Sums of small numbers, in signs, in words and in little stories, and what is asked about numbers.

Every answer repeats the operands and ends in the result: a small model computes best what it has
just written. Keys are the operation with its operands, whatever the wording, so that a test asks
for pairs that were never seen. The tables of one digit and of multiplication are facts that a model
can only know by heart: their keys hold the wording as well.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from ..exchange import Exchange, expand
from . import arithmetic_data as data
from .arithmetic_numbers import TOPICS, in_words
from .vocabulary_data import MEN, WOMEN

__all__ = ["exchanges"]

_SIGNS = {"add": "+", "sub": "-", "mul": "x", "div": "/"}


def exchanges(rng: random.Random) -> list[Exchange]:
    makers = list(_TOPICS)
    made = rng.choices(makers, [_TOPICS[maker] for maker in makers])[0](rng)
    if len(made) < 4 and rng.random() < 0.04:
        thanks = expand(rng, rng.choice(data.THANKS))
        check = {"type": "words", "all": [["welcome"]]}
        made.append(Exchange(thanks, "You're welcome!", "thanks", check))
    return made


def _pick(rng: random.Random, templates: Sequence[str]) -> tuple[int, str]:
    place = rng.randrange(len(templates))
    return place, templates[place]


def _result(op: str, a: int, b: int) -> int:
    return {"add": a + b, "sub": a - b, "mul": a * b, "div": a // b if b else 0}[op]


def _sum_text(op: str, a: int, b: int) -> str:
    return f"{a} {_SIGNS[op]} {b} = {_result(op, a, b)}"


def _key(op: str, a: int, b: int, wording: str) -> str:
    """The operation with its operands; in the tables that are learned by heart, the wording too."""
    by_heart = {
        "add": a <= 10 and b <= 10,
        "sub": a <= 20 and b <= 10 and a - b <= 10,
        "mul": True,
        "div": True,
    }[op]
    if op in ("add", "mul"):
        a, b = sorted((a, b))
    return f"{op} {a} {b} {wording}" if by_heart else f"{op} {a} {b}"


def _number(question: str, answer: str, key: str, value: int) -> Exchange:
    return Exchange(question, answer, key, {"type": "number", "value": value})


def _sum(question: str, op: str, a: int, b: int, wording: str) -> Exchange:
    answer = f"{_sum_text(op, a, b)}."
    return _number(question, answer, _key(op, a, b, wording), _result(op, a, b))


def _small(rng: random.Random, most: int = 100) -> int:
    """A number up to most; half of the time one of one digit or little more."""
    return rng.randint(0, min(most, rng.choice((10, 20, 100, 100))))


def _operands(rng: random.Random, op: str) -> tuple[int, int]:
    if op == "add":
        if rng.random() < 0.04:
            return rng.randint(1, 9) * 100, rng.randint(1, 9) * 100
        return _small(rng), _small(rng)
    if op == "sub":
        if rng.random() < 0.08:
            a = rng.randint(0, 19)
            return a, rng.randint(a, 20)
        a = rng.choice((rng.randint(1, 20), rng.randint(1, 100), rng.randint(1, 100)))
        return a, rng.randint(0, a)
    b = rng.randint(1, 12)
    a = rng.randint(0 if rng.random() < 0.2 else 2, 12)
    return (a * b, b) if op == "div" else (a, b)


def _ask(rng: random.Random, op: str, a: int, b: int) -> tuple[str, str]:
    """A question for a sum, and the name of its wording."""
    shown: dict[str, object] = {"a": a, "b": b}
    if rng.random() < 0.68:
        frame, template = _pick(rng, data.FRAMES)
        place, expression = _pick(rng, data.EXPRESSIONS[op])
        name = f"frame {frame} {place}"
        signless = any(len(part) > 2 and part.isalpha() for part in expression.split())
        template = template.replace("{e}", expression)
    else:
        place, template = _pick(rng, data.PHRASES[op])
        name, signless = f"phrase {place}", True
    if signless and max(a, b) <= 20 and rng.random() < 0.15:
        shown = {"a": in_words(a), "b": in_words(b)}
    question = expand(rng, template, **shown)
    if not template.startswith("{"):
        return question, name
    return rng.choice((question, question[:1].upper() + question[1:])), name


def _sums(rng: random.Random) -> list[Exchange]:
    op = rng.choices(("add", "sub", "mul", "div"), (9, 8, 6, 4))[0]
    a, b = _operands(rng, op)
    question, wording = _ask(rng, op, a, b)
    made = [_sum(question, op, a, b, wording)]
    return _followed(rng, made, _result(op, a, b))


def _named_sums(rng: random.Random) -> list[Exchange]:
    """Double, half, square, root and quarter: sums that leave an operand out."""
    name = rng.choices(("double", "half", "square", "root", "quarter"), (5, 5, 3, 3, 2))[0]
    place, template = _pick(rng, data.PHRASES[name])
    wording = f"{name} {place}"
    if name in ("double", "half"):
        a = rng.choice((rng.randint(1, 20), rng.randint(1, 100)))
        op, shown = ("mul", a) if name == "double" else ("div", 2 * a)
        key = f"{name} {shown} {wording if a <= 12 else ''}".strip()
    elif name == "quarter":
        op, shown = "div", 4 * rng.choice((*range(1, 26), 50, 100))
        key = f"quarter {shown} {wording}"
    else:
        a = rng.randint(1, 12)
        op, shown = "mul", a if name == "square" else a * a
        key = f"{name} {shown} {wording}"
    question = expand(rng, template, a=shown)
    if name == "root":
        answer = f"{_sum_text('mul', a, a)}, so the square root of {shown} is {a}."
        return [_number(question, answer, key, a)]
    second = {"double": 2, "half": 2, "square": shown, "quarter": 4}[name]
    answer, value = f"{_sum_text(op, shown, second)}.", _result(op, shown, second)
    return _followed(rng, [_number(question, answer, key, value)], value)


def _followed(rng: random.Random, made: list[Exchange], last: int) -> list[Exchange]:
    """The exchanges, half of the time with up to three steps that go on from the last result."""
    if rng.random() < 0.5:
        return made
    for _ in range(rng.choice((1, 1, 2, 3))):
        possible = _possible_steps(last)
        if not possible:
            break
        word = rng.choice(possible)
        b = _step_operand(rng, word, last)
        op = {"double": "mul", "half": "div"}.get(word, word)
        place, template = _pick(rng, data.FOLLOW_UPS[word])
        made.append(_sum(expand(rng, template, b=b), op, last, b, f"{word} then {place}"))
        last = _result(op, last, b)
    return made


def _possible_steps(last: int) -> list[str]:
    steps = []
    if 0 <= last <= 100:
        steps += ["add", "add", "double"]
    if 0 < last <= 100:
        steps += ["sub", "sub"]
    if 0 < last <= 12:
        steps.append("mul")
    if last > 0 and _divisors(last):
        steps.append("div")
    if 0 < last <= 200 and last % 2 == 0:
        steps.append("half")
    return steps


def _step_operand(rng: random.Random, word: str, last: int) -> int:
    if word in ("double", "half"):
        return 2
    if word == "div":
        return rng.choice(_divisors(last))
    if word == "sub":
        return rng.randint(1, min(last, rng.choice((10, 100))))
    return rng.randint(2, 12) if word == "mul" else rng.randint(1, rng.choice((10, 20, 100)))


def _divisors(number: int) -> list[int]:
    return [b for b in range(2, 13) if number % b == 0 and number // b <= 12]


def _three(rng: random.Random) -> list[Exchange]:
    most = rng.choice((10, 20, 30))
    a, b, c = (rng.randint(1, most) for _ in range(3))
    question = expand(rng, rng.choice(data.SUM_OF_THREE), a=a, b=b, c=c)
    answer = f"{a} + {b} + {c} = {a + b} + {c} = {a + b + c}."
    key = "sum " + " ".join(map(str, sorted((a, b, c))))
    return _followed(rng, [_number(question, answer, key, a + b + c)], a + b + c)


def _people(rng: random.Random) -> dict[str, str]:
    woman = rng.random() < 0.5
    name = rng.choice(WOMEN if woman else MEN)
    other = rng.choice([one for one in (*WOMEN, *MEN) if one != name])
    he, his, him = ("she", "her", "her") if woman else ("he", "his", "him")
    words = {"n": name, "m": other, "he": he, "his": his, "him": him, "He": he.capitalize()}
    return {**words, "t": rng.choice(data.THINGS)}


def _story(rng: random.Random) -> list[Exchange]:
    op = rng.choices(("add", "sub", "mul", "div"), (6, 6, 3, 3))[0]
    place = rng.randrange(len(data.STORIES[op]))
    question, said = data.STORIES[op][place]
    most = 60 if "years" in said else 200  # of people or of things
    a, b = 0, 0
    while min(a, b, _result(op, a, b)) < 2 or max(a, b, _result(op, a, b)) > most:
        a, b = _operands(rng, op)
    return [_telling(rng, op, a, b, question, said, f"story {place}", _people(rng))]


def _telling(
    rng: random.Random,
    op: str,
    a: int,
    b: int,
    question: str,
    said: str,
    wording: str,
    words: dict[str, str],
) -> Exchange:
    value = _result(op, a, b)
    question = expand(rng, question, a=a, b=b, **words)
    answer = f"{_sum_text(op, a, b)}, so {said.format(c=value, **words)}."
    return _number(question, answer, _key(op, a, b, wording), value)


def _long_story(rng: random.Random) -> list[Exchange]:
    """A story that goes on."""
    words = _people(rng)
    place = rng.randrange(len(data.SMALL_STORIES))
    question, said = data.SMALL_STORIES[place]
    a, b = rng.randint(2, rng.choice((10, 40))), rng.randint(2, rng.choice((10, 40)))
    made = [_telling(rng, "add", a, b, question, said, f"small {place}", words)]
    last = a + b
    for _ in range(rng.choice((1, 1, 2))):
        op = rng.choice(("add", "sub")) if last > 4 else "add"
        b = rng.randint(2, min(20, last - 2) if op == "sub" else 12)
        place, step = _pick(rng, data.MORE_STORY[op])
        made.append(_telling(rng, op, last, b, step, said, f"more {place}", words))
        last = _result(op, last, b)
    return made


def _percent(rng: random.Random) -> list[Exchange]:
    divisor = rng.choice((10, 10, 2, 4, 5))
    a = rng.choice((rng.randint(1, 10), rng.randint(1, 20), rng.randint(1, 10) * 5)) * 20
    place, template = _pick(rng, data.PERCENT)
    question = expand(rng, template, p=100 // divisor, a=a)
    made = [_share(question, divisor, a, place)]
    if rng.random() < 0.4:
        other = rng.choice([one for one in (10, 2, 4, 5) if one != divisor])
        question = expand(rng, "[And|And what is|What about|How about] {p}%?", p=100 // other)
        made.append(_share(question, other, a, len(data.PERCENT)))
    return made


def _share(question: str, divisor: int, a: int, wording: int) -> Exchange:
    percent = 100 // divisor
    answer = f"{percent}% of {a} = {a} / {divisor} = {a // divisor}."
    key = f"percent {percent} {a}" if divisor == 10 else f"percent {percent} {a} {wording}"
    return _number(question, answer, key, a // divisor)


def _clock(rng: random.Random) -> list[Exchange]:
    a, b = rng.randint(1, 12), rng.randint(1, 11)
    if rng.random() < 0.35:
        return _minutes(rng, a, rng.randrange(0, 60, 5), rng.randrange(5, 60, 5))
    hours = f"{b} hour{'s' if b > 1 else ''}"
    question = expand(rng, rng.choice(data.CLOCK), a=a, h=hours)
    made = [_clock_answer(question, a, b)]
    if rng.random() < 0.4:
        c = rng.randint(2, 8)
        wording = "[And|And what time is it|What about|And what will it be] in {c} hours?"
        made.append(_clock_answer(expand(rng, wording, c=c), a, c))
    return made


def _clock_answer(question: str, a: int, b: int) -> Exchange:
    value = (a + b - 1) % 12 + 1
    working = f"{a} + {b} = {a + b}"
    if a + b > 12:
        working += f" and {a + b} - 12 = {value}"
    answer = f"{working}, so it is {value} o'clock."
    return _number(question, answer, f"clock {a} {b}", value)


def _minutes(rng: random.Random, hour: int, minute: int, more: int) -> list[Exchange]:
    now = f"{hour}:{minute:02}"
    hours, left = divmod(minute + more, 60)
    then = f"{(hour + hours - 1) % 12 + 1}:{left:02}"
    wordings = (
        "It is {now}. What time is it in {more} minutes?",
        "It's {now}. What time will it be in {more} minutes?",
        "What is {now} plus {more} minutes?",
        "What time is it {more} minutes after {now}?",
        "The bus leaves at {now} and needs {more} minutes. When does it arrive?",
        "A lesson starts at {now} and lasts {more} minutes. When does it end?",
    )
    question = expand(rng, rng.choice(wordings), now=now, more=more)
    answer = f"{now} plus {more} minutes is {then}."
    check = {"type": "exact", "text": f"is {then}"}
    return [Exchange(question, answer, f"minutes {now} {more}", check)]


_Maker = Callable[[random.Random], list[Exchange]]
_TOPICS: dict[_Maker, float] = {
    _sums: 40,
    _named_sums: 9,
    _three: 7,
    _story: 14,
    _long_story: 8,
    _percent: 5,
    _clock: 5,
    **TOPICS,
}
