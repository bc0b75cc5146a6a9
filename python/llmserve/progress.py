"""Progress bars on stderr: off when stderr is no terminal; tqdm is imported only when one shows."""

import sys
import time
from collections.abc import Callable
from typing import Any

# False: no bar. True: tqdm, if stderr is a terminal. A callable takes tqdm's place.
UseTqdm = bool | Callable[..., Any]


class RequestProgress:
    """The bar 'Processed prompts', with the speed of input and output tokens beside it."""

    def __init__(self, total: int, use_tqdm: UseTqdm) -> None:
        self._bar: Any = None
        self._begin = time.monotonic()
        self._input_tokens = 0
        self._output_tokens = 0
        factory = self._factory(use_tqdm)
        if factory is not None and total > 0:
            self._bar = factory(
                total=total,
                desc="Processed prompts",
                dynamic_ncols=True,
                postfix=self._speeds(),
            )

    @staticmethod
    def _factory(use_tqdm: UseTqdm) -> Callable[..., Any] | None:
        if callable(use_tqdm):
            return use_tqdm
        if not use_tqdm or not sys.stderr.isatty():
            return None
        from tqdm import tqdm

        factory: Callable[..., Any] = tqdm
        return factory

    def _speeds(self) -> str:
        seconds = max(time.monotonic() - self._begin, 1e-9)
        return (
            f"est. speed input: {self._input_tokens / seconds:.2f} toks/s, "
            f"output: {self._output_tokens / seconds:.2f} toks/s"
        )

    def finished(self, input_tokens: int, output_tokens: int, num_requests: int = 1) -> None:
        """Counts requests that have ended, by default one, and their tokens together."""
        if self._bar is None:
            return
        self._input_tokens += input_tokens
        self._output_tokens += output_tokens
        self._bar.postfix = self._speeds()
        self._bar.update(num_requests)

    def close(self) -> None:
        """Leaves the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
