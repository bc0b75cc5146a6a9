"""`llmserve bench`: an engine in this process, or a server that runs, measured."""

from __future__ import annotations

from collections.abc import Sequence

from .harness import USAGE, Parser, run

__all__ = ["main"]

_PROG = "llmserve bench"


def main(arguments: Sequence[str]) -> int:
    """Measures as the arguments say; returns the exit status."""
    parser = Parser(prog=_PROG, description="Measures an engine, or a server.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    commands.add_parser("latency", help="how long one batch takes", add_help=False)
    commands.add_parser("throughput", help="how much many requests give", add_help=False)
    commands.add_parser("serve", help="how fast a running server answers", add_help=False)
    if arguments[:1] == ["serve"]:
        from . import serve

        return serve.main(f"{_PROG} serve", arguments[1:])
    if arguments[:1] == ["latency"]:
        from . import latency

        return run(f"{_PROG} latency", latency, arguments[1:])
    if arguments[:1] == ["throughput"]:
        from . import throughput

        return run(f"{_PROG} throughput", throughput, arguments[1:])
    if not arguments:
        parser.print_help()
        return USAGE
    parser.parse_args(arguments)
    return 0
