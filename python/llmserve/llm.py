"""LLM: batches of prompts in, a list of outputs out. The calling thread waits for the engine."""

from __future__ import annotations

import inspect
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _core
from .config import EngineArgs
from .engine_client import EngineClient, Prepared
from .hub import DEFAULT_MODEL
from .outputs import RequestOutput
from .progress import RequestProgress, UseTqdm
from .prompts import ParsedPrompt, Prompt, parse_prompt, split_prompts
from .request_state import RequestState
from .sampling_params import RequestOutputKind, SamplingParams
from .stats import Metric, StatsLogger, metrics_of

if TYPE_CHECKING:
    from .tokenizer import Tokenizer

__all__ = ["LLM"]

Message = Mapping[str, Any]
Params = SamplingParams | Sequence[SamplingParams] | None

# Waits end that often, so that Ctrl+C is seen.
_WAIT_SECONDS = 0.25


@dataclass(slots=True, eq=False)
class _Job:
    """A request of this LLM, submitted or still waiting for its place in the engine's queue."""

    state: RequestState
    prepared: Prepared


class LLM:
    """A model in this process, for offline work.

    model: a folder, or a name on the Hugging Face hub; without one, a small chat model that comes
    with llmserve. kwargs: the fields of EngineArgs.
    Raises TypeError for an unknown setting, ValueError for a bad one, MemoryError where the model
    does not fit. Use it as a context manager, or call close(), to have all memory back at once.
    Threads may share it; their calls take turns.
    """

    _client: EngineClient | None = None

    def __init__(self, model: str = DEFAULT_MODEL, **kwargs: Any) -> None:
        from .startup import start_engine

        args = EngineArgs.from_kwargs(model=model, **kwargs)
        self._attach(start_engine(args))

    @classmethod
    def from_client(cls, client: EngineClient) -> LLM:
        """An LLM on an engine that runs already; it is closed with it."""
        llm = cls.__new__(cls)
        llm._attach(client)
        return llm

    def _attach(self, client: EngineClient) -> None:
        self._client = client
        self._lock = threading.RLock()
        self._backlog: deque[_Job] = deque()
        self._enqueued: list[_Job] = []
        self._next_id = 0
        wanted = client.args.disable_log_stats
        self._stats_logger = StatsLogger() if wanted is False else None

    # Requests.

    def generate(
        self,
        prompts: Prompt | Sequence[Prompt],
        sampling_params: Params = None,
        *,
        use_tqdm: UseTqdm = True,
        priority: int | Sequence[int] | None = None,
        cache_salt: str | None = None,
    ) -> list[RequestOutput]:
        """Completes prompts; the outputs are in the order of the prompts.

        prompts: one or many; each is a text, a list of token ids, or a dict with `prompt` or
        `prompt_token_ids`. sampling_params: one for all or one per prompt; None: the model's
        defaults. priority: one for all or one per prompt, lower first, under
        scheduling_policy="priority". cache_salt: prefix-cache hits only among equal salts.

        Raises TypeError or ValueError before anything is submitted, EngineDeadError if the engine
        fails. A request that fails by itself ends with finish_reason "error" and does not disturb
        the others. On KeyboardInterrupt everything of this call is aborted.
        """
        with self._lock:
            jobs = self._enqueue(split_prompts(prompts), sampling_params, priority, cache_salt)
            return self._wait(jobs, use_tqdm)

    def chat(
        self,
        messages: Sequence[Message] | Sequence[Sequence[Message]],
        sampling_params: Params = None,
        *,
        use_tqdm: UseTqdm = True,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        chat_template: str | None = None,
        chat_template_kwargs: Mapping[str, Any] | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        priority: int | Sequence[int] | None = None,
        cache_salt: str | None = None,
    ) -> list[RequestOutput]:
        """Answers one conversation or several, each a list of {"role", "content"} messages.

        The conversations become prompts by the model's chat template, or by the one given. tools:
        JSON schemas of functions, for templates that know tools. Otherwise as generate().
        """
        with self._lock:
            options = {
                "tools": tools,
                "add_generation_prompt": add_generation_prompt,
                "continue_final_message": continue_final_message,
                "chat_template": chat_template,
            }
            prompts = self._render(messages, chat_template_kwargs, options)
            jobs = self._enqueue(prompts, sampling_params, priority, cache_salt)
            return self._wait(jobs, use_tqdm)

    def enqueue(
        self,
        prompts: Prompt | Sequence[Prompt],
        sampling_params: Params = None,
        *,
        priority: int | Sequence[int] | None = None,
        cache_salt: str | None = None,
    ) -> list[str]:
        """Submits prompts and returns their request ids at once; see wait_for_completion()."""
        with self._lock:
            jobs = self._enqueue(split_prompts(prompts), sampling_params, priority, cache_salt)
            self._enqueued += jobs
            return [job.state.request_id for job in jobs]

    def wait_for_completion(self, *, use_tqdm: UseTqdm = True) -> list[RequestOutput]:
        """The outputs of everything enqueued, in its order. Raises as generate() does."""
        with self._lock:
            jobs, self._enqueued = self._enqueued, []
            return self._wait(jobs, use_tqdm)

    def _render(
        self, messages: Any, template_kwargs: Mapping[str, Any] | None, options: dict[str, Any]
    ) -> list[object]:
        tokenizer = self._engine().require_tokenizer("chat()")
        kwargs = dict(template_kwargs or {})
        for name in options:
            if name in kwargs:
                raise ValueError(
                    f"chat_template_kwargs holds {name!r}, which is an argument of chat() itself"
                )
        if options["tools"]:
            template = tokenizer.chat_template(options["chat_template"], with_tools=True)
            if "tools" not in template.source:
                raise ValueError(
                    "tools are given, but the chat template does not know tools; give a "
                    "chat_template that does"
                )
        conversations = _split_conversations(messages)
        prompts: list[object] = []
        for number, conversation in enumerate(conversations):
            with _Place("conversation", number, len(conversations)):
                text, ids = tokenizer.render_chat(conversation, **options, **kwargs)
                prompts.append({"prompt": text, "prompt_token_ids": ids})
        return prompts

    def _enqueue(
        self,
        prompts: Sequence[object],
        sampling_params: Params,
        priority: int | Sequence[int] | None,
        cache_salt: str | None,
    ) -> list[_Job]:
        client = self._engine()
        client.raise_if_dead()
        params = _one_each("sampling_params", sampling_params, len(prompts))
        priorities = _one_each("priority", priority, len(prompts))
        # By identity: one object for a thousand prompts is checked and converted once.
        known: dict[int, tuple[SamplingParams, _core.SamplingParams]] = {}
        default = client.default_sampling_params() if None in params else None
        all_prepared = []
        for number, prompt in enumerate(self._parse(prompts)):
            with _Place("prompt", number, len(prompts)):
                given: Any = params[number] if params[number] is not None else default
                if id(given) not in known:
                    checked = client.validated(given, RequestOutputKind.FINAL_ONLY)
                    known[id(given)] = (checked, client.core_params(checked))
                checked, core_params = known[id(given)]
                all_prepared.append(
                    client.prepare(
                        prompt,
                        checked,
                        priority=priorities[number] if priorities[number] is not None else 0,
                        cache_salt=cache_salt,
                        core_params=core_params,
                    )
                )
        jobs = []
        for prepared in all_prepared:
            jobs.append(_Job(client.new_state(str(self._next_id), prepared), prepared))
            self._next_id += 1
        self._backlog += jobs
        try:
            self._feed()
        except BaseException:
            self._abandon(jobs)
            raise
        return jobs

    def _parse(self, prompts: Sequence[object]) -> list[ParsedPrompt]:
        parsed = []
        for number, prompt in enumerate(prompts):
            with _Place("prompt", number, len(prompts)):
                parsed.append(parse_prompt(prompt))
        texts = [one for one in parsed if one.token_ids is None]
        if texts:
            all_ids = self._engine().encode([one.text or "" for one in texts])
            for one, ids in zip(texts, all_ids, strict=True):
                one.token_ids = ids
        return parsed

    def _feed(self) -> None:
        # Where the engine's queue is full, the rest waits here.
        client = self._engine()
        while self._backlog:
            job = self._backlog[0]
            try:
                client.submit(job.state, job.prepared)
            except _core.QueueFullError:
                if not client.active:
                    raise  # no room even alone
                return
            self._backlog.popleft()

    def _wait(self, jobs: Sequence[_Job], use_tqdm: UseTqdm) -> list[RequestOutput]:
        client = self._engine()
        wanted = {job.state.request_id for job in jobs if not job.state.finished}
        progress = RequestProgress(len(jobs), use_tqdm)
        try:
            for job in jobs:
                if job.state.finished:
                    _count(progress, job.state)
            while wanted:
                self._feed()
                for state in client.take(_WAIT_SECONDS):
                    if state.finished and state.request_id in wanted:
                        wanted.remove(state.request_id)
                        _count(progress, state)
                if self._stats_logger is not None and self._stats_logger.due():
                    self._stats_logger.log(client.engine.stats())
        except BaseException:
            self._abandon(jobs)
            raise
        finally:
            progress.close()
        return [job.state.read() for job in jobs]

    def _abandon(self, jobs: Sequence[_Job]) -> None:
        gone = set(jobs)
        self._backlog = deque(job for job in self._backlog if job not in gone)
        if self._client is not None:
            for job in jobs:
                self._client.drop(job.state)

    # The engine.

    def _engine(self) -> EngineClient:
        if self._client is None:
            raise _core.EngineDeadError("this LLM is closed")
        return self._client

    def get_tokenizer(self) -> Tokenizer:
        """The tokenizer. Raises ValueError with skip_tokenizer_init."""
        return self._engine().require_tokenizer("get_tokenizer()")

    def get_default_sampling_params(self) -> SamplingParams:
        """What holds where no SamplingParams are given: the model's generation_config."""
        return self._engine().default_sampling_params()

    def get_metrics(self) -> list[Metric]:
        """Gauges and counters of the engine, with vLLM's metric names."""
        return metrics_of(self._engine().engine.stats())

    def reset_prefix_cache(self) -> bool:
        """Forgets all cached prefixes that no running request holds. Returns True."""
        self._engine().engine.reset_prefix_cache()
        return True

    def close(self) -> None:
        """Ends the engine and gives all memory back. Unfinished requests are lost."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
            self._backlog.clear()
            self._enqueued.clear()

    def __enter__(self) -> LLM:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # at interpreter exit anything may be gone already
            pass


# What help() and editors show, made of the one table of settings.
LLM.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.Parameter(
            f.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD
            if f.name == "model"
            else inspect.Parameter.KEYWORD_ONLY,
            default=f.default,
            annotation=f.type,
        )
        for f in fields(EngineArgs)
    ]
)


class _Place:
    """Names the entry of a list in the errors about it."""

    def __init__(self, what: str, number: int, total: int) -> None:
        self._what = f"{what} {number}: " if total > 1 else ""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._what and kind in (ValueError, TypeError):
            assert kind is not None
            raise kind(f"{self._what}{error}") from error


def _one_each(name: str, given: Any, count: int) -> list[Any]:
    if given is None or isinstance(given, (int, SamplingParams)):
        return [given] * count
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence):
        raise TypeError(f"{name} is of type {type(given).__name__}; it must be one or a list")
    if len(given) != count:
        raise ValueError(f"{name} has {len(given)} entries for {count} prompts; give one for each")
    return list(given)


def _split_conversations(messages: Any) -> list[Sequence[Message]]:
    if isinstance(messages, (str, Mapping)) or not isinstance(messages, Sequence):
        raise TypeError(
            f"messages is of type {type(messages).__name__}; it must be a list of messages or a "
            "list of such lists"
        )
    if len(messages) and isinstance(messages[0], Mapping):
        return [messages]
    return list(messages)


def _count(progress: RequestProgress, state: RequestState) -> None:
    progress.finished(len(state.prompt_token_ids), state.metrics.num_generation_tokens)
