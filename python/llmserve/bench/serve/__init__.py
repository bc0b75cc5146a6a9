"""`llmserve bench serve`: a load client for any server that speaks OpenAI's API, measured."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from ..harness import FAILED, USAGE

__all__ = ["main"]


def main(prog: str, arguments: Sequence[str]) -> int:
    """Measures as the arguments say; returns the exit status."""
    from .flags import check, make_parser, normalize

    args = make_parser(prog).parse_args(normalize(arguments))
    try:
        check(args)
        _check_packages(args)
    except ValueError as error:
        return _failed(error, USAGE)
    import asyncio

    from .run import measure

    try:
        return asyncio.run(measure(args))
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        return _failed(error, FAILED)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _check_packages(args: argparse.Namespace) -> None:
    """Those of the extra, before any work that would be in vain without them."""
    needed = ["aiohttp", *(["matplotlib"] if args.plot else [])]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ValueError(
            f"llmserve bench serve needs {' and '.join(missing)}: pip install 'llmserve[bench]'"
        )


def _failed(message: object, status: int) -> int:
    print(f"llmserve: error: {message}", file=sys.stderr)
    return status
