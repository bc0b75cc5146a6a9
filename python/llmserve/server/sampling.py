"""From the fields of a request to SamplingParams, and from its ValueErrors to refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from llmserve.sampling_params import RequestOutputKind, SamplingParams
from llmserve.server.errors import ApiError, bad_request, sentence
from llmserve.server.protocol import TextRequest

__all__ = ["make_params", "plain_id", "refuse_value"]

# Fields with the same name and meaning in SamplingParams.
_SAME = (
    *("n", "temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty"),
    *("repetition_penalty", "seed", "min_tokens", "stop", "stop_token_ids", "ignore_eos"),
    *("include_stop_str_in_output", "skip_special_tokens", "logit_bias", "allowed_token_ids"),
    *("bad_words", "prompt_logprobs"),
)
_PARAM = re.compile(r"[a-z_]+")
_REQUEST_ID = re.compile(r"[\w.:=+-]{1,128}", re.ASCII)


def make_params(
    request: TextRequest,
    defaults: Mapping[str, Any],
    *,
    max_tokens: int | None,
    logprobs: int | None,
    prompt_logprobs: int | None = None,
) -> SamplingParams:
    """SamplingParams of a request, for deltas if it streams, else for the end alone.

    defaults: for fields the request leaves out. max_tokens: as resolved by the endpoint, None: what
    is left of the context. prompt_logprobs: replaces the request's. Raises ApiError 400.
    """
    if request.prompt_logprobs is not None and request.stream:
        raise bad_request(
            "prompt_logprobs is not available with stream: true.", param="prompt_logprobs"
        )
    given = {name: getattr(request, name) for name in _SAME}
    if prompt_logprobs is not None:
        given["prompt_logprobs"] = prompt_logprobs
    kind = RequestOutputKind.DELTA if request.stream else RequestOutputKind.FINAL_ONLY
    rest = {name: value for name, value in defaults.items() if name != "max_tokens"}
    try:
        return SamplingParams.from_optional(
            {**rest, "max_tokens": max_tokens}, logprobs=logprobs, output_kind=kind, **given
        )
    except (TypeError, ValueError) as error:
        raise refuse_value(error) from None


def refuse_value(error: Exception) -> ApiError:
    """400 with the sentence of a ValueError or TypeError; the first field it names is at fault."""
    text = sentence(str(error))
    param = next((word for word in _PARAM.findall(text) if word in _FIELDS), None)
    if param is None or not text.startswith(param):
        text = text[:1].upper() + text[1:]
    return bad_request(text, param)


def plain_id(given: str | None, fallback: str) -> str:
    """The caller's id for a request where it is short and plain, else fallback."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else fallback


_FIELDS = frozenset(
    {*_SAME, "max_tokens", "logprobs", "priority", "cache_salt", "timeout", "prompt"}
)
