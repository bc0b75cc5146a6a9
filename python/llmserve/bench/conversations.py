"""ShareGPT and files like it: first questions of conversations, and how long their answers are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Conversation", "pick_usual", "read_pairs"]

# Of a conversation that counts, as everybody who measures with ShareGPT has them.
_MIN_TOKENS = 4
_MAX_PROMPT_TOKENS = 1024
_MAX_TOKENS = 2048


@dataclass(frozen=True)
class Conversation:
    prompt: str
    prompt_token_ids: list[int]
    output_len: int


def read_pairs(path: str | Path) -> list[tuple[str, str]]:
    """The first question and answer of each conversation.

    Raises ValueError where the file is no such dataset, OSError where it cannot be read.
    """
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))
        pairs = [
            (entry["conversations"][0]["value"], entry["conversations"][1]["value"])
            for entry in entries
            if len(entry.get("conversations", ())) >= 2
        ]
        if not all(isinstance(text, str) for pair in pairs for text in pair):
            raise TypeError("a value is no text")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no file of conversations: {error!r}") from None
    return pairs


def pick_usual(
    pairs: Iterable[tuple[str, str]],
    num: int,
    output_len: int | None,
    encode: Callable[[str], list[int]],
) -> list[Conversation]:
    """The first `num` pairs of a usual length, or fewer where there are no more.

    output_len: None: as long as the answer is.
    """
    found: list[Conversation] = []
    for question, answer in pairs:
        if len(found) == num:
            break
        prompt = encode(question)
        length = output_len or len(encode(answer))
        usual = (
            _MIN_TOKENS <= len(prompt) <= _MAX_PROMPT_TOKENS
            and (output_len or length >= _MIN_TOKENS)
            and len(prompt) + length <= _MAX_TOKENS
        )
        if usual:
            found.append(Conversation(question, prompt, length))
    return found
