"""The same request gives the same tokens: alone, in a crowd, after a cache hit or a preemption, and
where a GPU runs each kernel of a step by itself instead of a graph."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams

# Of a sampled request every rule that looks back at its own tokens is on.
PARAMS: dict[str, dict[str, Any]] = {
    "greedy": {"temperature": 0.0},
    "seeded": {"temperature": 0.9, "top_p": 0.95, "seed": 7},
    "seeded-rules": {
        "temperature": 1.0,
        "top_k": 40,
        "min_p": 0.01,
        "seed": 11,
        "repetition_penalty": 1.1,
        "presence_penalty": 0.3,
        "frequency_penalty": 0.2,
        "min_tokens": 8,
        "logit_bias": {5: 2.0, 9: -3.0},
        "bad_words": ["the"],
    },
}
NUM_NEW = 32


def prompt(length: int, salt: int = 0) -> dict[str, list[int]]:
    return {"prompt_token_ids": [(5 + 3 * i * i + 17 * salt + i) % 389 for i in range(length)]}


def params(kind: str) -> SamplingParams:
    return SamplingParams(max_tokens=NUM_NEW, **PARAMS[kind])


def tokens(llm: LLM, prompts: list[Any], wanted: list[SamplingParams]) -> list[list[int]]:
    results = llm.generate(prompts, wanted, use_tqdm=False)
    return [list(result.outputs[0].token_ids) for result in results]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("kind", PARAMS)
def test_alone_equals_cached_crowded_and_preempted(
    checkpoint_factory: Callable[..., Path], kind: str, dtype: str, device: str
) -> None:
    checkpoint = str(checkpoint_factory("llama"))
    subjects = [prompt(length) for length in (3, 40, 150)]
    crowd = [prompt(5 + 2 * i, i + 1) for i in range(64)]
    crowd_params = SamplingParams(temperature=0.8, seed=3, max_tokens=24)
    with LLM(checkpoint, dtype=dtype, device=device, max_num_batched_tokens=300) as llm:
        alone = [tokens(llm, [subject], [params(kind)])[0] for subject in subjects]
        hit = llm.generate([subjects[2]], params(kind), use_tqdm=False)[0]
        assert hit.num_cached_tokens >= 128
        assert list(hit.outputs[0].token_ids) == alone[2]
        mixed = tokens(llm, crowd + subjects, [crowd_params] * 64 + [params(kind)] * 3)
        assert mixed[64:] == alone
        llm.reset_prefix_cache()
        mixed = tokens(llm, subjects + crowd, [params(kind)] * 3 + [crowd_params] * 64)
        assert mixed[:3] == alone
    with LLM(
        checkpoint, dtype=dtype, device=device, max_num_batched_tokens=300, enforce_eager=True
    ) as eager:
        mixed = tokens(eager, subjects + crowd, [params(kind)] * 3 + [crowd_params] * 64)
        assert mixed[:3] == alone
    with LLM(
        checkpoint,
        dtype=dtype,
        device=device,
        block_size=4,
        num_gpu_blocks_override=64,
        max_model_len=256,
        max_num_seqs=32,
        max_num_batched_tokens=64,
    ) as tight:
        mixed = tokens(tight, crowd + subjects, [crowd_params] * 64 + [params(kind)] * 3)
        assert mixed[64:] == alone
        metrics = {metric.name: metric.value for metric in tight.get_metrics()}
        assert metrics["vllm:num_preemptions"] > 0
