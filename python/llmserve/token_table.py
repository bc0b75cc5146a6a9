"""What bytes each token id stands for, read from a tokenizers.Tokenizer.

Knows the two decoders that nearly all language models use: byte-level BPE, and SentencePiece style
(a visible space mark, byte fallback, one leading space dropped). For any other decoder there is no
table; detokenizer.py then works through the tokenizers library.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tokenizers

SPACE_MARK = "\u2581"  # SentencePiece's visible space
_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")


@dataclass(frozen=True)
class TokenPieces:
    """The arguments of _core.TokenTable.

    pieces: bytes per token id, b"" where an id has no text.
    special: ids that skip_special_tokens leaves out.
    strip_leading_space: one space is dropped at the very start of a text.
    """

    pieces: list[bytes]
    special: list[int]
    strip_leading_space: bool


def read_token_pieces(
    tokenizer: tokenizers.Tokenizer, tokens: list[str | None] | None = None
) -> TokenPieces | None:
    """The pieces of every id, or None when the decoder is not one that a table can describe.

    tokens: what tokens_by_id() gave, if it is at hand.
    """
    added = tokenizer.get_added_tokens_decoder()
    tokens = tokens_by_id(tokenizer) if tokens is None else tokens
    shape = _decoder_shape(_decoder_steps(tokenizer), tokens)
    if shape is None:
        return None
    return TokenPieces(
        pieces=_byte_level_pieces(tokens) if shape.byte_level else shape.pieces(tokens),
        special=sorted(id_ for id_, token in added.items() if token.special),
        strip_leading_space=shape.strip_leading_space,
    )


def tokens_by_id(tokenizer: tokenizers.Tokenizer) -> list[str | None]:
    """The name of every token id up to the highest; None for ids that are not in use."""
    # Asking for each id is several times as fast as get_vocab(), which matters at start.
    tokens = [tokenizer.id_to_token(id_) for id_ in range(tokenizer.get_vocab_size())]
    if None not in tokens:
        return tokens
    highest = max(tokenizer.get_vocab(with_added_tokens=True).values())
    return [tokenizer.id_to_token(id_) for id_ in range(highest + 1)]


@dataclass(frozen=True)
class _Shape:
    byte_level: bool
    strip_leading_space: bool = False
    byte_fallback: bool = False

    def pieces(self, tokens: list[str | None]) -> list[bytes]:
        """SentencePiece style."""
        return [self._piece(token.replace(SPACE_MARK, " ")) if token else b"" for token in tokens]

    def _piece(self, token: str) -> bytes:
        if self.byte_fallback and (match := _BYTE_TOKEN.fullmatch(token)):
            return bytes([int(match[1], 16)])
        return token.encode()


def _decoder_steps(tokenizer: tokenizers.Tokenizer) -> list[dict[str, Any]]:
    """The decoder as a flat list of its steps, each with its type and settings."""
    if tokenizer.decoder is None:
        return []

    def flatten(step: dict[str, Any]) -> list[dict[str, Any]]:
        if step["type"] != "Sequence":
            return [step]
        return [leaf for inner in step["decoders"] for leaf in flatten(inner)]

    state: bytes = tokenizer.decoder.__getstate__()  # the decoder's part of tokenizer.json
    return flatten(json.loads(state))


def _decoder_shape(steps: list[dict[str, Any]], tokens: list[str | None]) -> _Shape | None:
    kinds = [step["type"] for step in steps]
    if kinds == ["ByteLevel"]:
        return _Shape(byte_level=True)
    if kinds == ["Metaspace"]:
        return _metaspace_shape(steps[0], tokens)
    if not steps or not _replaces_space_mark(steps.pop(0)):
        return None
    byte_fallback = bool(steps) and steps[0]["type"] == "ByteFallback"
    if byte_fallback:
        steps.pop(0)
    fused = bool(steps) and steps[0]["type"] == "Fuse"
    if fused:
        steps.pop(0)
    # Without Fuse, a Strip would act on every token and not on the text.
    strip = fused and bool(steps) and steps[0] == _STRIP_ONE_SPACE
    if strip:
        steps.pop(0)
    if steps:
        return None
    return _Shape(byte_level=False, strip_leading_space=strip, byte_fallback=byte_fallback)


_STRIP_ONE_SPACE = {"type": "Strip", "content": " ", "start": 1, "stop": 0}


def _replaces_space_mark(step: dict[str, Any]) -> bool:
    return step == {"type": "Replace", "pattern": {"String": SPACE_MARK}, "content": " "}


def _metaspace_shape(step: dict[str, Any], tokens: list[str | None]) -> _Shape | None:
    """Metaspace drops every mark of the first token: that is one leading space only where no token
    has marks elsewhere."""
    if step["replacement"] != SPACE_MARK:
        return None
    strip = step["prepend_scheme"] != "never"
    if strip and any(token is not None and SPACE_MARK in token[1:] for token in tokens):
        return None
    return _Shape(byte_level=False, strip_leading_space=strip)


def _byte_characters() -> dict[int, int]:
    """GPT-2's alphabet, character -> byte: printable bytes stand for themselves, the rest for the
    characters from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    return {byte: byte for byte in printable} | {0x100 + i: byte for i, byte in enumerate(others)}


_BYTE_OF_CHARACTER = _byte_characters()
_ONLY_BYTE_CHARACTERS = re.compile("[" + re.escape("".join(map(chr, _BYTE_OF_CHARACTER))) + "]*")


def _byte_level_pieces(tokens: list[str | None]) -> list[bytes]:
    # A character of the alphabet is one byte, so all tokens can be translated in one go and cut
    # apart again. A token with any other character is an added one, and plain text.
    plain = {i for i, token in enumerate(tokens) if token and not _is_byte_level(token)}
    in_bytes = ["" if i in plain else token or "" for i, token in enumerate(tokens)]
    data = "".join(in_bytes).translate(_BYTE_OF_CHARACTER).encode("latin-1")
    pieces = []
    end = 0
    for token in in_bytes:
        begin, end = end, end + len(token)
        pieces.append(data[begin:end])
    for i in plain:
        pieces[i] = (tokens[i] or "").encode()
    return pieces


def _is_byte_level(token: str) -> bool:
    return _ONLY_BYTE_CHARACTERS.fullmatch(token) is not None
