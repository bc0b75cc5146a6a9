"""Loaded by Schemathesis: what it is to check of each answer beside its own checks."""

from __future__ import annotations

import json
import re
from typing import Any

import schemathesis

from fuzz.reference import read_events

MAX_ERROR_BYTES = 2048

# Why a request may be refused though it is what the document says: rules of several fields at once,
# of the tokens that a text becomes, and of settings. Each is one sentence of the server.
SEVERAL_FIELDS = (
    r"Either prompt or messages is required",
    r"(messages\[\d+\]\.)?content is required\.|messages\[\d+\]\.content is required\.",
    r"stream_options is only allowed with stream: true",
    r"prompt_logprobs is not available with stream: true",
    r"top_logprobs needs logprobs: true",
    r"continue_final_message and add_generation_prompt cannot both be true",
    r"continue_final_message is true, but",
    r"add_special_tokens is true; with messages it must be false",
    r"min_tokens is \d+; it must (not be over|be at most) max_tokens",
    r"min_tokens is \d+, but each of allowed_token_ids|bad_words ban each of allowed_token_ids",
    r"With echo, logprobs is \d+ and prompt_logprobs is",
    r"\d+ prompts with n = \d+ make \d+ samples",
    r"prompt has no tokens|The prompt has no tokens|messages has no tokens|input has no tokens",
    r"prompt is \[.*; it must be a string, a list of strings",
    r"This model's maximum context length is \d+ tokens",
    r"The prompt holds the token id|(logit_bias|\w+_token_ids) holds the token id",
    r"(stop|bad_words) holds a string of \d+ characters",
    r"(prompt_)?logprobs is -?\d+; at most \d+ are allowed by the engine's max_logprobs",
    r"priority is -?\d+, but the engine's scheduling_policy is fcfs",
    r"The prompt has \d+ tokens; with at least one to generate",
    r"chat_template is not supported by this server, which was started without",
    r"chat_template_kwargs holds .*, which a request may not set",
    r"chat_template_kwargs is nested more than 64 levels|messages\[\d+\] is nested more than",
    r"\w+ is not supported by this (server|route); leave it out",
    r"[\w.\[\]]+ must be an integer, not -?\d+(\.0|\.?\d*e\+?\d+)\.",  # to JSON Schema, 10.0 is one
    r"max_tokens is 0; it must be at least 1",  # of completions without echo
)
_ALLOWED = re.compile("|".join(SEVERAL_FIELDS))


@schemathesis.hook
def before_load_schema(context: Any, schema: dict[str, Any]) -> None:
    """Lists of thousands take it half a minute to make; test_server_limits.py has them."""

    def forget(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("maxItems", 0) > 1000:
                del value["maxItems"]
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                forget(item)

    forget(schema)


def _message(response: Any) -> str:
    error = response.json()["error"]
    message = error["message"]
    assert isinstance(message, str)
    return message


@schemathesis.check
def refusals_are_small(ctx: Any, response: Any, case: Any) -> None:
    """One short line that ends, and no more."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    assert len(response.content) <= MAX_ERROR_BYTES, f"{len(response.content)} bytes"
    message = _message(response)
    assert message.endswith((".", "...")), message
    assert "\n" not in message and "Traceback" not in message and " object at 0x" not in message


@schemathesis.check
def what_the_document_allows_is_served(ctx: Any, response: Any, case: Any) -> None:
    """Or refused by a rule that no schema can say."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code != 400:
        return
    if case.method == "HEAD":
        return
    message = _message(response)
    assert _ALLOWED.match(message), f"refused against the document: {message}"


@schemathesis.check
def streams_are_whole(ctx: Any, response: Any, case: Any) -> None:
    """Every event is JSON, and the last one is an ending."""
    if not response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        return
    events = read_events(response.content)
    name, last = events[-1]
    if (name, last) == ("message", "[DONE]"):
        events.pop()
    else:
        ends = ("message_stop", "error", "response.completed", "response.incomplete")
        assert name in ends, f"the stream ends with {name}: {last[:80]}"
    for _, data in events:
        json.loads(data)
