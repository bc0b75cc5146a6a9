"""Questions about words: their letters, their forms, their order, their rhymes.

What a word's form is, is a fact: such keys hold the task, the word and the wording. What can be
worked out of the question, as the order of a list, is held out by its operands alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from ..exchange import Exchange, expand
from . import words_data as data
from .wording import a as with_article
from .words_letters import LETTER_TASKS, Task, Topic, ask, occurrences
from .words_lists import LIST_TOPICS

__all__ = ["exchanges"]

_Solved = tuple[str, Mapping[str, Any]]
_COUNTED = tuple(
    dict.fromkeys(
        word
        for name in (
            "animals birds fruits clothes vehicles places instruments jobs shapes trees tools"
        ).split()
        for word in data.CATEGORIES[name].split()
        if not word.endswith("s")
    )
)


def exchanges(rng: random.Random) -> list[Exchange]:
    chances = {**LETTER_TASKS, **_FORM_TASKS, **LIST_TOPICS, **_TOPICS}
    chosen = rng.choices(list(chances), list(chances.values()))[0]
    made = ask(rng, chosen) if isinstance(chosen, Task) else chosen(rng)
    if rng.random() < 0.04:
        thanks = expand(rng, "[Thanks|Thank you|Great, thanks|Ok, thank you][!|.|]")
        check = {"type": "words", "all": [["welcome"]]}
        made.append(Exchange(thanks, "You're welcome!", "thanks", check))
    return made


def _regular_plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")) or noun in ("mango",):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _plural(noun: str) -> _Solved:
    many = data.PLURALS.get(noun) or _regular_plural(noun)
    return f"The plural of {noun} is {many}.", {"type": "exact", "text": f"is {many}"}


def _singular(many: str) -> _Solved:
    noun = _SINGULARS[many]
    return f"The singular of {many} is {noun}.", {"type": "exact", "text": f"is {noun}"}


def _past(verb: str) -> _Solved:
    past = data.PAST[verb]
    return f"The past tense of {verb} is {past}.", {"type": "exact", "text": f"is {past}"}


def _comparative(word: str) -> _Solved:
    more = data.COMPARATIVES[word][0]
    return f"The comparative of {word} is {more}.", {"type": "exact", "text": f"is {more}"}


def _superlative(word: str) -> _Solved:
    most = data.COMPARATIVES[word][1]
    return f"The superlative of {word} is {most}.", {"type": "exact", "text": f"is {most}"}


def _compared(word: str) -> _Solved:
    forms = ", ".join((word, *data.COMPARATIVES[word]))
    return f"{forms}.", {"type": "ends", "text": forms}


def _article(noun: str) -> _Solved:
    said = with_article(noun)
    return f"It is {said}.", {"type": "exact", "text": said}


def _rhyme(word: str) -> _Solved:
    group = _RHYMES[word]
    place = group.index(word)
    one, other = (group[(place + step) % len(group)] for step in (1, 2))
    good = [rhyme for rhyme in group if rhyme != word]
    check = {"type": "words", "all": [good, ["rhyme"]]}
    return f"{one.capitalize()} and {other} rhyme with {word}.", check


def _sentence(word: str) -> _Solved:
    pattern = data.SENTENCES[_CATEGORY[word]][0]
    check = {"type": "sentences", "least": 1, "most": 1, "names": [word]}
    return pattern.format(w=word, a=with_article(word)), check


def _category(word: str) -> _Solved:
    name = _CATEGORY[word]
    return f"{word.capitalize()} belongs to: {name}.", {"type": "ends", "text": name}


_RHYMES = {word: group for group in data.RHYMES for word in group if len(group) > 2}
_CATEGORY = {
    word: name for name, listed in data.CATEGORIES.items() for word in listed.split()
    if word != "orange"
}  # fmt: skip
_PLAIN = tuple(noun for noun in dict.fromkeys((*data.NOUNS, *_COUNTED)) if noun not in data.PLURALS)
_SINGULARS = {
    many: noun
    for noun, many in (*data.PLURALS.items(), *((one, _regular_plural(one)) for one in _PLAIN))
    if noun != many
}

_FORM_TASKS: dict[Topic, float] = {
    Task(
        "plural",
        (*data.PLURALS, *data.PLURALS, *_PLAIN),
        (
            "What is the plural of {w}?",
            "What's the plural of {w}?",
            "Plural of {w}?",
            "The plural of {w} is?",
            "How do you say {w} in the plural?",
            "What do you call more than one {w}?",
            "Give me the plural of {w}.",
            "Tell me the plural of the word {w}.",
            "What is the plural form of {w}?",
            "[Can|Could] you tell me the plural of {w}?",
            "One {w}, two ...?",
            "Make {w} plural.",
            "Write {w} in the plural.",
            "Do you know the plural of {w}?",
        ),
        _plural,
        by_heart=True,
    ): 9,
    Task(
        "singular",
        tuple(_SINGULARS),
        (
            "What is the singular of {w}?",
            "What's the singular of {w}?",
            "Singular of {w}?",
            "Give me the singular of {w}.",
            "Make {w} singular.",
            "What is one of many {w} called?",
            "What is the singular form of {w}?",
        ),
        _singular,
        by_heart=True,
    ): 3,
    Task(
        "past",
        tuple(data.PAST),
        (
            "What is the past tense of {w}?",
            "What's the past tense of {w}?",
            "What is the past of {w}?",
            "Past tense of {w}?",
            "The past tense of {w} is?",
            "How do you say {w} in the past?",
            "Give me the past tense of {w}.",
            "Tell me the past tense of the verb {w}.",
            "What is the simple past of {w}?",
            "Put {w} in the past tense.",
            "What is {w} in the past tense?",
            "[Can|Could] you give me the past form of {w}?",
            "What is the past form of to {w}?",
            "Do you know the past tense of {w}?",
        ),
        _past,
        by_heart=True,
    ): 9,
    Task(
        "comparative",
        tuple(data.COMPARATIVES),
        (
            "What is the comparative of {w}?",
            "What's the comparative of {w}?",
            "Comparative of {w}?",
            "The comparative of {w} is?",
            "Give me the comparative of {w}.",
            "What is the comparative form of {w}?",
            "How do you compare two things with {w}?",
            "Make the comparative of {w}.",
        ),
        _comparative,
        by_heart=True,
    ): 4,
    Task(
        "superlative",
        tuple(data.COMPARATIVES),
        (
            "What is the superlative of {w}?",
            "What's the superlative of {w}?",
            "Superlative of {w}?",
            "Give me the superlative of {w}.",
            "What is the superlative form of {w}?",
            "Make the superlative of {w}.",
        ),
        _superlative,
        by_heart=True,
    ): 3,
    Task(
        "compared",
        tuple(data.COMPARATIVES),
        (
            "Compare the adjective {w}.",
            "What are the three forms of {w}?",
            "Give me the comparative and superlative of {w}.",
            "What are the comparative and superlative of {w}?",
            "{w}, ..., ...? Give all three forms.",
            "List the forms of the adjective {w}.",
        ),
        _compared,
        by_heart=True,
    ): 2,
    Task(
        "article",
        tuple(dict.fromkeys((*_PLAIN, "honest man", "European city", "red apple", "old house"))),
        (
            "A or an: {w}?",
            "Is it a or an {w}?",
            "Do you say a or an before {w}?",
            "Which article goes with {w}, a or an?",
            "a {w} or an {w}?",
            "Should I write a or an before {w}?",
            "Is a or an right with {w}?",
            "Put a or an before {w}.",
            "Do I need a or an for {w}?",
        ),
        _article,
        by_heart=True,
    ): 5,
    Task(
        "rhyme",
        tuple(_RHYMES),
        (
            "What rhymes with {w}?",
            "[Which|What] words rhyme with {w}?",
            "What word rhymes with {w}?",
            "Give me a rhyme for {w}.",
            "Find rhymes for {w}.",
            "Tell me a word that rhymes with {w}.",
            "Rhymes with {w}?",
            "[Can|Could] you find a rhyme for {w}?",
            "I need a word that rhymes with {w}.",
            "Do you know a rhyme for {w}?",
        ),
        _rhyme,
        by_heart=True,
    ): 6,
    Task(
        "sentence",
        tuple(word for word, name in _CATEGORY.items() if name in data.SENTENCES),
        (
            "Make a sentence with {w}.",
            "Make a sentence with the word {w}.",
            "Use {w} in a sentence.",
            "Write a sentence with {w}.",
            "Write a [short|simple] sentence that contains {w}.",
            "[Can|Could] you use {w} in a sentence?",
            "Give me a sentence with {w}.",
            "Give me an example sentence for {w}.",
            "Form a sentence with the word {w}.",
            "How do you use {w} in a sentence?",
            "Please write one sentence about {w}.",
        ),
        _sentence,
        by_heart=True,
        again=("[And|And now|Now] with {w}?", "[And|And a sentence] with {w}?"),
    ): 7,
    Task(
        "category",
        tuple(_CATEGORY),
        (
            "What category does {w} belong to?",
            "To which group does the word {w} belong?",
            "Which category is {w} in?",
            "What group of words is {w} in?",
            "Put {w} in a category.",
            "Category of {w}?",
        ),
        _category,
        by_heart=True,
    ): 3,
}


def _do_rhyme(rng: random.Random) -> list[Exchange]:
    group = rng.choice([group for group in data.RHYMES if len(group) > 2])
    one, other = rng.sample(group, 2)
    rhymes = rng.random() < 0.5
    if not rhymes:
        other = rng.choice(rng.choice([another for another in data.RHYMES if another != group]))
    place = rng.randrange(len(_DO_RHYME))
    question = expand(rng, _DO_RHYME[place], a=one, b=other)
    yes, no, verb = ("Yes", "No", "rhyme") if rhymes else ("No", "Yes", "do not rhyme")
    check = {"type": "words", "all": [[yes], [verb]], "none": [no]}
    return [Exchange(question, f"{yes}, {one} and {other} {verb}.", f"rhyme {one} {other}", check)]


_DO_RHYME = (
    "Do {a} and {b} rhyme?",
    "Does {a} rhyme with {b}?",
    "Is {a} a rhyme for {b}?",
    "{a} and {b}: do they rhyme?",
    "Tell me if {a} rhymes with {b}.",
    "Do the words {a} and {b} rhyme?",
)


def _proverb(rng: random.Random) -> list[Exchange]:
    made: list[Exchange] = []
    for beginning, end in rng.sample(data.PROVERBS, rng.choice((1, 1, 2))):
        templates = _PROVERB_AGAIN if made else _PROVERB
        place = rng.randrange(len(templates))
        question = expand(rng, templates[place], p=beginning)
        check = {"type": "exact", "text": end}
        key = f"proverb {beginning} {'then' if made else place}"
        made.append(Exchange(question, f"{beginning} {end}.", key, check))
    return made


_PROVERB = (
    "Complete the proverb: {p} ...",
    "Complete the saying: {p} ...",
    "Finish the proverb: {p} ...",
    "Finish this saying: {p}",
    "How does the proverb go on: {p} ...",
    "How does this saying end: {p} ...?",
    "{p} ...",
    "What comes after this: {p} ...?",
    "Fill in the rest: {p} ___",
    "How does it go? {p} ...",
    "There is a saying: {p} ... What is the rest?",
)
_PROVERB_AGAIN = ("And: {p} ...", "And this one: {p} ...", "Now finish this one: {p} ...")


def _series(rng: random.Random) -> list[Exchange]:
    one, many, listed, is_ring = rng.choices(data.SERIES, (5, 6, 2, 3, 2, 2))[0]
    members = listed.split()
    if rng.random() < 0.25:
        place = rng.randrange(len(_SERIES_ALL))
        text = ", ".join(members)
        question = expand(rng, _SERIES_ALL[place], m=many)
        whole = {"type": "ends", "text": text}
        return [Exchange(question, f"{text}.", f"series all {many} {place}", whole)]
    count = rng.randint(2, 3)
    start = rng.randrange(len(members) if is_ring else len(members) - count)
    run = [members[(start + step) % len(members)] for step in range(count + 1)]
    place = rng.randrange(len(_SERIES))
    question = expand(rng, _SERIES[place], s=", ".join(run[:-1]))
    check = {"type": "exact", "text": f"is {run[-1]}"}
    key = f"series {' '.join(run[:-1])} {place}"
    made = [Exchange(question, f"The next {one} is {run[-1]}.", key, check)]
    after = start + count + 1
    if rng.random() < 0.4 and (is_ring or after < len(members)):
        member = members[after % len(members)]
        question = expand(rng, "[And then|And after that|And the next one|What comes then]?")
        check = {"type": "exact", "text": f"is {member}"}
        answer = f"The next {one} is {member}."
        made.append(Exchange(question, answer, f"series {run[-1]} then", check))
    return made


_SERIES = (
    "{s}, ...?",
    "{s}, ... What comes next?",
    "What comes next: {s}, ...?",
    "Continue: {s}, ...",
    "Complete the series: {s}, ...",
    "{s}: what is next?",
    "Which comes next after {s}?",
    "What follows {s}?",
)
_SERIES_ALL = (
    "List the {m}.",
    "Name the {m}.",
    "What are the {m}?",
    "Say the {m} in order.",
    "Tell me all the {m} in order.",
    "[Can|Could] you list the {m}?",
    "Write down the {m}.",
    "{m}, in order please",
    "Give me a list of the {m}.",
)

_TOPICS: dict[Topic, float] = {
    _do_rhyme: 3,
    _proverb: 4,
    _series: 6,
    occurrences: 3,
}
