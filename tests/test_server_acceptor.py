"""Acceptor: many connections in a turn of the loop, and what happens where none can be taken."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, ClassVar

import pytest
from llmserve.server import acceptor
from llmserve.server.acceptor import Acceptor
from llmserve.server.listen import bind
from llmserve.server.run import new_loop


class Accepted(asyncio.Protocol):
    """Knows in which turn of the loop it came."""

    all: ClassVar[list[int]] = []
    turn = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.all.append(Accepted.turn)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Accepted.all, Accepted.turn = [], 0
    yield


def run(main: Any) -> None:
    loop = new_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(main, 20))
    finally:
        loop.close()


class Listening:
    """A socket with an acceptor, and clients for it."""

    def __init__(self, stack: ExitStack) -> None:
        self.sock = bind("127.0.0.1", 0)
        self.sock.listen(1024)
        self.acceptor = Acceptor(self.sock, Accepted, None, 5.0)
        self._address = self.sock.getsockname()
        self._stack = stack
        stack.callback(self.acceptor.close)

    def connect(self) -> socket.socket:
        return self._stack.enter_context(socket.create_connection(self._address, timeout=5))


def count_turns() -> None:
    Accepted.turn += 1
    asyncio.get_running_loop().call_soon(count_turns)


def test_all_that_wait_are_taken_in_a_few_turns() -> None:
    async def main() -> None:
        with ExitStack() as stack:
            listening = Listening(stack)
            for _ in range(150):  # the kernel has them
                listening.connect()
            count_turns()
            listening.acceptor.open()
            while len(Accepted.all) < 150:
                await asyncio.sleep(0)

    run(main())
    assert Accepted.all[-1] - Accepted.all[0] < 20


def test_a_process_without_descriptors_tries_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(acceptor, "_PAUSE_SECONDS", 0.05)

    class Exhausted(socket.socket):
        failures = 2

        def accept(self) -> Any:
            if self.failures:
                self.failures -= 1
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            return super().accept()

    async def main() -> None:
        with ExitStack() as stack:
            listening = Listening(stack)
            exhausted = Exhausted(fileno=os.dup(listening.sock.fileno()))
            stack.enter_context(exhausted)
            refusing = Acceptor(exhausted, Accepted, None, 5.0)
            stack.callback(refusing.close)
            refusing.open()
            listening.connect()
            while not Accepted.all:
                await asyncio.sleep(0.01)

    run(main())
    told = [record.getMessage() for record in caplog.records]
    assert told == ["a connection cannot be accepted: Too many open files"] * 2


def test_closed_while_it_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    class Exhausted(socket.socket):
        def accept(self) -> Any:
            raise OSError(errno.ENFILE, "")

    monkeypatch.setattr(acceptor, "_PAUSE_SECONDS", 0.01)

    async def main() -> None:
        with ExitStack() as stack:
            listening = Listening(stack)
            exhausted = Exhausted(fileno=os.dup(listening.sock.fileno()))
            refusing = Acceptor(exhausted, Accepted, None, 5.0)
            refusing.open()
            listening.connect()
            await asyncio.sleep(0.05)
            refusing.close()
            await asyncio.sleep(0.05)  # it does not open again

    run(main())
    assert not Accepted.all
