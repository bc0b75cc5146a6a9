"""Rewriting of a sentence (polite, formal, shorter, in one sentence) and very short texts."""

from __future__ import annotations

import random
import re

from ..exchange import Exchange, expand
from .lists import follow_up
from .rewriting_data import CHATTY, CORES, DESCRIPTIONS, ORDERS, PADDING, SHOPS
from .stories_data import BOYS, GIRLS
from .wording import a, capital
from .writing_data import FILLINGS

__all__ = ["exchanges"]

_POLITE = (
    "[Make|Can you make] this [polite|more polite|friendlier|sound polite]: {text}",
    "[Say|Write|Put] this [politely|in a polite way|more politely]: {text}",
    "[Rewrite|Rephrase] this politely: {text}",
    'How can I say "{text}" [politely|in a polite way]?',
    "{text} [How do I say that politely?|Say it politely.|Make it polite.]",
    'What is a polite way to say "{text}"?',
)
_FORMAL = (
    "[Make|Can you make] this [formal|more formal]: {text}",
    "[Rewrite|Rephrase|Write] this [formally|in formal English|in a formal way]: {text}",
    'How do I say "{text}" [formally|in a formal letter]?',
    "[Write this without short forms|Write out the short forms]: {text}",
)
_CASUAL = (
    "[Make|Can you make] this [informal|casual|less formal|more casual]: {text}",
    "[Rewrite|Rephrase|Write] this [informally|casually|in everyday English]: {text}",
    'How do I say "{text}" to a friend?',
    "[Write this with short forms|Use short forms]: {text}",
)
_SHORTER = (
    "[Make|Can you make] this [shorter|short|brief]: {text}",
    "[Shorten|Cut] this[ sentence|]: {text}",
    "[Say|Write] this in fewer words: {text}",
    "[Rewrite|Rephrase] this more briefly: {text}",
    "{text} [Make it shorter.|Shorter, please.|Say it in fewer words.]",
)
_SUM_UP = (
    "[Sum up|Summarise|Summarize] this [in one sentence|text in one sentence|]: {text}",
    "[Write|Give me] a summary [in one sentence|] of this: {text}",
    "What is this about in one sentence? {text}",
    "{text} [Sum it up.|Summarise it in one sentence.|Say that in one sentence.]",
    "TL;DR: {text}",
)
_DESCRIBE = (
    "[Describe|Please describe] {thing} in one sentence.",
    "[Write|Give me] [a one-sentence description|one sentence|a short description] of {thing}.",
    "[Can|Could] you describe {thing}?",
    "How would you describe {thing}?",
    "[Write|Say] one sentence about {thing}.",
    "Describe {thing}.",
    "I need a description of {thing}.",
)
_NAME = (
    "[Find|Suggest|Give me|I need|Think of] a [good |nice |]name for {shop}.",
    "What [is|would be] a good name for {shop}?",
    "What [could|can|should] I call {shop}?",
    "This is about {shop}. What should I call it?",
    "[Can|Could] you think of a name for {shop}?",
    "Name for {shop}[, please|].",
)
_SLOGAN = (
    "[Write|Find|Suggest|Give me|I need|Think of] a [good |short |]slogan for {shop}.",
    "What [is|would be] a good slogan for {shop}?",
    "[Can|Could] you write a slogan for {shop}?",
    "This is for {shop}: I need a slogan.",
    "[Write|Make] an advertising line for {shop}.",
    "Slogan for {shop}[, please|].",
)
_NOW_SLOGAN = ("And a slogan[, please|].", "Now a slogan[ for it|].", "Does it have a slogan?")
_ANOTHER = (
    "Another one[, please|].",
    "[Do you have another one?|Give me another one.]",
    "A different one?",
)
_THANKS = ("[Thanks|Thank you]!", "[Great|Perfect], [thanks|thank you].", "Thank you very much.")

_VISIT = (
    "{name} went to the {place} on {day}. {He} bought {first} and {second} there. "
    "[Then it began to rain, so {he} took the bus home.|In the evening, {he} came home tired.|]",
    "On {day}, {name} was at the {place}. There {he} bought {first} and {second}. "
    "[It was a long day.|{He} paid with a card.|]",
)
_PLACES = "market shop supermarket station harbour airport fair bazaar".split()
_WARES = (
    "apples; bread; cheese; flowers; a book; a hat; a lamp; potatoes; a map; fish; a newspaper; "
    "tea; "
    "eggs; a kite; a scarf; two chairs; a blue cup; honey; a clock; tomatoes; a ball; milk"
).split("; ")


def _text_check(text: str) -> dict[str, str]:
    return {"type": "exact", "text": text.rstrip(".?!")}


def _polite(rng: random.Random) -> list[Exchange]:
    (verb,), objects = rng.choice(ORDERS)
    order = f"{verb} {rng.choice(objects)}"
    text = capital(order) + rng.choice(".!")
    question, _ = follow_up(rng, _POLITE, text=text)
    answer = f"Could you please {order}?"
    return [Exchange(question, answer, f"polite|{order}", _text_check(answer))]


def _tone(rng: random.Random) -> list[Exchange]:
    """Chatty to formal, or the other way; two sentences joined give many."""
    pairs = rng.sample(CHATTY, rng.choice((1, 2)))
    chatty = " ".join(pair[0] + "." for pair in pairs)
    formal = " ".join(pair[1] + "." for pair in pairs)
    templates, text, answer = rng.choice(((_FORMAL, chatty, formal), (_CASUAL, formal, chatty)))
    question, wording = follow_up(rng, templates, text=text)
    key = f"{wording}|{text}"
    return [Exchange(question, answer, key, _text_check(answer), exact=True)]


def _shorter(rng: random.Random) -> list[Exchange]:
    subjects, said = rng.choice(CORES)
    core = f"{rng.choice(subjects)} {rng.choice(said)}".format(
        day=rng.choice(FILLINGS["day"].split("; ")),
        time=f"{rng.randint(1, 12)}:{rng.choice(('00', '15', '30', '45'))}",
    )
    padding = rng.choice(PADDING)
    question, _ = follow_up(rng, _SHORTER, text=padding.format(core=core))
    answer = capital(core) + "."
    check = {"type": "words", "all": [[core]], "none": ["I", "you"]}
    return [Exchange(question, answer, f"shorter|{padding}|{core}", check)]


def _sum_up(rng: random.Random) -> list[Exchange]:
    she = rng.random() < 0.5
    name, he = rng.choice(GIRLS if she else BOYS), "she" if she else "he"
    first, second = rng.sample(_WARES, 2)
    values = {
        "name": name,
        "place": rng.choice(_PLACES),
        "day": rng.choice(FILLINGS["day"].split("; ")),
        "first": first,
        "second": second,
        "he": he,
        "He": he.capitalize(),
    }
    text = expand(rng, rng.choice(_VISIT), **values)
    question, _ = follow_up(rng, _SUM_UP, text=text)
    answer = "{name} bought {first} and {second} at the {place} on {day}.".format(**values)
    words = (name, first, second, values["place"], values["day"])
    key = "sum up|" + "|".join(words)
    one = {"type": "sentences", "least": 1, "most": 1, "names": list(words)}
    return [Exchange(question.replace(" :", ":"), answer, key, one)]


def _describe(rng: random.Random) -> list[Exchange]:
    (thing,), parts = rng.choice(DESCRIPTIONS)
    marked = ", ".join(parts)
    question, wording = follow_up(rng, _DESCRIBE, thing=a(thing))
    words = [thing, *re.findall(r"\*(.+?)\*", marked)]
    check = {"type": "words", "all": [[word] for word in words]}
    return [Exchange(question, marked.replace("*", ""), f"{wording}|{thing}", check)]


def _shop(rng: random.Random) -> list[Exchange]:
    """A name or a slogan for a shop, then what else it may need."""
    kinds, texts = rng.choice(SHOPS)
    kind = rng.choice(kinds)
    shop = rng.choice((a(kind), a(kind), f"my {kind}"))
    names, slogans = texts[:3], texts[3:]
    wants_name = rng.random() < 0.5
    templates, choices = (_NAME, names) if wants_name else (_SLOGAN, slogans)

    def answer(templates: tuple[str, ...], choices: list[str]) -> Exchange:
        question, wording = follow_up(rng, templates, shop=shop)
        check = {"type": "words", "all": [[text.rstrip(".") for text in choices]]}
        return Exchange(question, rng.choice(choices), f"{wording}|{kind}", check)

    conversation = [answer(templates, choices)]
    if rng.random() < 0.4:
        left = [text for text in choices if text != conversation[0].answer]
        conversation.append(answer(_ANOTHER, left))
    if wants_name and rng.random() < 0.4:
        conversation.append(answer(_NOW_SLOGAN, slogans))
    return conversation


_KINDS = ((_polite, 3), (_tone, 2), (_shorter, 2), (_sum_up, 3), (_describe, 2), (_shop, 3))


def exchanges(rng: random.Random) -> list[Exchange]:
    """One text rewritten or written, sometimes with thanks."""
    make = rng.choices([one for one, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    conversation = make(rng)
    if rng.random() < 0.2:
        question, wording = follow_up(rng, _THANKS)
        check = {"type": "words", "all": [["welcome"]]}
        conversation.append(Exchange(question, "You are welcome!", wording, check))
    return conversation
