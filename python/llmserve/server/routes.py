"""The route table: which path is answered by which handler, and what it takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llmserve.server import anthropic
from llmserve.server.context import ServerContext
from llmserve.server.errors import ApiError
from llmserve.server.handlers.admin import (
    Health,
    Load,
    OpenApi,
    ResetPrefixCache,
    ServerInfo,
    Version,
)
from llmserve.server.handlers.chat import Chat
from llmserve.server.handlers.completions import Completions
from llmserve.server.handlers.messages import CountTokens, Messages
from llmserve.server.handlers.metrics import Metrics
from llmserve.server.handlers.models import Model, Models
from llmserve.server.handlers.responses import Responses
from llmserve.server.handlers.tokens import Detokenize, Tokenize, TokenizerInfo
from llmserve.server.handlers.ui import Page
from llmserve.server.openapi import Operation
from llmserve.server.protocol import (
    ChatCompletion,
    ChatRequest,
    Completion,
    CompletionRequest,
    Detokenized,
    DetokenizeRequest,
    LoadReply,
    ModelCard,
    ModelList,
    Tokenized,
    TokenizeRequest,
    VersionReply,
)
from llmserve.server.reply import Handler
from llmserve.server.responses import Response, ResponseRequest

__all__ = ["Route", "make_metrics_routes", "make_routes"]

_GET, _POST = ("GET", "HEAD"), ("POST",)
_HELLO = [{"role": "user", "content": "Hello!"}]


@dataclass(frozen=True)
class Route:
    """One line of the route table. is_open: needs no key. show_error: the body of a refusal."""

    methods: tuple[str, ...]
    path: str
    handler: Handler
    operation: Operation
    is_open: bool = False
    show_error: Callable[[ApiError], bytes] = ApiError.body


def make_routes(context: ServerContext) -> list[Route]:
    """All routes of a server."""
    routes = [
        *_open_routes(context),
        *_model_routes(context),
        *_anthropic_routes(context),
        *_operator_routes(context),
    ]
    summary = Operation("This document", response=dict[str, Any])
    routes.append(Route(_GET, "/openapi.json", OpenApi(context, routes), summary))
    return routes


def make_metrics_routes(context: ServerContext) -> list[Route]:
    """The routes of a port for metrics alone."""
    metrics = Operation("For Prometheus", response=str, media="text/plain")
    is_open = not context.options.metrics_require_key
    return [Route(_GET, "/metrics", Metrics(context), metrics, is_open=is_open)]


def _open_routes(context: ServerContext) -> list[Route]:
    health = Health(context)
    alive = Operation("Whether requests may be expected to be served", errors=(503,))
    version = Operation("The version of llmserve", response=VersionReply)
    page = Operation("A page to chat on", response=str, media="text/html", errors=(404,))
    return [
        Route(_GET, "/", Page(context), page, is_open=True),
        Route(_GET, "/health", health, alive, is_open=True),
        Route((*_GET, *_POST), "/ping", health, alive, is_open=True),
        Route(_GET, "/ready", health, alive, is_open=True),
        Route(_GET, "/version", Version(), version, is_open=True),
        *make_metrics_routes(context),
    ]


def _model_routes(context: ServerContext) -> list[Route]:
    generate: dict[str, Any] = {"streams": True, "errors": (408, 429, 503)}
    chat = Operation(
        "Answer a chat",
        ChatRequest,
        ChatCompletion,
        example={"messages": _HELLO, "max_tokens": 20},
        **generate,
    )
    completion = Operation(
        "Continue prompts",
        CompletionRequest,
        Completion,
        example={"prompt": "Once upon a time", "max_tokens": 20},
        **generate,
    )
    response = Operation(
        "Answer an input",
        ResponseRequest,
        Response,
        example={"input": "Hello!", "max_output_tokens": 20},
        **generate,
    )
    models = Operation("The names the model answers to", response=ModelList)
    model = Operation("One of these names", response=ModelCard, errors=(404,))
    tokenize = Operation(
        "Token ids of a prompt or a chat",
        TokenizeRequest,
        Tokenized,
        example={"prompt": "Once upon a time"},
    )
    detokenize = Operation(
        "The text of token ids", DetokenizeRequest, Detokenized, example={"tokens": [100, 101]}
    )
    info = Operation("What the tokenizer is", response=dict[str, Any], errors=(400, 404))
    return [
        Route(_GET, "/v1/models", Models(context), models),
        Route(_GET, "/v1/models/<model_id:path>", Model(context), model),
        Route(_POST, "/v1/completions", Completions(context), completion),
        Route(_POST, "/v1/chat/completions", Chat(context), chat),
        Route(_POST, "/v1/responses", Responses(context), response),
        Route(_POST, "/tokenize", Tokenize(context), tokenize),
        Route(_POST, "/detokenize", Detokenize(context), detokenize),
        Route(_GET, "/tokenizer_info", TokenizerInfo(context), info),
    ]


def _anthropic_routes(context: ServerContext) -> list[Route]:
    refusal = anthropic.MessageError
    chat = {"model": context.model_names[0], "messages": _HELLO}
    answer = Operation(
        "Answer a chat, by Anthropic's protocol",
        anthropic.MessagesRequest,
        anthropic.Message,
        streams=True,
        errors=(408, 429, 503),
        refusal=refusal,
        example={**chat, "max_tokens": 20},
    )
    count = Operation(
        "Count the tokens of a chat",
        anthropic.CountTokensRequest,
        anthropic.TokenCount,
        refusal=refusal,
        example=chat,
    )
    messages, counter = Messages(context), CountTokens(context)
    show = anthropic.error_body
    return [
        Route(_POST, "/v1/messages", messages, answer, show_error=show),
        Route(_POST, "/v1/messages/count_tokens", counter, count, show_error=show),
    ]


def _operator_routes(context: ServerContext) -> list[Route]:
    load = Operation("Requests in flight", response=LoadReply)
    info = Operation("How the server was started", response=dict[str, Any], errors=(404,))
    reset = Operation("Forget cached prefixes", errors=(404, 503))
    return [
        Route(_GET, "/load", Load(context), load),
        Route(_GET, "/server_info", ServerInfo(context), info),
        Route(_POST, "/reset_prefix_cache", ResetPrefixCache(context), reset),
    ]
