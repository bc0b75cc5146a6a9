"""Topics of talk: many ways to ask, a few ways to answer, and the words that a right answer has."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from .exchange import Exchange, expand

__all__ = ["Topic", "begin", "follow", "lines", "pick", "plain", "talk", "words"]

_LENGTHS = (50, 27, 15, 8)  # how often a conversation has one, two, three and four exchanges


@dataclass(frozen=True)
class Topic:
    """Questions and answers that go together: each of them answers each of these.

    name: a word for it; keys of exchanges that follow begin with it.
    ask, say: templates of questions and answers, one a line.
    marks: what an answer must have: groups between ";", of each group one phrase, between "|".
    never: phrases, between "|", that no right answer has.
    slots: what the {names} in all of these are replaced by; "a,b" takes rows of two.
    then: what the user may say next; such topics see the values of this one.
    weight: how often it is talked about.
    exact: the letters of the question matter.
    """

    name: str
    ask: str
    say: str
    marks: str
    never: str = ""
    slots: Mapping[str, Sequence[str] | Sequence[tuple[str, ...]]] = field(default_factory=dict)
    then: Sequence[Topic] = ()
    weight: float = 1.0
    exact: bool = False


@cache
def lines(text: str) -> tuple[str, ...]:
    """The lines of a table in a string, without the empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def words(text: str) -> tuple[str, ...]:
    """The entries of a table in a string, between "|"."""
    return tuple(" ".join(entry.split()) for entry in text.split("|"))


def plain(text: str) -> str:
    """A question without what does not change it: case, punctuation, space."""
    return re.sub(r"[^\w+*/=<>-]+", " ", text.casefold()).strip() or text


def pick(rng: random.Random, topics: Sequence[Topic]) -> Topic:
    """One of the topics, by their weights."""
    return rng.choices(topics, [topic.weight for topic in topics])[0]


def begin(rng: random.Random, topic: Topic) -> tuple[Exchange, dict[str, str]]:
    """An exchange that needs nothing before it, and the values it was made with."""
    values = _fill(rng, topic)
    question = _question(rng, topic, values)
    return _exchange(rng, topic, question, f"first: {plain(question)}", values), values


def follow(rng: random.Random, topic: Topic, name: str, values: Mapping[str, str]) -> Exchange:
    """An exchange that refers to the one before it, which was about name and had these values."""
    values = {**values, **_fill(rng, topic)}
    question = _question(rng, topic, values)
    key = ": ".join([name, *values.values(), plain(question)])
    return _exchange(rng, topic, question, key, values)


def talk(
    rng: random.Random,
    topics: Sequence[Topic],
    others: Sequence[Topic],
    endings: Sequence[Topic],
    nearby: float = 0.5,
) -> list[Exchange]:
    """A conversation that begins with one of the topics.

    It goes on with what may follow that one or, where nothing follows, with one of the others
    (nearby says how likely) or with an ending.
    """
    count = rng.choices((1, 2, 3, 4), _LENGTHS)[0]
    topic = pick(rng, topics)
    first, values = begin(rng, topic)
    made, seen, followers = [first], {topic.name}, list(topic.then)
    while len(made) < count:
        if followers and rng.random() < 0.8:
            follower = rng.choice(followers)
            made.append(_anew(rng, follower, topic.name, values, made))
            followers = list(follower.then)
        elif rng.random() < nearby:
            topic = pick(rng, [other for other in others if other.name not in seen])
            another, values = begin(rng, topic)
            made.append(another)
            seen.add(topic.name)
            followers = list(topic.then)
        else:
            made.append(begin(rng, pick(rng, endings))[0])
            break
    return made


def _anew(
    rng: random.Random,
    topic: Topic,
    name: str,
    values: Mapping[str, str],
    before: Sequence[Exchange],
) -> Exchange:
    """An exchange that follows and repeats no answer: another joke is another one."""
    said = [exchange.answer for exchange in before]
    while (made := follow(rng, topic, name, values)).answer in said:
        pass
    return made


def _fill(rng: random.Random, topic: Topic) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, choices in topic.slots.items():
        chosen = rng.choice(choices)
        row = (chosen,) if isinstance(chosen, str) else chosen
        values.update(zip(name.split(","), row, strict=True))
    return values


def _question(rng: random.Random, topic: Topic, values: Mapping[str, str]) -> str:
    return _capital(expand(rng, rng.choice(lines(topic.ask)), **values))


def _exchange(
    rng: random.Random, topic: Topic, question: str, key: str, values: Mapping[str, str]
) -> Exchange:
    answer = _capital(expand(rng, rng.choice(lines(topic.say)), **values))
    check = {
        "type": "words",
        "all": [_phrases(group, values) for group in topic.marks.split(";")],
        "none": _phrases(topic.never, values),
    }
    return Exchange(question, answer, key, check, exact=topic.exact)


def _phrases(text: str, values: Mapping[str, str]) -> list[str]:
    return [phrase.strip().format(**values) for phrase in _parts(text)]


def _parts(text: str) -> Iterable[str]:
    return (part for part in text.split("|") if part.strip())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
