"""From a command line to a running server, and from what can go wrong to one sentence."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

from llmserve.server.options import ServerOptions

if TYPE_CHECKING:
    from llmserve.config import EngineArgs
    from llmserve.server.context import ServerContext

__all__ = ["parse_flags", "serve"]

USAGE = 2  # exit status for a wrong command line
FAILED = 1  # and for one that could not be carried out


class _Failure(Exception):
    """A sentence for stderr and the exit status."""

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, without all flags before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"llmserve: error: {message}; see {self.prog} --help\n")

    def nearest(self, flag: str) -> str | None:
        """The flag that was probably meant."""
        shown = [name for name in self._option_string_actions if "_" not in name]
        near = difflib.get_close_matches(flag.replace("_", "-"), shown, n=1)
        return near[0] if near else None


def parse_flags(prog: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    """What a command line says; None: that of the process. Ends the process where it is wrong."""
    parser = _make_parser(prog)
    given = list(sys.argv[1:] if arguments is None else arguments)
    namespace, unknown = parser.parse_known_args(given)
    if namespace.config is not None and not unknown:
        namespace, unknown = parser.parse_known_args(_with_config(parser, namespace, given))
    if not unknown:
        return namespace
    if not unknown[0].startswith("-"):
        parser.error(f"{unknown[0]!r} is one argument too many: a server has one model")
    flag = unknown[0].partition("=")[0]
    near = parser.nearest(flag)
    parser.error(f"there is no flag {flag}" + (f" (did you mean {near}?)" if near else ""))


def _with_config(parser: _Parser, namespace: argparse.Namespace, given: Sequence[str]) -> list[str]:
    """The flags of the file and then those of the command line, which win."""
    from llmserve.server.config_file import read_flags

    try:
        return [*read_flags(namespace.config, parser, namespace), *given]
    except ValueError as error:
        parser.error(str(error))


def _make_parser(prog: str) -> _Parser:
    from llmserve.config import EngineArgs

    parser = _Parser(prog=prog, description="Serves a model by the OpenAI API.", allow_abbrev=False)
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="A YAML file of flags by name, such as `max-model-len: 8k`; flags given here win.",
    )
    ServerOptions.add_cli_args(parser)
    EngineArgs.add_cli_args(parser)
    return parser


def serve(args: argparse.Namespace) -> int:
    """Serves until a signal; args come from parse_flags(). Returns the exit status."""
    begin = time.monotonic()
    try:
        _serve(args, begin)
    except _Failure as failure:
        print(f"llmserve: error: {failure}", file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _serve(args: argparse.Namespace, begin: float) -> None:
    from llmserve.config import EngineArgs

    try:
        options = ServerOptions.from_cli_args(args)
        engine_args = EngineArgs.from_cli_args(args)
    except (TypeError, ValueError) as error:
        raise _Failure(str(error), USAGE) from None
    # As process 1 of a container, SIGTERM is ignored unless somebody asks for it.
    signal.signal(signal.SIGTERM, _leave)
    from llmserve.server.listen import ListenError, open_sockets

    with ExitStack() as stack:
        try:
            sockets = stack.enter_context(open_sockets(options))
        except ListenError as error:
            raise _Failure(str(error)) from None
        except ValueError as error:
            raise _Failure(str(error), USAGE) from None
        context = _start(engine_args, options, begin)
        from llmserve.server.run import run_server

        try:
            failure = run_server(context, sockets)
        except ListenError as error:
            raise _Failure(str(error)) from None
    if failure is not None:
        raise _Failure(f"the engine failed: {failure}")


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _start(engine_args: EngineArgs, options: ServerOptions, begin: float) -> ServerContext:
    """Loads the model. Raises _Failure for what a user can cause."""
    from llmserve.async_llm import AsyncLLM
    from llmserve.server.context import ServerContext
    from llmserve.server.telemetry import Telemetry
    from llmserve.startup import start_engine

    try:
        client = start_engine(engine_args)
    except (ValueError, TypeError, OSError, MemoryError, NotImplementedError) as error:
        raise _Failure(f"{error}") from None
    except RuntimeError as error:
        raise _Failure(f"the engine could not start: {error}") from None
    engine = AsyncLLM.from_client(client)
    model = engine_args.model
    core = client.engine
    cache_info = {
        "block_size": str(core.block_size),
        "num_gpu_blocks": str(core.num_blocks),
        "enable_prefix_caching": str(engine_args.enable_prefix_caching),
        "gpu_memory_utilization": str(engine_args.gpu_memory_utilization),
        "kv_cache_size_tokens": str(core.num_blocks * core.block_size),
        "kv_cache_max_concurrency": f"{core.num_blocks * core.block_size / core.max_model_len:.2f}",
    }
    phases = list(client.ledger.phases) if client.ledger is not None else []
    phases.append(("total", time.monotonic() - begin))
    names = options.served_model_names or (model,)
    telemetry = Telemetry(names[0], engine.max_model_len, engine.stats, cache_info, phases)
    return ServerContext(
        engine, options, telemetry, root=model, engine_args=dataclasses.asdict(engine_args)
    )
