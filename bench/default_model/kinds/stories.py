"""Short stories with the hero, the name, the thing, the animal and the place that are asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..exchange import Exchange, expand
from .lists import follow_up
from .stories_data import (
    ADJECTIVES,
    BOYS,
    FRIENDS,
    FUNNY,
    GIRLS,
    HEROES,
    PLACES,
    PLOTS,
    THING_ADJECTIVES,
    THINGS,
    Plot,
)
from .wording import a, capital, invented_name

__all__ = ["exchanges"]

_TELL = (
    "[Tell me|Tell|Write|Write me|Make up|Invent] {a_story} {about}.",
    "[Please tell me|Please write] {a_story} {about}.",
    "[Can|Could|Would] you [tell me|write|write me|make up] {a_story} {about}?",
    "I want [to hear |]{a_story} {about}.",
    "I would like [to hear |]{a_story} {about}.",
    "[My son|My daughter|My little sister|My class] [wants|would like] {a_story} {about}.",
    "I need {a_story} {about}.",
    "Do you know {a_story} {about}?",
    "{A_story} {about}[, please|].",
    "How about {a_story} {about}?",
    "Let me hear {a_story} {about}.",
)
# How the story is asked for; the names in braces are what the story must hold.
_WITH_NAME = (
    "about {a_hero} [named|called] {Name}",
    "about {a_hero} [named|called] {Name} and {a_thing}",
    "about {a_hero} [named|called] {Name} with {a_thing} in it",
    "about {a_hero} [named|called] {Name} who finds {a_friend}",
    "about {a_hero} [named|called] {Name} {in_place}",
    "about {a_hero} [named|called] {Name} and {a_friend}",
    "about {Name} the {hero}",
    "about {Name} the {hero} and {a_thing}",
    "about {Name} the {hero} and {a_friend}",
    "about {Name} and {his} {thing}",
    "about {Name} and {a_friend}",
    "about {Name} and {a_thing} {in_place}",
    "about {Name}",
    "with {a_hero} [named|called] {Name}, {a_friend} and {a_thing}",
    "in which {Name} meets {a_friend}",
    "where {a_hero} named {Name} goes to {a_place}",
)
_WITHOUT_NAME = (
    "about {a_hero}",
    "about {a_hero} and {a_thing}",
    "about {a_hero} and {a_friend}",
    "about {a_hero} {in_place}",
    "with {a_hero} and {a_place}",
    "with {a_place} and {a_friend}",
    "with {a_thing} and {a_friend}",
    "with {a_hero} and {a_thing}",
    "with {a_hero}, {a_friend} and {a_thing}",
    "about {a_thing}",
    "about {a_thing} and {a_friend}",
    "that happens {in_place}",
    "",
)
_OPENING = (
    "[Once upon a time,|Once upon a time,|Long ago,] there was {a_described} named {Name}.",
    "There once was {a_described} named {Name}.",
)
_ASLEEP = (
    "Then {Name} [closed {his} eyes|went home, lay down] and [fell asleep|slept until morning]."
)

_WHO = (
    "What [was|is] {his} name[ again|]?",
    "What was the {hero}'s name?",
    "What [was|is] the {hero} called?",
    "Who is the {hero} in the story?",
)
_WHAT_IS = ("[Who|What] [was|is] {Name}?", "What kind of [creature|hero] is {Name}?")
_TITLE = (
    "[Give it a title.|Give it a title, please.|Can you give it a title?]",
    "What [would be|is] a good title[ for it|]?",
    "[Find|Suggest] a title[ for the story|].",
    "What should I call [the|this] story?",
    "It needs a title.",
)
_SUM_UP = (
    "[Make it shorter.|Make it shorter, please.|Can you make it shorter?]",
    "Sum it up in one sentence.",
    "What [is|was] the story about?",
    "[Tell|Say] it in one sentence.",
    "Too long. [Shorter, please.|One sentence, please.]",
)
_LESSON = (
    "What is the [moral|lesson][ of the story|]?",
    "What [can|do] we learn from it?",
    "What does the story teach[ us|]?",
)
_AGAIN = (
    "[Tell me|Tell] another one[, please|].",
    "Another [one|story] about {a_hero}[, please|].",
    "[Can|Could] you tell me another one?",
    "One more [story |]about {a_hero}[, please|].",
)
_THANKS = (
    "[Thanks|Thank you]!",
    "[That was nice|What a nice story], [thanks|thank you].",
    "Lovely!",
)


@dataclass
class _Story:
    """The parts of a story, by the names that templates use, and its plot."""

    rng: random.Random
    parts: dict[str, str]
    plot: Plot
    mood: str

    def fill(self, template: str) -> str:
        return capital(expand(self.rng, template, **self.parts))

    def text(self) -> str:
        brief = 1.0 if self.mood == "short" else 0.4
        lines = [self.rng.choice(_OPENING)]
        for line in self.plot.sentences:
            if line.startswith("?"):
                if self.rng.random() < brief:
                    continue
                line = line[1:]
            lines.append(line)
        if self.mood == "bedtime":
            lines.append(_ASLEEP)
        return " ".join(self.fill(line) for line in lines)


def _hero(rng: random.Random, hero: str | None = None) -> dict[str, str]:
    """A hero with a name, and the pronouns that fit both."""
    hero = hero or rng.choice(list(HEROES))
    she = HEROES[hero] == "she" or (HEROES[hero] == "" and rng.random() < 0.5)
    name = rng.choice(GIRLS if she else BOYS)
    if rng.random() < 0.25:
        name = invented_name(rng)
        she = name.endswith(("a", "i")) if HEROES[hero] == "" else she
    pronouns = ("she", "her", "her") if she else ("he", "his", "him")
    described = f"{rng.choice(ADJECTIVES)} {hero}" if rng.random() < 0.3 else hero
    return {
        "hero": hero,
        "name": name,
        "Name": name,
        "described": described,
        "a_hero": a(described),
        "a_described": a(described),
        **dict(zip(("he", "his", "him"), pronouns, strict=True)),
        "He": pronouns[0].capitalize(),
    }


def _make(rng: random.Random, mood: str, hero: str | None = None) -> _Story:
    parts = _hero(rng, hero)
    noun = rng.choice(THINGS)
    thing = f"{rng.choice(THING_ADJECTIVES)} {noun}" if rng.random() < 0.4 else noun
    place = rng.choice(list(PLACES))
    friend = rng.choice([one for one in FRIENDS if one != parts["hero"]])
    parts |= {
        "thing": thing,
        "thing_noun": noun,
        "a_thing": a(thing),
        "A_thing": capital(a(thing)),
        "friend": friend,
        "a_friend": a(friend),
        "A_friend": capital(a(friend)),
        "place": place,
        "a_place": a(place),
        "in_place": f"{PLACES[place]} the {place}",
        "In_place": f"{PLACES[place].capitalize()} the {place}",
    }
    return _Story(rng, parts, rng.choice(FUNNY if mood == "funny" else PLOTS), mood)


def _asked(about: str, parts: dict[str, str]) -> list[str]:
    """What the question names, and the story must hold."""
    names = [parts["Name"]] if "{Name}" in about else []
    for slot, part in (("hero", "described"), ("thing", "thing"), ("friend", "friend")):
        if f"{slot}}}" in about:
            names.append(parts[part])
    return names + [parts["place"]] * ("place}" in about)


def _tell(rng: random.Random) -> tuple[_Story, Exchange]:
    mood = rng.choices(("", "short", "funny", "bedtime"), (6, 3, 2, 2))[0]
    named = rng.random() < 0.65
    about = rng.choice(_WITH_NAME if named else _WITHOUT_NAME)
    # A story about Anna and a horse is about a girl.
    hero = None if "hero}" in about or not named else rng.choice(("girl", "boy"))
    story = _make(rng, mood, hero)
    tell = rng.choice(_TELL)
    if "{hero}" in about:
        story.parts["described"] = story.parts["hero"]
        story.parts["a_described"] = a(story.parts["hero"])
    elif "{a_hero}" not in about:
        story.parts["a_described"] = a(story.parts["hero"])
    a_story = expand(rng, f"a [{mood or '|nice|little|good'}] [story|story|tale]")
    asking = expand(rng, about, **story.parts)
    question = expand(rng, tell, a_story=a_story, A_story=capital(a_story), about="\0")
    question = (
        question.replace("\0", asking).replace(" .", ".").replace(" ?", "?").replace(" ,", ",")
    )
    names = _asked(about, story.parts)
    key = "|".join([*([] if named else [tell, about, mood]), *names])
    check = {"type": "sentences", "least": 5, "most": 10, "names": names}
    return story, Exchange(capital(question), story.text(), key, check)


def _ask(
    story: _Story, templates: Sequence[str], answer: str, words: Sequence[str], *seen: str
) -> Exchange:
    """A question about the story; seen are the parts that make its key."""
    question, wording = follow_up(story.rng, templates, **story.parts)
    check = {"type": "words", "all": [[word] for word in words]}
    key = "|".join([wording, *(story.parts[part] for part in seen)])
    return Exchange(question, story.fill(answer), key, check)


def _name(story: _Story) -> Exchange:
    name = story.parts["Name"]
    return _ask(story, _WHO, "The {hero}'s name was {Name}.", [name], "Name")


def _kind(story: _Story) -> Exchange:
    return _ask(story, _WHAT_IS, "{Name} was {a_hero}.", [story.parts["hero"]], "Name", "hero")


def _title(story: _Story) -> Exchange:
    thing = " ".join(word.capitalize() for word in story.parts["thing"].split())
    answer = "{Name} and the " + thing
    return _ask(story, _TITLE, answer, [story.parts["Name"], thing], "Name", "thing")


def _sum_up(story: _Story) -> Exchange:
    slots = [slot for slot in ("friend", "thing", "place") if f"{slot}}}" in story.plot.summary]
    words = [story.parts[slot] for slot in ("Name", *slots)]
    return _ask(story, _SUM_UP, story.plot.summary, words, "Name", *slots)


def _lesson(story: _Story) -> Exchange:
    question, wording = follow_up(story.rng, _LESSON)
    check = {"type": "exact", "text": story.plot.lesson.rstrip(".")}
    return Exchange(question, story.plot.lesson, f"{wording}|{story.plot.lesson}", check)


def _fact(story: _Story) -> Exchange:
    question, answer, slot = story.rng.choice(story.plot.facts)
    word = story.parts.get(slot, slot)
    exchange = _ask(story, (question,), answer, [word])
    return Exchange(exchange.question, exchange.answer, f"{question}|{word}", exchange.check)


def _again(story: _Story) -> Exchange:
    other = _make(story.rng, story.mood, story.parts["hero"])
    other.parts["a_described"] = a(other.parts["hero"])
    asked = {**story.parts, "a_hero": a(story.parts["hero"])}
    question, wording = follow_up(story.rng, _AGAIN, **asked)
    story.parts, story.plot = other.parts, other.plot
    check = {"type": "sentences", "least": 5, "most": 10, "names": [other.parts["hero"]]}
    return Exchange(question, other.text(), f"{wording}|{other.parts['hero']}", check)


def _thanks(story: _Story) -> Exchange:
    question, wording = follow_up(story.rng, _THANKS)
    check = {"type": "words", "all": [["glad"], ["story"]]}
    return Exchange(question, "I am glad that you like the story!", wording, check)


_QUESTIONS: tuple[tuple[Callable[[_Story], Exchange], int], ...] = (
    (_fact, 8),
    (_name, 3),
    (_title, 4),
    (_sum_up, 3),
    (_lesson, 3),
    (_kind, 1),
    (_again, 2),
    (_thanks, 2),
)


def exchanges(rng: random.Random) -> list[Exchange]:
    """A story and often questions about it."""
    story, first = _tell(rng)
    conversation = [first]
    for _ in range(rng.choices((0, 1, 2, 3), (9, 5, 5, 2))[0]):
        step = rng.choices([one for one, _ in _QUESTIONS], [weight for _, weight in _QUESTIONS])[0]
        if step is _again and len(conversation) > 1:
            step = _fact
        exchange = step(story)
        if exchange.question not in [earlier.question for earlier in conversation]:
            conversation.append(exchange)
    return conversation
