"""The time that one batch of requests takes from the first prompt to the last token."""

from __future__ import annotations

import argparse
import random
import time
from typing import TYPE_CHECKING, Any

from .harness import at_least, check_outputs, percentile, random_prompt

if TYPE_CHECKING:
    from ..llm import LLM

__all__ = ["add_cli_args", "check", "measure"]

PERCENTAGES = (10, 25, 50, 75, 90, 99)


def add_cli_args(parser: argparse.ArgumentParser) -> None:
    count = at_least(1)
    parser.add_argument("--input-len", type=count, default=32, help="Default: %(default)s.")
    parser.add_argument("--output-len", type=count, default=128, help="Default: %(default)s.")
    parser.add_argument("--batch-size", type=count, default=8, help="Default: %(default)s.")
    parser.add_argument(
        "--n", type=count, default=1, help="Samples of each prompt. Default: %(default)s."
    )
    parser.add_argument(
        "--num-iters-warmup", type=at_least(0), default=10, help="Default: %(default)s."
    )
    parser.add_argument(
        "--num-iters", type=count, default=30, help="Batches that count. Default: %(default)s."
    )
    parser.add_argument("--disable-detokenize", action="store_true", help="Make no text of tokens.")
    # Or every batch but the first would be measured without its prefill.
    parser.set_defaults(enable_prefix_caching=False)


def check(args: argparse.Namespace) -> None:
    """Every combination of flags has a meaning."""


def measure(llm: LLM, args: argparse.Namespace, vocab_size: int) -> dict[str, Any]:
    from ..sampling_params import SamplingParams

    params = SamplingParams(
        n=args.n,
        temperature=1.0,
        top_p=1.0,
        ignore_eos=True,
        max_tokens=args.output_len,
        detokenize=not (args.disable_detokenize or args.skip_tokenizer_init),
    )
    source = random.Random(0)
    prompts = [random_prompt(source, args.input_len, vocab_size) for _ in range(args.batch_size)]
    latencies = []
    for number in range(-args.num_iters_warmup, args.num_iters):
        begin = time.perf_counter()
        outputs = llm.generate(prompts, params, use_tqdm=False)
        seconds = time.perf_counter() - begin
        check_outputs(outputs)
        if number >= 0:
            latencies.append(seconds)
    average = sum(latencies) / len(latencies)
    percentiles = {percentage: percentile(latencies, percentage) for percentage in PERCENTAGES}
    print(f"Avg latency: {average} seconds")
    for percentage, value in percentiles.items():
        print(f"{percentage}% percentile latency: {value} seconds")
    return {"avg_latency": average, "latencies": latencies, "percentiles": percentiles}
