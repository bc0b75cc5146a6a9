"""Short e-mails, notes and messages that copy names, times and reasons from what was asked."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..exchange import Exchange, expand
from .lists import follow_up
from .stories_data import BOYS, GIRLS
from .wording import capital, invented_name
from .writing_data import FILLINGS, INTENTS, PEOPLE

__all__ = ["exchanges"]

_ASK = (
    "[Write|Write me|Draft|Compose] {text} to {to} {what}.{sign}",
    "[Can|Could|Would] you [write|write me|draft] {text} to {to} {what}?{sign}",
    "[Please write|Please draft] {text} to {to} {what}.{sign}",
    "[I need|I want to write|I have to write|I want to send] {text} to {to} {what}.{sign}",
    "Help me [write|with] {text} to {to} {what}.{sign}",
    "{Text} to {to} {what}, please.{sign}",
)
_LETTERS = (
    "[a|a short|a polite|a friendly] e-mail",
    "an e-mail",
    "an email",
    "[a|a short|a nice] note",
    "[a|a short] letter",
    "a few lines",
)
_MESSAGES = (
    "a [short |quick |]message",
    "a text message",
    "a text",
    "an SMS",
    "a [quick |]chat message",
)
_SIGN = ("Sign it {me}.", "My name is {me}.", "I am {me}.", "It is from {me}.")

_SHORTER = (
    "[Make it shorter|Shorter][, please|].",
    "Too long. [Make it shorter.|Shorter, please.]",
    "[One sentence is enough.|Can you shorten it?]",
)
_SIGN_IT = (
    "[Sign it|Sign with] {name}[, please|].",
    "[It is|It should be] from {name}.",
    "My name is {name}.",
    "Put {name} at the end.",
)
_ADDRESS_IT = (
    "[It should be|It is|Make it] for {name}[ instead|].",
    "[Change|Set] the name to {name}.",
    "The [other person|receiver] is called {name}.",
    "Write it to {name} instead.",
)
_CASUAL = (
    "[Make it|Can it be] [more casual|less formal|informal][, please|].",
    "That is too formal.",
    "More relaxed, please.",
)
_FORMAL = (
    "[Make it|Can it be] more formal[, please|].",
    "That is too casual.",
    "More formal, please.",
)
_THANKS = ("[Thanks|Thank you]!", "[Perfect|Great], [thanks|thank you].", "Thank you very much.")


@dataclass(frozen=True)
class _Text:
    """An e-mail or a message; to and sender may be empty."""

    to: str
    sender: str
    body: tuple[str, ...]
    copied: tuple[str, ...]
    letter: bool
    greeting: str = "Dear"
    closing: str = "Best wishes"
    intent: str = field(default="")

    def text(self) -> str:
        hello = (f"{self.greeting} {self.to}" if self.to else "Hello") + (
            "," if self.letter else "!"
        )
        body = " ".join(self.body)
        if not self.letter:
            return " ".join(part for part in (hello, body, self.sender) if part)
        end = f"{self.closing},\n{self.sender}" if self.sender else self.closing
        return f"{hello}\n\n{body}\n\n{end}"

    def check(self) -> dict[str, object]:
        words = [*self.copied, self.to, self.sender, self.closing if self.letter else ""]
        return {"type": "words", "all": [[word] for word in words if word]}

    def key(self, *more: str) -> str:
        return "|".join((self.intent, self.to, *self.copied, *more))


def _person(rng: random.Random) -> str:
    return invented_name(rng) if rng.random() < 0.2 else rng.choice(rng.choice((GIRLS, BOYS)))


def _time(rng: random.Random) -> str:
    hour = rng.randint(1, 12)
    return rng.choice(
        (f"{hour}:{rng.choice(('00', '15', '30', '45'))}", f"{hour} o'clock", f"{hour}")
    )


def _filling(rng: random.Random, slot: str) -> str:
    if slot == "time":
        return _time(rng)
    if slot == "number":
        return str(rng.randint(1000, 99999))
    return rng.choice(FILLINGS[slot].split("; "))


def _first(rng: random.Random) -> tuple[_Text, Exchange]:
    intent = rng.choice(list(INTENTS))
    asks, body = INTENTS[intent].asks, INTENTS[intent].body
    what = rng.choice(asks)
    slots = sorted(set(re.findall(r"\{(\w+)\}", " ".join((what, *body)))))
    values = {slot: _filling(rng, slot) for slot in slots}
    while values.get("day") and values["day"] == values.get("other_day"):
        values["other_day"] = _filling(rng, "other_day")
    name = _person(rng) if rng.random() < 0.7 else ""
    sender = _person(rng) if rng.random() < 0.5 else ""
    letter = rng.random() < 0.7
    text = expand(rng, rng.choice(_LETTERS if letter else _MESSAGES)).replace(
        "a e-mail", "an e-mail"
    )
    ask = rng.choice(_ASK)
    question = expand(
        rng,
        ask,
        text=text,
        Text=capital(text),
        to=name or rng.choice(PEOPLE),
        what=expand(rng, what, **values),
        sign=" " + expand(rng, rng.choice(_SIGN), me=sender) if sender else "",
    )
    sentences = tuple(capital(expand(rng, sentence, **values)) for sentence in body)
    copied = tuple(values[slot] for slot in slots if f"{{{slot}}}" in body[0])
    made = _Text(name, sender, sentences, copied, letter, "Dear" if letter else "Hi", intent=intent)
    return made, Exchange(question, made.text(), made.key(sender), made.check())


def _changed(
    rng: random.Random, made: _Text, templates: tuple[str, ...], name: str = ""
) -> Exchange:
    question, wording = follow_up(rng, templates, name=name)
    return Exchange(question, made.text(), made.key(wording, name), made.check())


def _shorter(rng: random.Random, made: _Text) -> tuple[_Text, Exchange]:
    made = replace(made, body=made.body[:1])
    return made, _changed(rng, made, _SHORTER)


def _signed(rng: random.Random, made: _Text) -> tuple[_Text, Exchange]:
    made = replace(made, sender=_person(rng))
    return made, _changed(rng, made, _SIGN_IT, made.sender)


def _addressed(rng: random.Random, made: _Text) -> tuple[_Text, Exchange]:
    made = replace(made, to=_person(rng))
    return made, _changed(rng, made, _ADDRESS_IT, made.to)


def _casual(rng: random.Random, made: _Text) -> tuple[_Text, Exchange]:
    made = replace(made, greeting="Hi", closing="Cheers")
    return made, _changed(rng, made, _CASUAL)


def _formal(rng: random.Random, made: _Text) -> tuple[_Text, Exchange]:
    made = replace(made, greeting="Dear", closing="Kind regards")
    return made, _changed(rng, made, _FORMAL)


def exchanges(rng: random.Random) -> list[Exchange]:
    """An e-mail or a message, and often a change of it."""
    made, first = _first(rng)
    conversation = [first]
    changes: list[tuple[Callable[..., tuple[_Text, Exchange]], int]] = [(_shorter, 3), (_signed, 3)]
    changes.append((_addressed, 2))
    if made.letter:
        changes += [(_casual, 2), (_formal, 2)]
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        change = rng.choices(changes, [weight for _, weight in changes])[0]
        changes.remove(change)
        made, exchange = change[0](rng, made)
        conversation.append(exchange)
    if rng.random() < 0.15:
        question, wording = follow_up(rng, _THANKS)
        check = {"type": "words", "all": [["welcome"]]}
        conversation.append(Exchange(question, "You are welcome!", wording, check))
    return conversation
