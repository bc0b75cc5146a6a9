"""The server's own flags. Those of the engine are EngineArgs'."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmserve.server.flag_types import (
    chat_template,
    json_object,
    keys_of,
    port,
    positive_seconds,
    seconds,
    size,
    texts,
)

__all__ = ["ServerOptions"]

_KEY_VARIABLES = ("LLMSERVE_API_KEY", "VLLM_API_KEY")
_DEV_VARIABLES = ("LLMSERVE_SERVER_DEV_MODE", "VLLM_SERVER_DEV_MODE")
_METRICS_PORT = 9090
_Group = argparse._ArgumentGroup


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How to serve. Times are in seconds, sizes in bytes.

    uds: a socket file instead of host and port. served_model_names: the first is the one answers
    carry; empty: the engine's model name. ssl_cert_reqs: of clients, as ssl.CERT_*. metrics_port:
    serves /metrics as well; None: it does not. request_timeout: for a client to send the head, and
    then the body. write_timeout: how long a client may take nothing of its answer.
    sse_keep_alive_interval: after so much silence a stream gets a comment; 0: never. timeout:
    deadline of requests that bring none; None: no deadline. dev_mode: routes for operators are
    served, such as /reset_prefix_cache.
    """

    host: str = "0.0.0.0"
    port: int = 8000
    uds: str | None = None
    served_model_names: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    metrics_require_key: bool = False
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    ssl_ca_certs: str | None = None
    ssl_cert_reqs: int = 0
    allowed_origins: tuple[str, ...] = ()
    allowed_methods: tuple[str, ...] = ("*",)
    allowed_headers: tuple[str, ...] = ("*",)
    allow_credentials: bool = False
    disable_ui: bool = False
    enable_request_id_headers: bool = True
    chat_template: str | None = None
    trust_request_chat_template: bool = False
    default_chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    response_role: str = "assistant"
    enable_force_include_usage: bool = False
    return_tokens_as_token_ids: bool = False
    enable_tokenizer_info_endpoint: bool = False
    shutdown_timeout: float = 30.0
    health_timeout: float = 30.0
    request_timeout: float = 30.0
    write_timeout: float = 60.0
    sse_keep_alive_interval: float = 0.0
    timeout: float | None = None
    max_request_bytes: int = 8 << 20
    access_log: bool = False
    enable_log_requests: bool = False
    metrics_port: int | None = None
    dev_mode: bool = False

    @staticmethod
    def add_cli_args(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        """Adds the flags; each is spelled as vLLM's where it has the same one."""
        _add_addresses(parser.add_argument_group("server"))
        _add_security(parser.add_argument_group("keys, TLS and browsers"))
        _add_chats(parser.add_argument_group("chats and answers"))
        _add_limits(parser.add_argument_group("limits"))
        _add_watching(parser.add_argument_group("logs and metrics"))
        return parser

    @classmethod
    def from_cli_args(
        cls, namespace: argparse.Namespace, environment: Mapping[str, str] | None = None
    ) -> ServerOptions:
        """Of what add_cli_args() parsed. Raises ValueError for flags that do not go together, and
        for files that cannot be read."""
        environment = os.environ if environment is None else environment
        keys = [*namespace.api_key, *keys_of(namespace.api_key_file)]
        if not keys:
            keys = [environment[name] for name in _KEY_VARIABLES if environment.get(name)][:1]
        names = namespace.served_model_name
        for flag, values in (("--api-key", keys), ("--served-model-name", names)):
            if not all(values):
                raise ValueError(f"{flag} is empty; it must have a character at least")
        metrics_port = namespace.metrics_port
        if metrics_port is None and namespace.enable_metrics:
            metrics_port = _METRICS_PORT
        derived = {
            "served_model_names": tuple(names),
            "api_keys": tuple(keys),
            "chat_template": chat_template(namespace.chat_template),
            "metrics_port": metrics_port,
            "dev_mode": any(environment.get(name) == "1" for name in _DEV_VARIABLES),
        }
        same = {f.name for f in dataclasses.fields(cls)} - set(derived)
        options = cls(**derived, **{name: getattr(namespace, name) for name in same})
        options._check()
        return options

    def _check(self) -> None:
        """Raises ValueError for flags that do not go together."""
        if self.ssl_keyfile and not self.ssl_certfile:
            raise ValueError("--ssl-keyfile is given without --ssl-certfile; TLS needs both")
        for flag in ("ssl_ca_certs", "ssl_cert_reqs"):
            if getattr(self, flag) and not self.ssl_certfile:
                shown = flag.replace("_", "-")
                raise ValueError(f"--{shown} is given without --ssl-certfile; it is for TLS")
        if self.ssl_cert_reqs and not self.ssl_ca_certs:
            raise ValueError(
                f"--ssl-cert-reqs is {self.ssl_cert_reqs} without --ssl-ca-certs, the authorities "
                "that clients' certificates are checked by"
            )
        if self.metrics_require_key and not self.api_keys:
            raise ValueError("--metrics-require-key is given, but there is no --api-key")
        if self.metrics_port and self.uds is None and self.metrics_port == self.port:
            raise ValueError(f"--metrics-port is {self.port}, which --port is, too")
        self._check_template_kwargs()
        for flag in ("allow_credentials", "allowed_methods", "allowed_headers"):
            if getattr(self, flag) != getattr(ServerOptions, flag) and not self.allowed_origins:
                shown = flag.replace("_", "-")
                raise ValueError(f"--{shown} is given without --allowed-origins; it is for them")
        if "*" in self.allowed_origins and self.allow_credentials:
            raise ValueError(
                '--allow-credentials is given with --allowed-origins ["*"], which would let any '
                "page act as its visitor; name the origins"
            )

    def _check_template_kwargs(self) -> None:
        from llmserve.server.errors import ApiError
        from llmserve.server.messages import template_options

        try:
            template_options(dict(self.default_chat_template_kwargs), None)
        except ApiError as error:
            text = error.message.replace("chat_template_kwargs", "--default-chat-template-kwargs")
            raise ValueError(text.replace("a request", "a server").rstrip(".")) from None


def _add_addresses(group: _Group) -> None:
    group.add_argument(
        "--host", default="0.0.0.0", metavar="ADDRESS", help="Where to listen; 0.0.0.0: all."
    )
    group.add_argument(
        "--port", type=port, default=8000, metavar="N", help="Default: 8000. 0: any free one."
    )
    group.add_argument(
        "--uds", metavar="FILE", help="Listen on this Unix domain socket instead of host and port."
    )
    group.add_argument(
        "--served-model-name",
        nargs="+",
        default=[],
        metavar="NAME",
        help="Names the model answers to. Default: that of --model.",
    )


def _add_security(group: _Group) -> None:
    group.add_argument(
        "--api-key",
        action="append",
        default=[],
        metavar="KEY",
        help="Ask for this key; repeat it for several. Also from LLMSERVE_API_KEY or "
        "VLLM_API_KEY. /, /health, /ping, /ready, /version and /metrics stay open.",
    )
    group.add_argument(
        "--api-key-file",
        metavar="FILE",
        help="A file with further keys, one a line; # begins a comment.",
    )
    _add_switch(group, "--metrics-require-key", "Ask for a key at /metrics, too.")
    group.add_argument(
        "--ssl-certfile", metavar="FILE", help="Speak TLS with this certificate (PEM, with chain)."
    )
    group.add_argument(
        "--ssl-keyfile", metavar="FILE", help="Its key. Default: it is in the same file."
    )
    group.add_argument(
        "--ssl-ca-certs", metavar="FILE", help="Authorities that sign clients' certificates."
    )
    group.add_argument(
        "--ssl-cert-reqs",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="Clients' certificates: 0: none, 1: checked if there, 2: required. Default: 0.",
    )
    for flag, default, what in (
        ("--allowed-origins", (), 'Origins whose pages may call, such as ["https://a.org"] or '),
        ("--allowed-methods", ("*",), "Methods that pages may use. Default: "),
        ("--allowed-headers", ("*",), "Headers that pages may send. Default: "),
    ):
        shown = '["*"]. Default: none.' if not default else '["*"].'
        group.add_argument(flag, type=texts, default=default, metavar="JSON", help=what + shown)
    _add_switch(group, "--allow-credentials", "Pages may send cookies and the like.")
    _add_switch(group, "--disable-ui", "Serve no page at /: it is 404.")
    group.add_argument(
        "--enable-request-id-headers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="Answers carry X-Request-Id: the client's own or a new one. Default: on.",
    )


def _add_chats(group: _Group) -> None:
    group.add_argument(
        "--chat-template",
        metavar="FILE",
        help="A file with the Jinja template of chats, or the template itself, instead of that of "
        "the tokenizer.",
    )
    _add_switch(
        group,
        "--trust-request-chat-template",
        "Requests may bring a template (chat_template). It runs in a sandbox, but costs time.",
    )
    group.add_argument(
        "--default-chat-template-kwargs",
        type=json_object,
        default={},
        metavar="JSON",
        help='What templates get where a request does not say, such as {"enable_thinking": false}.',
    )
    group.add_argument(
        "--response-role", default="assistant", metavar="ROLE", help="Role of answers."
    )
    _add_switch(
        group, "--enable-force-include-usage", "Every stream ends with a chunk of token counts."
    )
    _add_switch(
        group, "--return-tokens-as-token-ids", "Show tokens of logprobs as token_id:N, always."
    )
    _add_switch(
        group,
        "--enable-tokenizer-info-endpoint",
        "Serve /tokenizer_info, which shows the chat template.",
    )


def _add_limits(group: _Group) -> None:
    for flag, default, what in (
        ("--shutdown-timeout", 30, "How long requests may go on after SIGTERM."),
        ("--health-timeout", 30, "/health fails when work waits and no step ended for so long."),
        ("--request-timeout", 30, "How long a client may take to send a head, and then a body."),
        ("--write-timeout", 60, "A client that takes nothing of its answer for so long is cut."),
        (
            "--sse-keep-alive-interval",
            0,
            "After so long without news a stream gets a comment, so that proxies keep it. 0: none.",
        ),
    ):
        zero = flag in ("--shutdown-timeout", "--sse-keep-alive-interval")
        group.add_argument(
            flag,
            type=seconds if zero else positive_seconds,
            default=float(default),
            metavar="SECONDS",
            help=f"{what} Default: {default}.",
        )
    group.add_argument(
        "--timeout",
        type=positive_seconds,
        metavar="SECONDS",
        help="Deadline of requests that bring none. Default: no deadline.",
    )
    group.add_argument(
        "--max-request-bytes",
        type=size,
        default=8 << 20,
        metavar="BYTES",
        help="Larger bodies are refused. Default: 8MiB.",
    )


def _add_watching(group: _Group) -> None:
    _add_switch(group, "--access-log", "Log a line per request.")
    _add_switch(
        group,
        "--enable-log-requests",
        "Log what each request asks of the engine and how it ends, without its text.",
    )
    _add_switch(
        group,
        "--enable-metrics",
        f"Serve /metrics on a port of its own as well: {_METRICS_PORT} or --metrics-port.",
    )
    group.add_argument(
        "--metrics-port", type=port, metavar="N", help="That port; --enable-metrics comes with it."
    )


def _add_switch(group: _Group, flag: str, what: str) -> None:
    group.add_argument(flag, action="store_true", help=what)
