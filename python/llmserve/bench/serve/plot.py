"""Draws a sweep: time to first token and inter-token latency over the load, and the knee."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .sweep import knee, load_of, of_loop

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw"]

_ROWS = (("ttft", "time to first token, ms"), ("itl", "inter-token latency, ms"))
_LINES = (("median", "median", "tab:blue", "o"), ("p99", "p99", "tab:orange", "s"))
_LINEAR_MS = 1.0  # below it the scale is linear: gaps of chunks that come together are zero
_COLUMN_INCHES, _HEIGHT_INCHES = 5.5, 6.5


def draw(path: Path, points: Sequence[dict[str, Any]], title: str) -> None:
    """A column for each loop that the points have. Raises OSError where the file cannot be
    written."""
    import matplotlib
    from matplotlib.figure import Figure

    both = [(of_loop(points, is_open), is_open) for is_open in (True, False)]
    columns = [(found, is_open) for found, is_open in both if found]
    width = _COLUMN_INCHES * max(len(columns), 1)
    figure = Figure(figsize=(width, _HEIGHT_INCHES), layout="constrained")
    figure.suptitle(title)
    if columns:
        axes = figure.subplots(len(_ROWS), len(columns), squeeze=False, sharex="col")
        for column, (found, is_open) in enumerate(columns):
            for row, (metric, label) in enumerate(_ROWS):
                _panel(axes[row][column], found, metric)
                axes[row][column].set_ylabel(label)
            loop = "open loop" if is_open else "closed loop"
            axes[0][column].set_title(loop)
            unit = "requests per second offered" if is_open else "requests in flight"
            axes[-1][column].set_xlabel(unit)
            axes[0][column].legend()
    # The same figures give the same file.
    metadata = {"Date": None} if path.suffix == ".svg" else None
    with matplotlib.rc_context({"svg.hashsalt": "llmserve"}):
        figure.savefig(path, metadata=metadata, dpi=150)


def _panel(axes: Axes, points: Sequence[dict[str, Any]], metric: str) -> None:
    from matplotlib.ticker import NullLocator, StrMethodFormatter, SymmetricalLogLocator

    places = _places([load_of(point) for point in points])
    for key, label, color, marker in _LINES:
        values = [point[f"{key}_{metric}_ms"] for point in points]
        axes.plot(places, values, color=color, marker=marker, label=label)
    at = knee(points)
    if at is not None:
        place = places[[load_of(point) for point in points].index(float(at))]
        axes.axvline(place, color="gray", linestyle="--", label=f"knee: {float(at):g}")
    axes.set_xscale("log", base=2)
    axes.set_xticks(places, [f"{load_of(point):g}" for point in points])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yscale("symlog", linthresh=_LINEAR_MS, linscale=0.4)
    steps = SymmetricalLogLocator(linthresh=_LINEAR_MS, base=10, subs=[1, 2, 5])
    axes.yaxis.set_major_locator(steps)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_ylim(0, 1.5 * max(axes.dataLim.y1, 1))
    axes.grid(True, alpha=0.3)


def _places(loads: Sequence[float]) -> list[float]:
    """Where loads stand on the axis: "all at once" one step beyond the largest rate."""
    largest = max((load for load in loads if math.isfinite(load)), default=1.0)
    return [load if math.isfinite(load) else 2 * largest for load in loads]
