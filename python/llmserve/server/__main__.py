"""`python -m llmserve.server --model M`, and `llmserve serve M`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from llmserve.server.launch import parse_flags, serve

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves as the flags say; returns the exit status. arguments: None: those of the process."""
    prog = "python -m llmserve.server" if arguments is None else "llmserve serve"
    return serve(parse_flags(prog, arguments))


if __name__ == "__main__":
    sys.exit(main())
