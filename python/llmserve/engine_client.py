"""EngineClient: one engine with its tokenizer, shared by LLM and AsyncLLM.

Owns what happens between a user's request and the core: prompts to token ids, checks against the
model, parameters in the core's form, outputs back to their requests. Start-up is in startup.py;
waiting and threads are left to LLM and AsyncLLM. One thread at a time may use a client.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from . import _core
from .log import logger
from .prompts import ParsedPrompt, parse_prompt
from .request_state import Detokenize, RequestState
from .sampling_params import RequestOutputKind, SamplingParams

if TYPE_CHECKING:
    from .config import EngineArgs
    from .hf_config import GenerationConfig
    from .ledger import Ledger
    from .tokenizer import Tokenizer

__all__ = ["EngineClient", "Prepared"]

_MIN_TIMEOUT = 1e-6  # seconds; less is 0 to the core's clock
_MIN_INT32, _MAX_INT32 = -(2**31), 2**31 - 1


@dataclass(slots=True)
class Prepared:
    """A checked request, ready to be submitted."""

    prompt: str | None
    prompt_token_ids: list[int]
    params: SamplingParams
    core_params: _core.SamplingParams
    priority: int
    cache_salt: str
    timeout: float | None  # seconds from submission


class Texts:
    """Texts that the core does not make: of single tokens, and of tokenizers without a table."""

    def __init__(self, tokenizer: Tokenizer | None, core_detokenizes: bool) -> None:
        self._tokenizer = tokenizer
        self._generic = tokenizer is not None and not core_detokenizes
        self._token_texts: dict[int, str] = {}

    @property
    def generic(self) -> bool:
        """True where texts and stop strings are ours to do."""
        return self._generic

    def decode_token(self, token_id: int) -> str | None:
        """The text of one token by itself, special ones included; U+FFFD for half a character."""
        if self._tokenizer is None:
            return None
        text = self._token_texts.get(token_id)
        if text is None:
            text = self._tokenizer.token_bytes(token_id).decode("utf-8", "replace")
            self._token_texts[token_id] = text
        return text

    def detokenizer(self, prompt_token_ids: list[int], params: SamplingParams) -> Detokenize | None:
        """For one sample; None where the core does it or no text is wanted."""
        if not self._generic or not params.detokenize:
            return None
        from .detokenizer import GenericDetokenizer

        tokenizer: Any = self._tokenizer  # decode() is all that is needed of it
        return GenericDetokenizer(tokenizer, prompt_token_ids, params.skip_special_tokens)

    def stop_matcher(self, params: SamplingParams) -> _core.StopMatcher | None:
        """For one sample; None where the core does it or there is nothing to find."""
        if not self._generic or not params.stop:
            return None
        return _core.StopMatcher(params.stop, params.include_stop_str_in_output)


class EngineClient:
    """An engine that has started, and the requests in it.

    tokenizer: None with skip_tokenizer_init. core_detokenizes: the engine was given a token table.
    generation: the ids that end a sequence, and what holds for requests that do not say.
    """

    def __init__(
        self,
        args: EngineArgs,
        engine: _core.Engine,
        tokenizer: Tokenizer | None,
        *,
        core_detokenizes: bool = False,
        generation: GenerationConfig | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.args = args
        self.engine = engine
        self.tokenizer = tokenizer
        self.eos_token_ids = list(generation.eos_token_ids) if generation else []
        self.default_params: dict[str, Any] = {}
        if generation is not None:
            self.default_params.update(generation.sampling_defaults)
        self.ledger = ledger
        self.max_model_len = engine.max_model_len
        self.vocab_size = engine.vocab_size
        self.texts = Texts(tokenizer, core_detokenizes)
        self.active: dict[int, RequestState] = {}  # by the core's id
        self._closed = False

    # Before submission.

    def default_sampling_params(self) -> SamplingParams:
        """What holds for a request that brings no parameters."""
        return SamplingParams(**self.default_params)

    def prepare(
        self,
        prompt: object,
        params: SamplingParams,
        *,
        priority: int = 0,
        cache_salt: str | None = None,
        timeout: float | None = None,
        core_params: _core.SamplingParams | None = None,
    ) -> Prepared:
        """Checks everything that can be checked, so that a list is refused before it is begun.

        prompt: as a user gives it, or parsed. params: validated, not changed afterwards.
        core_params: of the same params, if at hand.
        Raises TypeError or ValueError.
        """
        parsed = prompt if isinstance(prompt, ParsedPrompt) else parse_prompt(prompt)
        token_ids = parsed.token_ids
        if token_ids is None:
            (token_ids,) = self.encode([parsed.text or ""])
        self._check_ids("the prompt", token_ids)
        self._check_length(token_ids)
        self._check_queue(len(token_ids))
        salt = cache_salt if cache_salt is not None else parsed.cache_salt
        if salt is not None and not isinstance(salt, str):
            raise TypeError(f"cache_salt is {salt!r}; it must be a string")
        return Prepared(
            prompt=parsed.text,
            prompt_token_ids=token_ids,
            params=params,
            core_params=core_params if core_params is not None else self.core_params(params),
            priority=self._check_priority(priority),
            cache_salt=salt or "",
            timeout=_check_timeout(timeout),
        )

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, with the special tokens that the tokenizer adds to a prompt.

        Several are encoded on all cores. Any thread may call it.
        """
        tokenizer = self.require_tokenizer("a prompt of text")
        if len(texts) == 1:
            return [tokenizer.encode(texts[0])]
        return tokenizer.encode_batch(texts)

    def require_tokenizer(self, what: str) -> Tokenizer:
        """The tokenizer. Raises ValueError where there is none."""
        if self.tokenizer is None:
            raise ValueError(
                f"{what} needs a tokenizer, but skip_tokenizer_init is True; send prompt_token_ids"
            )
        return self.tokenizer

    def validated(
        self, params: SamplingParams, kind: RequestOutputKind | None = None
    ) -> SamplingParams:
        """A copy of params, checked against the model. kind: replaces its output_kind."""
        if not isinstance(params, SamplingParams):
            raise TypeError(
                f"sampling_params is of type {type(params).__name__}; it must be SamplingParams"
            )
        params = copy.copy(params)
        if kind is not None:
            params.output_kind = kind
        params.validate()
        self._check_logprobs("logprobs", params.logprobs)
        self._check_logprobs("prompt_logprobs", params.prompt_logprobs)
        self._check_ids("logit_bias", params.logit_bias or ())
        self._check_ids("allowed_token_ids", params.allowed_token_ids or ())
        self._check_ids("stop_token_ids", params.stop_token_ids or ())
        if self.tokenizer is None:
            if params.stop or params.bad_words:
                self.require_tokenizer("stop" if params.stop else "bad_words")
            params.detokenize = False
        return params

    def core_params(self, params: SamplingParams) -> _core.SamplingParams:
        """The same parameters as the core takes them."""
        values = {f.name: getattr(params, f.name) for f in fields(params)}
        del values["spaces_between_special_tokens"]  # always True
        values["logit_bias"] = list((params.logit_bias or {}).items())
        values["output_kind"] = params.output_kind.name.lower()
        values["bad_words"] = self._bad_word_ids(params.bad_words or [])
        if params.allowed_token_ids:
            self._check_a_token_is_left(params, values["bad_words"])
        if params.seed is not None:
            values["seed"] = params.seed % 2**64
        if self.texts.generic:
            values["stop"] = []  # found in our texts; engine.stop() tells the core
        if self.texts.generic or self.tokenizer is None:
            values["detokenize"] = False
        return _core.SamplingParams(**values)

    def _bad_word_ids(self, words: Sequence[str]) -> list[list[int]]:
        # A word has other ids at the start of a text than after a space: both are banned.
        sequences: dict[tuple[int, ...], None] = {}
        for word in words:
            encode = self.require_tokenizer("bad_words").encode
            for text in (word.lstrip(), " " + word.lstrip()):
                ids = encode(text, add_special_tokens=False)
                if ids:
                    sequences[tuple(ids)] = None
        return [list(sequence) for sequence in sequences]

    def _check_a_token_is_left(self, params: SamplingParams, bad_words: list[list[int]]) -> None:
        """Where every token is banned, the model's logits would be blamed."""
        allowed = set(params.allowed_token_ids or ())
        ends = {*(params.stop_token_ids or ()), *([] if params.ignore_eos else self.eos_token_ids)}
        if params.min_tokens and allowed <= ends:
            raise ValueError(
                f"min_tokens is {params.min_tokens}, but each of allowed_token_ids ends the text"
            )
        # Of several tokens the last one is banned, where the others have come before it.
        banned = {word[-1] for word in bad_words}
        if allowed <= banned:
            raise ValueError("bad_words ban each of allowed_token_ids; one must be left")
        if params.min_tokens and allowed <= ends | banned:
            raise ValueError(
                f"min_tokens is {params.min_tokens}, but each of allowed_token_ids ends the text "
                "or is one of bad_words"
            )

    def _check_length(self, token_ids: list[int]) -> None:
        if not token_ids:
            raise ValueError("the prompt has no tokens; it must have at least one")
        if len(token_ids) >= self.max_model_len:
            raise ValueError(
                f"the prompt has {len(token_ids)} tokens; with at least one to generate it must "
                f"fit into the context of {self.max_model_len} tokens"
            )

    def _check_queue(self, num_tokens: int) -> None:
        limit = self.args.max_num_queued_tokens
        if limit and num_tokens > limit:
            raise ValueError(
                f"the prompt has {num_tokens} tokens; at most {limit} may wait by the engine's "
                "max_num_queued_tokens"
            )

    def _check_ids(self, what: str, token_ids: Iterable[int]) -> None:
        ids = list(token_ids)
        if ids and not (min(ids) >= 0 and max(ids) < self.vocab_size):
            bad = next(token_id for token_id in ids if not 0 <= token_id < self.vocab_size)
            raise ValueError(
                f"{what} holds the token id {bad}; ids must be from 0 to {self.vocab_size - 1}"
            )

    def _check_logprobs(self, name: str, wanted: int | None) -> None:
        limit = self.args.max_logprobs
        if wanted is None or limit == -1:
            return
        count = self.vocab_size if wanted == -1 else wanted
        if count > limit:
            raise ValueError(
                f"{name} is {wanted}; at most {limit} are allowed by the engine's max_logprobs"
            )

    def _check_priority(self, priority: int) -> int:
        if isinstance(priority, bool) or not isinstance(priority, int):
            raise TypeError(f"priority is {priority!r}; it must be a whole number")
        if not _MIN_INT32 <= priority <= _MAX_INT32:
            raise ValueError(
                f"priority is {priority}; it must be from {_MIN_INT32} to {_MAX_INT32}"
            )
        if priority and self.args.scheduling_policy != "priority":
            raise ValueError(
                f"priority is {priority}, but the engine's scheduling_policy is "
                f"{self.args.scheduling_policy}; it must be 0 then"
            )
        return priority

    # In flight.

    def submit(self, state: RequestState, prepared: Prepared) -> None:
        """Hands a request to the engine. Raises ValueError, QueueFullError or EngineDeadError."""
        state.core_id = self.engine.submit(
            prepared.prompt_token_ids,
            prepared.core_params,
            self.eos_token_ids,
            priority=prepared.priority,
            cache_salt=prepared.cache_salt,
            timeout=prepared.timeout,
        )
        self.active[state.core_id] = state

    def new_state(self, request_id: str, prepared: Prepared) -> RequestState:
        """The state of a request that is to be submitted."""
        return RequestState(
            request_id, prepared.prompt, prepared.prompt_token_ids, prepared.params, self.texts
        )

    def drop(self, state: RequestState) -> None:
        """Aborts a request that nobody reads any more; harmless for one that has ended."""
        if self.active.pop(state.core_id, None) is not None and not self._closed:
            self.engine.abort(state.core_id)

    def take(self, timeout: float = 0.0) -> list[RequestState]:
        """Waits up to timeout seconds for outputs; the requests that have news, each once.

        Requests that have ended leave `active`. Raises EngineDeadError once the engine has failed
        or was closed.
        """
        outputs = self.engine.take_outputs(timeout)
        changed: dict[int, RequestState] = {}
        failed = not outputs
        for output in outputs:
            core_id = output.request_id
            state = self.active.get(core_id)
            if state is None:
                continue  # dropped while this was on its way
            try:
                if state.add(output):
                    self.engine.stop(core_id, output.index)
            except Exception as error:  # a text that cannot be made ends its own request only
                logger.exception("request %s failed", state.request_id)
                state.fail(f"{type(error).__name__}: {error}")
                self.engine.abort(core_id)
            changed[core_id] = state
            if output.finish_reason == "error":
                failed = True
            if state.finished:
                del self.active[core_id]
        if failed:
            self.raise_if_dead()
        return list(changed.values())

    # The engine as a whole.

    @property
    def state(self) -> str:
        """loading, running, failed or closed."""
        return "closed" if self._closed else self.engine.stats().state

    def raise_if_dead(self) -> None:
        """Raises EngineDeadError with the cause, unless the engine runs."""
        if self._closed:
            raise _core.EngineDeadError("the engine is closed")
        stats = self.engine.stats()
        if stats.state == "failed":
            raise _core.EngineDeadError(f"the engine has failed: {stats.failure}")
        if stats.state == "closed":
            raise _core.EngineDeadError("the engine is closed")

    def close(self) -> None:
        """Ends the engine and gives its memory back; again is harmless."""
        if self._closed:
            return
        self._closed = True
        self.active.clear()
        self.engine.close()


def _check_timeout(timeout: float | None) -> float | None:
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout is {timeout!r}; it must be a number of seconds or None")
    if not (math.isfinite(timeout) and timeout > 0):
        raise ValueError(f"timeout is {timeout}; it must be a number of seconds over 0")
    return max(float(timeout), _MIN_TIMEOUT)
