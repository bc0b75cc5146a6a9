"""Questions about countries, their capitals, languages and money, and about places of the world."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..exchange import Exchange, expand
from ..facts import (
    NUMBERS,
    and_list,
    fact,
    listing,
    possessive,
    rows,
    sentence,
    thanks,
    wording,
    yes_no,
)
from .geography_data import CONTINENTS, COUNTRIES, LARGE, PLACES, SMALL, WORLD

_NAMES = ("name", "capital", "continent", "language", "currency")
_COUNTRIES = [dict(zip(_NAMES, row, strict=True)) for row in rows(COUNTRIES)]
_BY_CONTINENT = {
    continent: [country["name"] for country in _COUNTRIES if country["continent"] == continent]
    for continent in CONTINENTS[:6]
}
# England, Scotland and Wales have the money and the tongue of the country that they are part of.
_PARTS = ("England", "Scotland", "Wales")
_PLACES = rows(PLACES)


@dataclass(frozen=True)
class Aspect:
    """What can be asked of every country.

    forms: of a named country. there: of the country that the conversation is about.
    answers: of the country {name}; the value, with its marks, goes where {value} is.
    """

    forms: tuple[str, ...]
    there: tuple[str, ...]
    answers: tuple[str, ...]


_ASPECTS = {
    "capital": Aspect(
        (
            "the capital of {name}",
            "the capital city of {name}",
            "{owner} capital",
            "{owner} capital city",
            "the name of the capital of {name}",
            "which city is the capital of {name}",
            "what city is the capital of {name}",
            "what is the capital of {name} called ~ what the capital of {name} is called",
        ),
        (
            "And [its|the] capital?",
            "What is [its|the] capital?",
            "What is the capital [of that country|there]?",
            "Which city is the capital?",
            "And what's [its|the] capital [city|called]?",
            "And the capital city?",
        ),
        ("the capital of {name} is {value}.",) * 3 + ("{value} is the capital of {name}.",),
    ),
    "continent": Aspect(
        (
            "which continent is {name} in ~ which continent {name} is in",
            "on which continent is {name} ~ on which continent {name} is",
            "in which continent is {name} ~ in which continent {name} is",
            "which continent does {name} belong to ~ which continent {name} belongs to",
            "where is {name} ~ where {name} is",
            "where in the world is {name} ~ where in the world {name} is",
            "the continent of {name}",
        ),
        (
            "Where is it?",
            "[And which|Which|What] continent is [it|that|that country] in?",
            "And where is that?",
            "On which continent is it?",
            "And the continent?",
        ),
        ("{name} is in {value}.",),
    ),
    "language": Aspect(
        (
            "what language do they speak in {name} ~ what language they speak in {name}",
            "what language do people speak in {name} ~ what language people speak in {name}",
            "which language is spoken in {name}",
            "what language is spoken in {name}",
            "what do people speak in {name} ~ what people speak in {name}",
            "the language of {name}",
            "the main language of {name}",
            "{owner} language",
        ),
        (
            "[What|Which] language do [they|people] speak there?",
            "And the language?",
            "And what [language|] do people speak [there|in that country]?",
            "What language is spoken there?",
            "And which language do they speak?",
            "What do they speak there?",
        ),
        ("people in {name} speak {value}.",),
    ),
    "currency": Aspect(
        (
            "the currency of {name}",
            "{owner} currency",
            "the money of {name}",
            "what money do they use in {name} ~ what money they use in {name}",
            "what currency is used in {name}",
            "which currency does {name} use ~ which currency {name} uses",
            "what do people pay with in {name} ~ what people pay with in {name}",
            "what currency do they have in {name} ~ what currency they have in {name}",
        ),
        (
            "And [its|the] currency?",
            "What [money|currency] do [they|people] use there?",
            "What is the currency [there|of that country]?",
            "What do people pay with there?",
            "And what is [the|its] currency?",
            "Which currency do I need there?",
        ),
        ("the currency of {name} is the {value}.",),
    ),
}


def exchanges(rng: random.Random) -> list[Exchange]:
    topics = (_country, _reverse, _is_it, _place, _world, _compare, _continent)
    made = rng.choices(topics, (10, 2, 3, 3, 3, 1.5, 1.5))[0](rng)
    if len(made) < 4 and rng.random() < 0.12:
        made.append(thanks(rng))
    return made


def _pick(rng: random.Random, aspect: str, unlike: str = "-") -> dict[str, str]:
    """A country of which the aspect is known, and differs from one value."""
    known = [one for one in _COUNTRIES if one[aspect] not in ("-", unlike)]
    return rng.choice(known)


def _answer(rng: random.Random, country: dict[str, str], aspect: str) -> str:
    values = country[aspect].split(", ") if aspect == "language" else [country[aspect]]
    if country["name"] == "Australia" and aspect == "continent":
        values = ["Oceania|Australia"]
    if aspect == "capital":
        values = [country[aspect].replace("Washington, D.C.", "Washington, D.C|Washington")]
    marked = and_list([f"*{value}*" for value in values])
    return rng.choice(_ASPECTS[aspect].answers).format(name=country["name"], value=marked)


def _wrong(country: dict[str, str], aspect: str) -> list[str]:
    """Values of other countries that a wrong answer would have."""
    if aspect == "continent":
        return list(CONTINENTS)
    place = _COUNTRIES.index(country)
    others = [_COUNTRIES[(place + step) % len(_COUNTRIES)] for step in range(-6, 7)]
    taken = country[aspect]
    values = [one[aspect] for one in others if one[aspect] not in ("-", taken)]
    return [value for value in values if "," not in value and value not in taken]


def _ask(rng: random.Random, country: dict[str, str], aspect: str) -> Exchange:
    name = country["name"]
    question = wording(rng, _ASPECTS[aspect].forms, name=name, owner=possessive(name))
    return fact(question, _answer(rng, country, aspect), none=_wrong(country, aspect))


def _country(rng: random.Random) -> list[Exchange]:
    """One question about a country, then others about it, or the same about another one."""
    aspect = rng.choices(list(_ASPECTS), (4, 2, 2, 2))[0]
    country = _pick(rng, aspect)
    made = [_ask(rng, country, aspect)]
    asked = {(country["name"], aspect)}
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        if rng.random() < 0.5:
            country = _pick(rng, aspect)
            question = expand(rng, rng.choice(_OTHER), name=country["name"])
            about = aspect
        else:
            known = [one for one in _ASPECTS if country[one] != "-"]
            aspect = rng.choice(known)
            question = expand(rng, rng.choice(_ASPECTS[aspect].there))
            about = country["name"]
        if (country["name"], aspect) in asked:
            break
        asked.add((country["name"], aspect))
        answer = _answer(rng, country, aspect)
        made.append(fact(question, answer, none=_wrong(country, aspect), about=about))
    return made


_OTHER = (
    "And of {name}?",
    "[And what about|What about|How about|And how about|Okay, and what about] {name}?",
    "And {name}?",
    "[Now the same|The same|The same question] for {name}[, please.|.|?]",
    "And for {name}?",
)


def _reverse(rng: random.Random) -> list[Exchange]:
    """From a capital to its country, and perhaps on from there."""
    country = _pick(rng, "capital")
    if country["name"] == "the United Kingdom":
        country = _pick(rng, "capital", country["capital"])
    name, capital = country["name"], country["capital"]
    forms = (
        "{capital} is the capital of which country ~",
        "of which country is {capital} the capital ~ of which country {capital} is the capital",
        "which country has {capital} as its capital",
        "which country has the capital {capital}",
        "in which country is {capital} ~ in which country {capital} is",
        "which country is {capital} in ~ which country {capital} is in",
        "where is {capital} ~ where {capital} is",
        "what country is {capital} the capital of ~ what country {capital} is the capital of",
        "what is {capital} ~ what {capital} is",
    )
    answer = f"{capital} is the capital of *{name}*."
    made = [fact(wording(rng, forms, capital=capital), answer, none=_wrong(country, "name"))]
    for aspect in rng.sample(("continent", "language", "currency"), rng.choice((0, 0, 1, 2))):
        if country[aspect] != "-":
            question = expand(rng, rng.choice(_ASPECTS[aspect].there))
            answer = _answer(rng, country, aspect)
            made.append(fact(question, answer, none=_wrong(country, aspect), about=name))
    return made


_IS_IT = {
    "capital": (
        "[Is {value} the capital of|Is {value} the capital city of] {name}?",
        "[The capital of {name} is {value}, right?|Is the capital of {name} {value}?]",
        "[Is it true that|Am I right that] {value} is the capital of {name}?",
        "[I think {value} is the capital of {name}. Is that right?]",
    ),
    "continent": (
        "Is {name} in {value}?",
        "[Is it true that|Am I right that] {name} is in {value}?",
        "[Does {name} belong to|Is {name} a country in|Is {name} part of] {value}?",
        "{Name} is in {value}, [right|isn't it|correct]?",
    ),
    "currency": (
        "Is the {value} the currency of {name}?",
        "[Do they use|Do people use|Can I pay with] the {value} in {name}?",
        "The currency of {name} is the {value}, [right|isn't it|correct]?",
    ),
}


def _is_it(rng: random.Random) -> list[Exchange]:
    """Yes or no about one country, or about two."""
    aspect = rng.choices((*_IS_IT, "same"), (4, 3, 1.5, 1.5))[0]
    if aspect == "same":
        return [_same_continent(rng)]
    country = _pick(rng, aspect)
    right = rng.random() < 0.5
    told = country if right else _pick(rng, aspect, country[aspect])
    question = expand(
        rng,
        rng.choice(_IS_IT[aspect]),
        value=told[aspect],
        name=country["name"],
        Name=sentence(country["name"]),
    )
    answer = _answer(rng, country, aspect)
    made = [yes_no(question, right, answer)]
    other = rng.choice([one for one in _ASPECTS if one != aspect])
    # After a "No" it would not be clear which country "it" is.
    if right and country[other] != "-" and rng.random() < 0.5:
        follow = expand(rng, rng.choice(_ASPECTS[other].there))
        none = _wrong(country, other)
        made.append(fact(follow, _answer(rng, country, other), none=none, about=country["name"]))
    return made


def _same_continent(rng: random.Random) -> Exchange:
    one, other = _pick(rng, "continent"), _pick(rng, "continent")
    if rng.random() < 0.5:
        same = [two for two in _COUNTRIES if two["continent"] == one["continent"]]
        other = rng.choice(same)
    while other is one:
        other = _pick(rng, "continent")
    values = {"one": one["name"], "other": other["name"]}
    question = expand(
        rng,
        "[Are {one} and {other} on the same continent?|Is {one} on the same continent as {other}?|"
        "Do {one} and {other} belong to the same continent?]",
        **values,
    )
    if one["continent"] == other["continent"]:
        text = "{one} and {other} are both in *{at}*."
    else:
        text = "{one} is in *{at}* and {other} is in *{there}*."
    answer = text.format(**values, at=one["continent"], there=other["continent"])
    return yes_no(question, one["continent"] == other["continent"], answer)


def _place(rng: random.Random) -> list[Exchange]:
    """What and where a river, a mountain or a city is."""
    name, text = rng.choice(_PLACES)
    verb = "are" if name.endswith(("Alps", "Andes", "Himalayas", "Pyrenees", "Mountains")) else "is"
    forms = (
        "what {verb} {name} ~ what {name} {verb}",
        "where {verb} {name} ~ where {name} {verb}",
        "where {verb} {name} located ~ where {name} {verb} located",
        "in which part of the world {verb} {name} ~ in which part of the world {name} {verb}",
        "where can I find {name} ~ where I can find {name}",
        "what do you know about {name} ~",
    )
    question = wording(rng, forms, name=name, verb=verb)
    if rng.random() < 0.15:
        question = f"Tell me about {name}."
    made = [fact(question, f"{name} {verb} {text}.")]
    while rng.random() < 0.3 and len(made) < 3:
        name, text = rng.choice(_PLACES)
        if any(sentence(name) in one.answer for one in made):
            break
        verb = "are" if text.startswith("*mountains") else "is"
        question = expand(rng, "[And|What about|And what about|How about] {name}?", name=name)
        made.append(fact(question, f"{name} {verb} {text}.", about="place"))
    return made


def _world(rng: random.Random) -> list[Exchange]:
    made = []
    chosen = rng.sample(list(WORLD), rng.choice((1, 1, 2)))
    for number, forms in enumerate(chosen):
        question = wording(rng, forms.split("|"))
        if number and rng.random() < 0.4 and forms.startswith("the "):
            question = expand(rng, "And {form}?", form=rng.choice(forms.split("|")))
        answer = WORLD[forms]
        none = CONTINENTS if "continent is" in answer else ()
        made.append(fact(question, answer, none=none))
    return made


_WHICH = (
    "[Which is|Which country is|Which one is|What is] {word}[,|:] {first} or {second}?",
    "[Tell me which|Do you know which] [country|one] is {word}[,|:] {first} or {second}[.|?]",
    "[Of|Between] {first} and {second}, which [country|one] is {word}?",
)
_WHICH_NEXT = (
    "[And which|Which] is {word}, {first} or {second}?",
    "And {first} or {second}, which [one|] is {word}?",
)


def _compare(rng: random.Random) -> list[Exchange]:
    """Which of two countries is larger; only of pairs that differ much."""
    made = []
    for number in range(rng.choice((1, 1, 2))):
        large, small = rng.choice(LARGE), rng.choice(SMALL)
        first, second = rng.sample((large, small), 2)
        if rng.random() < 0.5:
            winner, loser, word = large, small, rng.choice(("bigger", "larger"))
        else:
            winner, loser, word = small, large, "smaller"
        template = rng.choice(_WHICH_NEXT if number else _WHICH)
        question = expand(rng, template, word=word, first=first, second=second)
        answer = sentence(f"{winner} is {word} than {loser}.")
        check = {"type": "ordered", "values": [winner, word, loser]}
        made.append(Exchange(question, answer, question.casefold().rstrip(".?! "), check))
    return made


def _continent(rng: random.Random) -> list[Exchange]:
    """Some countries of a continent; always the best known ones first."""
    continent = rng.choice(list(_BY_CONTINENT))
    names = [name for name in _BY_CONTINENT[continent] if name not in _PARTS]
    count = rng.randint(2, 4)
    word = rng.choice((NUMBERS[count], str(count)))
    question = expand(
        rng,
        "[Name|Tell me|Give me|List|Can you name|I need|Please name|Do you know|Could you tell me] "
        "{word} [countries in|countries of|countries from] {continent}[.|?|]",
        word=word,
        continent=continent,
    )
    head = f"{NUMBERS[count]} countries in {continent} are"
    made = [listing(question, head, names[:count], names)]
    if rng.random() < 0.4 and len(names) > count:
        question = expand(
            rng, "[Another one|One more|And another one|Can you name another one][.|?]"
        )
        text = f"Another country in {continent} is *{names[count]}*."
        made.append(fact(question, text, about=f"{continent} {count}"))
    return made
