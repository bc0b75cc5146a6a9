"""Questions about everyday things and words, time, units, science, computers, history and art."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from ..exchange import Exchange, expand
from ..facts import NUMBERS, a, and_list, fact, rows, thanks, wording, yes_no
from . import things_data as data
from .things_facts_data import COMPOSED, COMPUTERS, HISTORY, PAINTED, PEOPLE, SCIENCE, WROTE
from .things_words_data import ADJECTIVES, JOBS, OBJECTS, VERBS

_MEANINGS = (
    "what does {word} mean ~ what {word} means",
    "what does the word {word} mean ~ what the word {word} means",
    "the meaning of {word}",
    "the meaning of the word {word}",
    "what is meant by {word}",
    "what is the definition of {word} ~ what the definition of {word} is",
)
_NEXT = ("[And|What about|And what about|How about|Okay, and] {thing}?",)


def _pairs(table: str) -> list[tuple[str, str]]:
    words = table.replace("\n", " ").split(",")
    return [(pair.split()[0], pair.split()[1]) for pair in words if pair.strip()]


_OBJECTS, _COMPUTERS, _GAMES = rows(OBJECTS), rows(COMPUTERS), rows(data.GAMES)
_OPPOSITES, _SYNONYMS = _pairs(data.OPPOSITES), _pairs(data.SYNONYMS)
_ADJECTIVES, _VERBS, _JOBS = rows(ADJECTIVES), rows(VERBS), rows(JOBS)
_UNITS, _SHAPES, _MIXES = rows(data.UNITS), rows(data.SHAPES), rows(data.MIXES)
_COLOURED = rows(data.COLOURED)


def exchanges(rng: random.Random) -> list[Exchange]:
    """One topic; often it goes on with the same question about something else."""
    topics, weights = zip(*_TOPICS, strict=True)
    topic = rng.choices(topics, weights)[0]
    made = topic(rng, False)
    while len(made) < 4 and rng.random() < 0.4:
        more = [one for one in topic(rng, topic in _ALIKE) if _is_new(one, made)]
        made += more[:1]
    if len(made) < 4 and rng.random() < 0.12:
        made.append(thanks(rng))
    return made


def _is_new(one: Exchange, made: Sequence[Exchange]) -> bool:
    return all(one.answer != before.answer for before in made)


def _one_of(
    rng: random.Random, follows: bool, forms: Sequence[str], thing: str, **values: str
) -> tuple[str, str]:
    """A question in full, or as one that follows another; and what it is about."""
    if follows and rng.random() < 0.65:
        return expand(rng, rng.choice(_NEXT), thing=thing), forms[0]
    return wording(rng, forms, thing=thing, **values), ""


def _object(rng: random.Random, follows: bool) -> list[Exchange]:
    return _what_is(rng, follows, rng.choice(_OBJECTS))


def _computer(rng: random.Random, follows: bool) -> list[Exchange]:
    return _what_is(rng, follows, rng.choice(_COMPUTERS))


def _game(rng: random.Random, follows: bool) -> list[Exchange]:
    name, text = rng.choice(_GAMES)
    return _what_is(rng, follows, [f"+{name}", text])


def _what_is(rng: random.Random, follows: bool, row: list[str]) -> list[Exchange]:
    name, text = row
    word = name.lstrip("+").removeprefix("the ")
    thing = name[1:] if name.startswith("+") else a(name)
    if name == "USB stick" or name == "URL":
        thing = f"a {name}"
    forms = (
        "what is {thing} ~ what {thing} is",
        "what is {thing} ~ what {thing} is",
        "what exactly is {thing} ~ what exactly {thing} is",
        *_MEANINGS,
    )
    question, about = _one_of(rng, follows, forms, thing, word=word)
    if not follows and rng.random() < 0.1:
        question = expand(rng, "[Define|Explain the word|Define the word] {word}.", word=word)
    return [fact(question, f"{thing} is {text}.", about=about)]


def _adjective(rng: random.Random, follows: bool) -> list[Exchange]:
    word, text = rng.choice(_ADJECTIVES)
    forms = (*_MEANINGS, "what does it mean to be {word} ~ what it means to be {word}")
    question, about = _one_of(rng, follows, forms, word, word=word)
    return [fact(question, f"{word} means {text}.", about=about)]


def _verb(rng: random.Random, follows: bool) -> list[Exchange]:
    word, text = rng.choice(_VERBS)
    forms = (
        "what does to {word} mean ~ what to {word} means",
        "what does the verb {word} mean ~ what the verb {word} means",
        "the meaning of the verb {word}",
        "the meaning of to {word}",
        "what does it mean to {word} ~ what it means to {word}",
    )
    question, about = _one_of(rng, follows, forms, f"to {word}", word=word)
    return [fact(question, f"to {word} means to {text}.", about=about)]


def _job(rng: random.Random, follows: bool) -> list[Exchange]:
    name, text = rng.choice(_JOBS)
    plain = text.replace("*", "")
    if not follows and rng.random() < 0.3:
        forms = ("who {does}", "which person {does}", "what do you call a person who {does} ~")
        clear = [job for job, does in _JOBS if does.replace("*", "") == plain]
        marked = f"*{'|'.join([name, *(job for job in clear if job != name)])}*"
        return [fact(wording(rng, forms, does=plain), f"{a(name).split()[0]} {marked} {plain}.")]
    forms = (
        "what does {thing} do ~ what {thing} does",
        "what does {thing} do at work ~ what {thing} does at work",
        "the job of {thing}",
        "the work of {thing}",
        "what is {thing} ~ what {thing} is",
        "what is the job of {thing} ~ what the job of {thing} is",
    )
    question, about = _one_of(rng, follows, forms, a(name))
    return [fact(question, f"{a(name)} {text}.", about=about)]


def _opposite(rng: random.Random, follows: bool) -> list[Exchange]:
    word = rng.choice(rng.choice(_OPPOSITES))
    # "Short" is the opposite of "long" and of "tall": every partner is right.
    partners = [two if one == word else one for one, two in _OPPOSITES if word in (one, two)]
    forms = (
        "the opposite of {thing}",
        "the opposite of the word {thing}",
        "what is the opposite of {thing} ~ what the opposite of {thing} is",
        "which word is the opposite of {thing}",
        "the word that means the opposite of {thing}",
        "an antonym of {thing}",
    )
    question, about = _one_of(rng, follows, forms, word)
    return [fact(question, f"the opposite of {word} is *{'|'.join(partners)}*.", about=about)]


def _synonym(rng: random.Random, follows: bool) -> list[Exchange]:
    word = rng.choice(rng.choice(_SYNONYMS))
    partners = [two if one == word else one for one, two in _SYNONYMS if word in (one, two)]
    forms = (
        "a synonym of {thing}",
        "a synonym for {thing}",
        "another word for {thing}",
        "which word means the same as {thing}",
        "a word that means the same as {thing}",
        "what is another word for {thing} ~ what another word for {thing} is",
    )
    question, about = _one_of(rng, follows, forms, word)
    return [fact(question, f"another word for {word} is *{'|'.join(partners)}*.", about=about)]


def _unit(rng: random.Random, follows: bool) -> list[Exchange]:
    count, parts, whole = rng.choice(_UNITS)
    thing = f"the {whole}" if "alphabet" in whole else a(whole)
    forms = (
        "how many {parts} are there in {thing} ~ how many {parts} there are in {thing}",
        "how many {parts} are in {thing} ~ how many {parts} are in {thing}",
        "how many {parts} does {thing} have ~ how many {parts} {thing} has",
        "the number of {parts} in {thing}",
        "how many {parts} make {thing}",
    )
    # Nobody says that eleven players "make" a team or that keys make a piano.
    made_up = ("minute", "hour", "week", "year", "metre", "kilometre")
    usual = forms if whole in made_up else forms[:4]
    question = wording(rng, usual, parts=parts, thing=thing)
    wrong = ("7", "10", "12", "24", "60", "100", "365", "1000")
    return [fact(question, f"{thing} has *{count}* {parts}.", none=wrong)]


def _shape(rng: random.Random, follows: bool) -> list[Exchange]:
    name, sides, text = rng.choice(_SHAPES)
    if sides == "-" or rng.random() < 0.4:
        return _what_is(rng, follows, [name, text])
    forms = (
        "how many sides does {thing} have ~ how many sides {thing} has",
        "how many corners does {thing} have ~ how many corners {thing} has",
        "the number of sides of {thing}",
        "how many sides has {thing} ~ how many sides {thing} has",
    )
    question, about = _one_of(rng, follows, forms[:1] if follows else forms, a(name))
    part = "corners" if "corners" in question else "sides"
    mark = f"*{sides}|{NUMBERS.index(sides)}*"
    return [fact(question, f"{a(name)} has {mark} {part}.", none=NUMBERS, about=about)]


def _order(rng: random.Random, follows: bool) -> list[Exchange]:
    """What comes before and after a day, a month, a season."""
    what, names = rng.choice((("day", data.DAYS), ("month", data.MONTHS), ("season", data.SEASONS)))
    place = rng.randrange(len(names))
    step, word = rng.choice(((1, "after"), (-1, "before")))
    name, found = names[place], names[(place + step) % len(names)]
    forms = [
        f"which {what} comes {word} {{thing}}",
        f"what {what} comes {word} {{thing}}",
        f"which {what} is {word} {{thing}}",
        f"what comes {word} {{thing}}",
        f"the {what} {word} {{thing}}",
    ]
    if what == "day":
        told = ("tomorrow", "today is") if step == 1 else ("yesterday", "today is")
        tense = "is" if step == 1 else "was"
        forms.append(f"if {told[1]} {{thing}}, what day {tense} {told[0]} ~")
    question = wording(rng, forms, thing=name)
    return [fact(question, f"*{found}* comes {word} {name}.", none=[*names])]


def _calendar(rng: random.Random, follows: bool) -> list[Exchange]:
    kind = rng.choice(("number", "days", "weekend", "all"))
    if kind == "days":
        place = rng.randrange(12)
        month, count = data.MONTHS[place], data.MONTH_DAYS[place]
        forms = (
            "how many days does {thing} have ~ how many days {thing} has",
            "how many days are there in {thing} ~ how many days there are in {thing}",
            "how many days are in {thing} ~ how many days are in {thing}",
            "the number of days in {thing}",
        )
        answer = f"{month} has *{count}* days."
        if count == 28:
            answer = "February has *28* days, and *29* in a leap year."
        question, about = _one_of(rng, follows, forms, month)
        return [fact(question, answer, none=("28", "29", "30", "31"), about=about)]
    if kind == "all":
        return [_all_in_order(rng)]
    names, what = (data.DAYS, "day") if kind == "weekend" else (data.MONTHS, "month")
    if kind == "weekend":
        name = rng.choice(names)
        question = expand(
            rng,
            "[Is {n} part of the weekend?|Does {n} belong to the weekend?|Is {n} a weekday?]",
            n=name,
        )
        end = name in ("Saturday", "Sunday")
        yes = end if "weekend" in question else not end
        return [
            yes_no(question, yes, f"{name} is a *{'day of the weekend' if end else 'weekday'}*.")
        ]
    place = rng.randrange(len(names))
    ordinal = (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh last".split()
    )[place]
    forms = (f"which {what} is the {ordinal} of the year", f"the {ordinal} {what} of the year")
    answer = f"the {ordinal} {what} of the year is *{names[place]}*."
    return [fact(wording(rng, forms), answer, none=names)]


def _all_in_order(rng: random.Random) -> Exchange:
    what, whole, names = rng.choice(
        (
            ("days", "week", data.DAYS),
            ("months", "year", data.MONTHS),
            ("seasons", "year", data.SEASONS),
        )
    )
    forms = (
        "what are the {what} of the {whole} ~ what the {what} of the {whole} are",
        "the names of the {what} of the {whole}",
        "all the {what} of the {whole}",
        "the {what} of the {whole} in order",
        "which {what} does a {whole} have ~ which {what} a {whole} has",
    )
    question = wording(rng, forms, what=what, whole=whole)
    answer = f"The {what} of the {whole} are {and_list(names)}."
    check = {"type": "ordered", "values": names}
    return Exchange(question, answer, question.casefold().rstrip("?. "), check)


def _colour(rng: random.Random, follows: bool) -> list[Exchange]:
    if rng.random() < 0.4:
        one, two, mixed = rng.choice(_MIXES)
        first, second = rng.sample((one, two), 2)
        forms = (
            "which colour do {x} and {y} make ~ which colour {x} and {y} make",
            "what colour do you get when you mix {x} and {y} ~ what colour you get when you mix "
            "{x} and {y}",
            "what do {x} and {y} make ~ what {x} and {y} make",
            "what happens if I mix {x} and {y}",
            "what is {x} mixed with {y} ~ what {x} mixed with {y} is",
        )
        question = wording(rng, forms, x=first, y=second)
        wrong = [colour for colour in data.COLOURS if colour not in (one, two)]
        return [fact(question, f"{first} and {second} make *{mixed}*.", none=wrong)]
    thing, colour = rng.choice(_COLOURED)
    forms = (
        "what colour is {thing} ~ what colour {thing} is",
        "which colour does {thing} have ~ which colour {thing} has",
        "what color is {thing} ~ what color {thing} is",
        "the colour of {thing}",
        "the color of {thing}",
    )
    question, about = _one_of(rng, follows, forms, thing)
    mark = "* or *".join(colour.split(" or "))
    return [fact(question, f"{thing} is *{mark}*.", none=data.COLOURS, about=about)]


def _science(rng: random.Random, follows: bool) -> list[Exchange]:
    return [_from_table(rng, SCIENCE)]


def _history(rng: random.Random, follows: bool) -> list[Exchange]:
    return [_from_table(rng, HISTORY)]


def _from_table(rng: random.Random, table: dict[str, str]) -> Exchange:
    forms = rng.choice(list(table))
    return fact(wording(rng, forms.split("|")), table[forms])


_ARTS = (
    (rows(WROTE), "wrote", "the author of", "writer"),
    (rows(PAINTED), "painted", "the painter of", "painter"),
    (rows(COMPOSED), "composed", "the composer of", "composer"),
)


def _art(rng: random.Random, follows: bool) -> list[Exchange]:
    """Who made a work; a question that follows asks for the same art only if it says which."""
    works, made, maker, role = rng.choice(_ARTS)
    work, person = rng.choice(works)
    forms = (
        "who {made} {thing}",
        "who {made} {thing}",
        "{maker} {thing}",
        "which {role} {made} {thing}",
        "by whom is {thing} ~",
        "who is {maker} {thing} ~ who {maker} {thing} is",
        "who was {maker} {thing} ~ who {maker} {thing} was",
    )
    question = wording(rng, forms, thing=work, made=made, maker=maker, role=role)
    others = sorted({name for _, name in works if name != person})
    result = [fact(question, f"{_person(person)} {made} {work}.", none=others)]
    if not follows and person in PEOPLE and rng.random() < 0.5:
        woman = person in ("Jane Austen", "Mary Shelley")
        question = expand(rng, "[Who was {p}?|And who was {p}?]", p="she" if woman else "he")
        result.append(fact(question, f"{person} was {PEOPLE[person]}.", about=person))
    return result


def _person(name: str) -> str:
    last = name.split()[-1]
    return f"*{name}|{last}*" if last != name else f"*{name}*"


def _people(rng: random.Random, follows: bool) -> list[Exchange]:
    name, text = rng.choice(list(PEOPLE.items()))
    forms = (
        "who was {thing} ~ who {thing} was",
        "who was {thing} ~ who {thing} was",
        "who is {thing} ~ who {thing} is",
        "what is {thing} known for ~ what {thing} is known for",
        "what do you know about {thing} ~",
        "what did {thing} do ~ what {thing} did",
    )
    question, about = _one_of(rng, follows, forms, name)
    return [fact(question, f"{name} was {text}.", about=about)]


# Topics that ask in one way only, so that "And a saw?" is clear.
_ALIKE = (_object, _computer, _game, _adjective, _verb, _opposite, _synonym, _people, _art)
_TOPICS: tuple[tuple[Callable[[random.Random, bool], list[Exchange]], float], ...] = (
    (_object, 8),
    (_computer, 4),
    (_game, 2.5),
    (_adjective, 3),
    (_verb, 3),
    (_job, 3.5),
    (_opposite, 6),
    (_synonym, 2.5),
    (_unit, 2.5),
    (_shape, 1.5),
    (_order, 3),
    (_calendar, 2),
    (_colour, 3),
    (_science, 4),
    (_history, 2.5),
    (_art, 3.5),
    (_people, 2.5),
)
