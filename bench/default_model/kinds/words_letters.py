"""Questions about the letters of a word, and the frame of all questions about single words.

A model sees pieces of words, not letters. So answers spell a word before they say something of its
letters: what one task teaches about a word then serves the others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..exchange import Exchange, expand
from . import words_data as data

__all__ = ["ALL_WORDS", "LETTER_TASKS", "Task", "Topic", "ask", "occurrences"]

_IN_CATEGORIES = " ".join(data.CATEGORIES.values()).split()
ALL_WORDS = tuple(dict.fromkeys([*_IN_CATEGORIES, *data.NOUNS, *data.OTHER]))
_SHORT = tuple(word for word in ALL_WORDS if len(word) <= 8)


@dataclass(frozen=True)
class Task:
    """One question that can be asked about each of many words.

    solve: the answer with its check. by_heart: each word's answer is a fact of its own, so that
    what is held out must be a wording. again: how the same is asked of the next word.
    """

    name: str
    words: Sequence[str]
    templates: Sequence[str]
    solve: Callable[[str], tuple[str, Mapping[str, Any]]]
    by_heart: bool = False
    exact: bool = False
    again: Sequence[str] = ("[And|What about|How about|Now|And what about] {w}?", "{w}?")


# What a conversation can be about.
Topic = Task | Callable[[random.Random], list[Exchange]]


def ask(rng: random.Random, task: Task) -> list[Exchange]:
    """The task for a word, and half of the time for up to three more."""
    count = rng.choice((1, 1, 1, 2, 2, 3))
    marks = rng.choice(("", "", '"', "'"))
    made: list[Exchange] = []
    for word in dict.fromkeys(rng.sample(task.words, min(count, len(task.words)))):
        wordings = task.again if made else task.templates
        place = rng.randrange(len(wordings))
        question = expand(rng, wordings[place], w=f"{marks}{word}{marks}")
        answer, check = task.solve(word)
        wording = f" {'then' if made else place}" if task.by_heart else ""
        made.append(
            Exchange(question, answer, f"{task.name} {word}{wording}", check, exact=task.exact)
        )
    return made


def _spelled(word: str) -> str:
    return "-".join(word)


def _spell(word: str) -> tuple[str, Mapping[str, Any]]:
    return f"{word} is spelled: {_spelled(word)}.", {"type": "ends", "text": _spelled(word)}


def _spell_capitals(word: str) -> tuple[str, Mapping[str, Any]]:
    text = _spelled(word.upper())
    return f"{word} in capital letters: {text}.", {"type": "ends", "text": text}


def _backwards(word: str) -> tuple[str, Mapping[str, Any]]:
    text = _spelled(word[::-1])
    return f"{word} is {_spelled(word)}, so backwards: {text}.", {"type": "ends", "text": text}


def _first(word: str) -> tuple[str, Mapping[str, Any]]:
    answer = f"{word} is spelled {_spelled(word)}: the first letter is {word[0]}."
    return answer, {"type": "exact", "text": f"first letter is {word[0]}"}


def _last(word: str) -> tuple[str, Mapping[str, Any]]:
    answer = f"{word} is spelled {_spelled(word)}: the last letter is {word[-1]}."
    return answer, {"type": "exact", "text": f"last letter is {word[-1]}"}


def _length(word: str) -> tuple[str, Mapping[str, Any]]:
    answer = f"{word} is spelled {_spelled(word)}: {len(word)} letters."
    return answer, {"type": "number", "value": len(word)}


def _vowels(word: str) -> tuple[str, Mapping[str, Any]]:
    found = ", ".join(letter for letter in word if letter in "aeiou")
    return f"{word} is {_spelled(word)}. Vowels: {found}.", {"type": "ends", "text": found}


def _upper(word: str) -> tuple[str, Mapping[str, Any]]:
    return word.upper(), {"type": "ends", "text": word.upper()}


def _lower(word: str) -> tuple[str, Mapping[str, Any]]:
    return word.lower(), {"type": "ends", "text": word.lower()}


def _capital(word: str) -> tuple[str, Mapping[str, Any]]:
    return word.capitalize(), {"type": "ends", "text": word.capitalize()}


def _next_letter(letter: str) -> tuple[str, Mapping[str, Any]]:
    after = chr(ord(letter) + 1)
    return f"The letter after {letter} is {after}.", {"type": "exact", "text": f"is {after}"}


def _letter_before(letter: str) -> tuple[str, Mapping[str, Any]]:
    before = chr(ord(letter) - 1)
    return f"The letter before {letter} is {before}.", {"type": "exact", "text": f"is {before}"}


def _letter_kind(letter: str) -> tuple[str, Mapping[str, Any]]:
    kind, other = ("vowel", "consonant") if letter in "aeiou" else ("consonant", "vowel")
    return f"{letter} is a {kind}.", {"type": "words", "all": [[kind]], "none": [other]}


def occurrences(rng: random.Random) -> list[Exchange]:
    """How often a letter is in a word: mostly one that is there."""
    word = rng.choice(ALL_WORDS)
    made: list[Exchange] = []
    for _ in range(rng.choice((1, 1, 2))):
        letter = rng.choice(word if rng.random() < 0.85 else "abcdefghilmnoprstu")
        template = rng.choice(_OCCURRENCES)
        if made:
            template = "[And how many|How many|And] {x}'s?"
        question = expand(rng, template, w=word, x=letter)
        found = word.count(letter)
        answer = f"{word} is spelled {_spelled(word)}. Number of {letter}'s: {found}."
        check = {"type": "number", "value": found}
        made.append(Exchange(question, answer, f"occurrences {word} {letter}", check))
    return made


_OCCURRENCES = (
    "How many {x}'s are in {w}?",
    "How many {x}'s are there in {w}?",
    "How many {x}s are in {w}?",
    "How many {x}'s are in the word {w}?",
    "How many {x}'s does {w} have?",
    "How often is the letter {x} in {w}?",
    "How many times does the letter {x} appear in {w}?",
    "How often does {x} occur in {w}?",
    "Count the {x}'s in {w}.",
    "Count the letter {x} in {w}.",
)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"

# Each with its share of the conversations.
LETTER_TASKS: dict[Topic, float] = {
    Task(
        "spell",
        ALL_WORDS,
        (
            "Spell {w}.",
            "Spell the word {w}.",
            "How do you spell {w}?",
            "How is {w} spelled?",
            "How do I spell the word {w}?",
            "[Can|Could] you spell {w}[| for me]?",
            "Please spell {w}.",
            "What is the spelling of {w}?",
            "Spell {w} letter by letter.",
            "What letters are in {w}?",
            "Which letters does {w} have?",
            "[Give me|Tell me|List] the letters of {w}.",
            "Split {w} into letters.",
            "spelling of {w}",
        ),
        _spell,
    ): 8,
    Task(
        "spell capitals",
        _SHORT,
        (
            "Spell {w} in capital letters.",
            "[Can|Could] you spell {w} with capital letters?",
            "Spell the word {w} in capitals.",
        ),
        _spell_capitals,
    ): 2,
    Task(
        "backwards",
        _SHORT,
        (
            "Spell {w} backwards.",
            "How do you spell {w} backwards?",
            "What is {w} backwards?",
            "[Can|Could] you reverse the word {w}?",
            "Reverse the letters of {w}.",
            "Write {w} backwards.",
            "What do you get if you read {w} from right to left?",
            "{w} in reverse?",
        ),
        _backwards,
    ): 4,
    Task(
        "first",
        ALL_WORDS,
        (
            "What is the first letter of {w}?",
            "What's the first letter in {w}?",
            "[Which|What] letter does {w} [begin|start] with?",
            "{w} starts with which letter?",
            "Tell me the first letter of {w}.",
            "First letter of {w}?",
            "What does {w} begin with?",
            "With which letter does {w} start?",
            "Do you know the first letter of the word {w}?",
        ),
        _first,
    ): 5,
    Task(
        "last",
        ALL_WORDS,
        (
            "What is the last letter of {w}?",
            "What's the last letter in {w}?",
            "[Which|What] letter does {w} end [with|in]?",
            "{w} ends with which letter?",
            "Tell me the last letter of {w}.",
            "Last letter of {w}?",
            "What does {w} end with?",
            "What is the final letter of {w}?",
        ),
        _last,
    ): 5,
    Task(
        "length",
        ALL_WORDS,
        (
            "How many letters are in {w}?",
            "How many letters does {w} have?",
            "How many letters are there in {w}?",
            "How many letters are there in the word {w}?",
            "Count the letters in {w}.",
            "[Can|Could] you count the letters of {w}?",
            "How long is the word {w}?",
            "Number of letters in {w}?",
            "Tell me how many letters {w} has.",
            "What is the length of the word {w}?",
        ),
        _length,
    ): 5,
    Task(
        "vowels",
        tuple(word for word in _SHORT if set(word) & set("aeiou")),
        (
            "[Which|What] vowels are in {w}?",
            "What are the vowels of {w}?",
            "[List|Find|Tell me] the vowels in {w}.",
            "Which vowels does {w} have?",
            "Vowels in {w}?",
        ),
        _vowels,
    ): 2,
    Task(
        "upper",
        _SHORT,
        (
            "Write {w} in capital letters.",
            "Write {w} in uppercase.",
            "{w} in uppercase",
            "[Convert|Change|Turn] {w} to uppercase.",
            "[Can|Could] you write {w} in capitals?",
            "Make {w} uppercase.",
            "What is {w} in capital letters?",
            "What is {w} in upper case?",
            "Put {w} in all caps.",
        ),
        _upper,
        by_heart=True,
    ): 4,
    Task(
        "lower",
        tuple(word.upper() for word in _SHORT),
        (
            "Write {w} in small letters.",
            "Write {w} in lowercase.",
            "{w} in lowercase",
            "[Convert|Change|Turn] {w} to lowercase.",
            "[Can|Could] you write {w} in lower case?",
            "Make {w} lowercase.",
            "What is {w} in small letters?",
            "What is {w} in lowercase?",
        ),
        _lower,
        by_heart=True,
        exact=True,
    ): 3,
    Task(
        "capital",
        _SHORT,
        (
            "Write {w} with a capital first letter.",
            "Capitalize {w}.",
            "Capitalize the word {w}.",
            "[Can|Could] you capitalize {w}?",
            "Make the first letter of {w} a capital.",
            "{w} with a capital letter at the start?",
        ),
        _capital,
        by_heart=True,
    ): 2,
    Task(
        "letter after",
        _LETTERS[:-1],
        (
            "[Which|What] letter comes after {w}?",
            "What comes after {w} in the alphabet?",
            "What is the letter after {w}?",
            "[What is the|The] next letter after {w}?",
            "Which letter follows {w}?",
            "Which letter follows {w} in the alphabet?",
            "Tell me the letter after {w}.",
            "In the alphabet, what comes after {w}?",
            "The letter after {w} is?",
        ),
        _next_letter,
        by_heart=True,
        again=("[And|What about|How about] after {w}?",),
    ): 2,
    Task(
        "letter before",
        _LETTERS[1:],
        (
            "[Which|What] letter comes before {w}?",
            "What comes before {w} in the alphabet?",
            "What is the letter before {w}?",
            "Which letter is right before {w}?",
            "Tell me the letter before {w}.",
            "In the alphabet, what comes before {w}?",
            "The letter before {w} is?",
        ),
        _letter_before,
        by_heart=True,
        again=("[And|What about|How about] before {w}?",),
    ): 2,
    Task(
        "letter kind",
        _LETTERS.replace("y", ""),
        (
            "Is {w} a vowel or a consonant?",
            "Is the letter {w} a vowel or a consonant?",
            "{w}: vowel or consonant?",
            "Is {w} a consonant or a vowel?",
            "What kind of letter is {w}, vowel or consonant?",
            "Tell me if the letter {w} is a vowel or a consonant.",
        ),
        _letter_kind,
        by_heart=True,
    ): 1,
}
