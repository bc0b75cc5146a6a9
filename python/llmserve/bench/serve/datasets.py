"""Where prompts come from: random tokens, with or without shared prefixes, and files of texts."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..conversations import pick_usual, read_pairs
from ..harness import random_prompt

if TYPE_CHECKING:
    from ...tokenizer import Tokenizer

__all__ = [
    "CustomPrompts",
    "Dataset",
    "FileOrder",
    "PrefixRepetition",
    "RandomPrompts",
    "Sample",
    "ShareGpt",
    "Vocabulary",
]


@dataclass(frozen=True)
class Sample:
    """prompt: text or token ids. prompt_len: its tokens, None where nobody has counted them."""

    prompt: str | list[int]
    prompt_len: int | None
    output_len: int


class Dataset(Protocol):
    def draw(self, num: int, source: random.Random) -> list[Sample]:
        """At most `num` samples. Raises ValueError where the data do not serve."""


class Vocabulary:
    """Makes random prompts of an exact length, as token ids or as text.

    token_ids: those to draw from. tokenizer: None: prompts stay token ids; else they become text
    that encodes to as many tokens, num_added of which the server puts before it.
    """

    _TRIES = 10

    def __init__(
        self, token_ids: Sequence[int], tokenizer: Tokenizer | None = None, num_added: int = 0
    ) -> None:
        self._token_ids = token_ids
        self._tokenizer = tokenizer
        self.num_added = num_added

    def draw(self, source: random.Random, length: int) -> list[int]:
        return [self._token_ids[i] for i in random_prompt(source, length, len(self._token_ids))]

    def sample(self, source: random.Random, token_ids: list[int], output_len: int) -> Sample:
        if self._tokenizer is None:
            return Sample(token_ids, len(token_ids), output_len)
        text, length = self._as_text(self._tokenizer, source, token_ids)
        return Sample(text, length + self.num_added, output_len)

    def _as_text(
        self, tokenizer: Tokenizer, source: random.Random, token_ids: list[int]
    ) -> tuple[str, int]:
        """Tokens that were drawn one by one may join when they are read as text, or come apart:
        cuts and adds at the end until the length is right. Gives up after some tries."""
        wanted = len(token_ids)
        text, found = "", [0] * (wanted + 1)
        for _ in range(self._TRIES):
            text = tokenizer.decode(token_ids)
            found = tokenizer.encode(text, add_special_tokens=False)
            if len(found) == wanted:
                break
            token_ids = found[:wanted] + self.draw(source, wanted - len(found))
        return text, len(found)


@dataclass(frozen=True)
class RandomPrompts:
    """range_ratio: lengths are drawn evenly from length * (1 - ratio) to length * (1 + ratio).
    prefix_len: tokens before each prompt that all prompts of a draw share."""

    vocabulary: Vocabulary
    input_len: int
    output_len: int
    range_ratio: float = 0.0
    prefix_len: int = 0

    def draw(self, num: int, source: random.Random) -> list[Sample]:
        prefix = self.vocabulary.draw(source, self.prefix_len)
        samples = []
        for _ in range(num):
            length = max(self._length(source, self.input_len) - self.vocabulary.num_added, 1)
            token_ids = prefix + self.vocabulary.draw(source, length)
            output_len = self._length(source, self.output_len)
            samples.append(self.vocabulary.sample(source, token_ids, output_len))
        return samples

    def _length(self, source: random.Random, middle: int) -> int:
        low = max(math.floor(middle * (1 - self.range_ratio)), 1)
        return source.randint(low, math.ceil(middle * (1 + self.range_ratio)))


@dataclass(frozen=True)
class PrefixRepetition:
    """num_prefixes prefixes, each before its part of the prompts, which differ in their suffix."""

    vocabulary: Vocabulary
    prefix_len: int
    suffix_len: int
    num_prefixes: int
    output_len: int
    shuffle: bool = True

    def draw(self, num: int, source: random.Random) -> list[Sample]:
        length = max(self.prefix_len - self.vocabulary.num_added, 1)
        prefixes = [self.vocabulary.draw(source, length) for _ in range(self.num_prefixes)]
        samples = []
        for i in range(num):
            # The first prompts have the first prefix, and so on.
            prefix = prefixes[i * self.num_prefixes // num]
            token_ids = prefix + self.vocabulary.draw(source, self.suffix_len)
            samples.append(self.vocabulary.sample(source, token_ids, self.output_len))
        if self.shuffle:
            source.shuffle(samples)
        return samples


@dataclass(frozen=True)
class FileOrder:
    """shuffle: in random order. oversample: begin again where the file has too few."""

    shuffle: bool = True
    oversample: bool = True

    def fill(self, samples: list[Sample], num: int) -> list[Sample]:
        if self.oversample and samples:
            samples = samples * math.ceil(num / len(samples))
        return samples[:num]


class ShareGpt:
    """Conversations of a usual length. output_len: None: as long as the answer in the file."""

    def __init__(
        self,
        path: str,
        output_len: int | None,
        order: FileOrder,
        encode: Callable[[str], list[int]],
    ) -> None:
        self._path = path
        self._pairs = read_pairs(path)
        self._encode = encode
        self._output_len = output_len
        self._order = order

    def draw(self, num: int, source: random.Random) -> list[Sample]:
        pairs = list(self._pairs)
        if self._order.shuffle:
            source.shuffle(pairs)
        found = pick_usual(pairs, num, self._output_len, self._encode)
        if not found:
            raise ValueError(f"{self._path} has no conversation of a usual length")
        samples = [
            Sample(each.prompt, len(each.prompt_token_ids), each.output_len) for each in found
        ]
        return self._order.fill(samples, num)


class CustomPrompts:
    """A file with a JSON object a line: `prompt`, and perhaps `output_tokens`.

    output_len: None: what the line says. encode: how a prompt is sent, None: as the text it is.
    """

    def __init__(
        self,
        path: str,
        output_len: int | None,
        order: FileOrder,
        encode: Callable[[str], list[int]] | None = None,
    ) -> None:
        self._lines = _read_lines(Path(path), output_len)
        self._order = order
        self._encode = encode

    def draw(self, num: int, source: random.Random) -> list[Sample]:
        lines = list(self._lines)
        if self._order.shuffle:
            source.shuffle(lines)
        samples = []
        for text, output_len in lines[:num]:
            if self._encode is None:
                samples.append(Sample(text, None, output_len))
            else:
                token_ids = self._encode(text)
                samples.append(Sample(token_ids, len(token_ids), output_len))
        return self._order.fill(samples, num)


def _read_lines(path: Path, output_len: int | None) -> list[tuple[str, int]]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            prompt = fields["prompt"]
            length = fields["output_tokens"] if output_len is None else output_len
        except (ValueError, TypeError, KeyError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else "no JSON object"
            raise ValueError(f"{path}, line {number}: {reason}") from None
        if not isinstance(prompt, str) or not isinstance(length, int) or length < 1:
            raise ValueError(
                f"{path}, line {number}: prompt must be a text and output_tokens at least 1"
            )
        found.append((prompt, length))
    if not found:
        raise ValueError(f'{path} has no prompts: a line must be like {{"prompt": "..."}}')
    return found
