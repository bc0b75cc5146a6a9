"""Users tell about themselves and ask for it later: answers copy what stands in the context."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from ..exchange import Exchange, expand
from ..topic import lines, plain
from .aboutuser_data import FACTS, NAMES, SYLLABLES, Fact

__all__ = ["exchanges"]

_INVENTED = 0.3  # share of names that no list has, so that names are copied and not remembered
_GREETED = ("How can I help you?", "What can I do for you?", "What shall we talk about?")


@dataclass(frozen=True)
class Told:
    """A fact with its value, in the words of the user and of the model."""

    fact: Fact
    value: str
    kind: str

    def say(self, rng: random.Random, template: str) -> str:
        return expand(rng, template, value=self.value, kind=self.kind)

    def clause(self, rng: random.Random) -> str:
        return self.say(rng, self.fact.clause)


def exchanges(rng: random.Random) -> list[Exchange]:
    """A conversation about what the user has told, or has not."""
    shape = rng.choices((_at_once, _not_told, _told_then_asked), (20, 10, 70))[0]
    return shape(rng)


def _at_once(rng: random.Random) -> list[Exchange]:
    """Told and asked in one message."""
    told = _facts(rng, rng.choice((1, 2, 2)))
    asked = rng.choice(told)
    ask = _ask(rng, asked)
    question = f"{_tell(rng, told)}. {ask}"
    return [_recall(rng, asked, told, question, plain(question))]


def _not_told(rng: random.Random) -> list[Exchange]:
    """The model is asked for what it was not told; often it is told then, and asked again."""
    (told,) = _facts(rng, 1)
    question = _ask(rng, told)
    noun = told.say(rng, told.fact.noun)
    lead = rng.choice(("I do not know that: you have", "I cannot know that: you have"))
    answer = f"{lead} not told me {noun} yet."
    check = {"type": "words", "all": [["not told me"]]}
    made = [Exchange(question, answer, plain(question), check)]
    if rng.random() < 0.6:
        made += [_acknowledge(rng, [told], "untold"), _ask_later(rng, told, [told])]
    return made


def _told_then_asked(rng: random.Random) -> list[Exchange]:
    """One or two messages that tell something, then questions for it, sometimes a correction."""
    told = _facts(rng, rng.choice((1, 2, 2, 3)))
    wrong: list[Told] = []
    first = told[: rng.choice((1, 2))]
    made = [_acknowledge(rng, first)]
    if len(told) > len(first):
        made.append(_acknowledge(rng, told[len(first) :]))
    if rng.random() < 0.12:
        wrong = [told[0]]
        told[0], corrected = _correct(rng, told[0])
        made.append(corrected)
    asked = rng.sample(told, min(len(told), rng.choice((0, 1, 1, 1, 2)), 4 - len(made)))
    made += [_ask_later(rng, one, [*told, *wrong]) for one in asked]
    if len(made) < 4 and len(told) > 1 and rng.random() < 0.2:
        made.append(_summary(rng, told))
    return made


def _facts(rng: random.Random, count: int) -> list[Told]:
    """Different facts; the user's own name is the most usual."""
    chosen = rng.sample(FACTS, count)
    if rng.random() < 0.4 and FACTS[0] not in chosen:
        chosen[0] = FACTS[0]
    told: list[Told] = []
    for fact in chosen:
        taken = {one.value.casefold() for one in told}
        value = _value(rng, fact)
        while value.casefold() in taken:
            value = _value(rng, fact)
        told.append(Told(fact, value, rng.choice(fact.kinds)))
    return told


def _value(rng: random.Random, fact: Fact) -> str:
    if fact.values:
        return rng.choice(fact.values)
    if rng.random() < _INVENTED:
        end = rng.choice(("", "n", "l", "x", "r"))
        return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))).capitalize() + end
    return rng.choice(NAMES)


def _tell(rng: random.Random, told: Sequence[Told]) -> str:
    clauses = [one.say(rng, rng.choice(lines(one.fact.tell))) for one in told]
    if len(clauses) < 2:
        return _capital(clauses[0])
    if ". " in clauses[0]:
        return ". ".join(_capital(clause) for clause in clauses)
    joint = rng.choice((" and ", ", and ", ". "))
    rest = [clauses[1] if joint != ". " else _capital(clauses[1]), *map(_capital, clauses[2:])]
    return _capital(clauses[0]) + joint + ". ".join(rest)


def _ask(rng: random.Random, told: Told) -> str:
    return _capital(told.say(rng, rng.choice(lines(told.fact.ask))))


def _acknowledge(rng: random.Random, told: Sequence[Told], after: str = "") -> Exchange:
    """The model takes note of what it was told."""
    question = _tell(rng, told) + rng.choice(("", "", ".", "!"))
    key = ": ".join(part for part in (after, plain(question)) if part)
    if told[0].fact.name == "name":
        answer = f"Nice to meet you, {told[0].value}! {rng.choice(_GREETED)}"
        needed = [[told[0].value], ["nice to meet you"]]
    else:
        clauses = [one.clause(rng) for one in told]
        lead = rng.choice(("Good to know that", "Thank you for telling me that"))
        answer = f"{lead} {' and '.join(clauses)}."
        needed = [[one.value] for one in told]
    return Exchange(question, answer, key, {"type": "words", "all": needed}, exact=_invented(told))


def _invented(told: Sequence[Told]) -> bool:
    """Whether a name is among them that only its letters tell."""
    return any(not one.fact.values and one.value not in NAMES for one in told)


def _ask_later(rng: random.Random, asked: Told, told: Sequence[Told]) -> Exchange:
    question = _ask(rng, asked)
    key = ": ".join(part for part in (asked.kind, asked.value, plain(question)) if part)
    return _recall(rng, asked, told, question, key)


def _recall(
    rng: random.Random, asked: Told, told: Sequence[Told], question: str, key: str
) -> Exchange:
    """The answer has the value asked for and none of the others."""
    answer = _capital(asked.clause(rng)) + "."
    others = [one.value for one in told if one.value not in answer]
    check = {"type": "words", "all": [[asked.value]], "none": others}
    return Exchange(question, answer, key, check, exact=_invented(told) and asked.value in question)


def _correct(rng: random.Random, told: Told) -> tuple[Told, Exchange]:
    """The user takes a fact back and gives another value."""
    value = _value(rng, told.fact)
    while value == told.value:
        value = _value(rng, told.fact)
    right = Told(told.fact, value, told.kind)
    lead = rng.choice(("No,", "Sorry, I meant that", "That is wrong,", "Actually,", "No, wait,"))
    question = f"{lead} {right.clause(rng).replace('your', 'my').replace('you are', 'I am')}"
    question = question.replace("you live", "I live")
    clause = right.clause(rng)
    answer = rng.choice((f"Sorry! Now I know that {clause}.", f"I see: {clause}."))
    check = {"type": "words", "all": [[clause]], "none": [told.value]}
    return right, Exchange(question, answer, plain(question), check, exact=_invented([right]))


def _summary(rng: random.Random, told: Sequence[Told]) -> Exchange:
    """All that the user has told, in the order of telling."""
    question = expand(rng, "[what|how much] do you [know|remember] about me?")
    question = rng.choice((_capital(question), "What did I tell you about myself?"))
    clauses = [one.clause(rng) for one in told]
    answer = _capital(", ".join(clauses[:-1]) + " and " + clauses[-1]) + "."
    key = ": ".join((*(one.value for one in told), plain(question)))
    check = {"type": "ordered", "values": [one.value for one in told]}
    return Exchange(question, answer, key, check)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
