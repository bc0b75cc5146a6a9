"""Decoders and writers of the server against generated input, with a fixed seed: a little of what
tests/fuzz/run.py does for as long as one likes."""

from __future__ import annotations

import hypothesis
import pytest
from fuzz.reference import read_events, read_head
from fuzz.targets import TARGETS, make_test

CASES = 150

_SETTINGS = hypothesis.settings(
    max_examples=CASES,
    derandomize=True,
    database=None,
    deadline=None,  # each case has its own limit, in CPU time
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_a_value_or_a_refusal(name: str) -> None:
    make_test(TARGETS[name], _SETTINGS)()


# The readers that the server's own are held against, by hand.


@pytest.mark.parametrize(
    ("head", "is_good"),
    [
        (b"GET / HTTP/1.1", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Y:\t\xff ", True),
        (b"GET / HTTP/1.1\r\nHost : x", False),
        (b"GET / HTTP/1.1\r\n Host: x", False),
        (b"GET / HTTP/1.1\nHost: x", False),
        (b"GET / HTTP/1.1\r\nX: a\rb", False),
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET  / HTTP/1.1", False),
        (b"GET / HTTP/2.0", False),
        (b"", False),
    ],
)
def test_the_reference_reads_heads(head: bytes, is_good: bool) -> None:
    assert read_head(head) is is_good


def test_the_reference_reads_events() -> None:
    stream = b": a comment\n\ndata: a\n\nevent: x\ndata:b\ndata: c\n\n"
    assert read_events(stream) == [("message", "a"), ("x", "b\nc")]
    for broken in (b"data: a\n", b"data: a\rb\n\n", b"event: x\n\n", b"id: 1\ndata: a\n\n", b"a"):
        with pytest.raises(AssertionError):
            read_events(broken)
