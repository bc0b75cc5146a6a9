"""The wire types of OpenAI's Responses API, and what they mean as a chat."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from llmserve.server.errors import bad_request
from llmserve.server.messages import text_of
from llmserve.server.protocol import ChatRequest, Usage
from llmserve.server.validate import asks_for_nothing, show

__all__ = [
    "NEUTRAL",
    "ROLES",
    "Detail",
    "OutputMessage",
    "OutputText",
    "Response",
    "ResponseRequest",
    "ResponseUsage",
    "chat_of",
    "make_usage",
]

ROLES = ("user", "assistant", "system", "developer")
_PARTS = ("text", "input_text", "output_text")

# Fields that are not served yet, with the values (besides null) that ask for nothing.
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "background": (False,),
    "conversation": (),
    "include": ([],),
    "max_tool_calls": (),
    "previous_response_id": (),
    "prompt": (),
    "stream_options": ({}, {"include_obfuscation": False}),
    "text": ({}, {"format": {"type": "text"}}),
    "top_logprobs": (0,),
    "truncation": ("disabled",),
}


class ResponseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/responses. store is taken and answered with false: nothing is kept."""

    model: str | None = None
    input: str | list[dict[str, Any]]
    instructions: str | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stream: bool | None = None
    reasoning: dict[str, Any] | None = None  # its effort is handed to the chat template
    metadata: dict[str, str] | None = None  # returned as it is
    user: str | None = None
    background: Any = None
    conversation: Any = None
    include: Any = None
    max_tool_calls: Any = None
    previous_response_id: Any = None
    prompt: Any = None
    stream_options: Any = None
    text: Any = None
    top_logprobs: Any = None
    truncation: Any = None


class OutputText(msgspec.Struct, frozen=True):
    text: str
    annotations: list[Any] = msgspec.field(default_factory=list)
    type: Literal["output_text"] = "output_text"


class OutputMessage(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    type: Literal["message"] = "message"
    role: Literal["assistant"] = "assistant"
    status: str
    content: list[OutputText]


class Detail(msgspec.Struct, frozen=True):
    """Why an answer is incomplete."""

    reason: str


class InputTokensDetails(msgspec.Struct, frozen=True):
    cached_tokens: int


class OutputTokensDetails(msgspec.Struct, frozen=True):
    reasoning_tokens: int = 0


class ResponseUsage(msgspec.Struct, frozen=True):
    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class Response(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    object: Literal["response"] = "response"
    created_at: int
    model: str
    status: str
    output: list[OutputMessage]
    usage: ResponseUsage | None
    incomplete_details: Detail | None
    instructions: str | None
    max_output_tokens: int | None
    temperature: float
    top_p: float
    metadata: dict[str, str]
    user: str | None
    reasoning: dict[str, Any]
    error: None = None
    background: bool = False
    parallel_tool_calls: bool = False
    previous_response_id: None = None
    store: bool = False
    text: dict[str, Any] = msgspec.field(default_factory=lambda: {"format": {"type": "text"}})
    tool_choice: str = "none"
    tools: list[Any] = msgspec.field(default_factory=list)
    top_logprobs: int = 0
    truncation: str = "disabled"


def make_usage(usage: Usage) -> ResponseUsage:
    """The counts by the names of this API."""
    cached = InputTokensDetails(usage.prompt_tokens_details.cached_tokens)
    return ResponseUsage(
        usage.prompt_tokens,
        cached,
        usage.completion_tokens,
        OutputTokensDetails(),
        usage.total_tokens,
    )


def chat_of(request: ResponseRequest) -> ChatRequest:
    """The request as a chat. Raises ApiError 400 for what is not served."""
    for name, neutral in NEUTRAL.items():
        value = getattr(request, name)
        if not asks_for_nothing(value, neutral):
            raise bad_request(
                f"{name} is {show(value)}, which is not supported by this server; leave it out.",
                param=name,
                code="unsupported_parameter",
            )
    limit = request.max_output_tokens
    if limit is not None and limit < 1:
        raise bad_request(
            f"max_output_tokens is {limit}; it must be at least 1.", param="max_output_tokens"
        )
    messages: list[dict[str, Any]] = []
    if request.instructions is not None:
        messages.append({"role": "system", "content": request.instructions})
    if isinstance(request.input, str):
        messages.append({"role": "user", "content": request.input})
    elif not request.input:
        raise bad_request("input is empty; it must hold at least one item.", param="input")
    else:
        messages += [_message(item, place) for place, item in enumerate(request.input)]
    return ChatRequest(
        model=request.model,
        messages=messages,
        stream=request.stream,
        temperature=request.temperature,
        top_p=request.top_p,
        reasoning_effort=_effort(request.reasoning),
    )


def _effort(reasoning: dict[str, Any] | None) -> str | None:
    effort = (reasoning or {}).get("effort")
    if effort is not None and not isinstance(effort, str):
        raise bad_request(
            f"reasoning.effort must be a string, not {show(effort)}.", param="reasoning"
        )
    return effort


def _message(item: dict[str, Any], place: int) -> dict[str, Any]:
    """An item of the input as a message of a chat."""
    kind = item.get("type", "message")
    if kind != "message":
        raise bad_request(
            f"input[{place}] is of type {show(kind)}, which is not supported: this server takes "
            "messages only.",
            param="input",
            code="unsupported_content",
        )
    role = item.get("role")
    if role not in ROLES:
        raise bad_request(
            f"input[{place}].role must be one of {', '.join(ROLES)}, not {show(role)}.",
            param="input",
        )
    content = text_of(item.get("content"), f"input[{place}].content", _PARTS)
    return {"role": role, "content": content}
