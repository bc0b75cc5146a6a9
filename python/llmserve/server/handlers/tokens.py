"""POST /tokenize and /detokenize, GET /tokenizer_info: the model's tokenizer, for clients."""

from __future__ import annotations

from typing import Any

from llmserve.server.context import ServerContext
from llmserve.server.encoding import encode_chat, off_loop, require_tokenizer
from llmserve.server.errors import ApiError, bad_request
from llmserve.server.protocol import (
    Detokenized,
    DetokenizeRequest,
    Tokenized,
    TokenizeRequest,
)
from llmserve.server.reply import Call, Reply, json_reply
from llmserve.server.validate import parse_request

__all__ = ["Detokenize", "Tokenize", "TokenizerInfo"]

# A token has some characters of text: what is decoded off the loop is as long as what is encoded.
_CHARACTERS_PER_TOKEN = 4


class Tokenize:
    """Token ids of a text or of a chat, as the same request would hand them to the model."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        context = self._context
        request = parse_request(call, TokenizeRequest)
        context.check_model(request.model)
        if (request.prompt is None) == (request.messages is None):
            raise bad_request(
                "Either prompt or messages is required, and not both.",
                param="prompt",
                code="missing_required_parameter",
            )
        if request.messages is None:
            token_ids = await self._encode_text(request)
        else:
            token_ids = await self._encode_chat(request)
        names = None
        if request.return_token_strs:
            name_of = require_tokenizer(context.engine).token_name
            names = await off_loop(lambda: list(map(name_of, token_ids)), len(token_ids))
        return json_reply(Tokenized(len(token_ids), context.engine.max_model_len, token_ids, names))

    async def _encode_text(self, request: TokenizeRequest) -> list[int]:
        text = request.prompt
        assert text is not None
        tokenizer = require_tokenizer(self._context.engine)
        special = True if request.add_special_tokens is None else request.add_special_tokens
        return await off_loop(
            lambda: list(tokenizer.encode(text, add_special_tokens=special)), len(text)
        )

    async def _encode_chat(self, request: TokenizeRequest) -> list[int]:
        if request.add_special_tokens:
            raise bad_request(
                "add_special_tokens is true; with messages it must be false, as the chat template "
                "writes its special tokens itself.",
                param="add_special_tokens",
            )
        return await encode_chat(self._context.engine, request, self._context.options)


class Detokenize:
    """The text of token ids, special tokens too."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        request = parse_request(call, DetokenizeRequest)
        self._context.check_model(request.model)
        tokenizer = require_tokenizer(self._context.engine)
        tokens, vocab_size = request.tokens, tokenizer.vocab_size
        if tokens and not (min(tokens) >= 0 and max(tokens) < vocab_size):
            place, token_id = next(
                (place, one) for place, one in enumerate(tokens) if not 0 <= one < vocab_size
            )
            raise bad_request(
                f"tokens[{place}] is {token_id}; it must be from 0 to {vocab_size - 1}.",
                param="tokens",
            )
        text = await off_loop(
            lambda: tokenizer.decode(tokens, skip_special_tokens=False),
            _CHARACTERS_PER_TOKEN * len(tokens),
        )
        return json_reply(Detokenized(text))


class TokenizerInfo:
    """What the tokenizer is made of, only where the operator allows it: the chat template may be
    nobody's business."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    async def handle(self, call: Call) -> Reply:
        if not self._context.options.enable_tokenizer_info_endpoint:
            raise ApiError(
                404,
                "This server was started without --enable-tokenizer-info-endpoint.",
                code="route_not_enabled",
            )
        tokenizer = require_tokenizer(self._context.engine)
        info: dict[str, Any] = {
            "tokenizer_class": tokenizer.class_name,
            "vocab_size": tokenizer.vocab_size,
            "model_max_length": self._context.engine.max_model_len,
            **tokenizer.named_tokens,
        }
        templates = dict(tokenizer.chat_templates)
        if self._context.options.chat_template is not None:
            templates["default"] = self._context.options.chat_template
        if set(templates) == {"default"}:
            info["chat_template"] = templates["default"]
        elif templates:
            info["chat_template"] = templates
        return json_reply(info)
