"""Reads a streamed answer of OpenAI's completions or chat, and notes when its text came."""

from __future__ import annotations

import os
import re
from typing import Any

import msgspec

__all__ = ["AnswerStream", "error_sentence", "network_sentence"]

_MAX_ERROR = 300  # characters


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    text: str | None = None  # of completions
    delta: _Delta | None = None  # of chat
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(msgspec.Struct):
    """The fields that matter; the others are skipped without being built."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class AnswerStream:
    """One answer. Feed it what arrives and when; times are seconds of one clock.

    A chunk counts where it has text; one that only ends the answer counts as the first where there
    was no text at all. first_at, last_at: None before there was any. gaps: between chunks.
    """

    def __init__(self) -> None:
        self.first_at: float | None = None
        self.last_at: float | None = None
        self.gaps: list[float] = []
        self.prompt_tokens: int | None = None
        self.output_tokens: int | None = None
        self.error = ""
        self._text: list[str] = []
        self._text_at = 0.0
        self._ended = False
        self._rest = b""

    @property
    def text(self) -> str:
        return "".join(self._text)

    def feed(self, data: bytes, now: float) -> None:
        """Takes what came at once: events, whole or in parts."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[5:].strip(), now)

    def close(self) -> None:
        """Nothing more comes. An answer without its end has an error from here on."""
        if not self.error and not self._ended:
            self.error = "the stream broke off before the end of the answer"
        elif not self.error and self.first_at is None:
            self.error = "the answer had neither text nor a finish_reason"

    def _event(self, data: bytes, now: float) -> None:
        if data == b"[DONE]":
            self._ended = True
            return
        try:
            chunk = _decode(data)
        except msgspec.DecodeError as error:
            self.error = self.error or f"the stream holds no chunk of an answer: {error}"
            return
        if chunk.error is not None:
            self.error = self.error or error_sentence(data)
        if chunk.usage is not None:
            self.prompt_tokens = chunk.usage.prompt_tokens
            self.output_tokens = chunk.usage.completion_tokens
        for choice in chunk.choices:
            self._choice(choice, now)

    def _choice(self, choice: _Choice, now: float) -> None:
        delta = choice.delta
        if delta is None:
            text = choice.text
        else:
            text = delta.content or delta.reasoning_content or delta.reasoning
        if text:
            if self._text:
                self.gaps.append(now - self._text_at)
            else:
                self.first_at = now
            self._text.append(text)
            self._text_at = self.last_at = now
        if choice.finish_reason is not None:
            self._ended = True
            self.last_at = now
            if self.first_at is None:
                self.first_at = now


def error_sentence(body: bytes) -> str:
    """The first sentence of a server's error, whatever form it has."""
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        found = body.decode(errors="replace")
    # OpenAI: {"error": {"message": ...}}; others leave one of the two levels out.
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    text = " ".join(str(found).split())
    sentence = re.match(r".*?[.!?](?=\s)", text)
    return (sentence[0] if sentence else text)[:_MAX_ERROR]


def network_sentence(error: BaseException) -> str:
    """Why nothing came: the system's own word where there is one, else the HTTP client's."""
    cause = getattr(error, "os_error", error)
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return " ".join(str(getattr(cause, "strerror", None) or error).split()) or type(error).__name__
