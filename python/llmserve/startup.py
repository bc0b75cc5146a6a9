"""From EngineArgs to a running EngineClient, with a ledger of where the seconds went."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core, log
from .engine_client import EngineClient
from .hf_config import GenerationConfig, load_generation_config
from .ledger import Ledger
from .sampling_params import SamplingParams

if TYPE_CHECKING:
    from .config import EngineArgs
    from .tokenizer import Tokenizer

__all__ = ["core_config", "resolve_device", "start_engine"]

# generation_config.json calls this one differently; overrides may use either name.
_OVERRIDE_NAMES = {"max_new_tokens": "max_tokens"}


def start_engine(args: EngineArgs) -> EngineClient:
    """Loads the model and starts the engine. What fails gives back what was taken.

    Raises ValueError for bad settings or files, MemoryError for a plan that does not fit.
    """
    from . import hub, loader

    log.configure()
    ledger = Ledger()
    with ledger.phase("find model"):
        folder = hub.resolve_model(args.model, args.revision, args.download_dir, args.load_format)
    with ledger.phase("read config"):
        model = loader.open_model(
            folder, dtype=args.dtype, load_format=args.load_format, overrides=args.hf_overrides
        )
    with closing(model):
        defaults = default_params(args, model.config, model.generation_config)
        with ledger.phase("load tokenizer"):
            tokenizer = _load_tokenizer(args, folder)
            table = None if tokenizer is None else tokenizer.token_table()
        with ledger.phase("plan memory"):
            engine = _core.Engine(model.spec, core_config(args), table)
        try:
            with ledger.phase("load weights"):
                model.load_into(engine, seed=args.seed)
            with ledger.phase("start engine"):
                engine.start()
            client = EngineClient(
                args,
                engine,
                tokenizer,
                core_detokenizes=table is not None,
                generation=GenerationConfig(
                    _eos_token_ids(tokenizer, model.generation_config), defaults
                ),
                ledger=ledger,
            )
        except BaseException:
            engine.close()
            raise
    log.logger.info("%s\n%s", engine.describe_backend(), _report(client))
    return client


def core_config(args: EngineArgs) -> _core.EngineConfig:
    """The settings in the core's form."""
    return _core.EngineConfig(
        device=resolve_device(args.device),
        tensor_parallel_size=args.tensor_parallel_size,
        num_threads=args.num_threads,
        max_model_len=args.max_model_len or 0,
        block_size=args.block_size,
        max_num_seqs=args.max_num_seqs,
        max_num_batched_tokens=args.max_num_batched_tokens,
        kv_cache_memory_bytes=args.kv_cache_memory_bytes,
        num_blocks_override=args.num_gpu_blocks_override,
        gpu_memory_utilization=args.gpu_memory_utilization,
        enable_prefix_caching=args.enable_prefix_caching,
        enable_chunked_prefill=args.enable_chunked_prefill,
        enforce_eager=args.enforce_eager,
        long_prefill_token_threshold=args.long_prefill_token_threshold,
        scheduling_policy=args.scheduling_policy,
        max_num_queued_reqs=args.max_num_queued_reqs,
        max_num_queued_tokens=args.max_num_queued_tokens,
        max_logprobs=args.max_logprobs,
        seed=args.seed,
    )


def resolve_device(device: str) -> str:
    """cpu or cuda: "auto" is cuda where the CUDA library and a device are there."""
    if device != "auto":
        return device
    library = Path(__file__).with_name("libllmserve_cuda.so")
    return "cuda" if library.exists() and Path("/dev/nvidiactl").exists() else "cpu"


def default_params(
    args: EngineArgs, config: Mapping[str, Any], generation: GenerationConfig
) -> dict[str, Any]:
    """Fields of SamplingParams for requests that do not set them.

    override_generation_config wins over the model's file. Raises ValueError.
    """
    if args.generation_config == "vllm":
        chosen: dict[str, Any] = {}
    elif args.generation_config == "auto":
        chosen = dict(generation.sampling_defaults)
    else:
        folder = Path(args.generation_config)
        if not (folder / "generation_config.json").is_file():
            raise ValueError(
                f"generation_config is {args.generation_config!r}; it must be 'auto', 'vllm' or a "
                "folder that has a generation_config.json"
            )
        chosen = dict(load_generation_config(folder, config).sampling_defaults)
    for name, value in (args.override_generation_config or {}).items():
        chosen[_OVERRIDE_NAMES.get(name, name)] = value
    try:
        SamplingParams(**chosen)
    except (TypeError, ValueError) as error:
        raise ValueError(f"default sampling parameters: {error}") from None
    if chosen:
        shown = ", ".join(f"{name}={value}" for name, value in chosen.items())
        log.logger.info("default sampling parameters: %s", shown)
    return chosen


def _load_tokenizer(args: EngineArgs, folder: Path) -> Tokenizer | None:
    if args.skip_tokenizer_init:
        return None
    from . import hub
    from .tokenizer import Tokenizer

    if args.tokenizer is not None:
        folder = hub.resolve_model(args.tokenizer, None, args.download_dir, "dummy")  # no weights
    return Tokenizer.from_dir(folder, trust_remote_code=args.trust_remote_code)


def _eos_token_ids(tokenizer: Tokenizer | None, generation: GenerationConfig) -> tuple[int, ...]:
    own = None if tokenizer is None else tokenizer.eos_token_id
    ids = generation.eos_token_ids
    return ids if own is None or own in ids else (own, *ids)


def _report(client: EngineClient) -> str:
    engine, ledger = client.engine, client.ledger
    assert ledger is not None
    room = engine.num_blocks * engine.block_size
    return (
        ledger.report(engine.memory_plan(), client.args.tensor_parallel_size)
        + f"\ncontext {engine.max_model_len} tokens; KV cache {room} tokens in "
        f"{engine.num_blocks} pages of {engine.block_size}"
    )
