"""What is known of one request in flight: takes the core's outputs in, gives RequestOutput out.

It is also the buffer of a slow reader: what comes between two reads is joined into one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from .outputs import CompletionOutput, Logprob, RequestMetrics, RequestOutput
from .sampling_params import RequestOutputKind, SamplingParams

if TYPE_CHECKING:
    from asyncio import Future

    from . import _core

__all__ = ["Detokenize", "RequestState", "TextSource"]


class Detokenize(Protocol):
    """Incremental text of one sample, made outside the core."""

    def push(self, token_ids: list[int]) -> str: ...
    def finish(self) -> str: ...


class TextSource(Protocol):
    """Where texts come from that the core does not make."""

    def decode_token(self, token_id: int) -> str | None:
        """The text of one token by itself; None without a tokenizer."""

    def detokenizer(self, prompt_token_ids: list[int], params: SamplingParams) -> Detokenize | None:
        """For one sample; None where the core makes the text or none is wanted."""

    def stop_matcher(self, params: SamplingParams) -> _core.StopMatcher | None:
        """For one sample; None where the core looks for stop strings or there are none."""


class _Sample:
    """One sample of a request."""

    __slots__ = (
        "cumulative_logprob",
        "detokenizer",
        "error",
        "error_cause",
        "finish_reason",
        "index",
        "logprobs",
        "matcher",
        "new_logprobs",
        "new_pieces",
        "new_token_ids",
        "num_preemptions",
        "num_tokens",
        "pieces",
        "stop_reason",
        "token_ids",
    )

    def __init__(self, index: int, state: RequestState) -> None:
        self.index = index
        self.token_ids: list[int] = []
        self.pieces: list[str] = []
        self.logprobs: list[dict[int, Logprob]] = []
        # What came since the last read; joined to the above unless only it is wanted.
        self.new_token_ids: list[int] = []
        self.new_pieces: list[str] = []
        self.new_logprobs: list[dict[int, Logprob]] = []
        self.num_tokens = 0
        self.num_preemptions = 0
        self.cumulative_logprob = 0.0
        self.finish_reason: str | None = None
        self.stop_reason: int | str | None = None
        self.error: str | None = None
        self.error_cause: str | None = None
        self.detokenizer = state.texts.detokenizer(state.prompt_token_ids, state.params)
        self.matcher = state.texts.stop_matcher(state.params)

    def ended(self) -> bool:
        return self.finish_reason is not None

    def add(self, output: _core.Output, state: RequestState) -> bool:
        """Takes in what is new. True where the core must be told that a stop string was met."""
        token_ids = output.token_ids
        stopped = False
        if self.detokenizer is None:
            if text := output.text:
                self.new_pieces.append(text)
        elif self.matcher is None:
            self._show(self.detokenizer.push(token_ids))
        else:
            used = self._match(token_ids, state.params.min_tokens)
            stopped = self.stop_reason is not None
            token_ids = token_ids[:used]
        self.new_token_ids += token_ids
        self.num_tokens += len(token_ids)
        # The core's values become Python objects when they are asked for: once each.
        finish_reason = output.finish_reason
        if state.params.logprobs is not None:
            for chosen in (output.logprobs or [])[: len(token_ids)]:
                self.cumulative_logprob += chosen.logprob
                self.new_logprobs.append(state.logprob_dict(chosen))
        if stopped:
            self.finish_reason = "stop"
            return finish_reason is None
        if finish_reason is not None:
            self.finish_reason = finish_reason
            self.stop_reason = output.stop_reason
            self.error = output.error
            self.error_cause = output.error_cause
            self._flush()
        return False

    def _match(self, token_ids: list[int], min_tokens: int) -> int:
        # One token at a time, so that token_ids ends with the token that completed the string.
        assert self.detokenizer is not None and self.matcher is not None
        for used, token_id in enumerate(token_ids, 1):
            text = self.detokenizer.push([token_id])
            if self.num_tokens + used <= min_tokens:
                self._show(text)
                continue
            shown, met = self.matcher.push(text)
            self._show(shown)
            if met is not None:
                self.stop_reason = met
                return used
        return len(token_ids)

    def _flush(self) -> None:
        # What was held back: half a character, or what might have become a stop string.
        if self.detokenizer is None:
            return
        rest = self.detokenizer.finish()
        if self.matcher is not None:
            shown, met = self.matcher.push(rest)
            self._show(shown)
            if met is not None:
                if self.finish_reason in ("stop", "length"):
                    self.finish_reason, self.stop_reason = "stop", met
                return
            rest = self.matcher.finish()
        self._show(rest)

    def _show(self, text: str) -> None:
        if text:
            self.new_pieces.append(text)

    def read(self, delta: bool, with_logprobs: bool) -> CompletionOutput:
        """What is new, or everything."""
        if delta:
            token_ids, self.new_token_ids = self.new_token_ids, []
            pieces, self.new_pieces = self.new_pieces, []
            logprobs, self.new_logprobs = self.new_logprobs, []
            text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        else:
            self.token_ids += self.new_token_ids
            self.logprobs += self.new_logprobs
            if self.new_pieces:
                self.pieces = ["".join(self.pieces + self.new_pieces)]
            self.new_token_ids, self.new_pieces, self.new_logprobs = [], [], []
            token_ids, logprobs = list(self.token_ids), list(self.logprobs)
            text = self.pieces[0] if self.pieces else ""
        return CompletionOutput(
            self.index,
            text,
            token_ids,
            self.cumulative_logprob if with_logprobs else None,
            logprobs if with_logprobs else None,
            self.finish_reason,
            self.stop_reason,
            self.error,
            self.error_cause,
        )


class RequestState:
    """One request from its submission to its end."""

    __slots__ = (
        "_changed",
        "_final_only",
        "_is_delta",
        "_prompt_logprobs",
        "core_id",
        "finished",
        "metrics",
        "num_cached_tokens",
        "params",
        "prompt",
        "prompt_token_ids",
        "ready",
        "request_id",
        "samples",
        "texts",
        "waiter",
    )

    def __init__(
        self,
        request_id: str,
        prompt: str | None,
        prompt_token_ids: list[int],
        params: SamplingParams,
        texts: TextSource,
    ) -> None:
        self.request_id = request_id  # the caller's
        self.core_id = -1  # the core's, once it is submitted
        self.prompt = prompt
        self.prompt_token_ids = prompt_token_ids
        self.params = params
        self.texts = texts
        self.finished = False
        self.waiter: Future[None] | None = None  # of who waits for news, in an event loop
        self.ready = False  # a read gives something that the reader asked for
        self.num_cached_tokens = 0
        self.metrics = RequestMetrics(arrival_time=time.monotonic())
        self._prompt_logprobs: list[dict[int, Logprob] | None] | None = None
        if params.prompt_logprobs is not None:
            self._prompt_logprobs = [None]  # nothing comes before the first token
        self._changed: set[int] = set()
        self._final_only = params.output_kind is RequestOutputKind.FINAL_ONLY
        self._is_delta = params.output_kind is RequestOutputKind.DELTA
        self.samples = [_Sample(index, self) for index in range(params.n)]

    @property
    def failed(self) -> bool:
        """True where a sample has ended with an error."""
        return any(sample.finish_reason == "error" for sample in self.samples)

    def wake(self) -> None:
        """Tells who waits."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def fail(self, error: str) -> None:
        """Ends all samples that have not ended, with one sentence that says why."""
        for sample in self.samples:
            if not sample.ended():
                sample.finish_reason, sample.error = "error", error
                sample.error_cause = "engine"
                self._changed.add(sample.index)
        self.finished = self.ready = True
        self.metrics.finished_time = time.monotonic()

    def add(self, output: _core.Output) -> bool:
        """Takes in one output of the core. True where the core must be told to stop the sample."""
        sample = self.samples[output.index]
        if sample.finish_reason is not None:
            return False  # on its way while a stop string was met
        if self._prompt_logprobs is not None:
            entries = output.prompt_logprobs or []
            self._prompt_logprobs += [self.logprob_dict(entry) for entry in entries]
        num_cached = output.num_cached_tokens
        if num_cached > self.num_cached_tokens:
            self.num_cached_tokens = num_cached
        num_preemptions = output.num_preemptions
        if num_preemptions != sample.num_preemptions:
            self.metrics.num_preemptions += num_preemptions - sample.num_preemptions
            sample.num_preemptions = num_preemptions
        before = sample.num_tokens
        stop = sample.add(output, self)
        self._note_times(output, sample.num_tokens - before)
        has_ended = sample.finish_reason is not None
        if has_ended:
            self.finished = all(other.ended() for other in self.samples)
            if self.finished:
                self.metrics.finished_time = time.monotonic()
        if has_ended or sample.new_token_ids or sample.new_pieces:
            self._changed.add(sample.index)
            self.ready = self.finished or not self._final_only
        return stop

    def _note_times(self, output: _core.Output, num_tokens: int) -> None:
        metrics = self.metrics
        metrics.num_generation_tokens += num_tokens
        # 0.0 is the core's "not yet".
        if metrics.first_scheduled_time is None:
            metrics.first_scheduled_time = output.scheduled_time or None
        if metrics.first_token_time is None:
            metrics.first_token_time = output.first_token_time or None
        last = output.last_token_time
        if last and (metrics.last_token_time is None or last > metrics.last_token_time):
            metrics.last_token_time = last

    def logprob_dict(self, chosen: _core.TokenLogprobs) -> dict[int, Logprob]:
        """The chosen token first, then the best ones in their order."""
        decode = self.texts.decode_token if self.params.detokenize else _no_text
        result = {
            chosen.token_id: Logprob(chosen.logprob, chosen.rank, decode(chosen.token_id)),
        }
        for rank, (token_id, logprob) in enumerate(chosen.top, 1):
            if token_id != chosen.token_id:
                result[token_id] = Logprob(logprob, rank, decode(token_id))
        return result

    def read(self) -> RequestOutput:
        """What the request has to say now; what is new is new only once."""
        delta = self._is_delta
        with_logprobs = self.params.logprobs is not None
        samples: list[_Sample] = self.samples
        if delta and len(self._changed) < len(samples):
            samples = [samples[index] for index in sorted(self._changed)]
        self._changed.clear()
        self.ready = self._final_only and self.finished
        prompt_logprobs = self._prompt_logprobs
        if delta:
            self._prompt_logprobs = None
        elif prompt_logprobs is not None:
            prompt_logprobs = list(prompt_logprobs)
        return RequestOutput(
            self.request_id,
            self.prompt,
            self.prompt_token_ids,
            prompt_logprobs,
            [sample.read(delta, with_logprobs) for sample in samples],
            self.finished,
            self.metrics,
            None,
            self.num_cached_tokens,
        )


def _no_text(_token_id: int) -> Any:
    return None
