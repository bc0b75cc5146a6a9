"""From text to rows of token ids: conversations with a mask of what the assistant says, and the
documents of the standard library."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .chat_format import END_OF_TEXT, IM_END, IM_START, SPECIAL_TOKENS, render
from .conversation import conversations

__all__ = ["Rows", "dialogue_rows", "document_rows"]

_SHARD = 5_000  # conversations drawn from one seed, by whichever process is free
_HELD_OUT_SHARD = 250  # these take long to find


@dataclass(frozen=True)
class Rows:
    """Token ids and which of them count in the loss, both [rows, row length]."""

    ids: np.ndarray  # uint16
    counts: np.ndarray  # bool


def dialogue_rows(
    tokenizer_file: str, count: int, length: int, seed: int, held_out: bool, processes: int
) -> Rows:
    """count conversations, whole ones packed into rows; what is left of a row is padding.

    The same for any number of processes.
    """
    shard = _HELD_OUT_SHARD if held_out else _SHARD
    jobs = [
        (tokenizer_file, min(shard, count - begin), length, f"{seed} {begin} {held_out}", held_out)
        for begin in range(0, count, shard)
    ]
    with ProcessPoolExecutor(processes) as pool:
        made = list(pool.map(_dialogue_shard, jobs))
    return Rows(
        np.concatenate([rows.ids for rows in made]), np.concatenate([rows.counts for rows in made])
    )


def document_rows(tokenizer_file: str, documents: Sequence[str], length: int) -> Rows:
    """Documents one behind the other, cut into rows; all of it counts."""
    tokenizer = _tokenizer(tokenizer_file)
    end = tokenizer.token_to_id(END_OF_TEXT)
    stream: list[int] = []
    for encoding in tokenizer.encode_batch(list(documents), add_special_tokens=False):
        stream += encoding.ids
        stream.append(end)
    rows = len(stream) // length
    ids = np.array(stream[: rows * length], dtype=np.uint16).reshape(rows, length)
    return Rows(ids, np.ones_like(ids, dtype=bool))


@cache
def _tokenizer(file: str) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(file)


def _dialogue_shard(job: tuple[str, int, int, str, bool]) -> Rows:
    file, count, length, seed, held_out = job
    tokenizer = _tokenizer(file)
    drawn = conversations(random.Random(seed), count, held_out)
    texts = [render(one.messages, one.tools) for one in drawn]
    end = tokenizer.token_to_id(END_OF_TEXT)
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    return _pack(tokenizer, ([*encoding.ids, end] for encoding in encoded), length)


def _pack(tokenizer: Any, conversations: Iterable[list[int]], length: int) -> Rows:
    """Each row begins with a conversation. One that is longer than a row is cut."""
    pad = tokenizer.token_to_id(SPECIAL_TOKENS[-1])
    rows: list[list[int]] = []
    for ids in conversations:
        if not rows or len(rows[-1]) + len(ids) > length:
            rows.append([])
        rows[-1] += ids[:length]
    packed = np.full((len(rows), length), pad, dtype=np.uint16)
    for row, ids in zip(packed, rows, strict=True):
        row[: len(ids)] = ids
    return Rows(packed, _said_by_assistant(tokenizer, packed))


def _said_by_assistant(tokenizer: Any, ids: np.ndarray) -> np.ndarray:
    """True for the tokens of assistants' messages, their end mark included."""
    start, end = tokenizer.token_to_id(IM_START), tokenizer.token_to_id(IM_END)
    head = tokenizer.encode(f"{IM_START}assistant\n", add_special_tokens=False).ids
    positions = np.arange(ids.shape[1])
    # For each token, where the message begins that it is in, and where the last one ended.
    begins = np.maximum.accumulate(np.where(ids == start, positions, -1), axis=1)
    ends = np.maximum.accumulate(np.where(ids == end, positions, -1), axis=1)
    before = np.concatenate((np.full((len(ids), 1), -1), ends[:, :-1]), axis=1)
    inside = (begins >= 0) & (before < begins) & (positions - begins >= len(head))
    for offset, token in enumerate(head):
        at = np.clip(begins + offset, 0, ids.shape[1] - 1)
        inside &= np.take_along_axis(ids, at, axis=1) == token
    return inside
