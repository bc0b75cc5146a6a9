"""Draws loss.png from the history.json that train.py wrote.

python -m default_model.plot HISTORY OUT

run in bench/. Needs matplotlib, which nothing else here does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

_LABELS = {
    "train": "training batches",
    "dialogue_held_out": "dialogue, held out",
    "documents_held_out": "documentation, held out",
}


def main() -> None:
    history = json.loads(Path(sys.argv[1]).read_text())
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for name, label in _LABELS.items():
        steps, losses = zip(*history[name], strict=True)
        axes.plot(steps, losses, label=f"{label}: {losses[-1]:.3f}", linewidth=1)
    axes.set(xlabel="step", ylabel="loss, nats per token", yscale="log", ylim=(None, 9))
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
