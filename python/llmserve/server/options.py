"""The server's own flags. Those of the engine are EngineArgs'."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["ServerOptions"]

_KEY_VARIABLES = ("LLMSERVE_API_KEY", "VLLM_API_KEY")
_DEV_VARIABLES = ("LLMSERVE_SERVER_DEV_MODE", "VLLM_SERVER_DEV_MODE")


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How to serve. Times are in seconds, sizes in bytes.

    served_model_names: the first is the one answers carry; empty: the engine's model name.
    timeout: deadline of requests that bring none; None: no deadline. dev_mode: routes for operators
    are served, such as /reset_prefix_cache.
    """

    host: str = "0.0.0.0"
    port: int = 8000
    served_model_names: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    chat_template: str | None = None
    response_role: str = "assistant"
    shutdown_timeout: float = 30.0
    health_timeout: float = 30.0
    access_log: bool = False
    max_request_bytes: int = 32 << 20
    timeout: float | None = None
    enable_tokenizer_info_endpoint: bool = False
    dev_mode: bool = False

    @staticmethod
    def add_cli_args(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        """Adds the flags; each is spelled as vLLM's where it has the same one."""
        group = parser.add_argument_group("server")
        group.add_argument(
            "--host", default="0.0.0.0", metavar="ADDRESS", help="Where to listen; 0.0.0.0: all."
        )
        group.add_argument(
            "--port", type=_port, default=8000, metavar="N", help="Default: 8000. 0: any free one."
        )
        group.add_argument(
            "--served-model-name",
            nargs="+",
            default=[],
            metavar="NAME",
            help="Names the model answers to. Default: that of --model.",
        )
        group.add_argument(
            "--api-key",
            action="append",
            default=[],
            metavar="KEY",
            help="Ask for this key; repeat it for several. Also from LLMSERVE_API_KEY or "
            "VLLM_API_KEY. /health, /ping, /ready, /version and /metrics stay open.",
        )
        group.add_argument(
            "--api-key-file",
            metavar="FILE",
            help="A file with further keys, one a line; # begins a comment.",
        )
        group.add_argument(
            "--chat-template",
            metavar="FILE",
            help="A file with the Jinja template of chats, or the template itself, instead of "
            "that of the tokenizer.",
        )
        group.add_argument(
            "--response-role", default="assistant", metavar="ROLE", help="Role of answers."
        )
        group.add_argument(
            "--enable-tokenizer-info-endpoint",
            action="store_true",
            help="Serve /tokenizer_info, which shows the chat template.",
        )
        _add_limits(group)
        return parser

    @classmethod
    def from_cli_args(
        cls, namespace: argparse.Namespace, environment: Mapping[str, str] | None = None
    ) -> ServerOptions:
        """Of what add_cli_args() parsed. Raises ValueError for an empty key or name."""
        environment = os.environ if environment is None else environment
        keys = [*namespace.api_key, *_read_keys(namespace.api_key_file)]
        if not keys:
            keys = [environment[name] for name in _KEY_VARIABLES if environment.get(name)][:1]
        if any(not key for key in keys):
            raise ValueError("--api-key is empty; it must have a character at least")
        if any(not name for name in namespace.served_model_name):
            raise ValueError("--served-model-name is empty; it must have a character at least")
        return cls(
            host=namespace.host,
            port=namespace.port,
            served_model_names=tuple(namespace.served_model_name),
            api_keys=tuple(keys),
            chat_template=_read_template(namespace.chat_template),
            response_role=namespace.response_role,
            shutdown_timeout=namespace.shutdown_timeout,
            health_timeout=namespace.health_timeout,
            access_log=namespace.access_log,
            max_request_bytes=namespace.max_request_bytes,
            timeout=namespace.timeout,
            enable_tokenizer_info_endpoint=namespace.enable_tokenizer_info_endpoint,
            dev_mode=any(environment.get(name) == "1" for name in _DEV_VARIABLES),
        )


def _add_limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--shutdown-timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="How long requests may go on after SIGTERM. Default: 30.",
    )
    group.add_argument(
        "--health-timeout",
        type=_positive_seconds,
        default=30.0,
        metavar="SECONDS",
        help="/health fails when work waits and no step ended for so long. Default: 30.",
    )
    group.add_argument("--access-log", action="store_true", help="Log a line per request.")
    group.add_argument(
        "--max-request-bytes",
        type=_size,
        default=32 << 20,
        metavar="BYTES",
        help="Larger bodies are refused. Default: 32MiB.",
    )
    group.add_argument(
        "--timeout",
        type=_positive_seconds,
        metavar="SECONDS",
        help="Deadline of requests that bring none. Default: no deadline.",
    )


def _read_keys(path: str | None) -> list[str]:
    """The keys of a file. Raises ValueError where there are none: no key would let everybody in."""
    if path is None:
        return []
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, ValueError) as error:
        raise ValueError(f"--api-key-file is {path!r}, which cannot be read ({error})") from None
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise ValueError(f"--api-key-file is {path!r}; it must hold one key at least")
    return keys


def _read_template(given: str | None) -> str | None:
    """The text of the template: given is a file, or, if it has Jinja marks, the text itself."""
    if given is None:
        return None
    try:
        with open(given, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        if "{" in given or "\n" in given:
            return given
        raise ValueError(
            f"--chat-template is {given!r}; it must be a readable file or a Jinja template "
            f"({error})"
        ) from None


def _checked(
    read: Callable[[str], float], allowed: Callable[[float], bool], what: str
) -> Callable[[str], float]:
    def convert(text: str) -> float:
        try:
            value = read(text)
            if allowed(value):
                return value
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be {what}")

    return convert


_seconds = _checked(float, lambda v: 0 <= v < math.inf, "a number of seconds of at least 0")
_positive_seconds = _checked(float, lambda v: 0 < v < math.inf, "a number of seconds over 0")


def _port(text: str) -> int:
    return int(_checked(int, lambda v: 0 <= v < 65536, "a whole number from 0 to 65535")(text))


def _size(text: str) -> int:
    from llmserve.config import parse_size

    def read(value: str) -> int:
        return parse_size(value, binary=True)

    allowed = "a number of bytes from 1024 to 1GiB, such as 32MiB"
    return int(_checked(read, lambda v: 1024 <= v <= 1 << 30, allowed)(text))
