"""SamplingParams: how a request wants its tokens chosen and its text shaped.

Owns the fields, their defaults and their ranges. What depends on a model (its vocabulary, its
context, the engine's limits) is checked by engine_client.py.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from numbers import Integral, Real
from typing import Any

from .log import logger

__all__ = ["OPEN_RANGES", "RANGES", "RequestOutputKind", "SamplingParams"]

# Bounds of numbers and lists; the core holds the same ones (cpp/spec/sampling_params.h).
MAX_N = 256
MAX_STOP_STRINGS = 64
MAX_STOP_STRING_BYTES = 1024
MAX_STOP_TOKEN_IDS = 256
MAX_LOGIT_BIAS = 1024
MAX_BAD_WORDS = 256
MAX_BAD_WORD_BYTES = 1024  # far more than the core's tokens of a word make

_MIN_TEMPERATURE = 0.01  # below it the division by the temperature overflows
_MAX_BIAS = 100.0
_MAX_INT32 = 2**31 - 1
_MAX_FLOAT32 = 3.4028234e38
_MIN_FLOAT32 = 1.17549435e-38
_MIN_PENALTY, _MAX_PENALTY = 1e-6, 1e6  # beyond them logits overflow, and no token changes

# Lowest and highest value of each number.
RANGES: dict[str, tuple[float, float]] = {
    "n": (1, MAX_N),
    "temperature": (0.0, _MAX_FLOAT32),
    "top_p": (0.0, 1.0),
    "top_k": (-1, _MAX_INT32),
    "min_p": (0.0, 1.0),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
    "repetition_penalty": (0.0, _MAX_FLOAT32),
    "seed": (-(2**63), 2**64 - 1),
    "max_tokens": (1, _MAX_INT32),
    "min_tokens": (0, _MAX_INT32),
    "logprobs": (-1, _MAX_INT32),
    "prompt_logprobs": (-1, _MAX_INT32),
}
OPEN_RANGES = frozenset({"top_p", "repetition_penalty"})  # the lowest itself is not allowed

# Fields that users of vLLM know, with what to do instead.
_UNSUPPORTED = {
    "best_of": "use n and choose among the outputs",
    "early_stopping": "beam search is not supported",
    "extra_args": "not supported",
    "flat_logprobs": "not supported; logprobs are lists of dicts",
    "guided_decoding": "structured outputs are not supported yet",
    "length_penalty": "beam search is not supported",
    "logits_processors": "not supported; see logit_bias, allowed_token_ids and bad_words",
    "logprob_token_ids": "not supported yet; logprobs=-1 gives the whole vocabulary",
    "prompt_logprob_token_ids": "not supported yet",
    "repetition_detection": "not supported yet",
    "skip_reading_prefix_cache": "not supported; a cache_salt of its own keeps a request apart",
    "stream_interval": "not supported; chunks grow by themselves where the reader is slow",
    "structured_outputs": "structured outputs are not supported yet",
    "thinking_token_budget": "not supported yet",
    "truncate_prompt_tokens": "not supported; shorten the prompt before it is sent",
    "use_beam_search": "beam search is not supported",
}


class RequestOutputKind(Enum):
    """What each RequestOutput of a request holds."""

    CUMULATIVE = 0  # everything so far
    DELTA = 1  # what is new since the last one
    FINAL_ONLY = 2  # nothing until the end, then everything


@dataclass(slots=True, kw_only=True)
class SamplingParams:
    """How to choose the tokens of one request; names, defaults and rules are vLLM's.

    Raises TypeError for a value of a wrong type or an unknown field, ValueError for a value out of
    its range.
    """

    # Samples of one prompt, 1 to 256. They share the prompt's cache; sample i has seed + i.
    n: int = 1
    # Penalty for tokens generated before, -2 to 2: once, however often.
    presence_penalty: float = 0.0
    # Penalty for tokens generated before, -2 to 2: for each time.
    frequency_penalty: float = 0.0
    # Over 0. Logits of tokens of prompt and output are divided by it (multiplied, if negative).
    # Values are brought into 1e-6 to 1e6.
    repetition_penalty: float = 1.0
    # 0 is greedy. Values between 0 and 0.01 are raised to 0.01.
    temperature: float = 1.0
    # The smallest set of tokens with this probability, over 0 to 1.
    top_p: float = 1.0
    # That many best tokens; 0 or -1: all.
    top_k: int = 0
    # Tokens at least that likely, relative to the best one, 0 to 1.
    min_p: float = 0.0
    # Same seed, same tokens, whatever the neighbours. None or -1: from the engine's seed.
    seed: int | None = None
    # Strings that end a sample. The text is cut before them.
    stop: str | list[str] | None = None
    # Token ids that end a sample, beside the model's own.
    stop_token_ids: list[int] | None = None
    # Keep the stop string in the text.
    include_stop_str_in_output: bool = False
    # Go on after the model's end-of-sequence tokens.
    ignore_eos: bool = False
    # Tokens to generate at most; None: what is left of the context.
    max_tokens: int | None = 16
    # Neither end-of-sequence nor stop tokens before so many.
    min_tokens: int = 0
    # Log probabilities of that many best tokens per place, before penalties and temperature, and of
    # the token chosen; -1: of the whole vocabulary.
    logprobs: int | None = None
    # The same for the tokens of the prompt.
    prompt_logprobs: int | None = None
    # False: token ids only, the text stays empty.
    detokenize: bool = True
    # Leave special tokens out of the text.
    skip_special_tokens: bool = True
    # Only True: a tokenizer's own spacing.
    spaces_between_special_tokens: bool = True
    # Added to the logits of these ids; values are brought into -100 to 100.
    logit_bias: dict[int, float] | None = None
    # Nothing but these ids.
    allowed_token_ids: list[int] | None = None
    # Words that must not come: the last token of each is banned after the others.
    bad_words: list[str] | None = None
    output_kind: RequestOutputKind = field(default=RequestOutputKind.CUMULATIVE)

    def __new__(cls, *_args: Any, **given: Any) -> SamplingParams:
        # Before __init__, so that an unknown name is answered with what to use instead.
        for name in given:
            if name not in cls.__dataclass_fields__:
                raise TypeError(_unknown_field(name))
        return object.__new__(cls)

    def __post_init__(self) -> None:
        self.validate()

    def validate(self) -> None:
        """Brings all fields into their final form; again after a change is harmless.

        Raises TypeError and ValueError as the class does.
        """
        self._check_numbers()
        self._check_text()
        self._check_token_choice()
        if 0.0 < self.temperature < _MIN_TEMPERATURE:
            logger.warning(
                "temperature %g is too small to divide by; raised to %g",
                self.temperature,
                _MIN_TEMPERATURE,
            )
            self.temperature = _MIN_TEMPERATURE
        if self.temperature == 0.0:
            self.top_p, self.top_k, self.min_p = 1.0, 0, 0.0

    def _check_numbers(self) -> None:
        for name in ("n", "top_k", "min_tokens"):
            setattr(self, name, _int(name, getattr(self, name), *RANGES[name]))
        for name in _FLOATS:
            setattr(self, name, _float(name, getattr(self, name), *RANGES[name]))
        for name in ("seed", "max_tokens", "logprobs", "prompt_logprobs"):
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, _int(name, value, *RANGES[name]))
        self.top_p = max(self.top_p, _MIN_FLOAT32)  # less is 0 to the core
        self.repetition_penalty = min(max(self.repetition_penalty, _MIN_PENALTY), _MAX_PENALTY)
        self.top_k = max(self.top_k, 0)
        if self.seed == -1:
            self.seed = None
        if self.max_tokens is not None and self.min_tokens > self.max_tokens:
            raise ValueError(
                f"min_tokens is {self.min_tokens}; it must not be over max_tokens, which is "
                f"{self.max_tokens}"
            )

    def _check_text(self) -> None:
        for name in _BOOLS:
            value = getattr(self, name)
            if not isinstance(value, bool):
                raise TypeError(f"{name} is {value!r}; it must be True or False")
        if not self.spaces_between_special_tokens:
            raise ValueError(
                "spaces_between_special_tokens is False; only True is supported: spaces are those "
                "of the tokenizer"
            )
        self.stop = _strings("stop", self.stop, MAX_STOP_STRINGS)
        _check_sizes("stop", self.stop, MAX_STOP_STRING_BYTES)
        if self.stop and not self.detokenize:
            raise ValueError(
                "stop is set while detokenize is False; stop strings are found in text, so "
                "detokenize must be True"
            )
        kind: object = self.output_kind
        if not isinstance(kind, RequestOutputKind):
            allowed = ", ".join(str(one) for one in RequestOutputKind)
            raise TypeError(f"output_kind is {kind!r}; it must be one of {allowed}")

    def _check_token_choice(self) -> None:
        self.stop_token_ids = _ids("stop_token_ids", self.stop_token_ids, MAX_STOP_TOKEN_IDS)
        if self.logit_bias is not None:
            self.logit_bias = _logit_bias(self.logit_bias)
        if self.allowed_token_ids is not None:
            self.allowed_token_ids = _ids("allowed_token_ids", self.allowed_token_ids, None)
            if not self.allowed_token_ids:
                raise ValueError(
                    "allowed_token_ids is empty; it must be None or hold at least one token id"
                )
        self.bad_words = _strings("bad_words", self.bad_words, MAX_BAD_WORDS)
        # Before they are encoded, which takes its time.
        _check_sizes("bad_words", self.bad_words, MAX_BAD_WORD_BYTES)

    @property
    def greedy(self) -> bool:
        """True where the best token is always taken."""
        return self.temperature == 0.0

    def clone(self) -> SamplingParams:
        """A deep copy."""
        return copy.deepcopy(self)

    @classmethod
    def from_optional(
        cls, defaults: Mapping[str, Any] | None = None, **given: Any
    ) -> SamplingParams:
        """Params of the values given; None counts as not given.

        defaults: values for fields not given, for example those of a model's generation_config.
        What neither names has the default of the class. Raises as the class does.
        """
        chosen = dict(defaults or {})
        chosen.update((name, value) for name, value in given.items() if value is not None)
        return cls(**chosen)


_BOOLS = tuple(f.name for f in fields(SamplingParams) if f.type == "bool")
_FLOATS = tuple(f.name for f in fields(SamplingParams) if f.type == "float")


def _unknown_field(name: str) -> str:
    if name in _UNSUPPORTED:
        return f"SamplingParams has no field {name!r}: {_UNSUPPORTED[name]}"
    import difflib

    names = [f.name for f in fields(SamplingParams)]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"SamplingParams has no field {name!r}{hint}"


def _int(name: str, value: Any, low: float, high: float) -> int:
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, Integral)):
        raise TypeError(f"{name} is {value!r}; it must be a whole number")
    number = int(value)
    if not low <= number <= high:
        raise ValueError(f"{name} is {number}; it must be {_range(number, low, high)}")
    return number


def _float(name: str, value: Any, low: float, high: float) -> float:
    low_open = name in OPEN_RANGES
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, Real)):
        raise TypeError(f"{name} is {value!r}; it must be a number")
    number = float(value)
    if math.isnan(number) or number < low or number > high or (low_open and number == low):
        if high == _MAX_FLOAT32:
            bounds = f"finite and {'over' if low_open else 'at least'} {low:g}"
        elif low_open:
            bounds = f"over {low:g} and at most {high:g}"
        else:
            bounds = f"from {low:g} to {high:g}"
        raise ValueError(f"{name} is {number:g}; it must be {bounds}")
    return number


def _range(number: int, low: float, high: float) -> str:
    # No need to name both bounds where one is that of the type.
    if high != _MAX_INT32:
        return f"from {low} to {high}"
    return f"at least {low}" if number < low else f"at most {high}"


def _items(name: str, value: Any, what: str, limit: int | None) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} is {value!r}; it must be a list of {what}")
    items = list(value)
    if limit is not None and len(items) > limit:
        raise ValueError(f"{name} has {len(items)} entries; at most {limit} are allowed")
    return items


def _strings(name: str, value: Any, limit: int) -> list[str]:
    if value is None:
        return []
    items = [value] if isinstance(value, str) else _items(name, value, "strings", limit)
    for item in items:
        if not isinstance(item, str):
            raise TypeError(f"{name} holds {item!r}; it must be a list of strings")
        if not item:
            raise ValueError(f"{name} holds an empty string; each must have a character at least")
    return items


def _check_sizes(name: str, texts: list[str], limit: int) -> None:
    for text in texts:
        if len(text.encode("utf-8", "surrogatepass")) > limit:
            raise ValueError(
                f"{name} holds a string of {len(text)} characters; at most {limit} bytes are "
                "allowed"
            )


def _ids(name: str, value: Any, limit: int | None) -> list[int]:
    if value is None:
        return []
    items = _items(name, value, "token ids", limit)
    # At once where nothing is wrong: there may be as many as the vocabulary has, or a million.
    if set(map(type, items)) == {int} and min(items) >= 0 and max(items) <= _MAX_INT32:
        return items
    return [_int(name, item, 0, _MAX_INT32) for item in items]


def _logit_bias(value: Any) -> dict[int, float]:
    if not isinstance(value, Mapping):
        raise TypeError(f"logit_bias is {value!r}; it must be a dict of token id to number")
    if len(value) > MAX_LOGIT_BIAS:
        raise ValueError(
            f"logit_bias has {len(value)} entries; at most {MAX_LOGIT_BIAS} are allowed"
        )
    result = {}
    for key, bias in value.items():
        # JSON has text keys only.
        token = int(key) if isinstance(key, str) and key.isascii() and key.isdigit() else key
        token = _int("a token id of logit_bias", token, 0, _MAX_INT32)
        if isinstance(bias, bool) or not isinstance(bias, Real):
            raise TypeError(f"logit_bias of token {token} is {bias!r}; it must be a number")
        if math.isnan(bias):
            raise ValueError(f"logit_bias of token {token} is nan; it must be from -100 to 100")
        result[token] = min(max(float(bias), -_MAX_BIAS), _MAX_BIAS)
    return result
