"""What the fields of requests may hold beyond their types, as keywords of JSON Schema for the
OpenAPI document. The rules stand where they are enforced; those of several fields stand only there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmserve import sampling_params as rules
from llmserve.server.context import ServerContext
from llmserve.server.encoding import MAX_PROMPTS
from llmserve.server.handlers.chat import MAX_TOP_LOGPROBS
from llmserve.server.messages import MAX_MESSAGES, MAX_PARTS
from llmserve.server.responses import NEUTRAL
from llmserve.server.responses import ROLES as RESPONSE_ROLES

__all__ = ["add_bounds"]

_Schema = dict[str, Any]

_INT32 = 2**31
_PARTS = ("text", "input_text", "output_text")


def add_bounds(schemas: Mapping[str, _Schema], context: ServerContext) -> None:
    """Adds to the schemas of requests, by name, what this server takes."""
    everywhere = {**_numbers(), **_lists(), **_of_server(context)}
    for name, schema in schemas.items():
        if not name.endswith("Request"):
            continue
        own = {**everywhere, **_of_request(name, context)}
        for field, described in schema["properties"].items():
            described.update(own.get(field, {}))


def _numbers() -> dict[str, _Schema]:
    made: dict[str, _Schema] = {
        "priority": {"minimum": -_INT32, "maximum": _INT32 - 1},
        "timeout": {"exclusiveMinimum": 0, "exclusiveMaximum": 1e9},
        "top_logprobs": {"minimum": 0, "maximum": MAX_TOP_LOGPROBS},
    }
    for name, (low, high) in rules.RANGES.items():
        lowest = "exclusiveMinimum" if name in rules.OPEN_RANGES else "minimum"
        made[name] = {lowest: low, "maximum": high}
    return made


def _lists() -> dict[str, _Schema]:
    text = {"minLength": 1}
    return {
        "stop": {**text, "maxItems": rules.MAX_STOP_STRINGS, "items": text},
        "stop_sequences": {"maxItems": rules.MAX_STOP_STRINGS, "items": text},
        "stop_token_ids": {"maxItems": rules.MAX_STOP_TOKEN_IDS, "items": {"minimum": 0}},
        "allowed_token_ids": {"minItems": 1, "items": {"minimum": 0}},
        "bad_words": {"maxItems": rules.MAX_BAD_WORDS, "items": text},
        "logit_bias": {
            "maxProperties": rules.MAX_LOGIT_BIAS,
            "propertyNames": {"pattern": "^(0|[1-9][0-9]{0,8})$"},
        },
    }


def _of_server(context: ServerContext) -> dict[str, _Schema]:
    """What depends on the model and on how it is served."""
    longest = context.engine.max_model_len - 1
    limit = {"minimum": 1, "maximum": longest}
    return {
        "model": {"enum": [*context.model_names, None]},
        "max_tokens": limit,
        "max_completion_tokens": limit,
        "max_output_tokens": limit,
        "truncate_prompt_tokens": {"minimum": -1, "maximum": longest, "not": {"const": 0}},
    }


def _of_request(name: str, context: ServerContext) -> dict[str, _Schema]:
    """What a field means in this request alone."""
    if name == "CompletionRequest":
        prompts = {"minItems": 1, "maxItems": max(MAX_PROMPTS, context.engine.max_model_len)}
        # 0 asks, with echo, for the log probabilities of the prompt.
        whole = {"minimum": 0, "maximum": context.engine.max_model_len - 1}
        counts = {**_numbers()["logprobs"], "minimum": 0}
        return {"prompt": prompts, "max_tokens": whole, "logprobs": counts}
    if name == "ResponseRequest":
        unserved = {field: {"enum": [None, *values]} for field, values in NEUTRAL.items()}
        item = _message(RESPONSE_ROLES, _PARTS)
        item["properties"]["type"] = {"const": "message"}
        text = {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": item}]}
        effort = {"type": ["string", "null"]}
        return {**unserved, "input": text, "reasoning": {"properties": {"effort": effort}}}
    if name in ("MessagesRequest", "CountTokensRequest"):
        named = {"model": {"enum": list(context.model_names)}}
        messages = _messages(_message(("user", "assistant"), ("text",)))
        system = {"anyOf": [*_content(("text",))["anyOf"], {"type": "null"}]}
        return {**named, "messages": messages, "system": system}
    if name == "DetokenizeRequest" and context.engine.tokenizer is not None:
        known = context.engine.tokenizer.vocab_size
        return {"tokens": {"items": {"type": "integer", "minimum": 0, "maximum": known - 1}}}
    return {"messages": _messages(_any_message())}


def _messages(item: _Schema) -> _Schema:
    return {"minItems": 1, "maxItems": MAX_MESSAGES, "items": item}


def _any_message() -> _Schema:
    """Of a chat: any role that the template knows, and content that an assistant's may lack."""
    part = _text_part(_PARTS)
    parts = {"type": "array", "maxItems": MAX_PARTS, "items": {"anyOf": [part, {"type": "string"}]}}
    content = {"anyOf": [{"type": "string"}, parts, {"type": "null"}]}
    role = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "required": ["role"],
        "properties": {"role": role, "content": content},
    }


def _message(roles: tuple[str, ...], kinds: tuple[str, ...]) -> _Schema:
    properties = {"role": {"enum": list(roles)}, "content": _content(kinds)}
    return {"type": "object", "required": ["role", "content"], "properties": properties}


def _content(kinds: tuple[str, ...]) -> _Schema:
    parts = {"type": "array", "maxItems": MAX_PARTS, "items": _text_part(kinds)}
    return {"anyOf": [{"type": "string"}, parts]}


def _text_part(kinds: tuple[str, ...]) -> _Schema:
    properties = {"type": {"enum": list(kinds)}, "text": {"type": "string"}}
    return {"type": "object", "required": ["type", "text"], "properties": properties}
