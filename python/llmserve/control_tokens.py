"""Keeps control tokens that a user typed from becoming control tokens.

A chat template writes control tokens such as <|im_end|> around the messages; the same characters
within a message are only text. Before rendering, each such string in the caller's data is masked by
one private-use character, which templates carry along as they do any other. Afterwards the text
around the template's own control tokens is encoded with the masked strings as plain characters.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tokenizers

_FIRST_MASK = 0xF0000  # private use plane 15: 65,534 characters that stand for nothing
_MASK_RANGE = re.compile("[\U000f0000-\U000ffffd]")


def encode_text(
    tokenizer: tokenizers.Tokenizer, text: str, add_special_tokens: bool = False
) -> list[int]:
    """The ids of a text. Other threads run meanwhile: encode() of the library, unlike its batch,
    keeps Python's lock, and a long text would stop every stream of a server for seconds."""
    (encoding,) = tokenizer.encode_batch_fast([text], add_special_tokens=add_special_tokens)
    return list(encoding.ids)


@dataclass(frozen=True)
class Mask:
    """What each private-use character stands for."""

    texts: dict[str, str]

    def restore(self, text: str) -> str:
        """The text with the masked strings back in it."""
        return text.translate({ord(char): part for char, part in self.texts.items()})


class ControlTokens:
    """The special tokens of one tokenizer, and how to tell typed ones from real ones."""

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        self._tokenizer = tokenizer
        # A special token of white space (some have "\\n") is ordinary text of any message.
        special = {
            token.content: id_
            for id_, token in tokenizer.get_added_tokens_decoder().items()
            if token.special and token.content.strip()
        }
        self._ids = special
        longest_first = sorted(special, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if special else None
        # A string that ends in the start of a special token could be joined to the rest of it.
        self._prefixes = {token[:size] for token in special for size in range(1, len(token))}
        self._longest = max(map(len, special), default=0)

    def mask(self, data: Any, template: str) -> tuple[Any, Mask]:
        """A copy of JSON data with typed control tokens masked; the data itself if it has none.

        template: the source that will be rendered, so that no mask equals a character of it.
        Raises ValueError where the data leaves no character for a mask.
        """
        strings = list(_strings(data))
        if not any(self._needs_mask(string) for string in strings):
            return data, Mask({})
        taken = {char for text in (*strings, template) for char in _MASK_RANGE.findall(text)}
        texts: dict[str, str] = {}
        chars: dict[str, str] = {}
        free = (chr(code) for code in range(_FIRST_MASK, 0xFFFFE) if chr(code) not in taken)

        def char_for(text: str) -> str:
            if text not in chars:
                char = next(free, None)
                if char is None:
                    raise ValueError(
                        "The messages hold a control token and every private-use character from "
                        "U+F0000 to U+FFFFD; leave one of these out."
                    )
                chars[text] = char
                texts[char] = text
            return chars[text]

        def mask_string(text: str) -> str:
            if self._pattern is not None:
                text = self._pattern.sub(lambda match: char_for(match[0]), text)
            if size := self._open_end(text):
                end = len(text.rstrip())
                text = text[: end - size] + char_for(text[end - size]) + text[end - size + 1 :]
            return text

        return _map_strings(data, mask_string), Mask(texts)

    def encode(self, text: str, mask: Mask) -> list[int]:
        """Token ids of a rendered text; masked strings are encoded as plain characters.

        Where masking made no difference, the ids are those of an ordinary encode().
        """
        plain = mask.restore(text)
        if not mask.texts or self._count(plain) == self._count(text):
            return encode_text(self._tokenizer, plain)
        return self._twin.encode(text, mask)

    def _needs_mask(self, text: str) -> bool:
        if self._pattern is None:
            return False
        return self._pattern.search(text) is not None or self._open_end(text) > 0

    def _open_end(self, text: str) -> int:
        """How many characters at the end, white space aside, may begin a special token."""
        tail = text[-2 * self._longest :].rstrip() if self._longest else ""
        for size in range(min(self._longest - 1, len(tail)), 0, -1):
            if tail[-size:] in self._prefixes:
                return size
        return 0

    def _count(self, text: str) -> int:
        return len(self._pattern.findall(text)) if self._pattern is not None else 0

    @functools.cached_property
    def _twin(self) -> _Twin:
        return _Twin(self._tokenizer, self._ids, self._pattern)


class _Twin:
    """The same tokenizer with other names for its special tokens.

    It shares the model, so it costs next to nothing. Under it the usual names are plain text, and
    the template's own special tokens are renamed before encoding, so that one call does the whole
    text with all rules of the tokenizer.
    """

    def __init__(
        self,
        tokenizer: tokenizers.Tokenizer,
        special: dict[str, int],
        pattern: re.Pattern[str] | None,
    ) -> None:
        from tokenizers import AddedToken, Tokenizer

        self._special_ids = frozenset(special.values())
        self._pattern = pattern
        # Nobody outside can type these names: they are drawn anew in every process.
        secret = secrets.token_hex(16)
        self._names = {token: f"\ue000{secret}-{id_}\ue001" for token, id_ in special.items()}
        self._break = f"\ue000{secret}\ue001"  # parts two characters, and has no id of its own

        twin = Tokenizer(tokenizer.model)
        if tokenizer.normalizer is not None:
            twin.normalizer = tokenizer.normalizer
        if tokenizer.pre_tokenizer is not None:
            twin.pre_tokenizer = tokenizer.pre_tokenizer
        own_ids: dict[str, int] = {}
        for id_, token in sorted(tokenizer.get_added_tokens_decoder().items()):
            name = self._names.get(token.content)
            if name is not None:
                token = AddedToken(
                    name,
                    single_word=token.single_word,
                    lstrip=token.lstrip,
                    rstrip=token.rstrip,
                    normalized=False,
                )
            twin.add_tokens([token])
            own_ids[token.content] = id_
        twin.add_tokens([AddedToken(self._break, normalized=False)])
        self._twin = twin
        self._true_ids = {twin.token_to_id(token): id_ for token, id_ in own_ids.items()}
        self._break_id = twin.token_to_id(self._break)

    def encode(self, text: str, mask: Mask) -> list[int]:
        if self._pattern is not None:
            text = self._pattern.sub(lambda match: self._names[match[0]], text)
        wanted = sum(text.count(name) for name in self._names.values())
        ids = self._encode(mask.restore(text))
        if self._num_special(ids) > wanted:
            # The model itself has a piece that spells a special token: keep its letters apart.
            parted = {char: part[:1] + self._break + part[1:] for char, part in mask.texts.items()}
            ids = self._encode(Mask(parted).restore(text))
            if self._num_special(ids) > wanted:
                raise ValueError("A message holds a control token that cannot be encoded as text.")
        return ids

    def _encode(self, text: str) -> list[int]:
        ids = encode_text(self._twin, text)
        return [self._true_ids.get(id_, id_) for id_ in ids if id_ != self._break_id]

    def _num_special(self, ids: list[int]) -> int:
        return sum(id_ in self._special_ids for id_ in ids)


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _strings(value)
    elif isinstance(data, list):
        for item in data:
            yield from _strings(item)


def _map_strings(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {change(key): _map_strings(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_map_strings(item, change) for item in data]
    return data
