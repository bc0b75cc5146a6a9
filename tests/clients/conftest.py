"""The servers that clients are tried against: real processes that serve the default model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from server_process import ServerProcess, stopped_cleanly, wait_until

SMALL = ("--kv-cache-memory-bytes", "128MiB")


@pytest.fixture(scope="session")
def open_server() -> Iterator[ServerProcess]:
    """As server, for fixtures that live longer than a test."""
    flags = (*SMALL, "--enable-tokenizer-info-endpoint")
    with stopped_cleanly(ServerProcess(*flags)) as running:
        yield running


@pytest.fixture(scope="session")
def _narrow_server() -> Iterator[ServerProcess]:
    flags = (*SMALL, "--max-num-seqs", "1", "--max-num-queued-reqs", "1", "--api-key", "key")
    with stopped_cleanly(ServerProcess(*flags)) as running:
        yield running


@pytest.fixture
def server(open_server: ServerProcess) -> Iterator[ServerProcess]:
    """A server for everybody. No test may leave work behind in it."""
    yield open_server
    assert wait_until(open_server.is_idle), "work goes on for a client that has left"


@pytest.fixture
def narrow_server(_narrow_server: ServerProcess) -> Iterator[ServerProcess]:
    """A server that asks for the API key "key"; one sequence runs, and none may come while another
    waits."""
    yield _narrow_server
    assert wait_until(_narrow_server.is_idle), "work goes on for a client that has left"
