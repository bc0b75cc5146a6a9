"""LLM on the real engine, with a tiny model on the CPU."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams


@pytest.fixture(scope="module")
def llm(tiny_llama: Path) -> Any:
    with LLM(str(tiny_llama), device="cpu", max_num_seqs=8, kv_cache_memory_bytes="8MiB") as llm:
        yield llm


GREEDY = SamplingParams(temperature=0.0, max_tokens=12, ignore_eos=True)


def test_batches_equal_single_requests(llm: LLM) -> None:
    prompts = ["The harbour", "Boats came in with", "for (int i = 0;", "How many?"]
    together = llm.generate(prompts, GREEDY)
    alone = [llm.generate(prompt, GREEDY)[0] for prompt in prompts]
    assert [one.outputs[0].token_ids for one in together] == [
        one.outputs[0].token_ids for one in alone
    ]
    tokenizer = llm.get_tokenizer()
    for output in together:
        sample = output.outputs[0]
        assert (len(sample.token_ids), sample.finish_reason) == (12, "length")
        assert sample.text == tokenizer.decode(sample.token_ids, skip_special_tokens=True)
        assert output.metrics is not None
        assert output.metrics.time_to_first_token is not None
        assert 0 < output.metrics.time_to_first_token < 60


def test_samples_logprobs_and_seeds(llm: LLM) -> None:
    params = SamplingParams(n=3, seed=7, max_tokens=6, logprobs=2, prompt_logprobs=1)
    first, second = (llm.generate("The sea", params)[0] for _ in range(2))
    assert [one.token_ids for one in first.outputs] == [one.token_ids for one in second.outputs]
    assert len({tuple(one.token_ids) for one in first.outputs}) > 1
    for sample in first.outputs:
        assert sample.logprobs is not None
        assert len(sample.logprobs) == len(sample.token_ids)
        for token_id, logprobs in zip(sample.token_ids, sample.logprobs, strict=True):
            assert 2 <= len(logprobs) <= 3
            assert logprobs[token_id].logprob <= 0
        assert sample.cumulative_logprob == pytest.approx(
            sum(
                logprobs[token_id].logprob
                for token_id, logprobs in zip(sample.token_ids, sample.logprobs, strict=True)
            )
        )
    assert first.prompt_logprobs is not None
    assert len(first.prompt_logprobs) == len(first.prompt_token_ids)
    assert first.prompt_logprobs[0] is None
    for token_id, entry in zip(first.prompt_token_ids[1:], first.prompt_logprobs[1:], strict=True):
        assert entry is not None
        assert token_id in entry


def test_stop_strings_and_tokens(llm: LLM) -> None:
    whole = llm.generate("The harbour", GREEDY)[0].outputs[0]
    letter = whole.text[len(whole.text) // 2]
    params = SamplingParams(temperature=0.0, max_tokens=12, ignore_eos=True, stop=letter)
    cut = llm.generate("The harbour", params)[0].outputs[0]
    assert cut.text == whole.text[: whole.text.index(letter)]
    assert (cut.finish_reason, cut.stop_reason) == ("stop", letter)
    stop_id = whole.token_ids[4]
    params = SamplingParams(
        temperature=0.0, max_tokens=12, ignore_eos=True, stop_token_ids=[stop_id]
    )
    cut = llm.generate("The harbour", params)[0].outputs[0]
    assert (cut.finish_reason, cut.stop_reason) == ("stop", stop_id)
    assert cut.token_ids == whole.token_ids[: whole.token_ids.index(stop_id) + 1]


def test_text_made_outside_the_core_is_the_same(llm: LLM, tiny_llama: Path) -> None:
    from llmserve.tokenizer import Tokenizer

    prompts = ["The harbour", "船は朝に", "How many?"]
    params = SamplingParams(seed=3, max_tokens=24, ignore_eos=True)
    expected = [output.outputs[0].text for output in llm.generate(prompts, params)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tokenizer, "token_table", lambda self: None)
        with LLM(str(tiny_llama), device="cpu", kv_cache_memory_bytes="8MiB") as other:
            texts = [output.outputs[0].text for output in other.generate(prompts, params)]
            letter = expected[0][len(expected[0]) // 2]
            params = SamplingParams(seed=3, max_tokens=24, ignore_eos=True, stop=letter)
            cut = other.generate(prompts[0], params)[0].outputs[0]
    assert texts == expected
    assert cut.text == expected[0][: expected[0].index(letter)]
    assert (cut.finish_reason, cut.stop_reason) == ("stop", letter)


def test_chat_and_cache(llm: LLM) -> None:
    talk = [{"role": "user", "content": "The boats came in with the tide, and nobody spoke." * 3}]
    llm.chat(talk, GREEDY)
    again = llm.chat(talk, GREEDY)[0]
    assert again.num_cached_tokens > 0
    apart = llm.chat(talk, GREEDY, cache_salt="another tenant")[0]
    assert apart.num_cached_tokens == 0
    assert again.outputs[0].token_ids == apart.outputs[0].token_ids
    assert llm.reset_prefix_cache()
    assert llm.chat(talk, GREEDY)[0].num_cached_tokens == 0


def test_interrupt_from_the_keyboard(tiny_llama: Path) -> None:
    # A process of its own: the signal must reach a wait inside the core.
    code = f"""
import _thread, sys, threading
from llmserve import LLM, SamplingParams
long = SamplingParams(max_tokens=200, ignore_eos=True)
with LLM({str(tiny_llama)!r}, device="cpu", kv_cache_memory_bytes="8MiB") as llm:
    threading.Timer(0.3, _thread.interrupt_main).start()
    try:
        while True:
            llm.generate(["The sea"] * 64, long)
    except KeyboardInterrupt:
        pass
    (output,) = llm.generate("The sea", SamplingParams(max_tokens=2, ignore_eos=True))
    print(len(output.outputs[0].token_ids), llm.get_metrics()[0].value)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2", "0"]


def test_close_gives_everything_back(tiny_llama: Path) -> None:
    for _ in range(3):
        with LLM(str(tiny_llama), device="cpu", kv_cache_memory_bytes="4MiB") as llm:
            assert len(llm.generate("The", GREEDY)) == 1
            client = llm._engine()
    names = [name for name, _ in client.ledger.phases] if client.ledger else []
    assert names[:2] == ["find model", "read config"]
    assert "load weights" in names
