"""Draws the sweep that a file of `llmserve bench serve` holds, as its --plot does.

    python bench/draw_sweep.py RESULT.json OUT.svg [TITLE]

For sweeps that were made where matplotlib is not at hand.
"""

import json
import sys
from pathlib import Path

from llmserve.bench.serve.plot import draw


def main() -> None:
    result = json.loads(Path(sys.argv[1]).read_text())
    draw(Path(sys.argv[2]), result["sweep"], sys.argv[3] if sys.argv[3:] else result["model_id"])


if __name__ == "__main__":
    main()
