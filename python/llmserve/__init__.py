"""llmserve: a high-throughput LLM serving engine.

    from llmserve import LLM, SamplingParams
    with LLM("Qwen/Qwen3-0.6B") as llm:
        print(llm.generate("The sea is", SamplingParams(max_tokens=32))[0].outputs[0].text)

Names are imported when they are first used, so that `import llmserve` costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .async_llm import AsyncLLM
    from .config import EngineArgs
    from .errors import EngineDeadError, QueueFullError
    from .llm import LLM
    from .outputs import CompletionOutput, Logprob, RequestMetrics, RequestOutput
    from .sampling_params import RequestOutputKind, SamplingParams

__all__ = [
    "LLM",
    "AsyncLLM",
    "CompletionOutput",
    "EngineArgs",
    "EngineDeadError",
    "Logprob",
    "QueueFullError",
    "RequestMetrics",
    "RequestOutput",
    "RequestOutputKind",
    "SamplingParams",
    "__version__",
]

_HOMES = {
    "AsyncLLM": "async_llm",
    "CompletionOutput": "outputs",
    "EngineArgs": "config",
    "EngineDeadError": "errors",
    "LLM": "llm",
    "Logprob": "outputs",
    "QueueFullError": "errors",
    "RequestMetrics": "outputs",
    "RequestOutput": "outputs",
    "RequestOutputKind": "sampling_params",
    "SamplingParams": "sampling_params",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value  # next time without this function
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
