"""lm-evaluation-harness against the real server: its scores are those of the LLM class."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams, hub
from server_process import ServerProcess, environment, wait_until

SCRIPT = Path(__file__).parent / "lm_eval_tasks" / "evaluate.py"
MODEL = "llmserve-mini"
TASKS = ["llmserve_choose", "llmserve_answer", "llmserve_perplexity"]
LOCAL = {"tokenizer_backend": "huggingface", "tokenizer": str(hub.resolve_model(MODEL))}
STRINGS = {**LOCAL, "tokenized_requests": False}
# How prompts are sent: (arguments of the model, of them in a request).
WAYS: dict[str, tuple[dict[str, Any], int]] = {
    "ids": (LOCAL, 1),
    "ids in batches": (LOCAL, 5),
    "strings": (STRINGS, 1),
    "strings in batches": (STRINGS, 5),
    "concurrent": ({**LOCAL, "num_concurrent": 4}, 2),
    "ids of the server's tokenizer": ({}, 4),  # lm-eval's default: it asks /tokenizer_info
}

pytestmark = pytest.mark.slow  # ten seconds for all: most of it are lm-eval's imports


@pytest.fixture(scope="module")
def found(
    open_server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What lm-eval found: way -> task -> metrics and samples."""
    url = open_server.url + "/v1"
    runs: list[dict[str, Any]] = [
        {
            "model": "local-completions",
            "model_args": {"model": MODEL, "base_url": url + "/completions", **arguments},
            "batch_size": batch_size,
            "tasks": TASKS,
        }
        for arguments, batch_size in WAYS.values()
    ]
    runs.append(
        {
            "model": "local-chat-completions",
            "model_args": {
                "model": MODEL,
                "base_url": url + "/chat/completions",
                "eos_string": "<|im_end|>",
            },
            "tasks": ["llmserve_chat"],
            "apply_chat_template": True,
        }
    )
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(
            HF_HOME=str(tmp_path_factory.mktemp("hf")),
            HF_DATASETS_OFFLINE="1",
            TOKENIZERS_PARALLELISM="false",
        ),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert wait_until(open_server.is_idle), "work goes on for a client that has left"
    return dict(zip([*WAYS, "chat"], json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def llm() -> Iterator[LLM]:
    with LLM(kv_cache_memory_bytes="64MiB") as made:
        yield made


def score(llm: LLM, context: str, continuation: str) -> tuple[float, bool]:
    """The log probability of a continuation, and whether each of its tokens is the best one."""
    tokenizer = llm.get_tokenizer()
    ids = list(tokenizer.encode(context + continuation, add_special_tokens=False))
    first = len(tokenizer.encode(context, add_special_tokens=False))
    entries = prompt_logprobs(llm, ids)[first:]
    tokens = [entry[token] for entry, token in zip(entries, ids[first:], strict=True)]
    return sum(one.logprob for one in tokens), all(one.rank == 1 for one in tokens)


def prompt_logprobs(llm: LLM, ids: list[int]) -> list[Any]:
    params = SamplingParams(temperature=0, max_tokens=1, prompt_logprobs=1)
    (output,) = llm.generate({"prompt_token_ids": ids}, params, use_tqdm=False)
    assert output.prompt_logprobs is not None
    return list(output.prompt_logprobs)


@pytest.mark.parametrize("way", WAYS)
def test_scores_of_continuations(found: dict[str, Any], llm: LLM, way: str) -> None:
    result = found[way]["llmserve_choose"]
    assert result["metrics"]["acc,none"] == 1
    flags = []
    for sample in result["samples"]:
        assert len(sample["arguments"]) == 3
        for (context, continuation), (given,) in zip(
            sample["arguments"], sample["responses"], strict=True
        ):
            logprob, is_greedy = score(llm, context, continuation)
            assert given == [pytest.approx(logprob, abs=1e-4), is_greedy], continuation
            flags.append(is_greedy)
    assert set(flags) == {True, False}, "the samples show one side only"


@pytest.mark.parametrize("way", WAYS)
def test_scores_of_texts(found: dict[str, Any], llm: LLM, way: str) -> None:
    end_of_text = llm.get_tokenizer().encode("<|im_end|>", add_special_tokens=False)
    for sample in found[way]["llmserve_perplexity"]["samples"]:
        ((text,),), ((given,),) = sample["arguments"], sample["responses"]
        ids = [*end_of_text, *llm.get_tokenizer().encode(text, add_special_tokens=False)]
        entries = prompt_logprobs(llm, ids)
        logprobs = [entry[token].logprob for entry, token in zip(entries[1:], ids[1:], strict=True)]
        assert given == pytest.approx(sum(logprobs), abs=1e-4)


@pytest.mark.parametrize("way", [*WAYS, "chat"])
def test_generated_texts(found: dict[str, Any], llm: LLM, way: str) -> None:
    result = found[way]["llmserve_chat" if way == "chat" else "llmserve_answer"]
    assert result["metrics"]["exact_match,city"] == 1
    greedy = SamplingParams(temperature=0, max_tokens=40, stop=["."])
    expected = found["ids"]["llmserve_answer"]["samples"]
    for sample, one in zip(result["samples"], expected, strict=True):
        ((prompt, _),) = one["arguments"]
        (output,) = llm.generate(prompt, greedy, use_tqdm=False)
        assert sample["responses"] == [[output.outputs[0].text]]
