"""What of a chat the server itself refuses; the rest is checked where the template is rendered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from llmserve.server.errors import ApiError, bad_request
from llmserve.server.validate import show

__all__ = ["check_messages", "json_size", "template_options", "text_of"]

MAX_MESSAGES = 10_000
MAX_PARTS = 10_000  # of one message
MAX_TEMPLATE_OPTIONS = 64 << 10  # bytes of JSON

# What a request may not hand to a template by name: these are ours to set.
_RESERVED = frozenset(
    {
        *("add_generation_prompt", "add_special_tokens", "chat_template", "continue_final_message"),
        *("conversation", "documents", "interpret_special_tokens", "messages", "padding"),
        *("return_dict", "return_tensors", "self", "tokenize", "tools", "truncation"),
    }
)
_TEXT_PARTS = frozenset({"text", "input_text", "output_text"})


def check_messages(messages: list[dict[str, Any]]) -> None:
    """Raises ApiError 400 for no or too many messages, and for content that is not text.

    Some templates would take other parts, such as images, and make placeholders of them.
    """
    if not messages:
        raise bad_request("messages is empty; it must hold at least one.", param="messages")
    if len(messages) > MAX_MESSAGES:
        raise bad_request(
            f"messages holds {len(messages)} messages; at most {MAX_MESSAGES} are allowed.",
            param="messages",
        )
    for number, message in enumerate(messages):
        path = f"messages[{number}]"
        role = message.get("role")
        if not isinstance(role, str) or not role:
            raise _wrong(
                f"{path}.role", "a string such as system, developer, user, assistant or tool", role
            )
        content = message.get("content")
        if content is None and role != "assistant":
            raise bad_request(f"{path}.content is required.", param="messages")
        if isinstance(content, list):
            _check_count(content, f"{path}.content")
            for place, part in enumerate(content):
                _check_part(part, f"{path}.content[{place}]")
        elif not isinstance(content, (str, type(None))):
            raise _wrong(f"{path}.content", "a string or a list of text parts", content)


def text_of(content: Any, path: str, kinds: Collection[str] = ("text",)) -> str:
    """The text of a content: a string, or parts of these kinds one after the other. path: where it
    stands in the request. Raises ApiError 400."""
    if isinstance(content, str):
        return content
    param = path.partition("[")[0]
    if not isinstance(content, list):
        raise bad_request(
            f"{path} must be a string or a list of parts of text, not {show(content)}.", param
        )
    _check_count(content, path, param)
    texts = []
    for place, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else part
        text = part.get("text") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            raise bad_request(
                f"{path}[{place}] is of type {show(kind)}, which is not supported: this server "
                "takes text only.",
                param,
                "unsupported_content",
            )
        if not isinstance(text, str):
            raise bad_request(
                f"{path}[{place}].text must be a string, not {show(text)}.", param, "invalid_type"
            )
        texts.append(text)
    return "".join(texts)


def json_size(value: Any) -> int:
    """How many bytes of JSON a part of a request was: what it costs to work on it."""
    return len(msgspec.json.encode(value))


def template_options(kwargs: dict[str, Any] | None, reasoning_effort: str | None) -> dict[str, Any]:
    """What the template gets by name. Raises ApiError 400 for a name that is ours, and for more
    than settings: a template may look at each value many times."""
    options = dict(kwargs or {})
    if options and (size := json_size(options)) > MAX_TEMPLATE_OPTIONS:
        raise bad_request(
            f"chat_template_kwargs is {size} bytes of JSON; at most {MAX_TEMPLATE_OPTIONS} are "
            "allowed.",
            param="chat_template_kwargs",
        )
    for name in options:
        if name in _RESERVED or not name.isidentifier():
            raise bad_request(
                f"chat_template_kwargs holds {show(name)}, which a request may not set.",
                param="chat_template_kwargs",
            )
    if reasoning_effort is not None:
        options.setdefault("reasoning_effort", reasoning_effort)
    return options


def _check_count(parts: list[Any], path: str, param: str = "messages") -> None:
    if len(parts) > MAX_PARTS:
        raise bad_request(
            f"{path} holds {len(parts)} parts; at most {MAX_PARTS} are allowed.", param
        )


def _check_part(part: object, path: str) -> None:
    if isinstance(part, str):
        return
    if not isinstance(part, dict):
        raise _wrong(path, 'a part such as {"type":"text","text":"..."}', part)
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in _TEXT_PARTS:
        raise bad_request(
            f"{path} is of type {show(kind)}, which is not supported: this server takes text only.",
            param="messages",
            code="unsupported_content",
        )
    if not isinstance(part.get("text"), str):
        raise _wrong(f"{path}.text", "a string", part.get("text"))


def _wrong(path: str, what: str, value: object) -> ApiError:
    return bad_request(f"{path} must be {what}, not {show(value)}.", param="messages")
