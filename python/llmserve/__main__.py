"""`python -m llmserve`: the same as the command `llmserve`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
