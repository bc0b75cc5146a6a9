"""Every family and kind of RoPE against transformers: token for token, however it is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams

PROMPT_LENGTHS = (1, 2, 17, 64, 100, 255, 400, 700)
NUM_NEW = 16
LONG = {"max_position_embeddings": 1024}

# Position-dependent kinds are read over the range where transformers has one meaning for them: it
# chooses dynamic's base and longrope's factors by the longest sequence of a batch, so a prompt that
# crosses the original context has other keys there than one that grows across it.
ROPES: dict[str, dict[str, Any]] = {
    "linear": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
    "dynamic": {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0},
    "llama3": {
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
    "yarn": {
        "rope_type": "yarn",
        "rope_theta": 10000.0,
        "factor": 16.0,
        "original_max_position_embeddings": 64,
    },
    "yarn-mscale": {
        "rope_type": "yarn",
        "rope_theta": 10000.0,
        "factor": 16.0,
        "original_max_position_embeddings": 64,
        "mscale": 0.7,
        "mscale_all_dim": 1.0,
        "beta_fast": 24.0,
        "beta_slow": 2.0,
    },
    "longrope-short": {
        "rope_type": "longrope",
        "rope_theta": 10000.0,
        "short_factor": [1.0 + 0.02 * i for i in range(10)],
        "long_factor": [1.0 + 0.7 * i for i in range(10)],
        "factor": 4.0,
        "original_max_position_embeddings": 1024,
    },
}

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("llama", {}),
    "llama-tied": ("llama", {"tie_word_embeddings": True}),
    "llama-biased": ("llama", {"attention_bias": True, "mlp_bias": True}),
    "mistral": ("mistral", {}),
    "mistral-tied": ("mistral", {"tie_word_embeddings": True}),
    "mistral-window": ("mistral", {"sliding_window": 37}),
    "qwen2": ("qwen2", {"tie_word_embeddings": False}),
    "qwen2-tied": ("qwen2", {}),
    "qwen2-window": (
        "qwen2",
        {"use_sliding_window": True, "sliding_window": 50, "max_window_layers": 1},
    ),
    "qwen3": ("qwen3", {}),
    "qwen3-tied": ("qwen3", {"tie_word_embeddings": True}),
} | {f"llama-{name}": ("llama", {"rope_parameters": rope}) for name, rope in ROPES.items()}


def prompts() -> list[list[int]]:
    return [
        [(11 + 7 * i * i + 3 * i + length) % 389 for i in range(length)]
        for length in PROMPT_LENGTHS
    ]


def greedy(**options: Any) -> SamplingParams:
    return SamplingParams(temperature=0.0, max_tokens=NUM_NEW, ignore_eos=True, **options)


def reference_tokens(checkpoint: Path, batch: list[list[int]] | None = None) -> list[list[int]]:
    """transformers' greedy continuation of each prompt, padded on the left into one batch."""
    import torch
    import transformers

    batch = batch or prompts()
    longest = max(len(prompt) for prompt in batch)
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in batch])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in batch])
    model = transformers.AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    model.generation_config.eos_token_id = None
    output = model.generate(ids, attention_mask=mask, do_sample=False, max_new_tokens=NUM_NEW)
    return output[:, longest:].tolist()


def open_llm(checkpoint: Path, device: str, **options: Any) -> LLM:
    settings: dict[str, Any] = {
        "device": device,
        "max_num_seqs": 8,
        "max_num_batched_tokens": 160,
        "kv_cache_memory_bytes": 64 << 20,
        "max_model_len": 1024,
    }
    return LLM(str(checkpoint), **(settings | options))


def tokens_of(llm: LLM, params: SamplingParams) -> list[list[list[int]]]:
    """Of each prompt, all together in one call: the tokens of each sample."""
    requests = [{"prompt_token_ids": prompt} for prompt in prompts()]
    results = llm.generate(requests, params, use_tqdm=False)
    return [[list(sample.token_ids) for sample in result.outputs] for result in results]


@pytest.fixture(scope="module", params=list(CASES))
def case(
    request: pytest.FixtureRequest, checkpoint_factory: Callable[..., Path]
) -> Iterator[tuple[Path, list[list[int]]]]:
    family, overrides = CASES[request.param]
    checkpoint = checkpoint_factory(family, **(LONG | overrides))
    yield checkpoint, reference_tokens(checkpoint)


def test_greedy_tokens_equal_transformers(case: tuple[Path, list[list[int]]], device: str) -> None:
    checkpoint, wanted = case
    with open_llm(checkpoint, device) as llm:
        assert tokens_of(llm, greedy()) == [[tokens] for tokens in wanted]  # chunked prefill
        assert (
            llm.generate([{"prompt_token_ids": prompts()[-1]}], greedy(), use_tqdm=False)[
                0
            ].num_cached_tokens
            > 600
        )
        assert tokens_of(llm, greedy()) == [[tokens] for tokens in wanted]  # prefix-cache hits
        assert tokens_of(llm, greedy(n=3)) == [[tokens] * 3 for tokens in wanted]


def test_a_tiny_cache_preempts_and_changes_nothing(
    case: tuple[Path, list[list[int]]], device: str
) -> None:
    checkpoint, wanted = case
    # Room for the longest prompt and little beside it.
    with open_llm(
        checkpoint,
        device,
        kv_cache_memory_bytes=None,
        num_gpu_blocks_override=180,
        block_size=4,
        max_num_seqs=24,
        max_model_len=720,
    ) as llm:
        assert tokens_of(llm, greedy(n=3)) == [[tokens] * 3 for tokens in wanted]
        assert preemptions(llm) > 0


def preemptions(llm: LLM) -> float:
    return {metric.name: metric.value for metric in llm.get_metrics()}["vllm:num_preemptions"]


def test_tensor_parallel_ranks_give_the_same_tokens(
    case: tuple[Path, list[list[int]]], device: str
) -> None:
    import torch

    checkpoint, wanted = case
    if device == "cuda" and torch.cuda.device_count() < 2:
        pytest.skip("needs two GPUs")
    with open_llm(checkpoint, device, tensor_parallel_size=2) as llm:
        assert tokens_of(llm, greedy()) == [[tokens] for tokens in wanted]


def test_longrope_beyond_its_original_context(
    checkpoint_factory: Callable[..., Path], device: str
) -> None:
    rope = ROPES["longrope-short"] | {"original_max_position_embeddings": 16}
    checkpoint = checkpoint_factory("llama", rope_parameters=rope, **LONG)
    wanted = [reference_tokens(checkpoint, [prompt])[0] for prompt in prompts()]
    with open_llm(checkpoint, device) as llm:
        got = tokens_of(llm, greedy())
    # Prompts that start beyond it: both use the long factors from the first token on.
    assert got[2:] == [[tokens] for tokens in wanted[2:]]


def test_dynamic_ntk_growing_beyond_its_context(
    checkpoint_factory: Callable[..., Path], device: str
) -> None:
    checkpoint = checkpoint_factory(
        "llama", rope_parameters=ROPES["dynamic"], max_position_embeddings=20
    )
    wanted = [reference_tokens(checkpoint, [prompt])[0] for prompt in prompts()[:3]]
    # The context that the config gives is scaled by the factor: 80 tokens.
    with open_llm(checkpoint, device, max_model_len=None) as llm:
        requests = [{"prompt_token_ids": prompt} for prompt in prompts()[:3]]
        results = llm.generate(requests, greedy(), use_tqdm=False)
    # 1, 2 and 17 tokens and 16 more: the last one crosses position 20 while it decodes.
    assert [list(r.outputs[0].token_ids) for r in results] == wanted


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "qwen3"])
@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_16_bits_are_as_close_to_float32_as_torchs(
    checkpoint_factory: Callable[..., Path], family: str, half: str, device: str
) -> None:
    """Mean |logprob difference| to a float32 reference of the same 16-bit weights."""
    import torch
    import transformers

    checkpoint = checkpoint_factory(family, dtype=half, **LONG)

    def torch_logprobs(dtype: torch.dtype) -> torch.Tensor:
        model = transformers.AutoModelForCausalLM.from_pretrained(checkpoint, dtype=dtype)
        rows = []
        for prompt in prompts()[1:]:
            ids = torch.tensor([prompt])
            with torch.no_grad():
                logits = model(ids).logits[0, :-1].float()
            picked = torch.log_softmax(logits, dim=-1).gather(1, ids[0, 1:, None])
            rows.append(picked[:, 0])
        return torch.cat(rows)

    with open_llm(checkpoint, device, dtype=half) as llm:
        results = llm.generate(
            [{"prompt_token_ids": prompt} for prompt in prompts()[1:]],
            SamplingParams(temperature=0.0, max_tokens=1, prompt_logprobs=0),
            use_tqdm=False,
        )
    ours = torch.tensor(
        [
            row[token].logprob
            for result, prompt in zip(results, prompts()[1:], strict=True)
            for row, token in zip(result.prompt_logprobs[1:], prompt[1:], strict=True)
        ]
    )
    reference = torch_logprobs(torch.float32)
    torch_error = (torch_logprobs(getattr(torch, half)) - reference).abs().mean().item()
    our_error = (ours - reference).abs().mean().item()
    # On the CPU activations are float32; elsewhere they are rounded as torch's are, if less often.
    most = torch_error * (1.0 if device == "cpu" else 1.1)
    assert our_error <= most, f"{our_error:.5f} against torch's {torch_error:.5f}"
