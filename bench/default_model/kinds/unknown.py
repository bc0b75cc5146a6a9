"""What a tiny offline model cannot know or do: it says so in one or two honest sentences."""

from __future__ import annotations

import random
from dataclasses import replace

from ..exchange import Exchange
from ..topic import Topic, begin, follow, talk
from .aboutuser_data import NAMES
from .aboutuser_data import SYLLABLES as NAME_SYLLABLES
from .smalltalk_data import BYE, OK, THANKS
from .unknown_data import LIMITS, THEN
from .unknown_words_data import BARE, FOREIGN, KEYS, SYLLABLES

__all__ = ["exchanges"]

_ENDINGS = (THANKS, BYE, OK)

_BARE = Topic(
    "bare",
    ask="""
        {noun}
        {noun}[.|,|:|...|!|?| please]
        [some|a few words on|information on|info on|facts on] {noun}
        [I have|I've got] [a question|some questions|a few questions] [about|on] {noun}
        [I want|I'd like|I would like|I need] to talk about {noun}
        [can we|could we|let us|shall we] talk about {noun}[, please|?]
    """,
    say="""
        What would you like to know about {noun}?
        Please tell me: what would you like to know about {noun}?
    """,
    marks="what would you like to know about {noun}",
    then=(
        Topic(
            "nothing",
            ask="""
                [nothing|nothing really|nothing special|never mind|I don't know|not sure|forget it]
                [sorry|oh], [nothing|never mind|forget it|wrong window|I was just typing]
                [nothing|never mind], [I was just thinking aloud|it's not important|I found it]
            """,
            say="""
                All right. Just ask when you think of something.
                No problem. Just ask when you think of something.
            """,
            marks="just ask when you think of something",
        ),
    ),
)

_SILENCE = Topic(
    "silence",
    ask="""
        [?|??|???|...|....|.|!|!!|-|--|?!|!?|,|;|_|*|#|:|/|…]
        [question|a question|I have a question|can I ask something|may I ask a question]
        [I want|I'd like|I would like|I need] to [ask something|ask you something|know something]
        [tell me something|say something|tell me anything|talk to me|write something|do something]
    """,
    say="""
        What would you like to know?
        Please ask me a question: what would you like to know?
    """,
    marks="what would you like to know",
)

_FOREIGN = Topic(
    "other language",
    ask="{text}",
    say="""
        I am sorry, I speak only English. Please write to me in English.
        Please write to me in English. I am sorry, I speak no other language.
    """,
    marks="sorry; write to me in English",
    exact=True,
)

_GIBBERISH = Topic(
    "gibberish",
    ask="{text}",
    say="""
        I did not understand that. Could you say it in other words?
        Could you say that in other words? I did not understand it.
    """,
    marks="did not understand; in other words",
)

_WORD = Topic(
    "made-up word",
    ask="""
        [what is|what's|whats] a {word}?
        [what is|what's] {word}?
        [what does] {word} mean?
        [tell me|explain|can you tell me|do you know] what a {word} is
        [define|explain|describe] {word}
        [what do you know|tell me something|tell me] about {word}
        [have you heard of|do you know|do you know about] {word}?
        [where can I|how can I|how do I] [find|use|buy|make|get] a {word}?
        [how big|how old|how expensive|how heavy|what colour] is a {word}?
        [what is the|what's the] [meaning|definition] of {word}?
        [why|when|where] do people use a {word}?
    """,
    say="""
        I do not know what {word} means. I am a very small model and know only simple things.
        I am a very small model, and I do not know what {word} means.
    """,
    marks="do not know what {word} means",
    then=THEN[1:],
)

_PERSON = Topic(
    "person",
    ask="""
        [who is|who's|who was] {person}?
        [do you know|have you heard of|have you met] {person}?
        [what do you know|tell me|tell me something|what can you tell me] about {person}
        [how old|how tall|how rich|where] is {person}?
        [where does {person} live|what does {person} do|when was {person} born]?
        [is {person}] [famous|married|still alive|a singer|a writer|nice|at home|a good person]?
        [describe|introduce] {person}
        [what did {person} do|why is {person} famous|what is {person} known for]?
        [what is the|what's the] [phone number|address|age|birthday|job|email] of {person}?
    """,
    say="""
        I do not know {person}. I am a very small model and know only few people.
        I am a very small model and know only few people. I do not know {person}.
    """,
    marks="do not know {person}",
    then=THEN[1:],
)

_SUM = Topic(
    "too large",
    ask="""
        [what is|what's|calculate|compute|how much is|work out|tell me] {sum}
        [can you|could you|please] [calculate|compute|work out|tell me] {sum}?
        {sum}[ =|?| = ?]
        [I need|give me|do you know] [the result of|the answer to] {sum}
        [solve|evaluate|find]: {sum}
    """,
    say="""
        That is too hard for me: I can only do sums with small numbers. Please use a calculator.
        Please use a calculator. That is too hard for me: I can only do sums with small numbers.
    """,
    marks="too hard for me; small numbers; calculator",
    then=THEN[1:],
    exact=True,
)


def exchanges(rng: random.Random) -> list[Exchange]:
    """A conversation that begins with what the model does not know or cannot do."""
    if rng.random() < 0.5:
        return talk(rng, LIMITS, LIMITS, _ENDINGS, nearby=0.3)
    topic, values = rng.choices(_SUBJECTS, _WEIGHTS)[0](rng)
    return _about(rng, topic, values)


def _about(rng: random.Random, topic: Topic, values: dict[str, str]) -> list[Exchange]:
    """A conversation that begins with that topic, with these values in its slots."""
    filled = replace(topic, slots={name: (value,) for name, value in values.items()})
    first, values = begin(rng, filled)
    made = [first]
    if topic.then and rng.random() < 0.4:
        made.append(follow(rng, rng.choice(topic.then), topic.name, values))
    elif rng.random() < 0.2:
        made.append(begin(rng, rng.choice(_ENDINGS))[0])
    return made


def _made_up(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    """A word that nobody knows; none begins with a vowel, so that "a" is right."""
    return _WORD, {"word": "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3))))}


def _someone(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    """A first name, alone or with an invented family name or as somebody's relative."""
    first = rng.choice(NAMES)
    family = "".join(rng.choices(NAME_SYLLABLES, k=3)).capitalize()
    return _PERSON, {"person": rng.choice((first, f"{first} {family}", f"{first} {family}"))}


def _mashed(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    """What a hand or a cat types."""
    parts = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        row = rng.choice(KEYS)
        start = rng.randrange(len(row) - 3)
        run = row[start : start + rng.choice((3, 4, 5, 6))]
        parts.append("".join(rng.sample(run, len(run))) if rng.random() < 0.5 else run)
    return _GIBBERISH, {"text": " ".join(parts)}


def _large_sum(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    """Numbers of six digits and more, high powers and roots."""
    a, b = rng.randrange(100_000, 99_999_999), rng.randrange(100_000, 9_999_999)
    small, power = rng.randrange(12, 999), rng.randrange(7, 60)
    sums = (
        f"{a} times {b}",
        f"{a} * {b}",
        f"{a} x {b}",
        f"{a} divided by {b}",
        f"{a} / {b}",
        f"{small} to the power of {power}",
        f"{small}^{power}",
        f"the square root of {a}",
        f"the logarithm of {a}",
        f"the factorial of {power}",
        f"the prime factors of {a}",
    )
    return _SUM, {"sum": rng.choice(sums)}


def _bare(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    return _BARE, {"noun": rng.choice(BARE)}


def _silence(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    return _SILENCE, {}


def _foreign(rng: random.Random) -> tuple[Topic, dict[str, str]]:
    return _FOREIGN, {"text": rng.choice(FOREIGN)}


_SUBJECTS = (_bare, _silence, _foreign, _made_up, _someone, _mashed, _large_sum)
_WEIGHTS = (5, 1, 3, 4, 4, 1.5, 3)
