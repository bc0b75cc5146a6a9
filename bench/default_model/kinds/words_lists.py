"""Lists of words and numbers: sorted, reversed, picked from, counted, repeated. Part of `words`."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ..exchange import Exchange, expand
from . import words_data as data
from .vocabulary_data import MEN, WOMEN
from .wording import invented_name
from .words_letters import ALL_WORDS, Topic

__all__ = ["LIST_TOPICS"]

_COPIED = tuple(dict.fromkeys((*ALL_WORDS, *data.PAST, *data.PAST.values(), *MEN, *WOMEN)))
_NEAR = (
    {"animals", "birds"},
    {"fruits", "vegetables", "foods", "drinks", "colors", "trees"},
    {"colors", "metals"},
    {"jobs", "family members", "sports"},
    {"places", "furniture"},
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def _shown(rng: random.Random, things: Sequence[str]) -> str:
    """A list as people write one."""
    if rng.random() < 0.2:
        return f"{', '.join(things[:-1])} and {things[-1]}"
    return rng.choice((", ", ", ", " ")).join(things)


def _list_answer(question: str, things: Sequence[str], key: str, exact: bool = False) -> Exchange:
    text = ", ".join(things)
    return Exchange(question, f"{text}.", key, {"type": "ends", "text": text}, exact=exact)


def _unlike(rng: random.Random, count: int) -> list[str]:
    """Words that begin with different letters, so that the first letters give the order."""
    chosen: list[str] = []
    while len(chosen) < count:
        word = rng.choice(ALL_WORDS)
        if all(word[0] != other[0] for other in chosen):
            chosen.append(word)
    return chosen


def _sort_words(rng: random.Random) -> list[Exchange]:
    words = _unlike(rng, rng.choice((3, 3, 4, 4, 5)))
    question = expand(rng, rng.choice(_SORT_WORDS), l=_shown(rng, words))
    words.sort()
    key = "sort " + " ".join(words)
    made = [_list_answer(question, words, key)]
    if rng.random() < 0.35:
        question = expand(rng, "[Now|And|And now] [in reverse|the other way round|from z to a].")
        made.append(_list_answer(question, words[::-1], f"{key} backwards"))
    return made


_SORT_WORDS = (
    "Sort these words alphabetically: {l}",
    "Sort alphabetically: {l}",
    "Put these words in alphabetical order: {l}.",
    "[Can|Could] you put {l} in alphabetical order?",
    "[Arrange|Order] these words from a to z: {l}",
    "Alphabetical order: {l}",
    "What is the alphabetical order of {l}?",
    "Please sort {l} by the alphabet.",
    "Order these words alphabetically: {l}.",
    "Sort the list {l}.",
    "I need these words in alphabetical order: {l}",
)


def _sort_numbers(rng: random.Random) -> list[Exchange]:
    most = rng.choice((10, 20, 100, 100))
    numbers = rng.sample(range(most + 1), rng.choice((3, 4, 4, 5, 6)))
    falling = rng.random() < 0.4
    template = rng.choice(_SORT_FALLING if falling else _SORT_RISING)
    question = expand(rng, template, l=_shown(rng, [str(one) for one in numbers]))
    numbers.sort()
    key = " ".join(map(str, numbers))
    rising = [str(one) for one in numbers]
    first, second = ("down", "up") if falling else ("up", "down")
    order = rising[::-1] if falling else rising
    made = [_list_answer(question, order, f"sort {first} {key}")]
    if rng.random() < 0.35:
        question = expand(rng, "[Now|And|And now] [in reverse|the other way round].")
        made.append(_list_answer(question, order[::-1], f"sort {second} {key} then"))
    return made


_SORT_RISING = (
    "Sort these numbers: {l}",
    "Sort {l}.",
    "Sort these numbers from small to large: {l}",
    "Sort the numbers {l} in ascending order.",
    "Put these numbers in order: {l}.",
    "[Can|Could] you sort {l} from smallest to largest?",
    "Order these numbers from low to high: {l}",
    "Arrange {l} in ascending order.",
    "Put {l} in order, smallest first.",
    "Ascending order: {l}",
)
_SORT_FALLING = (
    "Sort these numbers from large to small: {l}",
    "Sort the numbers {l} in descending order.",
    "[Can|Could] you sort {l} from largest to smallest?",
    "Order these numbers from high to low: {l}",
    "Arrange {l} in descending order.",
    "Put {l} in order, largest first.",
    "Descending order: {l}",
    "Sort {l}, biggest first.",
)


def _reverse(rng: random.Random) -> list[Exchange]:
    words = rng.sample(_COPIED, rng.choice((3, 3, 4, 4, 5)))
    question = expand(rng, rng.choice(_REVERSE), l=_shown(rng, words))
    return [_list_answer(question, words[::-1], "reverse " + " ".join(words), exact=True)]


_REVERSE = (
    "Reverse the order of these words: {l}",
    "Reverse this list: {l}",
    "Reverse the list {l}.",
    "Put these words in reverse order: {l}",
    "[Can|Could] you reverse the order of {l}?",
    "Write these words in the opposite order: {l}",
    "List these from last to first: {l}",
    "Say these words backwards, the last one first: {l}",
    "Turn this list around: {l}",
    "What is {l} in reverse order?",
)


def _pick_one(rng: random.Random) -> list[Exchange]:
    """The second, the last, ... of a list."""
    words = rng.sample(_COPIED, rng.choice((3, 4, 5)))
    made: list[Exchange] = []
    shown = _shown(rng, words)
    for place in rng.sample(range(len(words)), rng.choice((1, 1, 2))):
        is_last = place == len(words) - 1
        ordinal = "last" if is_last else _ORDINALS[place]
        template = "[And|What about|And what is] the {o}[| one]?" if made else rng.choice(_PICK)
        question = expand(rng, template, l=shown, o=ordinal)
        check = {"type": "ends", "text": words[place]}
        answer = f"The {ordinal} word: {words[place]}."
        key = f"{ordinal} {' '.join(words)}"
        made.append(Exchange(question, answer, key, check, exact=True))
    return made


_PICK = (
    "What is the {o} word in this list: {l}?",
    "What is the {o} word of: {l}",
    "Which word is {o}: {l}?",
    "Which word comes {o} in {l}?",
    "Give me the {o} word: {l}",
    "Tell me the {o} word of {l}.",
    "In the list {l}, what is the {o} word?",
    "Here is a list: {l}. What is the {o} word?",
    "{l}: which one is {o}?",
)


def _longest(rng: random.Random) -> list[Exchange]:
    """The longest word is longer by far, the shortest one shorter."""
    short = [word for word in ALL_WORDS if len(word) <= 4]
    long = [word for word in ALL_WORDS if len(word) >= 7]
    wants_long = rng.random() < 0.65
    one, others = (long, short) if wants_long else (short, long)
    right, rest = rng.choice(one), rng.sample(others, rng.choice((2, 2, 3)))
    words = [right, *rest]
    rng.shuffle(words)
    name = "longest" if wants_long else "shortest"
    question = expand(rng, rng.choice(_LONGEST), l=_shown(rng, words), x=name)
    check = {"type": "words", "all": [[right]], "none": rest}
    key = f"{name} {' '.join(sorted(words))}"
    return [Exchange(question, f"The {name} word is {right}.", key, check)]


_LONGEST = (
    "Which is the {x} word: {l}?",
    "Which word is the {x}: {l}?",
    "What is the {x} word of {l}?",
    "Pick the {x} word: {l}",
    "Find the {x} word in this list: {l}",
    "Tell me the {x} word: {l}.",
    "Which of these words is {x}: {l}?",
    "[Can|Could] you pick the {x} word from {l}?",
    "{l}: which word is the {x}?",
)


def _odd_one(rng: random.Random) -> list[Exchange]:
    """One word that is not of the others' category."""
    names = list(data.CATEGORIES)
    many = rng.choice(names)
    near = {many}.union(*(group for group in _NEAR if many in group))
    other = rng.choice([name for name in names if name not in near])
    others = rng.sample(data.CATEGORIES[many].split(), 3)
    odd = rng.choice(data.CATEGORIES[other].split())
    words = [odd, *others]
    rng.shuffle(words)
    question = expand(rng, rng.choice(_ODD_ONE), l=_shown(rng, words))
    said = f"{odd.capitalize()} does not fit: the other words are {many}."
    check = {"type": "words", "all": [[odd]], "none": others}
    made = [Exchange(question, said, f"odd {' '.join(sorted(words))}", check)]
    if rng.random() < 0.3:
        question = expand(rng, "[And why|Why|How so|Why that one]?")
        reason = {"type": "words", "all": [[odd], [many]]}
        answer = f"The other words are {many}, but {odd} is not one of them."
        made.append(Exchange(question, answer, f"odd why {' '.join(sorted(words))}", reason))
    return made


_ODD_ONE = (
    "Which word does not fit: {l}?",
    "Which word does not belong: {l}?",
    "Which word doesn't fit: {l}",
    "Find the odd one out: {l}",
    "What is the odd one out: {l}?",
    "Odd one out: {l}",
    "Which one is different: {l}?",
    "Which of these is not like the others: {l}?",
    "One word is wrong in this list: {l}. Which one?",
    "[Can|Could] you tell me which word does not belong: {l}?",
    "Pick the word that does not fit: {l}",
)


def _count_words(rng: random.Random) -> list[Exchange]:
    sentence = _sentence(rng, rng.randint(2, 7))
    question = expand(rng, rng.choice(_COUNT_WORDS), s=sentence)
    words = sentence.rstrip(".").split()
    counted = ", ".join(f"{place} {word}" for place, word in enumerate(words, 1))
    check = {"type": "number", "value": len(words)}
    key = f"count {' '.join(words)}"
    return [Exchange(question, f"{counted}: {len(words)} words.", key, check)]


_COUNT_WORDS = (
    'How many words are in this sentence: "{s}"',
    'How many words are in "{s}"?',
    'How many words does "{s}" have?',
    'Count the words: "{s}"',
    "Count the words in this sentence: {s}",
    "How many words are there in: {s}",
    'Number of words in "{s}"?',
    'Tell me how many words "{s}" has.',
    '[Can|Could] you count the words of "{s}"?',
)


def _sentence(rng: random.Random, length: int) -> str:
    """Words in no order that makes sense: all that can be done is to copy them."""
    words = [
        invented_name(rng).lower() if rng.random() < 0.05 else rng.choice(_COPIED)
        for _ in range(length)
    ]
    text = " ".join(words)
    return text[0].upper() + text[1:] + "." if rng.random() < 0.4 else text


def _plain_sentence(rng: random.Random) -> str:
    return expand(
        rng,
        "[The|My|This|Our] {a} {n} [is|was] {p} the {m}.",
        a=rng.choice("big small old new red blue happy quiet good little green white".split()),
        n=rng.choice(data.NOUNS),
        p=rng.choice("near behind under above beside inside".split()),
        m=rng.choice(data.NOUNS),
    )


def _repeat(rng: random.Random) -> list[Exchange]:
    made = []
    for place in range(rng.choice((1, 1, 1, 2))):
        text = _plain_sentence(rng) if rng.random() < 0.3 else _sentence(rng, rng.randint(1, 8))
        template = rng.choice(_REPEAT_AGAIN if place else _REPEAT)
        question = expand(rng, template, s=text)
        check = {"type": "ends", "text": text}
        made.append(Exchange(question, text, f"repeat {text}", check, exact=True))
    return made


_REPEAT = (
    'Repeat after me: "{s}"',
    "Repeat after me: {s}",
    'Say "{s}"',
    'Please say "{s}".',
    'Repeat this exactly: "{s}"',
    'Repeat the sentence "{s}"',
    "Write exactly this: {s}",
    "Copy this text: {s}",
    'Copy this sentence: "{s}"',
    "Echo: {s}",
    'Please say this back to me: "{s}"',
    '[Can|Could] you repeat "{s}"?',
    'Answer only with "{s}".',
    'Reply with exactly this text: "{s}"',
    'Just write "{s}", nothing else.',
    "repeat after me: {s}",
    "say {s}",
    'please repeat "{s}"',
    'say exactly "{s}" and nothing else',
)
_REPEAT_AGAIN = (
    '[And now|Now|And] "{s}"',
    'Now say "{s}".',
    "[Now|And] this: {s}",
    'And repeat: "{s}"',
)


def _say_often(rng: random.Random) -> list[Exchange]:
    word, often = rng.choice(ALL_WORDS), rng.randint(2, 5)
    number = rng.choice((str(often), ("two", "three", "four", "five")[often - 2]))
    question = expand(rng, rng.choice(_SAY_OFTEN), w=word, n=number)
    text = " ".join([word] * often)
    check = {"type": "ends", "text": text}
    return [Exchange(question, text, f"often {word} {often}", check)]


_SAY_OFTEN = (
    "Say {w} {n} times.",
    "Say the word {w} {n} times.",
    "Repeat the word {w} {n} times.",
    "Write {w} {n} times.",
    'Write "{w}" {n} times.',
    '[Can|Could] you say "{w}" {n} times?',
    "Please repeat {w} {n} times.",
)

LIST_TOPICS: dict[Topic, float] = {
    _sort_words: 7,
    _sort_numbers: 7,
    _reverse: 5,
    _pick_one: 5,
    _longest: 4,
    _odd_one: 6,
    _count_words: 5,
    _repeat: 10,
    _say_often: 2,
}
