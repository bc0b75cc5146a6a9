"""An engine under the test's command, with the calls of _core.Engine: it computes nothing, and says
what it is told to say, when it is told to. Also a tokenizer of one token per letter.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from llmserve.config import EngineArgs
from llmserve.engine_client import EngineClient
from llmserve.errors import EngineDeadError, QueueFullError
from llmserve.hf_config import GenerationConfig

VOCAB_SIZE = 128
MAX_MODEL_LEN = 64
EOS = 0


@dataclass
class TokenLogprobs:
    """As _core.TokenLogprobs."""

    token_id: int
    logprob: float
    rank: int
    top: list[tuple[int, float]]


@dataclass
class Output:
    """As _core.Output."""

    request_id: int
    index: int = 0
    token_ids: list[int] = field(default_factory=list)
    text: str = ""
    logprobs: list[TokenLogprobs] | None = None
    finish_reason: str | None = None
    stop_reason: int | str | None = None
    error: str | None = None
    error_cause: str | None = None
    num_cached_tokens: int = 0
    num_preemptions: int = 0
    prompt_logprobs: list[TokenLogprobs] | None = None
    scheduled_time: float = 0.0
    first_token_time: float = 0.0
    last_token_time: float = 0.0


@dataclass
class Submitted:
    """What came with a submit()."""

    id: int
    prompt: list[int]
    params: Any
    eos_token_ids: list[int]
    priority: int
    cache_salt: str
    timeout: float | None


class FakeEngine:
    """`on_submit` is called with every Submitted; give() and end() put outputs into the outbox."""

    max_model_len = MAX_MODEL_LEN
    vocab_size = VOCAB_SIZE
    num_blocks = 8
    block_size = 8

    def __init__(self, on_submit: Callable[[Submitted], None] | None = None) -> None:
        self.on_submit = on_submit
        self.submitted: list[Submitted] = []
        self.aborted: list[int] = []
        self.stopped: list[tuple[int, int]] = []
        self.queue_limit: int | None = None  # requests that have not ended
        self.state, self.failure = "running", ""
        self.num_resets = 0
        self.num_takes = 0
        self.open: set[int] = set()
        self._waiting: list[Output] = []
        self._ready = threading.Condition()
        self._fd = os.eventfd(0, os.EFD_NONBLOCK)

    def submit(
        self,
        prompt_token_ids: Sequence[int],
        params: Any,
        eos_token_ids: Sequence[int],
        priority: int = 0,
        cache_salt: str = "",
        timeout: float | None = None,
    ) -> int:
        if self.state != "running":
            raise EngineDeadError(f"the engine is {self.state}")
        if self.queue_limit is not None and len(self.open) >= self.queue_limit:
            raise QueueFullError("too many requests wait")
        request = Submitted(
            1000 + len(self.submitted),
            list(prompt_token_ids),
            params,
            list(eos_token_ids),
            priority,
            cache_salt,
            timeout,
        )
        self.submitted.append(request)
        self.open.add(request.id)
        if self.on_submit is not None:
            self.on_submit(request)
        return request.id

    def give(self, *outputs: Output) -> None:
        """Outputs of one step; those of a sample that nobody took are joined, as in the core."""
        with self._ready:
            for output in outputs:
                if output.finish_reason is not None:
                    self.open.discard(output.request_id)
                self._join(output)
            os.eventfd_write(self._fd, 1)
            self._ready.notify_all()

    def _join(self, output: Output) -> None:
        for other in self._waiting:
            if (other.request_id, other.index) == (output.request_id, output.index):
                other.token_ids = other.token_ids + output.token_ids
                other.text += output.text
                other.finish_reason = output.finish_reason
                other.stop_reason = output.stop_reason
                other.error = output.error
                other.error_cause = output.error_cause
                other.last_token_time = output.last_token_time
                if output.logprobs is not None:
                    other.logprobs = (other.logprobs or []) + output.logprobs
                return
        self._waiting.append(output)

    def fail(self, cause: str) -> None:
        """The engine breaks: everything in it ends with an error."""
        self.state, self.failure = "failed", cause
        ended = [
            Output(one, finish_reason="error", error=cause, error_cause="engine")
            for one in sorted(self.open)
        ]
        self.give(*ended)

    def abort(self, request_id: int) -> None:
        self.aborted.append(request_id)
        if request_id in self.open:
            self.give(Output(request_id, finish_reason="abort"))

    def stop(self, request_id: int, index: int) -> None:
        self.stopped.append((request_id, index))

    def event_fd(self) -> int:
        return self._fd

    def take_outputs(self, timeout: float = 0.0) -> list[Output]:
        with self._ready:
            self.num_takes += 1
            if timeout:
                self._ready.wait_for(lambda: self._waiting or self.state != "running", timeout)
            outputs, self._waiting = self._waiting, []
            try:
                os.eventfd_read(self._fd)
            except BlockingIOError:
                pass
            return outputs

    def stats(self) -> Any:
        return SimpleNamespace(
            state=self.state,
            failure=self.failure,
            num_running=len(self.open),
            num_waiting=0,
            kv_cache_usage=0.25,
            num_preemptions=1,
            prefix_cache_queries=10,
            prefix_cache_hits=5,
            num_prompt_tokens=sum(len(request.prompt) for request in self.submitted),
            num_generation_tokens=7,
            num_corrupted=0,
            seconds_since_step=0.0,
        )

    def reset_prefix_cache(self) -> None:
        self.num_resets += 1

    def close(self) -> None:
        with self._ready:
            self.state = "closed"
            self._ready.notify_all()


class LetterTokenizer:
    """Token ids are ASCII codes; 0 is the end of a sequence, 1 and 2 are the halves of an é."""

    eos_token_id = EOS

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        return [ord(letter) for letter in text]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        return [self.encode(text) for text in texts]

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        text = "".join(chr(one) for one in token_ids if one or not skip_special_tokens)
        return text.replace("\1\2", "é").replace("\1", "\ufffd").replace("\2", "\ufffd")

    def token_bytes(self, token_id: int) -> bytes:
        return {1: b"\xc3", 2: b"\xa9"}.get(token_id, bytes([token_id]))

    def render_chat(self, messages: Sequence[Any], **options: Any) -> tuple[str, list[int]]:
        """What came is kept in `rendered`."""
        self.rendered = (list(messages), options)
        text = "".join(f"{message['role']}:{message['content']};" for message in messages)
        return text, self.encode(text)


def make_client(
    engine: FakeEngine,
    *,
    core_detokenizes: bool = True,
    tokenizer: Any = "letters",
    default_params: dict[str, Any] | None = None,
    **settings: Any,
) -> EngineClient:
    """A client of a fake engine. settings: of EngineArgs."""
    if tokenizer == "letters":
        tokenizer = LetterTokenizer()
    return EngineClient(
        EngineArgs(model="fake", **settings),
        engine,  # type: ignore[arg-type]
        tokenizer,
        core_detokenizes=core_detokenizes,
        generation=GenerationConfig((EOS,), default_params or {}),
    )


def echo(engine: FakeEngine) -> Callable[[Submitted], None]:
    """Answers every sample of a request at once with its prompt, backwards."""

    def answer(request: Submitted) -> None:
        ids = request.prompt[::-1]
        text = "".join(map(chr, ids))
        for index in range(request.params.n):
            engine.give(
                Output(request.id, index, ids, text, finish_reason="length", first_token_time=1.0)
            )

    return answer
