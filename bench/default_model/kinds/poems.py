"""Poems of four lines that rhyme in pairs."""

from __future__ import annotations

import random
import re

from ..exchange import Exchange
from .lists import follow_up
from .poems_data import BEGINNINGS_AND_ENDS
from .wording import a

__all__ = ["exchanges"]

_ASK = (
    "[Write|Write me|Make|Make up] a [short |little |]poem about {subject}.",
    "[Tell|Read] me a [short |little |]poem about {subject}.",
    "[Can|Could] you [write|make up] a [short |little |]poem about {subject}?",
    "[Please write|I would like|I want|I need] a [short |little |]poem about {subject}.",
    "[Write|Make up] a rhyme about {subject}.",
    "[Can|Could] you rhyme something about {subject}?",
    "[Give|Write] me four lines about {subject} that rhyme.",
    "A [short |little |]poem about {subject}, please.",
    "Poem about {subject}",
    "Write a four-line poem about {subject}.",
    "Do you know a poem about {subject}?",
    "A rhyming poem about {subject}[, please.|]",
    "[Write|Make] some verses about {subject}.",
    "Be a poet: write about {subject}.",
    "I need a [poem|rhyme] about {subject} for a card.",
)
_AGAIN = (
    "And one about {subject}[, please|].",
    "[Now|And now] one about {subject}[, please|].",
    "[Can you write another one about {subject}?|Write another one about {subject}.]",
    "What about {subject}?",
)
_SUBJECT = ("What [is|was] the poem about?", "What did you write about?")
_THANKS = ("[Thanks|Thank you]!", "[Beautiful|Lovely], thank you.", "That is a nice poem.")
# Said without an article, or of one's own.
_NAMES = {
    **{word: word for word in ("spring", "summer", "autumn", "winter", "love", "rain", "snow")},
    **{word: f"the {word}" for word in ("sea", "moon", "sun", "night")},
    "mother": "my mother",
    "school": "school",
}


def _name(rng: random.Random, subject: str) -> str:
    if subject in _NAMES:
        return _NAMES[subject]
    return rng.choice((a(subject), f"my {subject}", f"the {subject}"))


def _last_word(line: str) -> str:
    return re.sub(r"\W+$", "", line).split()[-1].casefold()


def _poem(rng: random.Random, subject: str) -> tuple[str, dict[str, object]]:
    """A poem, and the check that it holds couplets of the bank and is about the subject."""
    beginnings, ends = BEGINNINGS_AND_ENDS[subject]
    lines = [*rng.choice(beginnings), *rng.choice(ends)]
    rhymes = [[_last_word(line) for line in pair] for pair in (*beginnings, *ends)]
    return "\n".join(lines), {"type": "verse", "rhymes": rhymes, "names": [subject]}


def exchanges(rng: random.Random) -> list[Exchange]:
    """A poem, sometimes another, and a question or thanks."""
    subject, other = rng.sample(list(BEGINNINGS_AND_ENDS), 2)
    conversation = []
    last = subject
    for templates, about in ((_ASK, subject), (_AGAIN, other))[: rng.choice((1, 1, 2))]:
        name = _name(rng, about)
        question, wording = follow_up(rng, templates, subject=name)
        poem, check = _poem(rng, about)
        conversation.append(Exchange(question, poem, f"{wording}|{name}", check))
        last = about
    closing = rng.random()
    if closing < 0.15:
        question, wording = follow_up(rng, _SUBJECT)
        answer = f"It was about {_NAMES.get(last, a(last))}.".replace("my", "your")
        key = f"{wording}|{last}"
        conversation.append(Exchange(question, answer, key, {"type": "words", "all": [[last]]}))
    elif closing < 0.35:
        question, wording = follow_up(rng, _THANKS)
        check = {"type": "words", "all": [["glad"], ["poem"]]}
        answer = "I am glad that you like the poem!"
        conversation.append(Exchange(question, answer, wording, check))
    return conversation
