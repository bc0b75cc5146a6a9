"""Lists of things: members of a category, what to buy and what to pack.

Answers name the members in the order of the table and start at one of a few places, so that what
comes next follows from what was named last.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..exchange import Exchange, expand
from .lists_data import CATEGORIES, COMPLETE, IN_ORDER, PACKING, SHOPPING
from .wording import NUMBER_WORDS, a, capital, in_a_row

__all__ = ["among", "bullets", "count_phrase", "exchanges", "follow_up", "numbered"]

_SEVERAL = (
    "[Name|List|Give me] {n} {cats}[.|, please.|]",
    "[Can|Could] you [name|list|tell me] {n} {cats}?",
    "[Tell|Show] me {n} {cats}.",
    "What are {n} {cats}?",
    "I need {n} {cats}.",
    "[Write|Write down|Note] {n} {cats}.",
    "{cats}: {n}[ examples|], please.",
    "{n} {cats}",
    "{n} {cats}, please.",
    "[Name|List] {n} different {cats}.",
    "[Give|Tell] me [a list of|the names of] {n} {cats}.",
    "[Make|Write|Create] a list of {n} {cats}.",
    "[Give|Show] me {n} examples of {cats}.",
    "What {n} {cats} [can|could] you [name|think of]?",
    "[Which|What] {n} {cats} do you know?",
    "Do you know {n} {cats}?",
    "I am looking for {n} {cats}.",
    "Think of {n} {cats}.",
    "[Help me find|Find] {n} {cats}.",
    "My teacher wants {n} {cats}. [Can you help?|Which ones?]",
    "For my homework I need {n} {cats}.",
    "For a quiz: {n} {cats}[.|?]",
    "Suggest {n} {cats}.",
    "[Please write|Just give me] a short list with {n} {cats}.",
    "[Let me have|Let me hear] {n} {cats}.",
    "Bullet list of {n} {cats}, please.",
)
_SOME = (
    "[Name|List|Give me] [some|a few] {cats}.",
    "What are [some|a few] {cats}?",
    "[Tell|Show] me [some|a few] {cats}.",
    "[Can|Could] you [name|list] [some|a few] {cats}?",
    "[Which|What] {cats} do you know?",
    "[Which|What] {cats} are there?",
    "[Give|Show] me examples of {cats}.",
    "Examples of {cats}[?|, please.]",
    "[Make|Write] a list of {cats}.",
    "I need [some|a few] {cats}.",
    "Do you know any {cats}?",
    "List of {cats}",
    "{cats}?",
)
_ALL = (
    "[Name|List|Give me|Tell me] [all|all the|the] {cats}.",
    "What are [all |]the {cats}?",
    "[Which|What] {cats} are there?",
    "[Can|Could] you [name|list] [all|all the|the] {cats}?",
    "[Make|Write] a list of [all|all the|the] {cats}.",
    "Do you know [all|all the|the] {cats}?",
)
_NUMBERED = (
    "[Make|Write|Give me] a numbered list of {n} {cats}.",
    "[Name|List] {n} {cats} [and number them|with numbers|as a numbered list].",
    "{n} {cats}, numbered, please.",
    "[Write|Give me] {n} {cats}, numbered[ from 1|].",
)
_ONE_LINE = (
    "[Name|List|Give me] {n} {cats} [in one line|in one sentence|on one line].",
    "[Name|List] {n} {cats}, [separated by commas|with commas between them].",
    "{n} {cats} in one line, please.",
)
_SINGLE = (
    "[Name|Tell me|Give me] {cat}.",
    "[Name|Tell me|Give me] one {bare}[.|, please.]",
    "[Can|Could] you name {cat}?",
    "[Give|Tell] me an example of {cat}.",
    "What is [an example of|one example of] {cat}?",
    "Think of {cat}.",
    "Say {cat}.",
    "I need {cat}. Any will do.",
    "Do you know {cat}?",
    "Just one {bare}[.|, please.]",
)
_BUY = (
    "[Write|Make|Give me] a shopping list for {what}.",
    "What do I need [to buy |]for {what}?",
    "What [should|must] I buy for {what}?",
    "Shopping list for {what}[, please.|]",
    "[Can|Could] you [write|make] a shopping list for {what}?",
    "I am going shopping for {what}. What do I need?",
    "[Which|What] ingredients or things do I need for {what}?",
    "Help me with my shopping list for {what}.",
)
_PACK = (
    "[Write|Make|Give me] a packing list for {what}.",
    "What [should|must|do] I [pack|take|take along] for {what}?",
    "Packing list for {what}[, please.|]",
    "[Can|Could] you [write|make] a packing list for {what}?",
    "What do I need to pack for {what}?",
    "What should go into my bag for {what}?",
    "Help me pack for {what}.",
    "I am packing for {what}. What do I need?",
)
_MORE = (
    "{n} more[, please|].",
    "[Give me|Name|Tell me] {n} more.",
    "Can you name {n} more?",
    "And {n} more?",
    "{n} others[, please|].",
    "I need {n} more.",
    "[Do you know|What about] {n} more?",
)
_ANOTHER = (
    "[Another one|One more][, please|].",
    "[Can you name another one?|Give me another one.|Tell me another one.]",
    "And another?",
    "[One more?|And one more?]",
)
_NUMBER_THEM = (
    "[Now number|Number] them[, please|].",
    "[Make it a numbered list.|Can you make it a numbered list?]",
    "[With|Put] numbers[ in front|][, please|].",
    "The same with numbers[, please|].",
)
_JOIN_THEM = (
    "[Write|Put] [them|it] in one line.",
    "[Now|All] in one line[, please|].",
    "Without bullets, please. One line.",
    "As one line with commas, please.",
)
_PICK = (
    "Only the {place}[, please|].",
    "Just the {place} one[, please|].",
    "[Which|What] [is|was] the {place} one?",
    "[Tell me|Repeat] the {place} one[ again|].",
    "What did you name {place}?",
)
_INSTEAD = (
    "[What about|And|And what about|How about] {cats}?",
    "Now [the same with|the same for|do] {cats}.",
    "Now {cats}, please.",
)
_COUNT = ("How many [is that|are these|did you name|are on the list]?", "How many were that?")
_THANKS = ("[Thanks|Thank you]!", "[Thanks a lot|Thank you very much].", "[Great|Good], thanks.")
_PLACES = ("first", "second", "third")


def bullets(things: Sequence[str]) -> str:
    return "\n".join(f"- {thing}" for thing in things)


def numbered(things: Sequence[str]) -> str:
    return "\n".join(f"{number}. {thing}" for number, thing in enumerate(things, 1))


def among(count: int, allowed: Sequence[str]) -> dict[str, Any]:
    """The check for a list: items() compares without articles."""
    bare = [re.sub(r"^(?:an?|the) ", "", thing) for thing in allowed]
    return {"type": "items", "count": count, "among": bare}


def count_phrase(rng: random.Random, count: int) -> str:
    spelled = count < len(NUMBER_WORDS) and rng.random() < 0.7
    return NUMBER_WORDS[count] if spelled else str(count)


def follow_up(rng: random.Random, templates: Sequence[str], **values: object) -> tuple[str, str]:
    """A question of one of the templates, and the key of its wording."""
    template = rng.choice(templates)
    return capital(expand(rng, template, **values)), template


class _List:
    """A list that a conversation is about: what was named, and what may be named next."""

    def __init__(self, rng: random.Random, name: str, members: Sequence[str], count: int) -> None:
        self.rng = rng
        self.name = name
        self.members = members
        places = (0, 0, 0, len(members) // 3, 2 * len(members) // 3)
        self.start = 0 if name in IN_ORDER else rng.choice(places)
        self.named = self._members(0, count)

    def _members(self, skip: int, count: int) -> list[str]:
        ring = self.members[self.start :] + self.members[: self.start]
        return list(ring[skip : skip + count])

    def left(self) -> list[str]:
        return [member for member in self.members if member not in self.named]

    def more(self, count: int) -> list[str]:
        return self._members(len(self.named), count)

    def key(self, wording: str, count: int) -> str:
        return f"{wording}|{self.name}|{count}"


def _category(rng: random.Random) -> tuple[list[str], list[str]]:
    return rng.choice(CATEGORIES)


def _count(rng: random.Random, members: Sequence[str]) -> int:
    counts = [n for n in (2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8) if n <= len(members)]
    return 10 if len(members) > 11 and rng.random() < 0.05 else rng.choice(counts)


def _ask_several(rng: random.Random) -> tuple[_List, Exchange]:
    """Some members of a category: as bullets, numbered, or in a line."""
    names, members = _category(rng)
    style = rng.choices((_SEVERAL, _SOME, _NUMBERED, _ONE_LINE), (12, 4, 2, 1))[0]
    if style is _SOME and names[1] in COMPLETE:
        style = _ALL
    count = 3 if style is _SOME else len(members) if style is _ALL else _count(rng, members)
    cats = rng.choice(names[1:])
    question, wording = follow_up(rng, style, n=count_phrase(rng, count), cats=cats)
    made = _List(rng, names[1], members, count)
    check = among(count, members)
    if style is _NUMBERED:
        answer = numbered(made.named)
    elif style is _ONE_LINE:
        answer = capital(in_a_row(made.named)) + "."
    else:
        answer = bullets(made.named)
    return made, Exchange(question, answer, f"{wording}|{cats}|{count}", check)


def _ask_one(rng: random.Random) -> tuple[_List, Exchange]:
    names, members = _category(rng)
    question, wording = follow_up(rng, _SINGLE, cat=a(names[0]), bare=names[0])
    made = _List(rng, names[1], members, 1)
    answer = capital(made.named[0]) + "."
    return made, Exchange(question, answer, made.key(wording, 1), among(1, members))


def _ask_things_for(rng: random.Random) -> tuple[_List, Exchange]:
    """A shopping list or a packing list."""
    rows, wordings = rng.choice(((SHOPPING, _BUY), (PACKING, _PACK)))
    names, members = rng.choice(rows)
    what = rng.choice(names)
    question, wording = follow_up(rng, wordings, what=what)
    made = _List(rng, names[0], members, len(members))
    made.start = 0
    made.named = list(members[:5])
    return made, Exchange(question, bullets(made.named), f"{wording}|{what}", among(5, members))


def _more(made: _List) -> Exchange | None:
    count = made.rng.choice((1, 1, 2, 2, 3))
    if count > len(made.left()):
        return None
    templates = _ANOTHER if count == 1 else _MORE
    question, wording = follow_up(made.rng, templates, n=count_phrase(made.rng, count))
    things, check = made.more(count), among(count, made.left())
    answer = capital(things[0]) + "." if count == 1 else bullets(things)
    key = made.key(wording, count) + f"|{made.named[-1]}"
    made.named += things
    return Exchange(question, answer, key, check)


def _number_them(made: _List) -> Exchange | None:
    if not 1 < len(made.named) <= 8:
        return None
    question, wording = follow_up(made.rng, _NUMBER_THEM)
    answer = numbered(made.named)
    check: Mapping[str, Any] = {"type": "ordered", "values": answer.split("\n")}
    return Exchange(question, answer, made.key(wording, len(made.named)), check)


def _join_them(made: _List) -> Exchange | None:
    if not 1 < len(made.named) <= 8:
        return None
    question, wording = follow_up(made.rng, _JOIN_THEM)
    answer = capital(in_a_row(made.named)) + "."
    check = among(len(made.named), made.named)
    return Exchange(question, answer, made.key(wording, len(made.named)), check)


def _pick(made: _List) -> Exchange | None:
    if len(made.named) < 3:
        return None
    which = made.rng.randrange(3)
    question, wording = follow_up(made.rng, _PICK, place=_PLACES[which])
    thing = made.named[which]
    key = f"{made.key(wording, which)}|{made.start}"
    return Exchange(question, capital(thing) + ".", key, among(1, [thing]))


def _instead(made: _List) -> Exchange | None:
    """The same question about another category: as many members as before."""
    names, members = _category(made.rng)
    count = len(made.named)
    if count > len(members):
        return None
    cats = made.rng.choice(names[1:])
    question, wording = follow_up(made.rng, _INSTEAD, cats=cats)
    made.name, made.members = names[1], members
    made.start, made.named = 0, list(members[:count])
    answer = bullets(made.named) if count > 1 else capital(members[0]) + "."
    return Exchange(question, answer, f"{wording}|{cats}|{count}", among(count, members))


def _how_many(made: _List) -> Exchange | None:
    count = len(made.named)
    question, wording = follow_up(made.rng, _COUNT)
    check = {"type": "number", "value": count}
    answer = f"There {'is' if count == 1 else 'are'} {count}."
    return Exchange(question, answer, made.key(wording, count), check)


def _thanks(made: _List) -> Exchange | None:
    question, wording = follow_up(made.rng, _THANKS)
    check = {"type": "words", "all": [["welcome"]]}
    return Exchange(question, "You are welcome!", wording, check)


_STARTS = ((_ask_several, 15), (_ask_one, 3), (_ask_things_for, 3))
_CHANGES: tuple[tuple[Callable[[_List], Exchange | None], int], ...] = (
    (_more, 6),
    (_number_them, 2),
    (_join_them, 1),
    (_pick, 2),
    (_instead, 4),
)
_CLOSINGS = ((_how_many, 2), (_thanks, 3))


def exchanges(rng: random.Random) -> list[Exchange]:
    """A list, and often something done to it."""
    start = rng.choices([ask for ask, _ in _STARTS], [weight for _, weight in _STARTS])[0]
    made, first = start(rng)
    conversation = [first]
    # What a follow-up means must be clear: it is about all that was named, or about one list.
    length = rng.choices((0, 1, 2), (5, 4, 1))[0]
    for number in range(length):
        choices = _CHANGES if number == 0 else _CLOSINGS
        if number == 1 and conversation[-1].answer.count("\n") + 1 != len(made.named):
            choices = _CLOSINGS[1:]
        step = rng.choices([one for one, _ in choices], [weight for _, weight in choices])[0]
        if (exchange := step(made)) is not None:
            conversation.append(exchange)
    return conversation
