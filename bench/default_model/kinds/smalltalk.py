"""Small talk: greetings, questions about the model itself, feelings, advice and jokes."""

from __future__ import annotations

import random

from ..exchange import Exchange
from ..topic import talk
from .smalltalk_advice_data import ADVICE
from .smalltalk_data import ENDINGS, SOCIAL
from .smalltalk_feelings_data import FEELINGS
from .smalltalk_jokes_data import JOKE, JOKE_ABOUT
from .smalltalk_self_data import SELF

__all__ = ["exchanges"]

_GROUPS = (SOCIAL, SELF, FEELINGS, ADVICE, (JOKE, JOKE_ABOUT))
_WEIGHTS = (9, 12, 7, 4, 3)
_CHATTY = (*SOCIAL, *SELF, JOKE)  # after a greeting, people ask anything


def exchanges(rng: random.Random) -> list[Exchange]:
    """A conversation that begins with one kind of small talk."""
    group = rng.choices(_GROUPS, _WEIGHTS)[0]
    return talk(rng, group, group if group in (SELF, ADVICE) else _CHATTY, ENDINGS)
