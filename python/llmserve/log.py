"""Logging of the Python layer: the logger "llmserve", in the format of the native core.

Nothing is configured at import. An engine calls configure() when it starts, which leaves alone an
application that has set up logging by itself.
"""

import logging
import os
import sys

logger = logging.getLogger("llmserve")

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure() -> None:
    """Sends our log lines to stderr, unless the application has its own handlers."""
    if logger.handlers or logging.getLogger().handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("llmserve %(levelname)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(_LEVELS.get(os.environ.get("LLMSERVE_LOG_LEVEL", "info"), logging.INFO))
    logger.propagate = False
