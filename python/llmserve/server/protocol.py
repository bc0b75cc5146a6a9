"""The wire types of the OpenAI API: what a body may hold and what an answer looks like.

Types alone are checked here (validate.py reads a body into them); ranges belong to SamplingParams
and to the engine, so that each rule stands in one place.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = [
    "IGNORED_FIELDS",
    "UNSUPPORTED_FIELDS",
    "ChatChoice",
    "ChatCompletion",
    "ChatLogprobs",
    "ChatMessage",
    "ChatRequest",
    "ChatTokenLogprob",
    "ChatTopLogprob",
    "Completion",
    "CompletionChoice",
    "CompletionLogprobs",
    "CompletionRequest",
    "DetokenizeRequest",
    "Detokenized",
    "LoadReply",
    "ModelCard",
    "ModelList",
    "PromptTokensDetails",
    "StreamOptions",
    "TextRequest",
    "TokenizeRequest",
    "Tokenized",
    "Usage",
    "VersionReply",
]

# Known fields that change nothing here, accepted so that clients which always send them work.
IGNORED_FIELDS = frozenset(
    {
        "include_reasoning",  # there is no reasoning parser: all text is content
        "metadata",
        "parallel_tool_calls",  # without tools it says nothing
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "store",
        "user",
        "verbosity",
    }
)

# Known fields that are not served yet, with the values (besides null) that ask for nothing.
# Any other value is refused: an answer that ignores it would be a wrong answer.
UNSUPPORTED_FIELDS: dict[str, tuple[Any, ...]] = {
    "add_special_tokens": (False,),  # of chats: the template writes them; completions have it
    "audio": (),
    "best_of": (1,),
    "container": (),
    "context_management": (),
    "chat_template": (),  # of completions; chats have it
    "documents": (),
    "early_stopping": (False,),
    "echo": (False,),  # of chats; completions have it
    "function_call": ("none",),
    "functions": (),
    "guided_choice": (),
    "guided_grammar": (),
    "guided_json": (),
    "guided_regex": (),
    "kv_transfer_params": (),
    "length_penalty": (1.0,),
    "logits_processors": ([],),
    "logprob_token_ids": (),
    "lora": (),
    "lora_request": (),
    "mcp_servers": ([],),
    "mm_processor_kwargs": (),
    "modalities": (["text"],),
    "prediction": (),
    "prompt_embeds": (),
    "repetition_detection": (),
    "response_format": ({"type": "text"},),
    "spaces_between_special_tokens": (True,),
    "stream_interval": (),
    "structured_outputs": (),
    "suffix": ("",),
    "thinking": ({"type": "disabled"},),
    "thinking_token_budget": (-1,),
    "tool_choice": ("none", {"type": "none"}),
    "tools": ([],),
    "truncation_side": ("left",),
    "use_beam_search": (False,),
    "vllm_xargs": (),
    "web_search_options": (),
}


class StreamOptions(msgspec.Struct, frozen=True):
    """include_usage: a last chunk with the counts; continuous_usage_stats: counts in each chunk."""

    include_usage: bool | None = None
    continuous_usage_stats: bool | None = None


class TextRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What completions and chat have in common; names of SamplingParams mean what they do there."""

    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    n: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    min_tokens: int | None = None
    stop: str | list[str] | None = None
    stop_token_ids: list[int] | None = None
    include_stop_str_in_output: bool | None = None
    ignore_eos: bool | None = None
    skip_special_tokens: bool | None = None
    logit_bias: dict[int, float] | None = None
    allowed_token_ids: list[int] | None = None
    bad_words: list[str] | None = None
    prompt_logprobs: int | None = None
    truncate_prompt_tokens: int | None = None  # keep this many from the end; -1: what fits
    priority: int | None = None  # lower first, under --scheduling-policy priority
    cache_salt: str | None = None
    timeout: float | None = None  # seconds from arrival; ours
    request_id: str | None = None
    return_token_ids: bool | None = None
    return_tokens_as_token_ids: bool | None = None


class CompletionRequest(TextRequest, frozen=True, kw_only=True):
    """POST /v1/completions."""

    prompt: str | list[str | int | list[int]]
    add_special_tokens: bool | None = None
    echo: bool | None = None
    logprobs: int | None = None


class ChatRequest(TextRequest, frozen=True, kw_only=True):
    """POST /v1/chat/completions."""

    messages: list[dict[str, Any]]
    max_completion_tokens: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    add_generation_prompt: bool | None = None
    continue_final_message: bool | None = None
    chat_template: str | None = None  # with --trust-request-chat-template
    chat_template_kwargs: dict[str, Any] | None = None
    reasoning_effort: str | None = None  # handed to the chat template


class TokenizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """POST /tokenize: of a prompt or of messages, with the fields that these have elsewhere."""

    model: str | None = None
    prompt: str | None = None
    messages: list[dict[str, Any]] | None = None
    add_special_tokens: bool | None = None
    return_token_strs: bool | None = None
    add_generation_prompt: bool | None = None
    continue_final_message: bool | None = None
    chat_template: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    reasoning_effort: str | None = None


class Tokenized(msgspec.Struct, frozen=True):
    count: int
    max_model_len: int
    tokens: list[int]
    token_strs: list[str] | None


class DetokenizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """POST /detokenize."""

    tokens: list[int]
    model: str | None = None


class Detokenized(msgspec.Struct, frozen=True):
    prompt: str


class VersionReply(msgspec.Struct, frozen=True):
    version: str


class LoadReply(msgspec.Struct, frozen=True):
    server_load: int


class PromptTokensDetails(msgspec.Struct, frozen=True):
    cached_tokens: int


class Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int
    total_tokens: int
    completion_tokens: int
    prompt_tokens_details: PromptTokensDetails


class CompletionLogprobs(msgspec.Struct):
    """Parallel lists, one entry a token; the first token of an echoed prompt has null."""

    text_offset: list[int] = msgspec.field(default_factory=list)
    token_logprobs: list[float | None] = msgspec.field(default_factory=list)
    tokens: list[str] = msgspec.field(default_factory=list)
    top_logprobs: list[dict[str, float] | None] = msgspec.field(default_factory=list)


class CompletionChoice(msgspec.Struct, kw_only=True):
    index: int
    text: str
    logprobs: CompletionLogprobs | None
    finish_reason: str | None
    stop_reason: int | str | None
    prompt_logprobs: list[Any] | msgspec.UnsetType | None = msgspec.UNSET
    token_ids: list[int] | msgspec.UnsetType = msgspec.UNSET
    prompt_token_ids: list[int] | msgspec.UnsetType = msgspec.UNSET


class Completion(msgspec.Struct, kw_only=True):
    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: Usage
    system_fingerprint: str | None = None


class ChatTopLogprob(msgspec.Struct, frozen=True):
    token: str
    logprob: float
    bytes: list[int]


class ChatTokenLogprob(msgspec.Struct, frozen=True):
    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[ChatTopLogprob]


class ChatLogprobs(msgspec.Struct, frozen=True):
    content: list[ChatTokenLogprob]


class ChatMessage(msgspec.Struct, frozen=True):
    role: str
    content: str
    refusal: str | None = None


class ChatChoice(msgspec.Struct, kw_only=True):
    index: int
    message: ChatMessage
    logprobs: ChatLogprobs | None
    finish_reason: str | None
    stop_reason: int | str | None
    token_ids: list[int] | msgspec.UnsetType = msgspec.UNSET


class ChatCompletion(msgspec.Struct, kw_only=True):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    system_fingerprint: str | None = None
    prompt_logprobs: list[Any] | msgspec.UnsetType | None = msgspec.UNSET
    prompt_token_ids: list[int] | msgspec.UnsetType = msgspec.UNSET


class ModelCard(msgspec.Struct, frozen=True):
    id: str
    created: int
    root: str
    max_model_len: int
    object: Literal["model"] = "model"
    owned_by: str = "llmserve"
    parent: str | None = None


class ModelList(msgspec.Struct, frozen=True):
    data: list[ModelCard]
    object: Literal["list"] = "list"
