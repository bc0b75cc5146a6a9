"""What the kinds about facts share: the wordings of questions, marked answers, small grammar.

A form says what is asked, in lower case:
    "the capital of Spain"                           a thing: "What is the capital of Spain?"
    "who wrote Hamlet"                               a question whose words keep their order
    "why is the sky blue ~ why the sky is blue"      one with its order inside another sentence
    "is a whale a fish ~"                            one that stands alone only

An answer marks what it must say: "*Paris* is the capital of France.", or with other words that
would be right as well: "A spider has *eight|8* legs."
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from .checks import has_word
from .exchange import Exchange, expand

__all__ = [
    "NUMBERS",
    "a",
    "and_list",
    "fact",
    "listing",
    "possessive",
    "rows",
    "sentence",
    "thanks",
    "wording",
    "yes_no",
]

NUMBERS = ("zero one two three four five six seven eight nine ten eleven twelve").split()

_QUESTION = re.compile(r"(who|what|why|how|where|when|which|in which|in what|on which|of which)\b")
_PERSON = re.compile(
    r"the (author|painter|composer|inventor|creator|discoverers?|first (wo)?man|first president|"
    r"man behind)\b"
)
_SEVERAL = re.compile(
    r"(all )?the (names|colours|days|months|seasons|planets|discoverers|highest mountains|"
    r"five senses)\b"
)
_MARK = re.compile(r"\*([^*]+)\*")

_ALONE = (
    "[Quick question|Question|I have a question|Here is a question|One question]: {q}?",
    "[So|Well|Hey|Okay|Now], {q}?",
    "[Just curious|Tell me|Please tell me|I forgot|Help me out]: {q}?",
    "[For my homework|For a quiz|My son asks|My daughter asks|A friend asked me]: {q}?",
    "{q}[, please|, do you know|, can you tell me|]?",
)
_INSIDE = (
    "[Tell me|Please tell me|Say|Explain|Remind me] {i}.",
    "[Can|Could|Will|Would] you [please|] tell me {i}?",
    "Do you [know|happen to know|remember] {i}?",
    "I [want|would like|need|'d like] to know {i}.",
    "I [wonder|was wondering|wanted to ask|forgot|can't remember|don't know] {i}.",
    "[Any idea|You know|Can you say|Can you explain] {i}?",
)
_THING = (
    "[Tell me|Give me|Please tell me|Name|I need] {n}.",
    "[Can|Could] you [tell me|give me|name] {n}?",
    "Do you know {n}?",
    "I [want|would like|need] to know {n}.",
    "{n}[?||, please|, do you know it?]",
    "[So|Okay|Well], {n}?",
)


def sentence(text: str) -> str:
    """With a capital letter at its start."""
    return text[:1].upper() + text[1:]


def a(noun: str) -> str:
    """With its indefinite article."""
    vowel = noun[0].casefold() in "aeiou" and not re.match(r"(uni|use|euro|one)", noun)
    return f"{'an' if vowel or noun.startswith('hour') else 'a'} {noun}"


def possessive(name: str) -> str:
    return name + ("'" if name.endswith("s") else "'s")


def and_list(things: Sequence[str]) -> str:
    """One, one and two, or one, two and three."""
    return " and ".join(filter(None, (", ".join(things[:-1]), things[-1])))


def rows(table: str) -> list[list[str]]:
    """A text table: a line each, its cells between bars."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def wording(rng: random.Random, forms: str | Sequence[str], /, **values: object) -> str:
    """A question made of one of the forms, in one of many wordings; often the plainest."""
    form = (forms if isinstance(forms, str) else rng.choice(forms)).format(**values)
    direct, split, indirect = (part.strip() for part in form.partition("~"))
    plain = rng.random() < 0.35
    if not split and not _QUESTION.match(direct):
        if not plain and rng.random() < 0.6:
            return sentence(expand(rng, rng.choice(_THING), n=direct))
        word = "who" if _PERSON.match(direct) else "what"
        verb = "are" if _SEVERAL.match(direct) else "is"
        direct, indirect = f"{word} {verb} {direct}", f"{word} {direct} {verb}"
    elif not split:
        indirect = direct
    if plain:
        return sentence(direct) + "?"
    frame = rng.choice(_INSIDE if indirect and rng.random() < 0.65 else _ALONE)
    return sentence(expand(rng, frame, q=direct, i=indirect).replace(" 'd", "'d"))


def fact(question: str, answer: str, *, none: Iterable[str] = (), about: str = "") -> Exchange:
    """A question with its marked answer.

    none: plausible wrong words; those that the right answer has are left out.
    about: what earlier exchanges settled, if the question alone does not say it.
    """
    plain = sentence(_MARK.sub(lambda mark: mark[1].split("|")[0], answer))
    must = [mark.split("|") for mark in _MARK.findall(answer)]
    wrong = [word for word in none if not has_word(plain, word)]
    wording_key = question.casefold().rstrip(".?! ")
    key = f"{about}: {wording_key}" if about else wording_key
    return Exchange(question, plain, key, {"type": "words", "all": must, "none": wrong})


def yes_no(question: str, yes: bool, answer: str, *, about: str = "") -> Exchange:
    """answer: what follows "Yes, " or "No, "."""
    said, other = ("Yes", "no") if yes else ("No", "yes")
    return fact(question, f"*{said}*, {answer}", none=[other], about=about)


def listing(question: str, head: str, shown: Sequence[str], among: Sequence[str]) -> Exchange:
    """An answer that names things; how many is right, and which, is checked."""
    allowed = [re.sub(r"^(an?|the) ", "", name) for name in among]
    check = {"type": "items", "count": len(shown), "among": allowed}
    answer = f"{head}: {and_list(shown)}."
    return Exchange(question, sentence(answer), question.casefold().rstrip(".?! "), check)


def thanks(rng: random.Random) -> Exchange:
    question = expand(
        rng,
        "[Thanks|Thank you|Thanks a lot|Thank you very much|Great, thanks|Okay, thank you|Cool, "
        "thanks|Thanks, that helps|Ah, thank you|Good to know, thanks|Nice, thank you][!|.]",
    )
    return fact(question, "You are *welcome*!")
