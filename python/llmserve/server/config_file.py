"""A YAML file with flags, for --config: each key is the name of a flag, without its dashes."""

from __future__ import annotations

import argparse
import difflib
import json
from typing import Any

__all__ = ["read_flags"]


def read_flags(path: str, parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[str]:
    """The flags of a file, but those that the command line gives itself, as in `given`.

    Raises ValueError with one sentence that names the file, the key and what is wrong.
    """
    flags: list[str] = []
    for key, value in _read(path).items():
        action = _find(path, key, parser)
        if value is None or _is_given(action, parser, given):
            continue
        try:
            flags += _spell(action, value)
        except ValueError as error:
            raise ValueError(f"{path}: {key} is {value!r}; it must be {error}") from None
    return flags


def _read(path: str) -> dict[Any, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        with open(path, encoding="utf-8") as file:
            value = yaml.safe_load(file)
    except OSError as error:
        raise ValueError(f"--config is {path!r}, which cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"--config is {path!r}, which is not valid YAML: {reason}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"--config is {path!r}; it must hold settings by name")
    return value


def _find(path: str, key: Any, parser: argparse.ArgumentParser) -> argparse.Action:
    known = parser._option_string_actions
    name = str(key).replace("_", "-")
    action = known.get(f"--{name}")
    if action is not None and name not in ("config", "help"):
        return action
    shown = [flag[2:] for flag in known if flag.startswith("--") and "_" not in flag]
    near = difflib.get_close_matches(name, shown, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(f"{path}: there is no setting {key!r}{hint}")


def _is_given(
    action: argparse.Action, parser: argparse.ArgumentParser, given: argparse.Namespace
) -> bool:
    if action.dest == "model" and getattr(given, "model_tag", None) is not None:
        return True
    return bool(getattr(given, action.dest) != parser.get_default(action.dest))


def _spell(action: argparse.Action, value: Any) -> list[str]:
    """A setting as on a command line. Raises ValueError that says what it must be."""
    flag = next(name for name in action.option_strings if name.startswith("--"))
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        if value:
            return [flag]
        off = flag.replace("--", "--no-", 1)
        return [off] if off in action.option_strings else []
    repeats = isinstance(action, argparse._AppendAction)
    if isinstance(value, list) and action.metavar == "JSON":
        return [f"{flag}={json.dumps(value)}"]
    if isinstance(value, list):
        if not value or not (repeats or action.nargs == "+"):
            raise ValueError("one value" if value else "a list of one value at least")
        texts = [_text(item) for item in value]
        return [f"{flag}={text}" for text in texts] if repeats else [flag, *texts]
    return [f"{flag}={_text(value)}"]


def _text(value: Any) -> str:
    if isinstance(value, (dict, bool)):
        return json.dumps(value)
    if isinstance(value, (str, int, float)):
        return str(value)
    raise ValueError("a string, a number or a mapping")
