"""Prompts of requests as token ids that fit the model's context."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from llmserve.server.engine import Engine, Tokenizer
from llmserve.server.errors import ApiError, bad_request, sentence
from llmserve.server.messages import check_messages, json_size, template_options
from llmserve.server.options import ServerOptions
from llmserve.server.protocol import CompletionRequest
from llmserve.server.validate import show

__all__ = [
    "ChatFields",
    "EncodedPrompt",
    "check_length",
    "encode_chat",
    "encode_prompts",
    "off_loop",
    "require_tokenizer",
    "truncate",
]

# Bounds of one request: prompts in it, and samples of all of them together.
MAX_PROMPTS = 1024
MAX_SAMPLES = 2048

# What is up to this long is worked on at once: it takes less than the way to a thread and back.
_INLINE_SIZE = 4096

_MAX_TEMPLATE_CHARACTERS = 65536

_T = TypeVar("_T")


@dataclass(frozen=True)
class EncodedPrompt:
    """A prompt. text: as sent, None where token ids were sent."""

    text: str | None
    token_ids: list[int]


async def encode_prompts(engine: Engine, request: CompletionRequest) -> list[EncodedPrompt]:
    """All prompts of a completion request. Raises ApiError 400."""
    prompts = _split(request.prompt)
    samples = len(prompts) * max(request.n or 1, 1)
    if samples > MAX_SAMPLES:
        raise bad_request(
            f"{len(prompts)} prompts with n = {request.n} make {samples} samples; at most "
            f"{MAX_SAMPLES} are allowed in one request.",
            param="n",
        )
    texts = [prompt for prompt in prompts if isinstance(prompt, str)]
    special = True if request.add_special_tokens is None else request.add_special_tokens
    if texts:
        require_tokenizer(engine, "prompt")

    def encode() -> list[EncodedPrompt]:
        return [
            EncodedPrompt(prompt, list(engine.tokenizer.encode(prompt, add_special_tokens=special)))
            if isinstance(prompt, str)
            else EncodedPrompt(None, prompt)
            for prompt in prompts
        ]

    encoded = await off_loop(encode, sum(len(text) for text in texts))
    keep = request.truncate_prompt_tokens
    if keep is not None:
        limit = truncate(keep, engine.max_model_len, request.max_tokens)
        encoded = [EncodedPrompt(p.text, p.token_ids[-limit:]) for p in encoded]
    for prompt in encoded:
        check_length(engine, prompt.token_ids, request.max_tokens, "max_tokens", "prompt")
    return encoded


class ChatFields(Protocol):
    """The fields of a request that make its chat a prompt."""

    @property
    def messages(self) -> list[dict[str, Any]] | None: ...
    @property
    def add_generation_prompt(self) -> bool | None: ...
    @property
    def continue_final_message(self) -> bool | None: ...
    @property
    def chat_template(self) -> str | None: ...
    @property
    def chat_template_kwargs(self) -> dict[str, Any] | None: ...
    @property
    def reasoning_effort(self) -> str | None: ...


async def encode_chat(engine: Engine, request: ChatFields, server: ServerOptions) -> list[int]:
    """A chat as token ids, of any length, by the request's template, the server's, or the
    checkpoint's. Raises ApiError 400."""
    tokenizer = require_tokenizer(engine)
    continued = bool(request.continue_final_message)
    prompted = not continued
    if request.add_generation_prompt is not None:
        prompted = request.add_generation_prompt
    if continued and request.add_generation_prompt:
        raise bad_request(
            "continue_final_message and add_generation_prompt cannot both be true.",
            param="continue_final_message",
        )
    messages = request.messages or []
    check_messages(messages)
    options = {
        **server.default_chat_template_kwargs,
        **template_options(request.chat_template_kwargs, request.reasoning_effort),
    }
    own_template = _own_template(request, server)

    def encode() -> list[int]:
        return list(
            tokenizer.render_and_encode(
                messages,
                chat_template=own_template or server.chat_template,
                add_generation_prompt=prompted,
                continue_final_message=continued,
                **options,
            )
        )

    try:
        # What a stranger's template costs shows only when it runs.
        size = _INLINE_SIZE + 1 if own_template else json_size(messages)
        return await off_loop(encode, size)
    except ValueError as error:
        raise bad_request(sentence(str(error)), "messages", "invalid_messages") from None


def _own_template(request: ChatFields, server: ServerOptions) -> str | None:
    """The template that the request brings. Raises ApiError 400 where it may not."""
    template = request.chat_template
    if template is None:
        return None
    if not server.trust_request_chat_template:
        raise bad_request(
            "chat_template is not supported by this server, which was started without "
            "--trust-request-chat-template.",
            param="chat_template",
            code="unsupported_parameter",
        )
    if not 0 < len(template) <= _MAX_TEMPLATE_CHARACTERS:
        raise bad_request(
            f"chat_template has {len(template)} characters; it must have from 1 to "
            f"{_MAX_TEMPLATE_CHARACTERS}.",
            param="chat_template",
        )
    return template


def require_tokenizer(engine: Engine, param: str | None = None) -> Tokenizer:
    """Raises ApiError 400 where the server has none."""
    if engine.tokenizer is None:
        raise bad_request(
            "This server has no tokenizer (--skip-tokenizer-init); it takes token ids alone, by "
            "/v1/completions.",
            param=param,
        )
    tokenizer: Tokenizer = engine.tokenizer
    return tokenizer


async def off_loop(work: Callable[[], _T], size: int) -> _T:
    """Runs work in a thread if it is long, so that streams go on meanwhile. size: characters or
    bytes of what it works on."""
    if size <= _INLINE_SIZE:
        return work()
    return await asyncio.get_running_loop().run_in_executor(None, work)


def truncate(keep: int, max_model_len: int, max_tokens: int | None) -> int:
    """How many tokens at the end of a prompt stay. Raises ApiError 400 for a bad value."""
    if keep == -1:
        return max(max_model_len - max(max_tokens or 1, 1), 1)
    if not 1 <= keep < max_model_len:
        raise bad_request(
            f"truncate_prompt_tokens is {keep}; it must be from 1 to {max_model_len - 1}, or -1 "
            "for what fits.",
            param="truncate_prompt_tokens",
        )
    return keep


def check_length(
    engine: Engine, token_ids: list[int], max_tokens: int | None, field: str, param: str
) -> None:
    """Refuses what cannot fit: field names max_tokens as sent, param the prompt."""
    limit = engine.max_model_len
    length = len(token_ids)
    if not length:
        raise bad_request(f"{param} has no tokens; it must have at least one.", param=param)
    if length >= limit:
        raise _too_long(
            f"This model's maximum context length is {limit} tokens, but the prompt has {length} "
            "tokens and at least one has to be generated. Shorten the prompt.",
            param,
        )
    if max_tokens is not None and length + max_tokens > limit:
        raise _too_long(
            f"This model's maximum context length is {limit} tokens, but {length} tokens of the "
            f"prompt and {field} = {max_tokens} make {length + max_tokens}. Shorten one of them.",
            field,
        )


def _too_long(message: str, param: str) -> ApiError:
    return bad_request(message, param, "context_length_exceeded")


def _split(prompt: str | list[str | int | list[int]]) -> list[str | list[int]]:
    """A list of prompts: of a string, strings, token ids or lists of token ids."""
    if isinstance(prompt, str):
        return [prompt]
    if not prompt:
        raise bad_request("prompt is an empty list; it must hold at least one.", param="prompt")
    kinds = {type(item) for item in prompt}
    if kinds == {int}:
        return [prompt]  # type: ignore[list-item]
    if int in kinds:
        raise bad_request(
            f"prompt is {show(prompt)}; it must be a string, a list of strings, a list of token "
            "ids or a list of such lists.",
            param="prompt",
        )
    if len(prompt) > MAX_PROMPTS:
        raise bad_request(
            f"prompt holds {len(prompt)} prompts; at most {MAX_PROMPTS} are allowed.",
            param="prompt",
        )
    return prompt  # type: ignore[return-value]
