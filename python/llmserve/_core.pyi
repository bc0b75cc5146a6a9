"""The native core as Python sees it. Types carry plain values; all waiting frees the GIL."""

from collections.abc import Sequence
from typing import Any

# Errors of the core. Bad values are ValueError, what a build cannot do NotImplementedError, a plan
# that does not fit MemoryError, a broken invariant RuntimeError.
class QueueFullError(RuntimeError): ...
class EngineDeadError(RuntimeError): ...

class RopeSpec:
    type: str  # none, default, linear, dynamic, llama3, yarn, longrope
    theta: float
    rotary_dim: int
    interleaved: bool
    factor: float
    max_position: int
    original_max_position: int
    low_freq_factor: float
    high_freq_factor: float
    beta_fast: float
    beta_slow: float
    mscale: float | None
    mscale_all_dim: float | None
    attention_factor: float | None
    truncate: bool
    short_factor: list[float]
    long_factor: list[float]
    def __init__(self, **fields: Any) -> None: ...

class NormSpec:
    type: str  # rms
    eps: float
    def __init__(self, **fields: Any) -> None: ...

class AttentionSpec:
    num_heads: int
    num_kv_heads: int
    head_dim: int
    qkv_bias: bool
    o_bias: bool
    qk_norm: NormSpec | None
    scale: float
    sliding_window: int
    rope: RopeSpec
    def __init__(self, **fields: Any) -> None: ...

class FfnSpec:
    intermediate_size: int
    activation: str  # silu, gelu, gelu_tanh, relu
    gated: bool
    bias: bool
    def __init__(self, **fields: Any) -> None: ...

class LayerSpec:
    attention_norm: NormSpec
    attention: AttentionSpec
    ffn_norm: NormSpec
    ffn: FfnSpec
    def __init__(self, **fields: Any) -> None: ...

class ModelSpec:
    vocab_size: int
    hidden_size: int
    max_position: int
    tied_head: bool
    dtype: str  # float32, bfloat16, float16
    final_norm: NormSpec
    layers: list[LayerSpec]
    def __init__(self, **fields: Any) -> None: ...
    def validate(self) -> None: ...

class EngineConfig:
    device: str  # cpu, cuda
    tensor_parallel_size: int
    num_threads: int
    max_model_len: int
    block_size: int
    max_num_seqs: int
    max_num_batched_tokens: int
    kv_cache_memory_bytes: int | None
    num_blocks_override: int | None
    gpu_memory_utilization: float
    enable_prefix_caching: bool
    enable_chunked_prefill: bool
    enforce_eager: bool
    long_prefill_token_threshold: int
    scheduling_policy: str  # fcfs, priority
    max_num_queued_reqs: int
    max_num_queued_tokens: int
    max_logprobs: int
    seed: int
    def __init__(self, **fields: Any) -> None: ...

class SamplingParams:
    """Same fields as llmserve.SamplingParams, except that bad_words are token ids."""

    def __init__(self, **fields: Any) -> None: ...

class TokenTable:
    """The bytes of every token id, for detokenization in the core.

    pieces: bytes per id. special: ids left out of the text under skip_special_tokens.
    strip_leading_space: SentencePiece style, one space is dropped at the start of a text.
    """

    def __init__(
        self, pieces: Sequence[bytes], special: Sequence[int], strip_leading_space: bool
    ) -> None: ...

class Detokenizer:
    """Incremental text of one sequence, for callers outside an engine.

    context: the token ids before the first one pushed (the prompt), which decide leading spaces.
    """

    def __init__(
        self, table: TokenTable, context: Sequence[int], skip_special_tokens: bool = True
    ) -> None: ...
    def push(self, token_ids: Sequence[int]) -> str: ...
    def finish(self) -> str: ...

class StopMatcher:
    """Finds stop strings across chunk borders and holds back what may become one.

    push returns (text that may be shown now, the stop string that was met or None); finish returns
    what was held back.
    """

    def __init__(self, stop: Sequence[str], include_stop_str_in_output: bool = False) -> None: ...
    def push(self, text: str) -> tuple[str, str | None]: ...
    def finish(self) -> str: ...

class WeightSlot:
    name: str  # embedding, head, final_norm, layers.3.attention.q, layers.3.ffn.gate, ...
    shape: tuple[int, ...]  # of the whole model, before any split over ranks

class MemoryItem:
    name: str  # weights, workspace, activations, slots, kv cache
    bytes: int  # of one rank

class TokenLogprobs:
    token_id: int
    logprob: float
    rank: int
    top: list[tuple[int, float]]  # best first

class Output:
    """What is new of one sample of a request since the last take_outputs()."""

    request_id: int
    index: int
    token_ids: list[int]
    text: str
    logprobs: list[TokenLogprobs] | None  # one per new token, if wanted
    finish_reason: str | None  # stop, length, abort, error
    stop_reason: int | str | None
    error: str | None  # one sentence, with finish_reason error
    error_cause: str | None  # non_finite, deadline, engine
    num_cached_tokens: int
    num_preemptions: int  # of the sample, so far
    # Of further prompt tokens, from the second on; with index 0 only.
    prompt_logprobs: list[TokenLogprobs] | None
    # Seconds on the engine's clock (time.monotonic); 0.0 until known.
    scheduled_time: float
    first_token_time: float
    last_token_time: float

class EngineStats:
    # Upper bounds of numbers of tokens; steps up to each, the last beyond all; tokens of all steps.
    step_sizes: tuple[list[int], list[int], int]
    num_running: int
    num_waiting: int
    num_waiting_tokens: int
    num_blocks: int
    num_free_blocks: int
    kv_cache_usage: float  # 0..1
    num_preemptions: int
    prefix_cache_queries: int  # tokens
    prefix_cache_hits: int
    num_prompt_tokens: int
    num_generation_tokens: int
    num_steps: int
    num_corrupted: int  # samples ended because of non-finite logits
    seconds_since_step: float  # since the last finished step; 0.0 when there is no work
    state: str  # loading, running, failed, closed
    failure: str  # the cause, when failed

class Engine:
    """One engine: loading until start(), then running until close() or a failure."""

    def __init__(
        self,
        spec: ModelSpec,
        config: EngineConfig,
        table: TokenTable | None,
    ) -> None:
        """Plans and allocates all memory. table: None leaves the text to the caller."""

    # Loading. load_weight may be called from several threads at once.
    def weight_slots(self) -> list[WeightSlot]: ...
    def load_weight(self, slot: str, data: Any, dtype: str, shape: Sequence[int]) -> None:
        """data: an object with a contiguous buffer of the whole tensor; dtype: float32, bfloat16
        or float16."""

    def load_dummy_weights(self, seed: int) -> None: ...
    def missing_weights(self) -> list[str]: ...
    def start(self) -> None: ...

    # Running.
    max_model_len: int  # as resolved
    num_blocks: int
    block_size: int
    vocab_size: int
    def memory_plan(self) -> list[MemoryItem]: ...
    def describe_backend(self) -> str: ...
    def submit(
        self,
        prompt_token_ids: Sequence[int],
        params: SamplingParams,
        eos_token_ids: Sequence[int],
        priority: int = 0,
        cache_salt: str = "",
        timeout: float | None = None,
    ) -> int:
        """Returns the request's id. ValueError, QueueFullError or EngineDeadError."""

    def abort(self, request_id: int) -> None: ...
    def stop(self, request_id: int, index: int) -> None:
        """Ends a sample whose text met a stop string outside the core; no more comes of it."""

    def event_fd(self) -> int:
        """Readable while outputs wait; take_outputs() clears it."""

    def take_outputs(self, timeout: float = 0.0) -> list[Output]:
        """Waits up to timeout seconds for outputs; the GIL is free meanwhile."""

    def stats(self) -> EngineStats: ...
    def reset_prefix_cache(self) -> None: ...
    def close(self) -> None: ...

def version() -> str: ...

ops: Any  # single ops of a backend on numpy arrays, for tests: cpp/bindings/op_backend.h
