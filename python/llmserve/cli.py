"""The command `llmserve`. Each subcommand is imported only when it is the one asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .version import __version__

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand; returns its exit status. arguments: without the command's own name."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="llmserve", description="Serves large language models.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"llmserve {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    # Flags of a subcommand, --help among them, are read by the subcommand itself.
    commands.add_parser("serve", help="an OpenAI-compatible server for one model", add_help=False)
    commands.add_parser("bench", help="measures an engine or a running server", add_help=False)
    if given[:1] == ["serve"]:
        from .server.__main__ import main as serve

        return serve(given[1:])
    if given[:1] == ["bench"]:
        from .bench import main as bench

        return bench(given[1:])
    if not given:
        parser.print_help()
        return 2
    parser.parse_args(given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
