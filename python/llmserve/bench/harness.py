"""What the measurements share: flags, an engine made of them, random prompts, a file of results."""

from __future__ import annotations

import argparse
import json
import math
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from ..llm import LLM
    from ..outputs import RequestOutput

__all__ = [
    "FAILED",
    "USAGE",
    "Benchmark",
    "Parser",
    "at_least",
    "check_outputs",
    "percentile",
    "random_prompt",
    "run",
    "write_json",
]

USAGE = 2  # exit status for a wrong command line
FAILED = 1  # and for one that could not be carried out


class Benchmark(Protocol):
    """A module with one measurement."""

    def add_cli_args(self, parser: argparse.ArgumentParser) -> None: ...
    def check(self, args: argparse.Namespace) -> None:
        """Raises ValueError for flags that do not go together."""

    def measure(self, llm: LLM, args: argparse.Namespace, vocab_size: int) -> dict[str, Any]:
        """Prints what people read and returns what files hold."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, without all flags before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"llmserve: error: {message}; see {self.prog} --help\n")


def run(prog: str, benchmark: Benchmark, arguments: Sequence[str]) -> int:
    """Parses, starts the engine, measures, and writes the results; returns the exit status."""
    from ..config import EngineArgs
    from ..llm import LLM
    from ..startup import start_engine

    parser = Parser(prog=prog, description=(benchmark.__doc__ or "").partition("\n")[0])
    benchmark.add_cli_args(parser)
    parser.add_argument("--output-json", metavar="FILE", help="Where to write the results as JSON.")
    EngineArgs.add_cli_args(parser)
    args = parser.parse_args(arguments)
    try:
        benchmark.check(args)
        engine_args = EngineArgs.from_cli_args(args)
    except (TypeError, ValueError) as error:
        return _failed(error, USAGE)
    # Checked now, rather than after all the work.
    if args.output_json and not Path(args.output_json).absolute().parent.is_dir():
        return _failed(f"there is no folder for {args.output_json}", USAGE)
    try:
        client = start_engine(engine_args)
        with LLM.from_client(client) as llm:
            results = benchmark.measure(llm, args, client.vocab_size)
        if args.output_json:
            write_json(Path(args.output_json), {"model_id": engine_args.model, **results})
    except (
        ValueError,
        TypeError,
        OSError,
        MemoryError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        return _failed(error, FAILED)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _failed(message: object, status: int) -> int:
    print(f"llmserve: error: {message}", file=sys.stderr)
    return status


def at_least(low: int) -> Any:
    """A type of argparse: a whole number from `low` on."""

    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else -1
        if value < low:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {low}")
        return value

    return read


def random_prompt(source: random.Random, length: int, vocab_size: int) -> list[int]:
    """Token ids, each as likely as the next; a prompt finds nothing in the prefix cache."""
    return [source.randrange(vocab_size) for _ in range(length)]


def check_outputs(outputs: Sequence[RequestOutput]) -> None:
    """A figure with failed requests in it is none. Raises RuntimeError."""
    for output in outputs:
        for sample in output.outputs:
            if sample.finish_reason == "error":
                raise RuntimeError(f"request {output.request_id} failed: {sample.error}")


def percentile(values: Sequence[float], percentage: float) -> float:
    """Linear between the two nearest."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percentage / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def write_json(path: Path, results: dict[str, Any]) -> None:
    path.write_text(json.dumps(results, indent=4) + "\n", encoding="utf-8")
