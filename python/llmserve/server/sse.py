"""Server-sent events. A chunk is spliced from prepared bytes; only its new text is encoded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from typing import Any

import msgspec

from llmserve.server.errors import ApiError
from llmserve.server.protocol import Usage

__all__ = ["DONE", "ChunkWriter", "EventStream", "error_event", "named_event"]

_log = logging.getLogger(__name__)

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"  # a comment: clients skip it

_encode = msgspec.json.Encoder().encode


def error_event(error: ApiError) -> bytes:
    """The error object as an event of OpenAI's API."""
    return b"data: " + error.body() + b"\n\n"


def named_event(value: dict[str, Any]) -> bytes:
    """An event that is named by its type, as APIs with events of several kinds have them."""
    return b"event: %b\ndata: %b\n\n" % (str(value["type"]).encode(), _encode(value))


class ChunkWriter:
    """Writes the chunks of one streamed answer.

    shared: the fields all chunks have. before, after: what stands around the text within a choice,
    such as b'"delta":{"content":' and b'}'. null_usage: chunks say "usage":null, as OpenAI's do
    when the counts come in a last chunk.
    """

    def __init__(
        self, shared: dict[str, Any], before: bytes, after: bytes, *, null_usage: bool
    ) -> None:
        self._shared = b"data: " + _encode(shared)[:-1] + b',"choices":['
        self._before = before
        self._after = after
        self._usage = b',"usage":null' if null_usage else b""
        self._plain = self._tail(b"null", b"null", b"null", b"", self._usage)
        self._heads: dict[int, bytes] = {}

    def text(
        self,
        index: int,
        text: str,
        *,
        logprobs: Any = None,
        finish_reason: str | None = None,
        stop_reason: int | str | None = None,
        extra: dict[str, Any] | None = None,
        usage: Usage | None = None,
    ) -> bytes:
        """A chunk with new text of one choice; extra: further fields of the choice."""
        if logprobs is None and finish_reason is None and not extra and usage is None:
            return self.plain(index, text)
        more = b"," + _encode(extra)[1:-1] if extra else b""
        tail = self._tail(
            _encode(logprobs),
            _encode(finish_reason),
            _encode(stop_reason),
            more,
            self._counts(usage),
        )
        return self._head(index) + _encode(text) + tail

    def plain(self, index: int, text: str) -> bytes:
        """A chunk with new text and nothing else: what nearly all of them are."""
        return (self._heads.get(index) or self._head(index)) + _encode(text) + self._plain

    def choice(self, fields: dict[str, Any], usage: Usage | None) -> bytes:
        """A chunk whose only choice is fields as they are; for the rare ones, such as the role."""
        counts = self._counts(usage)
        return b"".join((self._shared, _encode(fields), b"]", counts, b"}\n\n"))

    def usage(self, usage: Usage) -> bytes:
        """The chunk without choices that holds the counts."""
        return b"".join((self._shared, b'],"usage":', _encode(usage), b"}\n\n"))

    def _head(self, index: int) -> bytes:
        head = self._shared + b'{"index":%d,' % index + self._before
        self._heads[index] = head
        return head

    def _counts(self, usage: Usage | None) -> bytes:
        return self._usage if usage is None else b',"usage":' + _encode(usage)

    def _tail(
        self, logprobs: bytes, finish: bytes, stop: bytes, extra: bytes, usage: bytes
    ) -> bytes:
        return b"".join(
            (
                self._after,
                b',"logprobs":',
                logprobs,
                b',"finish_reason":',
                finish,
                b',"stop_reason":',
                stop,
                extra,
                b"}]",
                usage,
                b"}\n\n",
            )
        )


class EventStream:
    """The events of a stream with its one ending: `done`, after an error event if it failed.

    keep_alive: after so many seconds of silence comes a comment; 0: never.

    A class and not a generator: closing a generator that has not begun runs none of its code, and
    would leave the events behind it open.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        done: bytes = DONE,
        show_error: Callable[[ApiError], bytes] = error_event,
        keep_alive: float = 0.0,
    ) -> None:
        self._events = events
        self._next = self._next_or_comment if keep_alive else events.__anext__
        self._keep_alive = keep_alive
        self._pending: asyncio.Task[bytes] | None = None
        self._done = done
        self._show_error = show_error
        self._first: bytes | None = None
        self._ended = False

    async def start(self) -> EventStream:
        """Waits for the first event, so that a refusal before it has a status of its own; but no
        longer than keep_alive.

        Raises what the events raise.
        """
        try:
            self._first = await self._next()
        except StopAsyncIteration:
            self._first, self._ended = self._done, True
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        try:
            while not self._ended:
                # Without comments as directly as can be: this is done for every chunk.
                yield await self._next()
        except StopAsyncIteration:
            ending = self._done
        except ApiError as error:
            ending = self._show_error(error) + self._done
        except Exception:
            _log.exception("a stream has failed")
            bug = ApiError(500, "Internal server error.", code="internal")
            ending = self._show_error(bug) + self._done
        else:
            return
        self._ended = True
        if ending:
            yield ending

    async def _next_or_comment(self) -> bytes:
        """The next event, or a comment where it is long in coming."""
        if self._pending is None:
            self._pending = asyncio.create_task(_advance(self._events))
        done, _ = await asyncio.wait((self._pending,), timeout=self._keep_alive)
        if not done:
            return KEEP_ALIVE
        task, self._pending = self._pending, None
        return task.result()

    async def aclose(self) -> None:
        """Ends the stream and aborts what still runs for it; again is harmless."""
        self._ended = True
        self._first = None
        if self._pending is not None:
            task, self._pending = self._pending, None
            task.cancel()
            await asyncio.wait((task,))
        await self._events.aclose()


async def _advance(events: AsyncGenerator[bytes, None]) -> bytes:
    return await events.__anext__()
