"""How many requests and tokens a second come of many requests that are there from the start."""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .harness import at_least, check_outputs, random_prompt

if TYPE_CHECKING:
    from ..llm import LLM

__all__ = ["add_cli_args", "check", "measure"]

# Of a conversation that counts, as everybody who measures with ShareGPT has them.
_MIN_TOKENS = 4
_MAX_PROMPT_TOKENS = 1024
_MAX_TOKENS = 2048


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
    """The first question and answer of conversations in random order.

    Raises ValueError where the file is no such dataset, or too few of it are of a usual length.
    """
    path = Path(args.dataset_path)
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        pairs = [
            (entry["conversations"][0]["value"], entry["conversations"][1]["value"])
            for entry in entries
            if len(entry.get("conversations", ())) >= 2
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no file of conversations: {error!r}") from None
    source.shuffle(pairs)
    tokenizer = llm.get_tokenizer()
    requests: list[Request] = []
    for question, answer in pairs:
        if len(requests) == args.num_prompts:
            break
        prompt = tokenizer.encode(question)
        output_len = args.output_len or len(tokenizer.encode(answer))
        usual = (
            _MIN_TOKENS <= len(prompt) <= _MAX_PROMPT_TOKENS
            and (args.output_len or output_len >= _MIN_TOKENS)
            and len(prompt) + output_len <= _MAX_TOKENS
        )
        if usual:
            requests.append(Request(prompt, output_len))
    if len(requests) < args.num_prompts:
        raise ValueError(
            f"{path} has {len(requests)} conversations of a usual length; --num-prompts is "
            f"{args.num_prompts}"
        )
    return requests
