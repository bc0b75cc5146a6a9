"""What a request gives back: RequestOutput and its parts, plain data with vLLM's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["CompletionOutput", "Logprob", "RequestMetrics", "RequestOutput"]


class Logprob(NamedTuple):
    """The log probability of one token at one place."""

    logprob: float
    rank: int | None = None  # 1 is the most likely token
    decoded_token: str | None = None  # its own text; None without a tokenizer


@dataclass(slots=True)
class CompletionOutput:
    """One sample of a request."""

    index: int  # 0 .. n-1
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None = None  # of the tokens so far; None unless logprobs are asked
    # One dict per token of token_ids: token id -> Logprob, the chosen token always among them.
    logprobs: list[dict[int, Logprob]] | None = None
    finish_reason: str | None = None  # stop, length, abort or error
    # The stop string or the entry of stop_token_ids that ended it; None for an end-of-sequence.
    stop_reason: int | str | None = None
    error: str | None = None  # one sentence, where finish_reason is error
    error_cause: str | None = None  # with it: non_finite, deadline or engine

    def finished(self) -> bool:
        """True once nothing more comes."""
        return self.finish_reason is not None


@dataclass(slots=True)
class RequestMetrics:
    """When a request did what; seconds on the clock of time.monotonic(), None until it happened."""

    arrival_time: float
    first_scheduled_time: float | None = None
    first_token_time: float | None = None
    last_token_time: float | None = None
    finished_time: float | None = None
    num_generation_tokens: int = 0  # of all samples
    num_preemptions: int = 0  # of all samples

    @property
    def time_in_queue(self) -> float | None:
        """Seconds from arrival to the first step."""
        return self._since_arrival(self.first_scheduled_time)

    @property
    def time_to_first_token(self) -> float | None:
        """Seconds from arrival to the first token of any sample."""
        return self._since_arrival(self.first_token_time)

    @property
    def e2e_latency(self) -> float | None:
        """Seconds from arrival to the end of the last sample."""
        return self._since_arrival(self.finished_time)

    def _since_arrival(self, moment: float | None) -> float | None:
        return None if moment is None else moment - self.arrival_time


@dataclass(slots=True)
class RequestOutput:
    """What is known of a request: all of it, what is new or its end (SamplingParams.output_kind).

    With DELTA, `outputs` holds the samples that have something new, and `prompt_logprobs` comes
    once, with the first of them. Samples are in the order of their index.
    """

    request_id: str
    prompt: str | None  # None where the prompt came as token ids
    prompt_token_ids: list[int]
    # Per token of the prompt: None for the first, then token id -> Logprob.
    prompt_logprobs: list[dict[int, Logprob] | None] | None
    outputs: list[CompletionOutput]
    finished: bool  # all samples have ended
    metrics: RequestMetrics | None = None
    lora_request: Any = None  # adapters are not supported yet; always None
    num_cached_tokens: int = 0  # prompt tokens taken from the prefix cache
