"""From the bytes of a body to a request of protocol.py, with refusals that name field and value."""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from llmserve.server.errors import ApiError, bad_request
from llmserve.server.protocol import IGNORED_FIELDS, UNSUPPORTED_FIELDS, TextRequest
from llmserve.server.reply import Call

__all__ = ["asks_for_nothing", "parse_request", "show"]

_log = logging.getLogger(__name__)
_Request = TypeVar("_Request", bound=msgspec.Struct)

_KINDS = {
    "int": "an integer",
    "float": "a number",
    "str": "a string",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_PATH = re.compile(r"`\$\.?([^`]*)`\Z")
_STEP = re.compile(r"(\w+)|\[(\d+)\]")
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MAX_FIELDS = 1000  # each costs a step in the event loop; no request has a tenth of them
_LARGE_BYTES = 64 << 10
_MAX_NEUTRAL_BYTES = 256  # of a value that asks for nothing, written with blanks


def parse_request(call: Call, kind: type[_Request]) -> _Request:
    """Reads the body as a request of this kind.

    Raises ApiError: 415 for a body not declared as JSON, 400 for malformed JSON, a wrong type, or
    a field that is known but not served.
    """
    _require_json(call)
    try:
        fields = _FIELDS.decode(call.body)
        _check_fields(fields, kind)
        with _no_collection(len(call.body)):
            return msgspec.json.decode(call.body, type=kind)
    except msgspec.ValidationError as error:
        raise _translate(error, call.body) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request(
            f"The body is not valid JSON: {error} (NaN, Infinity and half of a surrogate pair are "
            "not JSON either).",
            code="invalid_json",
        ) from None
    except RecursionError:
        raise bad_request("The body is nested too deeply.", code="invalid_json") from None


def asks_for_nothing(value: Any, neutral: Iterable[Any]) -> bool:
    """Whether a value is null or one of these. To Python false is 0 and true is 1, to JSON not."""
    is_bool = isinstance(value, bool)
    return value is None or any(
        value == one and is_bool == isinstance(one, bool) for one in neutral
    )


@contextmanager
def _no_collection(num_bytes: int) -> Iterator[None]:
    # What is read has no cycles, and while a million lists are made the collector would go through
    # all of them again and again: it takes six times as long, and every stream waits.
    if num_bytes < _LARGE_BYTES or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def show(value: object) -> str:
    """A value of the client as it may stand in a message: JSON, cut short."""
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= 80 else text[:77] + "..."


def _require_json(call: Call) -> None:
    # A page of another site can post a form or plain text without asking first, but not JSON: this
    # check is what keeps browsers of strangers away from a server on a private network.
    declared = call.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if declared == "application/json" or declared.endswith("+json"):
        return
    raise ApiError(
        415,
        f"The content type must be application/json, not {show(declared)}.",
        code="unsupported_media_type",
    )


def _check_fields(fields: dict[str, msgspec.Raw], kind: type[msgspec.Struct]) -> None:
    if len(fields) > _MAX_FIELDS:
        raise bad_request(f"The body has {len(fields)} fields; at most {_MAX_FIELDS} are allowed.")
    known = kind.__struct_fields__
    unknown = []
    for name, raw in fields.items():
        if name in known or name in IGNORED_FIELDS:
            continue
        # What completions and chats serve means something: it is not to be missed without a word.
        served_elsewhere = name in TextRequest.__struct_fields__
        neutral = () if served_elsewhere else UNSUPPORTED_FIELDS.get(name)
        if neutral is None:
            unknown.append(name)
            continue
        is_long = len(bytes(raw)) > _MAX_NEUTRAL_BYTES
        if is_long or not asks_for_nothing(msgspec.json.decode(raw), neutral):
            raise bad_request(
                f"{name} is not supported by this {'route' if served_elsewhere else 'server'}; "
                "leave it out.",
                param=name,
                code="unsupported_parameter",
            )
    if unknown and _log.isEnabledFor(logging.DEBUG):
        # As OpenAI's and vLLM's clients grow fields faster than servers, a new name is no error.
        _log.debug("ignored unknown fields: %s", ", ".join(show(name) for name in unknown))


def _translate(error: msgspec.ValidationError, body: bytes) -> ApiError:
    text = str(error)
    if missing := re.match(r"Object missing required field `(\w+)`", text):
        return bad_request(f"{missing[1]} is required.", missing[1], "missing_required_parameter")
    what, _, where = text.partition(" - at ")
    path = found[1] if (found := _PATH.search(where)) else ""
    param = step[1] if (step := _STEP.match(path)) else None
    expected = re.match(r"Expected `([^`]*)`", what)
    if expected:
        kinds = [_KINDS.get(name, name) for name in expected[1].split(" | ") if name != "null"]
        what = f"must be {' or '.join(kinds)}"
    subject = path or "The body"
    if not expected:
        return bad_request(f"{subject}: {what[:1].lower()}{what[1:]}.", param, "invalid_value")
    if where.startswith("`key`"):
        return bad_request(f"Each key of {subject} {what}.", param, "invalid_type")
    value = _value_at(body, path)
    return bad_request(f"{subject} {what}, not {show(value)}.", param, "invalid_type")


def _value_at(body: bytes, path: str) -> Any:
    """The value a path such as stop[0] leads to; the nearest one above where it leads nowhere."""
    try:
        with _no_collection(len(body)):
            value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for name, index in _STEP.findall(path):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            break
    return value
