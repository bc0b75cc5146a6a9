"""Answers that are in the question: passages, lists, things told before, one of two choices."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..exchange import Exchange, expand
from .reading_data import (
    CHOICES,
    FILLERS,
    FINDS,
    FRAMES,
    GREETINGS,
    LISTS,
    MEMORIES,
    NOT_TOLD,
    SIZES,
)
from .reading_relations_data import HAPPENINGS, RELATIONS, Relation
from .vocabulary_data import MEN, WOMEN, draw, several
from .wording import capital

__all__ = ["exchanges"]


@dataclass(frozen=True)
class _Fact:
    relation: Relation
    subject: str
    value: str

    def says(self, rng: random.Random, template: str, **other: str) -> str:
        values = {"s": self.subject, "v": self.value, **other}
        return capital(expand(rng, template, **values))

    @property
    def plain(self) -> str:
        return capital(self.relation.plain.format(s=self.subject, v=self.value))

    @property
    def key(self) -> str:
        return f"{self.subject} {self.value}"


def exchanges(rng: random.Random) -> list[Exchange]:
    kinds = (_passage, _happening, _list, _find, _memory, _forgotten, _choice, _size, _pick)
    return rng.choices(kinds, (40, 14, 12, 8, 12, 1, 7, 3, 3))[0](rng)


# ---- passages of facts


def _passage(rng: random.Random) -> list[Exchange]:
    facts = rng.choices((_one_relation, _mixed, _profile), (4, 3, 3))[0]
    text, told = facts(rng)
    count = rng.choice((1, 1, 1, 2, 2, 3))
    made: list[Exchange] = []
    last: Relation | None = None
    for fact in rng.sample(told, min(count, len(told))):
        if last is fact.relation and rng.random() < 0.5:
            question = expand(rng, "[And|What about|How about|And what about] {s}?", s=fact.subject)
            made.append(_answered(fact, told, question))
        else:
            exchange, last = _about(rng, fact, told)
            made.append(exchange)
    return [_framed(rng, text, made[0]), *made[1:]]


def _one_relation(rng: random.Random) -> tuple[str, list[_Fact]]:
    """The same told of several: who lives where."""
    relation = rng.choice(RELATIONS)
    count = rng.choice((1, 2, 2, 3, 3, 4))
    subjects = several(rng, relation.subject, count)
    values = several(rng, relation.value, count)
    told = [_Fact(relation, str(s), str(v)) for s, v in zip(subjects, values, strict=True)]
    if rng.random() < 0.2 and count > 1:
        text = " and ".join(fact.plain.rstrip(".") for fact in told[:2]) + "."
        return " ".join([text, *(fact.plain for fact in told[2:])]), told
    return " ".join(fact.says(rng, relation.says) for fact in told), told


def _mixed(rng: random.Random) -> tuple[str, list[_Fact]]:
    """Different things of different subjects."""
    told: list[_Fact] = []
    people = several(rng, "name", 2)
    for relation in rng.sample(RELATIONS, rng.randint(2, 4)):
        if any(_clash(relation, fact.relation) for fact in told):
            continue
        subject = rng.choice(people) if relation.subject == "name" else draw(rng, relation.subject)
        told.append(_Fact(relation, str(subject), str(draw(rng, relation.value))))
    return " ".join(fact.says(rng, fact.relation.says) for fact in told), told


def _profile(rng: random.Random) -> tuple[str, list[_Fact]]:
    """One person, called by name only at first."""
    person, pronoun = rng.choice((*((her, "she") for her in WOMEN), *((him, "he") for him in MEN)))
    told: list[_Fact] = []
    personal = [one for one in RELATIONS if one.subject == "name" and "{s}'s" not in one.says]
    for relation in rng.sample([one for one in personal if " of {s}" not in one.says], 3):
        if not any(_clash(relation, fact.relation) for fact in told):
            told.append(_Fact(relation, person, str(draw(rng, relation.value))))
    text = [told[0].says(rng, told[0].relation.says)]
    text += [fact.says(rng, fact.relation.says, s=pronoun) for fact in told[1:]]
    return " ".join(text), told


def _clash(one: Relation, other: Relation) -> bool:
    """Whether a question about one could be about the other: what somebody has, say."""
    if one.subject != "name" or other.subject != "name":
        return one.subject == other.subject
    return " has " in one.plain and " has " in other.plain


def _about(
    rng: random.Random, fact: _Fact, told: Sequence[_Fact]
) -> tuple[Exchange, Relation | None]:
    """A question about a fact, and its relation if "And Ben?" may follow."""
    relation = fact.relation
    way = rng.choices(("value", "subject", "true", "false", "unknown"), (10, 5, 3, 3, 3))[0]
    if way == "value":
        return _answered(fact, told, fact.says(rng, relation.ask_value)), relation
    if way == "subject":
        return _answered(fact, told, fact.says(rng, relation.ask_subject)), None
    if way == "true":
        question = fact.says(rng, relation.ask_whether)
        check = {"type": "words", "all": [["yes"], [_bare(fact.value)]], "none": ["no"]}
        return Exchange(question, f"Yes, {_inner(fact)}", fact.key, check), None
    other = several(rng, relation.value, 2)
    if way == "false":
        wrong = str(other[0] if str(other[0]) != fact.value else other[1])
        question = fact.says(rng, relation.ask_whether, v=wrong)
        check = {"type": "words", "all": [["no"], [_bare(fact.value)]], "none": ["yes"]}
        return Exchange(question, f"No, {_inner(fact)}", f"{fact.key} {wrong}", check), None
    absent = _absent(rng, relation, told)
    unknown = relation.unknown.format(s=absent)
    question = capital(expand(rng, relation.ask_value, s=absent))
    check = {"type": "words", "all": [["does not say"], [_bare(absent)]]}
    return Exchange(question, f"The text does not say {unknown}.", unknown, check), None


def _absent(rng: random.Random, relation: Relation, told: Sequence[_Fact]) -> str:
    """Somebody of whom the text does not tell this."""
    known = [fact.subject for fact in told if fact.relation is relation]
    others = [f.subject for f in told if f.relation.subject == relation.subject]
    for subject in [*others, *map(str, several(rng, relation.subject, len(known) + 1))]:
        if subject not in known:
            return subject
    raise AssertionError("more different subjects than known ones")


def _answered(fact: _Fact, told: Sequence[_Fact], question: str) -> Exchange:
    """The fact's sentence, with no value of another."""
    others = {_bare(other.value): None for other in told if other.relation is fact.relation}
    check = {
        "type": "words",
        "all": [[_bare(fact.subject)], [_bare(fact.value)]],
        "none": [value for value in others if not _in(value, fact.plain)],
    }
    return Exchange(question, fact.plain, fact.key, check)


def _inner(fact: _Fact) -> str:
    """The sentence behind "Yes,": only names keep their capital."""
    plain = fact.plain
    return (
        plain if fact.subject[0].isupper() and plain[:3] != "It " else plain[0].lower() + plain[1:]
    )


def _bare(noun: str) -> str:
    return re.sub(r"^(?:an?|the) ", "", noun)


def _in(word: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence, re.I) is not None


def _framed(rng: random.Random, text: str, first: Exchange) -> Exchange:
    """The exchange with the text put to its question; sometimes only the fact is wanted."""
    frame = rng.choice(FRAMES)
    question = expand(rng, frame, text=text, question=first.question)
    return Exchange(question, first.answer, first.key, first.check, exact="\n" in question)


# ---- sentences with several things in them


def _happening(rng: random.Random) -> list[Exchange]:
    """Two sentences at most, each answers many questions."""
    told = []
    for sorts, plain, ask in rng.sample(HAPPENINGS, rng.choice((1, 1, 2))):
        told.append((_slots(rng, sorts), plain, ask))
    if len(told) == 2 and {*told[0][0].values()} & {*told[1][0].values()}:
        told.pop()
    text = " ".join(capital(plain.format(**slots)) for slots, plain, _ in told)
    made = []
    for slots, plain, ask in rng.choices(told, k=rng.choice((1, 1, 2))):
        question = capital(expand(rng, ask, **slots))
        check = {"type": "words", "all": [[_bare(value)] for value in slots.values()]}
        key = " ".join(slots.values())
        made.append(Exchange(question, capital(plain.format(**slots)), key, check))
    if len(made) == 2 and made[0].question == made[1].question:
        made.pop()
    return [_framed(rng, text, made[0]), *made[1:]]


def _slots(rng: random.Random, sorts: Mapping[str, str]) -> dict[str, str]:
    """A value for each slot, no two alike."""
    while True:
        slots = {slot: str(draw(rng, sort)) for slot, sort in sorts.items()}
        if len(set(slots.values())) == len(slots):
            return slots


# ---- lists and things to find

_LAYOUTS = (
    ("{k}: {v}", "\n"),
    ("- {k}: {v}", "\n"),
    ("{k} = {v}", "\n"),
    ("{k} - {v}", "\n"),
    ("{k},{v}", "\n"),
    ("| {k} | {v} |", "\n"),
    ("{k}: {v}", ", "),
    ("{k} {v}", ", "),
    ("{k} = {v}", ", "),
    ("{k} ({v})", ", "),
)


def _list(rng: random.Random) -> list[Exchange]:
    """A list, and values looked up in it by their keys."""
    title, key_sort, value_sort, ask, answer, unknown = rng.choice(LISTS)
    count = rng.randint(2, 5)
    keys = [str(key) for key in several(rng, key_sort, count + 1)]
    values = [str(value) for value in several(rng, value_sort, count)]
    layout, between = rng.choice(_LAYOUTS)
    pairs = list(zip(keys, values, strict=False))
    lines = between.join(layout.format(k=key, v=value) for key, value in pairs)
    made: list[Exchange] = []
    for place in rng.sample(range(count), rng.choice((1, 1, 2))):
        key, value = pairs[place]
        follow = "[And|What about|How about] [{k}|for {k}]?" if made else ask
        others = [other for other in values if other != value and not _in(other, f"{key} {value}")]
        check = {"type": "words", "all": [[key], [value]], "none": others}
        question = expand(rng, follow, k=key)
        made.append(Exchange(question, answer.format(k=key, v=value), f"{key} {value}", check))
    if rng.random() < 0.15:
        says = unknown.format(k=keys[-1])
        check = {"type": "words", "all": [["does not say"], [keys[-1]]]}
        question = expand(rng, ask, k=keys[-1])
        made.insert(0, Exchange(question, f"The list does not say {says}.", says, check))
        made = made[:1]
    return [_with_list(rng, title, lines, made[0]), *made[1:]]


def _with_list(rng: random.Random, title: str, lines: str, first: Exchange) -> Exchange:
    head = capital(expand(rng, title))
    one_line = "\n" not in lines
    frame = rng.choice(
        ("{head}: {lines}. {question}", "Here is a list: {lines}. {question}")
        if one_line
        else (
            "{head}:\n{lines}\n{question}",
            "{head}:\n{lines}\n\n{question}",
            "[Here is a list|Look at this|Use this list|Given this list]:\n{lines}\n{question}",
            "{question}\n{lines}",
            "{question}\n\n{head}:\n{lines}",
        )
    )
    question = expand(rng, frame, head=head, lines=lines, question=first.question)
    return Exchange(question, first.answer, first.key, first.check, exact=True)


def _find(rng: random.Random) -> list[Exchange]:
    """The one number, name or colour of a text."""
    labels, sort, texts = rng.choice(FINDS)
    value = str(draw(rng, sort))
    sentences = [expand(rng, texts, v=value), *rng.sample(FILLERS, rng.choice((0, 1, 1, 2)))]
    rng.shuffle(sentences)
    question = expand(
        rng,
        "[Find the {label} in this text: {text}|What is the {label} in this text? {text}"
        "|Which {label} is in this sentence? {text}|Extract the {label}: {text}"
        "|Get the {label} from this text: {text}|{text} Which {label} is in this text?"
        "|{text} What is the {label}?|Find the {label}: {text}|What {label} is told here? {text}"
        '|Extract the {label} from this sentence: "{text}"|Text: {text}\nWhich {label} is in it?]',
        label=expand(rng, labels),
        text=" ".join(sentences),
    )
    label = labels.strip("[]").split("|")[0]
    check = {"type": "words", "all": [[value]]}
    return [Exchange(question, f"The {label} is {value}.", f"{label} {value}", check, exact=True)]


# ---- what was told before


def _memory(rng: random.Random) -> list[Exchange]:
    """One or two things told and then asked for, at once or later."""
    told = []
    for sort, tell, reply, ask, answer in rng.sample(MEMORIES, rng.choice((1, 1, 2))):
        told.append((str(draw(rng, sort)), sort, tell, reply, ask, answer))
    value, sort, tell, _, ask, answer = told[0]
    if rng.random() < 0.2:
        question = f"{expand(rng, tell, v=value)} {expand(rng, ask)}"
        return [_recalled(question, answer, sort, value)]
    made = []
    for value, sort, tell, reply, _, _ in told:
        question, said = expand(rng, tell, v=value), capital(expand(rng, reply, v=value))
        check = {"type": "words", "all": [[value]]}
        made.append(Exchange(question, said, f"{sort} {value} told", check))
    for value, sort, _, _, ask, answer in rng.sample(told, len(told)):
        if sort in ("name", "nickname") and rng.random() < 0.4:
            made.append(_greeted(rng, sort, value))
        else:
            made.append(_recalled(expand(rng, ask), answer, sort, value))
    return made


def _recalled(question: str, answer: str, sort: str, value: str) -> Exchange:
    check = {"type": "words", "all": [[value]]}
    return Exchange(question, answer.format(v=value), f"{sort} {value}", check)


def _greeted(rng: random.Random, sort: str, value: str) -> Exchange:
    greeting, answer = rng.choice(GREETINGS)
    check = {"type": "words", "all": [[value], [answer.split(",")[0]]]}
    question = expand(rng, greeting)
    return Exchange(question, answer.format(v=value), f"{sort} {value} {answer}", check)


def _forgotten(rng: random.Random) -> list[Exchange]:
    """Something asked for that was never told."""
    known = [memory for memory in MEMORIES if memory[0] in NOT_TOLD]
    sort, _, _, ask, _ = rng.choice(known)
    question = expand(rng, ask)
    check = {"type": "words", "all": [["have not told me"]]}
    answer = f"You have not told me {NOT_TOLD[sort]} yet."
    return [Exchange(question, answer, f"untold {question}", check)]


# ---- one of two

_CHOICES = [tuple(entry.strip().split("|")) for entry in CHOICES.replace("\n", " ").split(";")]


def _choice(rng: random.Random) -> list[Exchange]:
    """Is it this or that, or is it so at all; sometimes of a second thing too."""
    made = []
    for thing, right, options in rng.sample(_CHOICES, rng.choice((1, 1, 2))):
        wrong = rng.choice(re.findall(r"(?:an? )?\w+", options))
        sentence = capital(f"{thing} is {right}.")
        check: dict[str, Any] = {"type": "words", "all": [[_bare(thing)], [right]], "none": [wrong]}
        if rng.random() < 0.6:
            one, other = rng.sample((right, wrong), 2)
            template = (
                "[Is {t} {x} or {y}?|What is {t}: {x} or {y}?|{t}: {x} or {y}?|Is {t} {x} or is"
            )
            template += (
                " it {y}?|Tell me if {t} is {x} or {y}.|Would you say that {t} is {x} or {y}?"
            )
            template += (
                "|Choose: is {t} {x} or {y}?|{x} or {y}: which is {t}?|Do you think {t} is {x}"
            )
            template += " or {y}?|Is {t} more {x} or more {y}?]"
            if right.startswith(("a ", "an ")):
                template = template.replace("more ", "")
        else:
            one = other = rng.choice((right, wrong))
            template = (
                "[Is {t} {x}?|Is it true that {t} is {x}?|{t} is {x}, right?|Would you say that"
            )
            template += " {t} is {x}?|True or false: {t} is {x}.|Do you think {t} is {x}?]"
            yes = "Yes" if one == right else "No"
            check["all"] = [[yes], *check["all"]]
            sentence = f"{yes}, {thing} is {right}."
        question = capital(expand(rng, template, t=thing, x=one, y=other))
        made.append(Exchange(question, sentence, question.casefold(), check))
    return made


def _size(rng: random.Random) -> list[Exchange]:
    low, high = sorted(rng.sample(range(len(SIZES)), 2))
    word = rng.choice(("bigger", "smaller"))
    first, second = (SIZES[high], SIZES[low]) if word == "bigger" else (SIZES[low], SIZES[high])
    one, other = rng.sample((first, second), 2)
    answer = capital(f"{first} is {word} than {second}.")
    template = f"[Which is {word}, {{x}} or {{y}}?|What is {word}, {{x}} or {{y}}?"
    template += f"|Which one is {word}: {{x}} or {{y}}?|{{x}} or {{y}}: which is {word}?"
    template += f"|Tell me which is {word}, {{x}} or {{y}}.|Is {{x}} or {{y}} {word}?]"
    check = {"type": "ordered", "values": [_bare(first), word, _bare(second)]}
    question = capital(expand(rng, template, x=one, y=other))
    return [Exchange(question, answer, question.casefold(), check)]


def _pick(rng: random.Random) -> list[Exchange]:
    """A matter of taste: the first one."""
    sort = rng.choice(("drink", "food", "colour", "animal", "city", "sport", "word", "day"))
    options = [str(option) for option in several(rng, sort, rng.choice((2, 2, 3)))]
    listed = f"{', '.join(options[:-1])} or {options[-1]}"
    template = "[Choose one: {o}.|Pick one: {o}.|{o}?|{o}: which one do you pick?|Pick: {o}?"
    template += "|Which would you choose, {o}?|You can choose {o}. Which one?|Please choose: {o}.]"
    check = {"type": "words", "all": [[options[0]]], "none": options[1:]}
    question = capital(expand(rng, template, o=listed))
    return [Exchange(question, f"I choose {options[0]}.", f"pick {listed}", check)]
