"""The wire types of Anthropic's Messages API, and what they mean as a chat."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from llmserve.server.errors import ApiError, bad_request
from llmserve.server.messages import text_of
from llmserve.server.protocol import ChatRequest, Usage
from llmserve.server.validate import show

__all__ = [
    "CountTokensRequest",
    "Message",
    "MessageError",
    "MessageUsage",
    "MessagesRequest",
    "TextBlock",
    "TokenCount",
    "chat_of",
    "error_body",
    "make_usage",
]

# Types of errors that are not named as OpenAI's.
_TYPES = {413: "request_too_large", 503: "overloaded_error"}
_ROLES = ("user", "assistant")


class CountTokensRequest(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/messages/count_tokens, and what it has in common with /v1/messages."""

    model: str
    messages: list[dict[str, Any]]
    system: str | list[dict[str, Any]] | None = None


class MessagesRequest(CountTokensRequest, frozen=True, kw_only=True):
    """POST /v1/messages."""

    max_tokens: int
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None


class TokenCount(msgspec.Struct, frozen=True):
    input_tokens: int


class TextBlock(msgspec.Struct, frozen=True):
    text: str
    type: Literal["text"] = "text"


class MessageUsage(msgspec.Struct, frozen=True):
    """input_tokens: of the prompt, without those that came from the prefix cache."""

    input_tokens: int
    cache_read_input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int = 0


class Message(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    type: Literal["message"] = "message"
    role: Literal["assistant"] = "assistant"
    model: str
    content: list[TextBlock]
    stop_reason: str | None
    stop_sequence: str | None
    usage: MessageUsage


class MessageErrorObject(msgspec.Struct, frozen=True):
    type: str
    message: str


class MessageError(msgspec.Struct, frozen=True):
    """The body of every refusal of these routes."""

    error: MessageErrorObject
    type: Literal["error"] = "error"


def error_body(error: ApiError) -> bytes:
    """A refusal as Anthropic's clients read it."""
    others = "api_error" if error.status >= 500 else error.type
    kind = _TYPES.get(error.status, others)
    return msgspec.json.encode(MessageError(MessageErrorObject(kind, error.message)))


def make_usage(usage: Usage) -> MessageUsage:
    """The counts in Anthropic's division."""
    cached = usage.prompt_tokens_details.cached_tokens
    return MessageUsage(usage.prompt_tokens - cached, cached, usage.completion_tokens)


def chat_of(request: CountTokensRequest) -> ChatRequest:
    """The request as a chat; an assistant's last message is a beginning to go on from.

    Raises ApiError 400 for roles and content that are not served.
    """
    messages = [_message(message, place) for place, message in enumerate(request.messages)]
    if request.system is not None:
        system = {"role": "system", "content": text_of(request.system, "system")}
        messages.insert(0, system)
    fields: dict[str, Any] = {}
    if isinstance(request, MessagesRequest):
        fields = {
            "max_tokens": request.max_tokens,
            "stop": request.stop_sequences,
            "stream": request.stream,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "top_k": request.top_k,
        }
    goes_on = bool(messages) and messages[-1]["role"] == "assistant"
    return ChatRequest(
        model=request.model, messages=messages, continue_final_message=goes_on, **fields
    )


def _message(message: dict[str, Any], place: int) -> dict[str, Any]:
    role = message.get("role")
    if role not in _ROLES:
        raise bad_request(
            f"messages[{place}].role must be user or assistant, not {show(role)}; the system "
            "prompt has a field of its own, system.",
            param="messages",
        )
    return {"role": role, "content": text_of(message.get("content"), f"messages[{place}].content")}
