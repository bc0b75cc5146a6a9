"""How the values of the server's flags are read. Each says what it wants where it is refused."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from typing import Any

__all__ = [
    "chat_template",
    "json_object",
    "keys_of",
    "port",
    "positive_seconds",
    "seconds",
    "size",
    "texts",
]


def keys_of(path: str | None) -> list[str]:
    """The keys of a file. Raises ValueError where there are none: no key would let everybody in."""
    if path is None:
        return []
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, ValueError) as error:
        raise ValueError(f"--api-key-file is {path!r}, which cannot be read ({error})") from None
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise ValueError(f"--api-key-file is {path!r}; it must hold one key at least")
    return keys


def chat_template(given: str | None) -> str | None:
    """The text of a template: given is a file, or, if it has Jinja marks, the text itself."""
    if given is None:
        return None
    try:
        with open(given, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        if "{" in given or "\n" in given:
            return given
        raise ValueError(
            f"--chat-template is {given!r}; it must be a readable file or a Jinja template "
            f"({error})"
        ) from None


def _checked(
    read: Callable[[str], float], allowed: Callable[[float], bool], what: str
) -> Callable[[str], float]:
    def convert(text: str) -> float:
        try:
            value = read(text)
            if allowed(value):
                return value
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be {what}")

    return convert


seconds = _checked(float, lambda v: 0 <= v < math.inf, "a number of seconds of at least 0")
positive_seconds = _checked(float, lambda v: 0 < v < math.inf, "a number of seconds over 0")


def port(text: str) -> int:
    """A TCP port; 0: any."""
    return int(_checked(int, lambda v: 0 <= v < 65536, "a whole number from 0 to 65535")(text))


def size(text: str) -> int:
    """Bytes, with a unit or without."""
    from llmserve.config import parse_size

    def read(value: str) -> int:
        return parse_size(value, binary=True)

    allowed = "a number of bytes from 1024 to 1GiB, such as 32MiB"
    return int(_checked(read, lambda v: 1024 <= v <= 1 << 30, allowed)(text))


def texts(text: str) -> tuple[str, ...]:
    """A JSON list of strings."""
    value = _json(text)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise argparse.ArgumentTypeError(
            f'is {text!r}; it must be a JSON list of strings, such as ["*"]'
        )
    return tuple(value)


def json_object(text: str) -> dict[str, Any]:
    """A JSON object."""
    value = _json(text)
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be a JSON object")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be JSON ({error})") from None
