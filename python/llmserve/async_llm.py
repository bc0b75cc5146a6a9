"""AsyncLLM: streams of outputs in an event loop. The engine runs in threads of its own; one read of
an event descriptor per step brings everything that is new to the loop.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _core
from .config import EngineArgs
from .engine_client import EngineClient, Prepared
from .log import logger
from .prompts import Prompt, parse_prompt
from .request_state import RequestState
from .sampling_params import SamplingParams
from .stats import LOG_INTERVAL, StatsLogger

if TYPE_CHECKING:
    from .outputs import RequestOutput
    from .tokenizer import Tokenizer

__all__ = ["AsyncLLM"]

# Longer texts are encoded in a thread, so that other streams go on meanwhile.
_INLINE_CHARACTERS = 2048
# Readers in one turn of the loop; each may take 30 us.
_WOKEN_AT_ONCE = 64


class AsyncLLM:
    """A model in this process, for many concurrent streams.

    engine_args: the settings; or give its fields as keywords, or a model's name. It belongs to the
    event loop that first uses it, and every method but close() to that loop's thread. Raises as
    LLM does.
    """

    _client: EngineClient
    _closed = True  # until there is something to close

    def __init__(self, engine_args: EngineArgs | str | None = None, **kwargs: Any) -> None:
        from .startup import start_engine

        if isinstance(engine_args, EngineArgs):
            if kwargs:
                raise TypeError(
                    f"engine_args and the keyword {next(iter(kwargs))!r} are both given; put the "
                    "setting into engine_args"
                )
        else:
            if engine_args is not None:
                kwargs["model"] = engine_args
            engine_args = EngineArgs.from_kwargs(**kwargs)
        self._attach(start_engine(engine_args))

    @classmethod
    def from_engine_args(cls, engine_args: EngineArgs) -> AsyncLLM:
        """The same as AsyncLLM(engine_args)."""
        return cls(engine_args)

    @classmethod
    def from_client(cls, client: EngineClient) -> AsyncLLM:
        """An AsyncLLM on an engine that runs already; it is closed with it."""
        llm = cls.__new__(cls)
        llm._attach(client)
        return llm

    def _attach(self, client: EngineClient) -> None:
        self._client = client
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fd = -1  # of the reader in _loop; a duplicate, so that its end is ours to choose
        self._stats_timer: asyncio.TimerHandle | None = None
        self._stats_logger = StatsLogger()
        self._states: dict[str, RequestState] = {}  # by the caller's id
        self._death: str | None = None
        self._ids = itertools.count()

    # Streams.

    async def generate(
        self,
        prompt: Prompt,
        sampling_params: SamplingParams | None = None,
        request_id: str | None = None,
        *,
        priority: int = 0,
        cache_salt: str | None = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[RequestOutput, None]:
        """The outputs of one prompt, as they come; output_kind of sampling_params says what of.

        What comes while the reader is busy is joined into one output. Leaving the iterator early
        (aclose(), or cancelling its task) aborts the request at once. request_id: unique among
        those in flight; made up if None. timeout: seconds from now after which the engine ends it.

        Raises TypeError or ValueError for a bad request, QueueFullError when too many wait,
        EngineDeadError when the engine has failed or is closed, RuntimeError in a second event
        loop. A request that fails by itself ends with finish_reason "error".
        """
        loop = self._bind_loop()
        prepared = await self._prepare(prompt, sampling_params, priority, cache_salt, timeout)
        self._raise_if_dead()
        if request_id is None:
            request_id = f"request-{next(self._ids)}"
        if request_id in self._states:
            raise ValueError(f"request_id is {request_id!r}, which is in flight; ids are unique")
        state = self._client.new_state(request_id, prepared)
        self._states[request_id] = state
        try:
            self._client.submit(state, prepared)
            # Each function that is called for every chunk of every stream shows: there are few.
            while True:
                while not state.ready and self._death is None:
                    state.waiter = loop.create_future()
                    await state.waiter
                # What has come to its own end may still be read.
                if self._death is not None and (state.failed or not state.finished):
                    raise _core.EngineDeadError(self._death)
                output = state.read()
                yield output
                if output.finished:
                    return
        finally:
            self._client.drop(state)
            del self._states[request_id]

    async def _prepare(
        self,
        prompt: object,
        sampling_params: SamplingParams | None,
        priority: int,
        cache_salt: str | None,
        timeout: float | None,
    ) -> Prepared:
        client = self._client
        if sampling_params is None:
            sampling_params = client.default_sampling_params()
        params = client.validated(sampling_params)
        parsed = parse_prompt(prompt)
        if parsed.token_ids is None and len(parsed.text or "") > _INLINE_CHARACTERS:
            (parsed.token_ids,) = await asyncio.to_thread(client.encode, [parsed.text or ""])
        return client.prepare(
            parsed, params, priority=priority, cache_salt=cache_salt, timeout=timeout
        )

    async def abort(self, request_id: str | Iterable[str]) -> None:
        """Ends requests; their streams finish with reason "abort". Unknown ids are ignored."""
        ids = [request_id] if isinstance(request_id, str) else list(request_id)
        for one in ids:
            state = self._states.get(one)
            if state is not None and not self._closed:
                self._client.engine.abort(state.core_id)

    # The event loop.

    def _bind_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        self._raise_if_dead()
        if loop is self._loop:
            return loop
        if self._loop is not None and not self._loop.is_closed():
            raise RuntimeError(
                "this AsyncLLM belongs to another event loop; use it in the loop that used it first"
            )
        self._release_fd()
        self._loop = loop
        self._fd = os.dup(self._client.engine.event_fd())
        loop.add_reader(self._fd, _weak_call(self, AsyncLLM._on_readable))
        if not self._client.args.disable_log_stats:
            self._schedule_stats()
        return loop

    def _on_readable(self) -> None:
        try:
            changed = self._client.take()
        except _core.EngineDeadError as error:
            self._end_all(str(error))
            return
        except Exception as error:
            logger.exception("outputs could not be taken from the engine")
            self._end_all(f"outputs could not be taken from the engine: {error}")
            return
        self._wake(changed)

    def _wake(self, states: list[RequestState], begin: int = 0) -> None:
        """Readers go on in the loop's next turn, and in later ones where there are many: timers and
        sockets get their turn in between."""
        end = begin + _WOKEN_AT_ONCE
        for state in states[begin:end]:
            if state.ready:
                state.wake()
        if end < len(states) and self._loop is not None:
            self._loop.call_soon(self._wake, states, end)

    def _end_all(self, reason: str) -> None:
        if self._death is None:
            self._death = reason
        if self._loop is not None and not self._loop.is_closed():
            if self._fd >= 0:
                self._loop.remove_reader(self._fd)
            if self._stats_timer is not None:
                self._stats_timer.cancel()
        self._release_fd()
        for state in self._states.values():
            state.wake()

    def _release_fd(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _schedule_stats(self) -> None:
        assert self._loop is not None
        self._stats_timer = self._loop.call_later(
            LOG_INTERVAL, _weak_call(self, AsyncLLM._log_stats)
        )

    def _log_stats(self) -> None:
        if not self._closed:
            self._stats_logger.log(self._client.engine.stats())
            self._schedule_stats()

    # The engine.

    @property
    def args(self) -> EngineArgs:
        """The settings of the engine."""
        return self._client.args

    @property
    def tokenizer(self) -> Tokenizer | None:
        """None with skip_tokenizer_init."""
        return self._client.tokenizer

    @property
    def max_model_len(self) -> int:
        """Longest prompt and output together, in tokens."""
        return self._client.max_model_len

    @property
    def vocab_size(self) -> int:
        """Token ids are below it."""
        return self._client.vocab_size

    @property
    def default_params(self) -> dict[str, Any]:
        """Fields of SamplingParams that the model's generation_config sets; for
        SamplingParams.from_optional()."""
        return dict(self._client.default_params)

    def get_default_sampling_params(self) -> SamplingParams:
        """What holds where no SamplingParams are given: those defaults."""
        return self._client.default_sampling_params()

    @property
    def state(self) -> str:
        """running, failed or closed."""
        return "closed" if self._closed else self._client.state

    def is_healthy(self, stall_seconds: float = 60.0) -> bool:
        """True where the engine runs and, if it has work, has finished a step that recently."""
        if self._closed or self._death is not None:
            return False
        stats = self._client.engine.stats()
        return stats.state == "running" and stats.seconds_since_step < stall_seconds

    def stats(self) -> _core.EngineStats:
        """The engine's counters at this moment. Raises EngineDeadError once it is closed."""
        if self._closed:
            raise _core.EngineDeadError("the engine is closed")
        return self._client.engine.stats()

    async def reset_prefix_cache(self) -> bool:
        """Forgets all cached prefixes that no running request holds. Returns True."""
        self._raise_if_dead()
        self._client.engine.reset_prefix_cache()
        return True

    def _raise_if_dead(self) -> None:
        if self._death is not None:
            raise _core.EngineDeadError(self._death)
        self._client.raise_if_dead()

    def close(self) -> None:
        """Ends the engine and gives all memory back; open streams raise EngineDeadError.

        May be called from any thread. It waits for the step that runs.
        """
        if self._closed:
            return
        self._closed = True
        loop = self._loop
        if loop is None or loop.is_closed() or not loop.is_running() or _running_loop() is loop:
            self._end_all("the engine is closed")
        else:
            try:
                loop.call_soon_threadsafe(self._end_all, "the engine is closed")
            except RuntimeError:  # the loop has closed meanwhile
                self._release_fd()
        self._client.close()

    async def __aenter__(self) -> AsyncLLM:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # at interpreter exit anything may be gone already
            pass


def _weak_call(llm: AsyncLLM, method: Callable[[AsyncLLM], None]) -> Callable[[], None]:
    # The loop must not keep alive what its user has dropped.
    reference = weakref.ref(llm)

    def call() -> None:
        target = reference()
        if target is not None:
            method(target)

    return call


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
