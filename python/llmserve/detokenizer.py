"""Incremental text for tokenizers whose decoder no table of bytes can describe.

Same calls as _core.Detokenizer, which serves all others and is much faster.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

_REPLACEMENT = "\ufffd"
_CONTEXT_TOKENS = 8  # enough for a decoder that looks at its neighbours
_MAX_CONTEXT_TOKENS = 64
_MAX_HELD_TOKENS = 8  # a character has four bytes at most: more tokens never wait for one


class Decodes(Protocol):
    """What is needed of a tokenizer."""

    def decode(self, ids: list[int], /, skip_special_tokens: bool = True) -> str: ...


class GenericDetokenizer:
    """Text of one sequence through tokenizers' own decoder.

    A window of the last tokens is decoded with and without the new ones; the difference is new
    text. It waits while it ends in U+FFFD, which may be half a character.

    tokenizer: a tokenizers.Tokenizer, or anything with its decode().
    context: the token ids before the first one pushed (the prompt).
    """

    def __init__(
        self, tokenizer: Decodes, context: Sequence[int], skip_special_tokens: bool = True
    ) -> None:
        self._tokenizer = tokenizer
        self._skip_special_tokens = skip_special_tokens
        self._window = self._tail_of(context)
        self._shown = self._decode(self._window)  # text of the window that is out
        # The window's tokens in groups that each finished some text: it may be cut between them,
        # never within a character.
        self._groups = deque([len(self._window)])
        self._num_held = 0  # tokens at the end whose text is not out

    def push(self, token_ids: Sequence[int]) -> str:
        """The text that these tokens finish; never half a character."""
        text = ""
        for token in token_ids:
            self._window.append(token)
            self._num_held += 1
            text += self._take(final=self._num_held > _MAX_HELD_TOKENS)
        return text

    def finish(self) -> str:
        """The text that still waited; an unfinished character as U+FFFD."""
        return self._take(final=True)

    def _take(self, *, final: bool) -> str:
        whole = self._decode(self._window)
        if whole.endswith(_REPLACEMENT) and not final:
            return ""
        new = whole[_common_prefix(whole, self._shown) :]
        self._groups.append(self._num_held)
        self._num_held = 0
        self._shown = whole
        while len(self._window) - self._groups[0] >= _CONTEXT_TOKENS:
            rest = self._window[self._groups[0] :]
            text = self._decode(rest)
            if not text:  # a start of the text would look like this, and some decoders care
                break
            self._window, self._shown = rest, text
            self._groups.popleft()
        return new

    def _tail_of(self, context: Sequence[int]) -> list[int]:
        size = _CONTEXT_TOKENS
        tail = list(context[-size:])
        while size < len(context) and size < _MAX_CONTEXT_TOKENS:
            text = self._decode(tail)
            if text and not text.startswith(_REPLACEMENT):  # cut within a character, or no text yet
                break
            size += 1
            tail = list(context[-size:])
        return tail

    def _decode(self, token_ids: list[int]) -> str:
        return self._tokenizer.decode(token_ids, skip_special_tokens=self._skip_special_tokens)


def _common_prefix(a: str, b: str) -> int:
    if a.startswith(b):
        return len(b)
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
