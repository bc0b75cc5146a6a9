"""Log probabilities in the two shapes of the OpenAI API, and in vLLM's for prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmserve.outputs import Logprob
from llmserve.server.context import ServerContext
from llmserve.server.engine import Tokenizer
from llmserve.server.protocol import (
    ChatLogprobs,
    ChatTokenLogprob,
    ChatTopLogprob,
    CompletionLogprobs,
    TextRequest,
)

__all__ = ["LogprobFormat"]

# What JSON can hold instead of minus infinity; vLLM's value.
_LOWEST = -9999.0


class LogprobFormat:
    """Formats the log probabilities of one request.

    as_ids: tokens are shown as "token_id:N" instead of their text. tokenizer: for the bytes a token
    stands for, which its text cannot say where they are a part of a character.
    """

    def __init__(self, as_ids: bool, tokenizer: Tokenizer | None) -> None:
        self._as_ids = as_ids
        self._tokenizer = tokenizer

    @classmethod
    def of(cls, request: TextRequest, context: ServerContext) -> LogprobFormat:
        """As the request wants them, or the server's flags."""
        as_ids = request.return_tokens_as_token_ids or context.options.return_tokens_as_token_ids
        return cls(bool(as_ids), context.engine.tokenizer)

    def completion(
        self,
        token_ids: Sequence[int],
        entries: Sequence[dict[int, Logprob] | None],
        offset: int,
    ) -> CompletionLogprobs:
        """The lists of /v1/completions. offset: characters of all tokens before the first."""
        result = CompletionLogprobs()
        for token_id, entry in zip(token_ids, entries, strict=True):
            chosen = entry.get(token_id) if entry is not None else None
            result.text_offset.append(offset)
            result.tokens.append(self._text(token_id, chosen))
            result.token_logprobs.append(None if chosen is None else _finite(chosen.logprob))
            result.top_logprobs.append(None if entry is None else self._by_text(entry))
            offset += self.num_characters(token_id)
        return result

    def num_characters(self, token_id: int) -> int:
        """How many characters of the text begin in a token; special tokens are left out of it."""
        if self._tokenizer is None:
            return 0
        raw = self._tokenizer.token_bytes(token_id)
        # A single space has no text by itself with some tokenizers, but it is no special token.
        if raw.strip() and not self._tokenizer.decode([token_id], skip_special_tokens=True):
            return 0
        return sum(byte & 0xC0 != 0x80 for byte in raw)

    def chat(
        self, token_ids: Sequence[int], entries: Sequence[dict[int, Logprob]], num_top: int
    ) -> ChatLogprobs:
        """The list of /v1/chat/completions, with the num_top best of each place."""
        content = []
        for token_id, entry in zip(token_ids, entries, strict=True):
            ranked = sorted(entry.items(), key=lambda item: item[1].rank or len(entry) + 1)
            best = [ChatTopLogprob(*self._shown(i, logprob)) for i, logprob in ranked[:num_top]]
            content.append(ChatTokenLogprob(*self._shown(token_id, entry[token_id]), best))
        return ChatLogprobs(content)

    def prompt(self, entries: Sequence[dict[int, Logprob] | None] | None) -> list[Any] | None:
        """vLLM's prompt_logprobs: per token null or token id -> logprob, rank, decoded_token."""
        if entries is None:
            return None
        return [
            None
            if entry is None
            else {
                str(token_id): {
                    "logprob": _finite(one.logprob),
                    "rank": one.rank,
                    "decoded_token": one.decoded_token,
                }
                for token_id, one in entry.items()
            }
            for entry in entries
        ]

    def _by_text(self, entry: dict[int, Logprob]) -> dict[str, float]:
        shown: dict[str, float] = {}
        for token_id, one in entry.items():
            # Different tokens may look alike (parts of characters do): the first one stays.
            shown.setdefault(self._text(token_id, one), _finite(one.logprob))
        return shown

    def _shown(self, token_id: int, one: Logprob) -> tuple[str, float, list[int]]:
        text = self._text(token_id, one)
        if self._as_ids or self._tokenizer is None:
            raw = text.encode()
        else:
            raw = self._tokenizer.token_bytes(token_id)
        return text, _finite(one.logprob), list(raw)

    def _text(self, token_id: int, one: Logprob | None) -> str:
        text = one.decoded_token if one is not None else None
        if text is None and not self._as_ids and self._tokenizer is not None:
            # The first token of a prompt has no entry.
            text = self._tokenizer.token_bytes(token_id).decode(errors="replace")
        return f"token_id:{token_id}" if self._as_ids or text is None else text


def _finite(logprob: float) -> float:
    return max(logprob, _LOWEST)
