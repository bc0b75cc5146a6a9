"""The forms a prompt may have: text, token ids, or a dict with either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

__all__ = ["ParsedPrompt", "Prompt", "PromptDict", "parse_prompt", "split_prompts"]


class PromptDict(TypedDict, total=False):
    """A prompt with its parts by name.

    With prompt_token_ids they are what is computed, and prompt is only shown in the output.
    """

    prompt: str
    prompt_token_ids: Sequence[int]
    cache_salt: str  # prefix-cache hits only among equal salts


Prompt = str | Sequence[int] | PromptDict


@dataclass(slots=True)
class ParsedPrompt:
    """One prompt: text to encode, or token ids."""

    text: str | None
    token_ids: list[int] | None
    cache_salt: str | None = None


def parse_prompt(prompt: object) -> ParsedPrompt:
    """Raises TypeError or ValueError for what is no prompt."""
    if isinstance(prompt, str):
        return ParsedPrompt(_text(prompt), None)
    if isinstance(prompt, Mapping):
        return _parse_dict(prompt)
    if isinstance(prompt, Sequence) and not isinstance(prompt, (bytes, bytearray)):
        return ParsedPrompt(None, _token_ids(prompt))
    raise TypeError(
        f"a prompt is of type {type(prompt).__name__}; it must be a string, a list of token ids or "
        "a dict with 'prompt' or 'prompt_token_ids'"
    )


def _parse_dict(prompt: Mapping[str, object]) -> ParsedPrompt:
    unknown = [key for key in prompt if key not in PromptDict.__annotations__]
    if unknown:
        raise ValueError(
            f"a prompt has the key {unknown[0]!r}; allowed are "
            + ", ".join(PromptDict.__annotations__)
        )
    text, ids, salt = (prompt.get(key) for key in ("prompt", "prompt_token_ids", "cache_salt"))
    if text is not None and not isinstance(text, str):
        raise TypeError(f"prompt is of type {type(text).__name__}; it must be a string")
    if salt is not None and not isinstance(salt, str):
        raise TypeError(f"cache_salt is of type {type(salt).__name__}; it must be a string")
    if text is None and ids is None:
        raise ValueError("a prompt is a dict without 'prompt' and without 'prompt_token_ids'")
    if ids is not None:
        return ParsedPrompt(text, _token_ids(ids), salt)
    assert text is not None
    return ParsedPrompt(_text(text), None, salt)


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the prompt holds half of a surrogate pair at character {error.start}; it must be "
            "text that UTF-8 can express"
        ) from None
    return text


def _token_ids(value: object) -> list[int]:
    if isinstance(value, (str, bytes, bytearray)) or not isinstance(value, Sequence):
        raise TypeError(
            f"prompt_token_ids is of type {type(value).__name__}; it must be a list of token ids"
        )
    ids = list(value)
    if not set(map(type, ids)) <= {int}:
        position = next(i for i, token_id in enumerate(ids) if type(token_id) is not int)
        raise TypeError(
            f"token {position} of the prompt is {ids[position]!r}; it must be a whole number"
        )
    return ids


def split_prompts(prompts: object) -> list[object]:
    """A list of prompts, of one prompt or of several."""
    if isinstance(prompts, (str, Mapping)):
        return [prompts]
    if not isinstance(prompts, Sequence) or isinstance(prompts, (bytes, bytearray)):
        raise TypeError(
            f"prompts is of type {type(prompts).__name__}; it must be a prompt or a list of prompts"
        )
    # A list of numbers is one prompt of token ids.
    if len(prompts) and type(prompts[0]) is int:
        return [prompts]
    return list(prompts)
