"""Questions about animals, fruit and vegetables, planets, the weather, seasons and the body."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from ..exchange import Exchange, expand
from ..facts import NUMBERS, a, fact, listing, rows, sentence, thanks, wording, yes_no
from .nature_data import (
    ANIMALS,
    CLASSES,
    DESCRIPTIONS,
    FLIGHTLESS,
    FLYING,
    PLANET_FACTS,
    PLANETS,
    PLANTS,
    PLURALS,
    SWIMMERS,
)
from .nature_more_data import BODY, EARTH, MAKES, QUESTIONS

_CELLS = ("name", "class", "size", "legs", "sound", "young", "food", "home")
_WHAT = dict(rows(DESCRIPTIONS))
_ANIMALS = [dict(zip(_CELLS, row, strict=True)) | {"what": _WHAT[row[0]]} for row in rows(ANIMALS)]
_PLANTS = rows(PLANTS)
_COLOUR = re.compile(r"\b(red|green|blue|yellow|orange|purple|pink|brown|white)\b")
_ORDINALS = "first second third fourth fifth sixth seventh eighth".split()


@dataclass(frozen=True)
class Aspect:
    """What can be asked of every animal: forms of facts.wording, what is asked of the animal that
    the conversation is about, and the answer."""

    forms: tuple[str, ...]
    there: tuple[str, ...]
    answer: str


_ASPECTS = {
    "what": Aspect(
        (
            "what is {one} ~ what {one} is",
            "what is {one} ~ what {one} is",
            "what are {many} ~ what {many} are",
            "what kind of animal is {one} ~ what kind of animal {one} is",
            "what do you know about {many} ~",
            "what does the word {name} mean ~ what the word {name} means",
        ),
        ("What [is that|kind of animal is that]?", "[And what|What] is {one}?"),
        "{one} is {what}.",
    ),
    "class": Aspect(
        (
            "which class of animals does {one} belong to ~ which class of animals {one} belongs to",
            "what class of animal is {one} ~ what class of animal {one} is",
            "which group of animals do {many} belong to ~ which group of animals {many} belong to",
            "the class of {one}",
            "is {one} a mammal, a bird, a fish or something else ~",
        ),
        ("[And which|Which] class [of animals|] does it belong to?", "And its class?"),
        "{one} is {class_}.",
    ),
    "legs": Aspect(
        (
            "how many legs does {one} have ~ how many legs {one} has",
            "how many legs do {many} have ~ how many legs {many} have",
            "how many legs has {one} ~ how many legs {one} has",
            "the number of legs of {one}",
            "the number of legs that {one} has",
        ),
        ("[And how|How] many legs does it have?", "And [the|its] [number of|] legs?"),
        "{one} has {legs}.",
    ),
    "sound": Aspect(
        (
            "what sound does {one} make ~ what sound {one} makes",
            "which sound do {many} make ~ which sound {many} make",
            "what noise does {one} make ~ what noise {one} makes",
            "how does {one} sound ~ how {one} sounds",
            "what does {one} say ~ what {one} says",
            "the sound of {one}",
        ),
        ("[And what|What] sound does it make?", "And [its|the] sound?"),
        "{one} *{sound}*.",
    ),
    "young": Aspect(
        (
            "what is a young {name} called ~ what a young {name} is called",
            "what is a baby {name} called ~ what a baby {name} is called",
            "what do you call a baby {name} ~ what you call a baby {name}",
            "the name of a baby {name}",
            "the name for a young {name}",
            "what are the young of {one} called ~ what the young of {one} are called",
        ),
        ("[And what|What] is [its young|its baby|a young one] called?", "And its young?"),
        "a young {name} is called {young}.",
    ),
    "food": Aspect(
        (
            "what does {one} eat ~ what {one} eats",
            "what do {many} eat ~ what {many} eat",
            "what do {many} feed on ~ what {many} feed on",
            "the food of {many}",
            "the food of {one}",
            "what do {many} like to eat ~ what {many} like to eat",
        ),
        ("[And what|What] [does it|do they] eat?", "[And its|And the] food?"),
        "{many} eat *{food}*.",
    ),
    "home": Aspect(
        (
            "where does {one} live ~ where {one} lives",
            "where do {many} live ~ where {many} live",
            "where can I find {one} ~ where I can find {one}",
            "where can I see {many} ~ where I can see {many}",
            "where are {many} found ~ where {many} are found",
            "the home of {many}",
        ),
        ("[And where|Where] [does it|do they] live?", "And [its|their] home?"),
        "{many} live *{home}*.",
    ),
}
_OTHER = (
    "[And what about|What about|How about|Okay, and what about] {one}?",
    "And {one}?",
    "And {many}?",
    "[The same|Now the same|The same question] for {one}[, please.|.|?]",
)


def exchanges(rng: random.Random) -> list[Exchange]:
    topics = (_animal, _is_it, _bigger, _some, _plant, _planet, _question, _body)
    made = rng.choices(topics, (9, 4, 2, 1.5, 2, 2, 4, 1.5))[0](rng)
    if len(made) < 4 and rng.random() < 0.12:
        made.append(thanks(rng))
    return made


def _many(name: str) -> str:
    last = name.split()[-1]
    return name[: -len(last)] + PLURALS.get(last, last + "s")


def _names(animal: dict[str, str]) -> dict[str, str]:
    return {"name": animal["name"], "one": a(animal["name"]), "many": _many(animal["name"])}


def _pick(rng: random.Random, aspect: str) -> dict[str, str]:
    return rng.choice([animal for animal in _ANIMALS if animal[aspect] != "-"])


def _class(animal: dict[str, str]) -> str:
    """With its article and its mark."""
    return a(animal["class"]).replace(" ", " *") + "*"


def _legs(count: int) -> str:
    return f"*{NUMBERS[count]}|{count}* legs" if count else "*no* legs"


def _answer(animal: dict[str, str], aspect: str) -> str:
    sound = animal["sound"].replace("clicks and whistles", "clicks|whistles").split("|")
    return _ASPECTS[aspect].answer.format(
        **_names(animal),
        what=a(animal["what"]) if animal["what"][0] != "*" else _marked_article(animal["what"]),
        class_=_class(animal),
        legs=_legs(int(animal["legs"])) if animal["legs"] != "-" else "",
        sound="* and *".join(sound),
        young=_marked_article(f"*{animal['young']}*"),
        food=animal["food"],
        home=animal["home"],
    )


def _marked_article(text: str) -> str:
    """The article in front of a text that begins with a mark."""
    return f"{a(text.lstrip('*')).split(' ', 1)[0]} {text}"


def _wrong(aspect: str) -> list[str]:
    if aspect == "class":
        return list(CLASSES)
    return [*NUMBERS, "no"] if aspect == "legs" else []


def _animal(rng: random.Random) -> list[Exchange]:
    """One question about an animal, then others about it, or the same about another one."""
    aspect = rng.choices(list(_ASPECTS), (5, 1.5, 2, 2, 2, 2, 2))[0]
    animal = _pick(rng, aspect)
    question = wording(rng, _ASPECTS[aspect].forms, **_names(animal))
    made = [fact(question, _answer(animal, aspect), none=_wrong(aspect))]
    asked = {(animal["name"], aspect)}
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        if rng.random() < 0.5:
            animal, about = _pick(rng, aspect), aspect
            question = expand(rng, rng.choice(_OTHER), **_names(animal))
        else:
            aspect = rng.choice([one for one in _ASPECTS if animal[one] != "-"])
            about = animal["name"]
            question = expand(rng, rng.choice(_ASPECTS[aspect].there), **_names(animal))
        if (animal["name"], aspect) in asked:
            break
        asked.add((animal["name"], aspect))
        answer = _answer(animal, aspect)
        made.append(fact(question, answer, none=_wrong(aspect), about=about))
    return made


def _is_it(rng: random.Random) -> list[Exchange]:
    """Yes or no about an animal: its class, wings, legs, eggs."""
    ask = rng.choice((_is_class, _is_class, _can_fly, _has_legs, _has_backbone, _can_swim))
    made = [ask(rng)]
    while rng.random() < 0.35 and len(made) < 3:
        more = ask(rng)
        made += [more] if all(more.answer != before.answer for before in made) else []
    return made


def _is_class(rng: random.Random) -> Exchange:
    animal = rng.choice(_ANIMALS)
    common = ("mammal", "bird", "fish", "insect", "reptile", "amphibian")
    asked = animal["class"] if rng.random() < 0.45 else rng.choice(common)
    question = expand(
        rng,
        "[Is {one} {asked}?|Are {many} {kinds}?|Is it true that {one} is {asked}?|"
        "{One} is {asked}, [right|isn't it|correct]?|Would you say that {one} is {asked}?|"
        "Does {one} belong to the {kinds}?]",
        **_names(animal),
        One=sentence(a(animal["name"])),
        asked=a(asked),
        kinds=_many(asked),
    )
    return yes_no(question, asked == animal["class"], f"{a(animal['name'])} is {_class(animal)}.")


def _can_fly(rng: random.Random) -> Exchange:
    flying = [
        animal
        for animal in _ANIMALS
        if animal["name"] in FLYING
        or (animal["class"] == "bird" and animal["name"] not in FLIGHTLESS[:2])
    ]
    flying = [animal for animal in flying if animal["name"] not in FLIGHTLESS]
    others = [
        animal
        for animal in _ANIMALS
        if animal["class"] not in ("bird", "insect") and animal["name"] != "bat"
    ] + [animal for animal in _ANIMALS if animal["name"] in FLIGHTLESS[:2]]
    can = rng.random() < 0.5
    animal = rng.choice(flying if can else others)
    question = expand(
        rng,
        "[Can {one} fly?|Can {many} fly?|Is {one} able to fly?|Do {many} fly?|Does {one} fly?|"
        "Are {many} able to fly?|Is it true that {many} can fly?]",
        **_names(animal),
    )
    return yes_no(question, can, f"{a(animal['name'])} *{'can' if can else 'cannot'}* fly.")


def _can_swim(rng: random.Random) -> Exchange:
    animal = rng.choice([animal for animal in _ANIMALS if animal["name"] in SWIMMERS])
    question = expand(
        rng,
        "[Can {one} swim?|Can {many} swim?|Do {many} swim?|Is {one} able to swim?|"
        "Are {many} good swimmers?|Does {one} swim well?]",
        **_names(animal),
    )
    return yes_no(question, True, f"{a(animal['name'])} can *swim* well.")


def _has_legs(rng: random.Random) -> Exchange:
    animal = _pick(rng, "legs")
    legs = int(animal["legs"])
    asked = legs if legs and rng.random() < 0.5 else rng.choice((2, 4, 6, 8))
    question = expand(
        rng,
        "[Does {one} have|Do {many} have|Is it true that {many} have|Am I right that {many} have] "
        "{count} legs?",
        **_names(animal),
        count=rng.choice((NUMBERS[asked], str(asked))),
    )
    return yes_no(question, asked == legs, f"{a(animal['name'])} has {_legs(legs)}.")


def _has_backbone(rng: random.Random) -> Exchange:
    animal = rng.choice(_ANIMALS)
    has = animal["class"] in ("mammal", "bird", "reptile", "amphibian", "fish")
    question = expand(
        rng,
        "[Does {one} have a backbone?|Do {many} have a backbone?|Has {one} got a backbone?|"
        "Is {one} an animal with a backbone?]",
        **_names(animal),
    )
    told = "has a *backbone*" if has else "has *no backbone*"
    return yes_no(question, has, f"{a(animal['name'])} {told}.")


def _bigger(rng: random.Random) -> list[Exchange]:
    made = []
    for number in range(rng.choice((1, 1, 2))):
        one = rng.choice(_ANIMALS)
        other = rng.choice([two for two in _ANIMALS if abs(_size(two) - _size(one)) >= 2])
        large, small = sorted((one, other), key=_size, reverse=True)
        first, second = a(one["name"]), a(other["name"])
        word = rng.choice(("bigger", "larger", "smaller"))
        winner, loser = (small, large) if word == "smaller" else (large, small)
        question = expand(
            rng,
            "[And which|Which] [one|] is {word}, {first} or {second}?"
            if number
            else "[Which is {word}[,|:] {first} or {second}?|What is {word}, {first} or {second}?|"
            "Which animal is {word}, {first} or {second}?|Is {first} or {second} {word}?|"
            "Tell me which is {word}, {first} or {second}.]",
            word=word,
            first=first,
            second=second,
        )
        answer = sentence(f"{a(winner['name'])} is {word} than {a(loser['name'])}.")
        check = {"type": "ordered", "values": [winner["name"], word, loser["name"]]}
        made.append(Exchange(question, answer, question.casefold().rstrip("?."), check))
    return made


def _size(animal: dict[str, str]) -> int:
    return int(animal["size"])


def _some(rng: random.Random) -> list[Exchange]:
    """Some animals of a class or fruit or vegetables; always the best known ones first."""
    kind = rng.choice(("mammal", "bird", "reptile", "fish", "insect", "fruit", "vegetable"))
    names = [animal["name"] for animal in _ANIMALS if animal["class"] == kind]
    names += [name for name, group, *_ in _PLANTS if group == kind]
    count = rng.randint(2, 4)
    kinds = _many(kind)
    question = expand(
        rng,
        "[Name|Tell me|Give me|List|Can you name|I need the names of|Please name|Do you know|"
        "Could you tell me] {count} [|kinds of|different] {kinds}[.|?|, please.|]",
        count=rng.choice((NUMBERS[count], str(count))),
        kinds=kinds,
    )
    among = [a(name) for name in names]
    made = [listing(question, f"{NUMBERS[count]} {kinds} are", among[:count], among)]
    if rng.random() < 0.4:
        question = expand(rng, "[Another one|One more|And another one|Can you name one more][.|?]")
        text = f"Another {kind} is {_marked_article(f'*{names[count]}*')}."
        made.append(fact(question, text, about=f"{kind} {count}"))
    return made


def _plant(rng: random.Random) -> list[Exchange]:
    name, kind, colour, what = rng.choice(_PLANTS)
    names = {"name": name, "one": a(name), "many": _plant_plural(name)}
    colours = (
        "what colour is {one} ~ what colour {one} is",
        "which colour does {one} have ~ which colour {one} has",
        "what color is {one} ~ what color {one} is",
        "the colour of {one}",
    )
    no_article = name in ("spinach", "broccoli", "garlic", "lettuce", "cabbage", "beetroot")
    names["one"] = name if no_article else names["one"]
    colour_told = _COLOUR.sub(r"*\g<0>*", colour)
    facts_ = [
        (colours, f"{names['one']} is usually {colour_told}."),
        (("what is {one} ~ what {one} is",), f"{names['one']} is {_plant_article(what)}."),
    ]
    made = []
    for forms, answer in rng.sample(facts_, rng.choice((1, 1, 2))):
        made.append(fact(wording(rng, forms, **names), answer))
    if rng.random() < 0.5:
        asked = rng.choice(("fruit", "vegetable"))
        question = expand(
            rng,
            "[Is {one} a {asked}?|Does {one} count as a {asked}?]",
            one=names["one"],
            asked=asked,
        )
        made.append(yes_no(question, asked == kind, f"{names['one']} is a *{kind}*."))
    return rng.sample(made, len(made))


def _plant_plural(name: str) -> str:
    irregular = {"cherry": "cherries", "strawberry": "strawberries", "peach": "peaches"}
    return irregular.get(name, _many(name))


def _plant_article(what: str) -> str:
    return _marked_article(what) if what.startswith("*") else a(what)


def _planet(rng: random.Random) -> list[Exchange]:
    """The planets, their order and what is special about them."""
    place = rng.randrange(len(PLANETS))
    name, ordinal = PLANETS[place], _ORDINALS[place]
    asked = rng.choice(("what", "place", "next", "all", "is"))
    if asked == "all":
        return [_all_planets(rng)]
    if asked == "what":
        forms = (
            "what is {n} ~ what {n} is",
            "what do you know about {n} ~",
            "which planet is {n} ~ which planet {n} is",
            "what is special about {n}",
        )
        question, answer = wording(rng, forms, n=name), f"{name} is {PLANET_FACTS[name]}."
    elif asked == "place":
        forms = (
            "which planet is the {o} from the Sun",
            "the {o} planet from the Sun",
            "the {o} planet of our solar system",
            "what is the name of the {o} planet ~",
        )
        question = wording(rng, forms, o=ordinal)
        answer = f"the {ordinal} planet from the Sun is *{name}*."
    elif asked == "is":
        question = expand(
            rng, "[Is {n} a planet?|Is {n} a star?|Is {n} one of the planets?]", n=name
        )
        return [yes_no(question, "star" not in question, f"{name} is a *planet*.")]
    else:
        place = min(place, len(PLANETS) - 2)
        name, following = PLANETS[place : place + 2]
        forms = (
            "which planet comes after {n}",
            "what planet is next after {n}",
            "the planet after {n}",
            "the next planet after {n}",
        )
        question, answer = wording(rng, forms, n=name), f"*{following}* comes after {name}."
    wrong = PLANETS if asked in ("place", "next") else ()
    made = [fact(question, answer, none=wrong)]
    while asked == "what" and rng.random() < 0.5 and len(made) < 3:
        name = rng.choice([one for one in PLANETS if one not in "".join(e.answer for e in made)])
        question = expand(rng, "[And|What about|And what about|How about] {n}?", n=name)
        made.append(fact(question, f"{name} is {PLANET_FACTS[name]}.", about="planet"))
    return made


def _all_planets(rng: random.Random) -> Exchange:
    forms = (
        "what are the planets of our solar system ~ what the planets of our solar system are",
        "which planets are there ~ which planets there are",
        "the names of all planets",
        "all the planets in order",
        "the order of the planets from the Sun",
        "which planets go around the Sun",
    )
    question = wording(rng, forms)
    answer = f"The planets are {', '.join(PLANETS[:-1])} and {PLANETS[-1]}."
    check = {"type": "ordered", "values": PLANETS}
    return Exchange(question, answer, question.casefold().rstrip("?. "), check)


def _question(rng: random.Random) -> list[Exchange]:
    """The weather, the seasons, the Earth, what comes from which animal."""
    made = []
    table = rng.choice((QUESTIONS, QUESTIONS, EARTH, MAKES))
    for forms in rng.sample(list(table), rng.choice((1, 1, 2))):
        made.append(fact(wording(rng, forms.split("|")), table[forms]))
    return made


def _is_many(part: str) -> bool:
    return part.endswith("s") or part in ("teeth", "feet")


def _body(rng: random.Random) -> list[Exchange]:
    """What the parts of the body are for."""
    part, use = rng.choice(list(BODY.items()))
    is_many = _is_many(part)
    verb, do = ("are", "do") if is_many else ("is", "does")
    forms = (
        "what {verb} the {part} for ~ what the {part} {verb} for",
        "what {do} the {part} do ~ what the {part} {do}",
        "what do we need the {part} for ~ what we need the {part} for",
        "what do we use the {part} for ~ what we use the {part} for",
        "why do we have {part_} ~ why we have {part_}",
        "the purpose of the {part}",
    )
    question = wording(rng, forms, part=part, part_=part if is_many else a(part), verb=verb, do=do)
    made = [fact(question, f"we use {'our' if is_many else 'the'} {part} {use}.")]
    if rng.random() < 0.4:
        other, use = rng.choice([item for item in BODY.items() if item[0] != part])
        question = expand(rng, "[And|What about|And what about|How about] the {part}?", part=other)
        article = "our" if _is_many(other) else "the"
        made.append(fact(question, f"we use {article} {other} {use}.", about="body"))
    return made
