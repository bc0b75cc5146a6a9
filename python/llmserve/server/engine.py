"""What the server needs of an engine: AsyncLLM has it, and so has the fake one of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from llmserve.outputs import RequestOutput
from llmserve.prompts import PromptDict
from llmserve.sampling_params import SamplingParams

__all__ = ["Engine", "Stats", "Tokenizer"]


class Stats(Protocol):
    """The fields of EngineStats the server reads; counters count from the start of the engine."""

    num_running: int
    num_waiting: int
    kv_cache_usage: float
    num_preemptions: int
    prefix_cache_queries: int
    prefix_cache_hits: int
    num_prompt_tokens: int
    num_generation_tokens: int
    num_corrupted: int
    step_sizes: tuple[list[int], list[int], int]  # bounds, steps up to each, tokens
    seconds_since_step: float
    state: str
    failure: str


class Tokenizer(Protocol):
    """Text to token ids and back. class_name: of the checkpoint's own tokenizer; chat_templates:
    by name; named_tokens: bos_token, eos_token, ...; vocab_size: the highest id + 1."""

    class_name: str
    chat_templates: dict[str, str]
    named_tokens: dict[str, str]
    vocab_size: int

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]: ...

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str: ...

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes a token stands for; they may be a part of a character."""

    def token_name(self, token_id: int) -> str:
        """A token as the vocabulary spells it."""

    def render_and_encode(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> list[int]:
        """A chat as token ids, by the chat template."""


class Engine(Protocol):
    """Generates, for any number of tasks of one event loop."""

    @property
    def max_model_len(self) -> int: ...

    @property
    def tokenizer(self) -> Any:
        """None with --skip-tokenizer-init."""

    @property
    def default_params(self) -> dict[str, Any]:
        """Fields of SamplingParams for requests that do not name them."""

    def generate(
        self,
        prompt: PromptDict,
        sampling_params: SamplingParams,
        request_id: str,
        *,
        priority: int = 0,
        cache_salt: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[RequestOutput]:
        """Outputs as they come, of an async generator; closing it aborts the request.

        Raises ValueError, TypeError, QueueFullError or EngineDeadError at the first step.
        """

    async def abort(self, request_id: str) -> None:
        """Ends a request: its generator gives a last output with finish_reason abort."""

    async def reset_prefix_cache(self) -> bool:
        """Forgets cached prefixes that no running request holds. Raises EngineDeadError."""

    def is_healthy(self, stall_seconds: float) -> bool:
        """False where requests cannot be served, whatever the counters say."""

    def stats(self) -> Stats: ...

    def close(self) -> None: ...
