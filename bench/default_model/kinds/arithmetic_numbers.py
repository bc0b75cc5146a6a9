"""What is asked about numbers themselves: parity, order, counting, words for digits, units.

Part of `arithmetic`, which samples TOPICS.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ..exchange import Exchange, expand
from . import arithmetic_data as data

__all__ = ["TOPICS", "in_words"]

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """0 to 100 in words."""
    if number < 20:
        return _UNITS[number]
    if number == 100:
        return "one hundred"
    tens, units = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_UNITS[units]}" if units else "")


def _number(question: str, answer: str, key: str, value: int) -> Exchange:
    return Exchange(question, answer, key, {"type": "number", "value": value})


def _parity(rng: random.Random) -> list[Exchange]:
    made = []
    for place in range(rng.choice((1, 1, 2, 3))):
        a = rng.choice((rng.randint(0, 20), rng.randint(0, 100), rng.randint(100, 999)))
        real, other = ("even", "odd") if a % 2 == 0 else ("odd", "even")
        asked = rng.choice((real, other))
        is_open = rng.random() < 0.45 and not place
        question = expand(rng, rng.choice(_PARITY_OPEN if is_open else _PARITY), a=a, x=asked)
        if place:
            question = expand(rng, "[And|What about|How about|And what about] {a}?", a=a)
        if is_open or place:
            check = {"type": "words", "all": [[real]], "none": [other]}
            made.append(Exchange(question, f"{a} is {real}.", f"parity {a}", check))
            continue
        yes, no = ("Yes", "No") if asked == real else ("No", "Yes")
        check = {"type": "words", "all": [[yes], [real]], "none": [no]}
        made.append(Exchange(question, f"{yes}, {a} is {real}.", f"{asked} {a}", check))
    return made


_PARITY = (
    "Is {a} {x}?",
    "Is {a} an {x} number?",
    "Is the number {a} {x}?",
    "{a}: is that an {x} number?",
    "Would you say that {a} is {x}?",
    "Do you know if {a} is {x}?",
    "Tell me if {a} is {x}.",
    "Can you tell me whether {a} is an {x} number?",
)
_PARITY_OPEN = (
    "Is {a} even or odd?",
    "Is {a} odd or even?",
    "Is the number {a} even or odd?",
    "{a}: even or odd?",
    "{a}, odd or even?",
    "Tell me whether {a} is even or odd.",
    "Even or odd: {a}?",
    "Do you know if {a} is odd or even?",
)


def _several(rng: random.Random, count: int) -> list[int]:
    return rng.sample(range(rng.choice((11, 21, 101, 101))), count)


def _extreme(rng: random.Random) -> list[Exchange]:
    """The greatest or smallest of two or three numbers, and then perhaps the other end."""
    numbers = _several(rng, rng.choice((2, 2, 3, 3, 4)))
    great = rng.random() < 0.5
    wide = len(numbers) > 2
    made = []
    words: tuple[str, ...]
    for place in range(1 if rng.random() < 0.7 else 2):
        if great:
            words = ("biggest", "largest", "greatest", "highest") if wide else _MORE
        else:
            words = ("smallest", "lowest") if wide else ("smaller", "lower", "less")
        word = words[0] if place else rng.choice(words)
        listed = ", ".join(map(str, numbers[:-1]))
        shown = {"l": listed, "z": numbers[-1], "x": word}
        question = expand(rng, rng.choice(_EXTREME), **shown)
        if place:
            question = expand(rng, "[And|What about|And which is] the {x}?", **shown)
        value = max(numbers) if great else min(numbers)
        side = ("greatest" if wide else "greater") if great else ("smallest" if wide else "smaller")
        answer = f"The {side} number is {value}."
        operands = " ".join(map(str, sorted(numbers)))
        made.append(_number(question, answer, f"{side} {operands}", value))
        great = not great
    return made


_MORE = ("bigger", "larger", "greater", "higher", "more")
_EXTREME = (
    "Which is {x}, {l} or {z}?",
    "Which is {x}: {l} or {z}?",
    "What is {x}, {l} or {z}?",
    "Which number is {x}, {l} or {z}?",
    "Which of {l} and {z} is {x}?",
    "Which of these is {x}: {l}, {z}?",
    "Tell me which is {x}: {l} or {z}.",
    "{l} or {z}, which is {x}?",
    "{l} or {z}: which number is {x}?",
    "Do you know which is {x}, {l} or {z}?",
)


def _comparison(rng: random.Random) -> list[Exchange]:
    a, b = _several(rng, 2)
    word, reverse = rng.choice(
        (
            ("greater", "smaller"),
            ("bigger", "smaller"),
            ("larger", "smaller"),
            ("smaller", "greater"),
        )
    )
    is_so = a > b if word != "smaller" else a < b
    question = expand(rng, rng.choice(_COMPARISON), a=a, b=b, x=word)
    yes, no, relation = ("Yes", "No", word) if is_so else ("No", "Yes", reverse)
    answer = f"{yes}, {a} is {relation} than {b}."
    check = {"type": "words", "all": [[yes], [relation]], "none": [no]}
    return [Exchange(question, answer, f"compare {word} {a} {b}", check)]


_COMPARISON = (
    "Is {a} {x} than {b}?",
    "Is the number {a} {x} than {b}?",
    "Is it true that {a} is {x} than {b}?",
    "{a} is {x} than {b}, right?",
    "Would you say {a} is {x} than {b}?",
    "Tell me if {a} is {x} than {b}.",
    "Do you know if {a} is {x} than {b}?",
    "Can you check if {a} is {x} than {b}?",
)


def _neighbour(rng: random.Random) -> list[Exchange]:
    a = rng.choice((rng.randint(1, 20), rng.randint(1, 100), rng.randint(1, 100)))
    made = []
    side = rng.choice(("after", "before"))
    for place in range(rng.choice((1, 1, 2))):
        value = a + 1 if side == "after" else a - 1
        question = expand(rng, rng.choice(data.NEIGHBOURS[side]), a=a)
        if place:
            question = expand(
                rng, f"[And|And what comes|What comes|And the number] {side} {{a}}?", a=a
            )
        answer = f"The number {side} {a} is {value}."
        made.append(_number(question, answer, f"{side} {a}", value))
        a, side = rng.randint(1, 100), rng.choice(("after", "before"))
    if rng.random() < 0.12:
        question = expand(rng, "[What|Which] number is between {a} and {b}?", a=a - 1, b=a + 1)
        answer = f"The number between {a - 1} and {a + 1} is {a}."
        return [_number(question, answer, f"between {a}", a)]
    return made


def _count(rng: random.Random) -> list[Exchange]:
    """Counts up or down, by one or in larger steps."""
    step = rng.choice((1, 1, 1, 2, 2, 5, 10, 3))
    steps = rng.randint(3, 12 if step == 1 else 10)
    start = rng.choice(
        (step, step, 0, rng.randint(0, 90) if step == 1 else step * rng.randint(0, 9))
    )
    numbers = [start + step * place for place in range(steps + 1)]
    if rng.random() < 0.25:
        numbers.reverse()
    first, last = numbers[0], numbers[-1]
    way = " backwards" if first > last and rng.random() < 0.6 else ""
    by = f" by {step}s" if step in (2, 5, 10) and rng.random() < 0.5 else f" in steps of {step}"
    shown = {"a": first, "b": last, "way": way, "by": "" if step == 1 else by}
    question = expand(rng, rng.choice(_COUNT), **shown)
    made = [_listed(question, numbers, f"count {step} {first} {last}")]
    if rng.random() < 0.4:
        question = expand(rng, "[And|Now|Now count|Now do it] backwards[|, please].")
        numbers.reverse()
        if way:
            question = "Now forwards."
        made.append(_listed(question, numbers, f"count {step} {last} {first}"))
    return made


_COUNT = (
    "Count{way} from {a} to {b}{by}.",
    "[Please count|Can you count|Could you count] {way} from {a} to {b}{by}?",
    "Count{way}{by} from {a} to {b}.",
    "List the numbers{way} from {a} to {b}{by}.",
    "Say the numbers{way} from {a} to {b}{by}.",
    "Write{way} the numbers from {a} to {b}{by}.",
    "Go{way} from {a} to {b}{by}.",
    "I want you to count{way} from {a} to {b}{by}.",
    "Numbers{way} from {a} to {b}{by}, please.",
)


def _listed(question: str, numbers: list[int], key: str) -> Exchange:
    listed = ", ".join(map(str, numbers))
    return Exchange(question, f"{listed}.", key, {"type": "ends", "text": listed})


def _series(rng: random.Random) -> list[Exchange]:
    step = rng.choice((1, 2, 3, 4, 5, 10))
    start = step * rng.randint(0, 6) if rng.random() < 0.6 else rng.randint(0, 40)
    numbers = [start + step * place for place in range(5)]
    seen = ", ".join(map(str, numbers[:4]))
    question = expand(rng, rng.choice(_SERIES), s=seen)
    answer = f"{seen}, {numbers[4]}: the next number is {numbers[4]}."
    made = [_number(question, answer, f"series {step} {start}", numbers[4])]
    if rng.random() < 0.4:
        after = numbers[4] + step
        question = expand(rng, "[And then|And the next one|And after that|What comes then]?")
        answer = f"{numbers[4]} + {step} = {after}: the next number is {after}."
        made.append(_number(question, answer, f"next {step} {numbers[4]}", after))
    return made


_SERIES = (
    "What comes next: {s}, ...?",
    "{s}, ... What is next?",
    "{s}, ?",
    "Continue the series: {s}, ...",
    "What is the next number: {s}?",
    "Which number comes next in {s}?",
    "Find the next number: {s}, __",
    "What number follows: {s}?",
    "Complete the sequence {s}, ...",
    "How does {s} go on?",
)


def _digits_and_words(rng: random.Random) -> list[Exchange]:
    to_words = rng.random() < 0.55
    made = []
    for place in range(rng.choice((1, 1, 2, 3))):
        a = rng.choice((rng.randint(0, 20), rng.randint(0, 100), rng.randint(0, 100)))
        shown: int | str = a if to_words else in_words(a)
        templates = _TO_WORDS if to_words else _TO_DIGITS
        wording = rng.randrange(len(templates))
        question = expand(rng, templates[wording], a=shown)
        if place:
            wording = 99
            question = expand(rng, "[And|What about|Now|And now] {a}?", a=shown)
        # Names that are not put together are facts.
        by_heart = f" {wording}" if a < 21 or a % 10 == 0 else ""
        if to_words:
            answer, key = f"{a} in words: {in_words(a)}.", f"words {a}{by_heart}"
            made.append(Exchange(question, answer, key, {"type": "ends", "text": in_words(a)}))
        else:
            answer, key = f"{in_words(a).capitalize()} in digits: {a}.", f"digits {a}{by_heart}"
            made.append(_number(question, answer, key, a))
    return made


_TO_WORDS = (
    "Write {a} in words.",
    "How do you write {a} in words?",
    "What is {a} in words?",
    "{a} in words",
    "Spell the number {a}.",
    "How is the number {a} spelled?",
    "Spell out {a}.",
    "[Can|Could] you write {a} as a word?",
    "Write the number {a} with letters.",
    "Turn {a} into words.",
    "How do I write {a} on a check?",
)
_TO_DIGITS = (
    "Write {a} in digits.",
    "Write {a} as a number.",
    "What is {a} in digits?",
    "{a} in digits",
    "{a} as a number?",
    "What number is {a}?",
    "How do you write {a} with digits?",
    "[Can|Could] you write {a} as a number?",
    "Turn {a} into digits.",
    "Convert {a} to a number.",
)


def _units(rng: random.Random) -> list[Exchange]:
    one, many, smaller, factor, most = rng.choice(data.UNITS)
    a = rng.choice((1, rng.randint(1, most), rng.randint(1, most)))
    place = rng.randrange(len(_UNIT_WORDINGS))
    name = f"{a} {one if a == 1 else many}"
    verb = "is" if a == 1 else "are"
    question = expand(rng, _UNIT_WORDINGS[place], u=name, s=smaller, v=verb)
    value = a * factor
    answer = f"{a} x {factor} = {value}, so {name} {verb} {value} {smaller}."
    made = [_number(question, answer, f"units {one} {smaller} {a} {place}", value)]
    if rng.random() < 0.45:
        b = rng.choice([other for other in range(2, most + 1) if other != a])
        question = expand(rng, "[And in|And|What about|How about] {b} {m}?", b=b, m=many)
        answer = f"{b} x {factor} = {b * factor}, so {b} {many} are {b * factor} {smaller}."
        made.append(_number(question, answer, f"units {one} {smaller} {b} then", b * factor))
    return made


_UNIT_WORDINGS = (
    "How many {s} {v} in {u}?",
    "How many {s} are there in {u}?",
    "How many {s} [make|make up] {u}?",
    "[Convert|Turn] {u} to {s}.",
    "What is {u} in {s}?",
    "{u} in {s}",
    "{u}: how many {s} is that?",
    "How many {s} does {u} have?",
    "Tell me how many {s} {v} in {u}.",
    "Do you know how many {s} there are in {u}?",
    "Express {u} in {s}.",
)

TOPICS: dict[Callable[[random.Random], list[Exchange]], float] = {
    _parity: 5,
    _extreme: 6,
    _comparison: 4,
    _neighbour: 5,
    _count: 6,
    _series: 3,
    _digits_and_words: 6,
    _units: 5,
}
