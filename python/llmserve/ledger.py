"""The start-up ledger: seconds per phase and bytes per part of the memory plan, printed once."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


class MemoryRow(Protocol):
    """One part of the memory plan, of one rank."""

    @property
    def name(self) -> str: ...
    @property
    def bytes(self) -> int: ...


def format_bytes(count: int) -> str:
    """Bytes for people: 1610612736 -> '1.50 GiB'."""
    for unit, size in _UNITS:
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count} B"


class Ledger:
    """Seconds of each start-up phase, in the order in which they ran."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, float]] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Times the block; a phase that fails is kept too, so that an error can be placed."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self.phases.append((name, time.monotonic() - begin))

    @property
    def total(self) -> float:
        """Seconds of all phases together."""
        return sum(seconds for _, seconds in self.phases)

    def report(self, memory: Sequence[MemoryRow] = (), ranks: int = 1) -> str:
        """Both tables as lines of text.

        memory: the plan of one rank. ranks: how many ranks hold as much each.
        """
        lines = [f"ready in {self.total:.2f} s"]
        lines += [f"  {name:<24}{seconds:>10.3f} s" for name, seconds in self.phases]
        if memory:
            whose = "" if ranks == 1 else f", each of {ranks} ranks"
            lines.append(f"memory plan{whose}")
            lines += [f"  {item.name:<24}{format_bytes(item.bytes):>12}" for item in memory]
            whole = format_bytes(sum(item.bytes for item in memory))
            lines.append(f"  {'total':<24}{whole:>12}")
        return "\n".join(lines)
