"""Readers to hold the server's own against: slow, by the letter of the standards, alone."""

from __future__ import annotations

__all__ = ["read_events", "read_head"]

_TOKEN = frozenset(
    b"!#$%&'*+-.^_`|~" + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123))
)


def read_head(head: bytes) -> bool:
    """Whether a request head is one by RFC 9112, sections 3 and 5, without folded lines; head: up
    to the empty line, without the line end before it. Any printable target is taken, as the
    routes are what decides about it."""
    lines: list[bytes] = []
    line = bytearray()
    place = 0
    while place < len(head):
        if head[place : place + 2] == b"\r\n":
            lines.append(bytes(line))
            line.clear()
            place += 2
            continue
        if head[place] in b"\r\n\0":
            return False
        line.append(head[place])
        place += 1
    lines.append(bytes(line))
    return _is_request_line(lines[0]) and all(map(_is_field, lines[1:]))


def _is_request_line(line: bytes) -> bool:
    parts = line.split(b" ")
    if len(parts) != 3:
        return False
    method, target, version = parts
    if not method or not set(method) <= _TOKEN:
        return False
    if not target or not all(0x21 <= byte <= 0x7E for byte in target):
        return False
    return version in (b"HTTP/1.0", b"HTTP/1.1")


def _is_field(line: bytes) -> bool:
    name, colon, value = line.partition(b":")
    if not colon or not name or not set(name) <= _TOKEN:
        return False
    # field-vchar, obs-text, blanks and tabs
    return all(byte == 9 or 0x20 <= byte <= 0x7E or byte >= 0x80 for byte in value)


def read_events(stream: bytes) -> list[tuple[str, str]]:
    """(type, data) of each event, as the HTML standard reads a stream of type text/event-stream.
    Raises AssertionError for what it would skip without a word, and for an end within an event."""
    events: list[tuple[str, str]] = []
    kind, data = "message", list[str]()
    text = stream.decode("utf-8")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines.pop() == "", "the stream ends within a line"
    for line in lines:
        if not line:
            assert data or kind == "message", "an event without data"
            if data:
                events.append((kind, "\n".join(data)))
            kind, data = "message", []
            continue
        if line.startswith(":"):
            continue
        name, colon, value = line.partition(":")
        assert colon and name in ("event", "data"), f"a line that is skipped: {line[:80]}"
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        else:
            kind = value
    assert not data, "the stream ends within an event"
    return events
