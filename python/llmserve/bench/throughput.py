"""How many requests and tokens a second come of many requests that are there from the start."""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import conversations
from .harness import at_least, check_outputs, random_prompt

if TYPE_CHECKING:
    from ..llm import LLM

__all__ = ["add_cli_args", "check", "measure"]


@dataclass
class Request:
    prompt_token_ids: list[int]
    output_len: int


def add_cli_args(parser: argparse.ArgumentParser) -> None:
    count = at_least(1)
    parser.add_argument(
        "--dataset-name",
        choices=("random", "sharegpt"),
        default=None,
        help="random: token ids; sharegpt: conversations of --dataset-path. Default: sharegpt with "
        "--dataset-path, else random.",
    )
    parser.add_argument("--dataset-path", metavar="FILE", help="A JSON file of conversations.")
    parser.add_argument(
        "--input-len", type=count, help="Tokens of a prompt, for random. Default: 1024."
    )
    parser.add_argument(
        "--output-len",
        type=count,
        help="Tokens of an output. Default: 128 for random, else as long as the dataset's answer.",
    )
    parser.add_argument(
        "--num-prompts", type=count, default=1000, help="Requests. Default: %(default)s."
    )
    parser.add_argument(
        "--n", type=count, default=1, help="Samples of each prompt. Default: %(default)s."
    )
    parser.add_argument("--disable-detokenize", action="store_true", help="Make no text of tokens.")


def check(args: argparse.Namespace) -> None:
    if args.dataset_name is None:
        args.dataset_name = "sharegpt" if args.dataset_path else "random"
    if args.dataset_name == "random":
        if args.dataset_path:
            raise ValueError("--dataset-path is given, but --dataset-name random reads no file")
        args.input_len = args.input_len or 1024
        args.output_len = args.output_len or 128
        return
    if not args.dataset_path:
        raise ValueError("--dataset-name sharegpt needs a --dataset-path")
    if args.input_len:
        raise ValueError("--input-len is given, but the prompts of sharegpt have their own lengths")


def measure(llm: LLM, args: argparse.Namespace, vocab_size: int) -> dict[str, Any]:
    from ..sampling_params import SamplingParams

    source = random.Random(args.seed if args.seed is not None else 0)
    if args.dataset_name == "random":
        requests = [
            Request(random_prompt(source, args.input_len, vocab_size), args.output_len)
            for _ in range(args.num_prompts)
        ]
    else:
        requests = read_conversations(llm, args, source)
    params = [
        SamplingParams(
            n=args.n,
            temperature=1.0,
            top_p=1.0,
            ignore_eos=True,
            max_tokens=request.output_len,
            detokenize=not (args.disable_detokenize or args.skip_tokenizer_init),
        )
        for request in requests
    ]
    begin = time.perf_counter()
    outputs = llm.generate([request.prompt_token_ids for request in requests], params)
    elapsed = time.perf_counter() - begin
    check_outputs(outputs)
    num_prompt = sum(len(request.prompt_token_ids) for request in requests)
    num_output = sum(len(sample.token_ids) for output in outputs for sample in output.outputs)
    num_tokens = num_prompt + num_output
    print(
        f"Throughput: {len(requests) / elapsed:.2f} requests/s, "
        f"{num_tokens / elapsed:.2f} total tokens/s, {num_output / elapsed:.2f} output tokens/s"
    )
    print(f"Total num prompt tokens:  {num_prompt}")
    print(f"Total num output tokens:  {num_output}")
    return {
        "elapsed_time": elapsed,
        "num_requests": len(requests),
        "total_num_tokens": num_tokens,
        "requests_per_second": len(requests) / elapsed,
        "tokens_per_second": num_tokens / elapsed,
    }


def read_conversations(llm: LLM, args: argparse.Namespace, source: random.Random) -> list[Request]:
    """Raises ValueError where the file is no such dataset, or too little of it is of use."""
    pairs = conversations.read_pairs(args.dataset_path)
    source.shuffle(pairs)
    encode = llm.get_tokenizer().encode
    found = conversations.pick_usual(pairs, args.num_prompts, args.output_len, encode)
    if len(found) < args.num_prompts:
        raise ValueError(
            f"{args.dataset_path} has {len(found)} conversations of a usual length; --num-prompts "
            f"is {args.num_prompts}"
        )
    return [Request(each.prompt_token_ids, each.output_len) for each in found]
