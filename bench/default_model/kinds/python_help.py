"""Questions about Python: its library, small programs, words, values of expressions and errors."""

from __future__ import annotations

import random

from ..exchange import Exchange, expand
from .python_topics.code import function, piece
from .python_topics.library import library
from .python_topics.terms import concept, difference, error
from .python_topics.values import value

__all__ = ["exchanges"]

_MOST = 4
_TOPICS = {library: 30, function: 18, piece: 12, concept: 16, difference: 4, error: 8, value: 14}
_THANKS = (
    "[Thanks|Thank you|Thx][|!|.| very much.| a lot!]",
    "[Great|Good|Nice|Perfect], [thanks|thank you][|.|!]",
    "[That helps|That is what I needed|OK, I see][, thanks|. Thank you].",
)


def exchanges(rng: random.Random) -> list[Exchange]:
    """One to four exchanges on one topic."""
    (topic,) = rng.choices(list(_TOPICS), list(_TOPICS.values()))
    made: list[Exchange] = topic(rng)[:_MOST]
    if len(made) < _MOST and rng.random() < 0.06:
        made.append(_thanks(rng))
    return made


def _thanks(rng: random.Random) -> Exchange:
    question = expand(rng, rng.choice(_THANKS))
    check = {"type": "words", "all": [["welcome"]]}
    return Exchange(question, "You are welcome!", f"thanks / {question}", check)
