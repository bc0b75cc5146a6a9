"""The flags that say where prompts come from, and the dataset that they describe."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..harness import at_least
from .datasets import (
    CustomPrompts,
    Dataset,
    FileOrder,
    PrefixRepetition,
    RandomPrompts,
    ShareGpt,
    Vocabulary,
)

if TYPE_CHECKING:
    from ...tokenizer import Tokenizer

__all__ = ["add_dataset_flags", "check_dataset_flags", "is_chat", "needs_tokenizer", "open_dataset"]

_VOCAB_SIZE = 1000  # ids that every model has, for prompts without a tokenizer

# By dataset: the flags that it reads, with their defaults.
_MADE = {"random_prompt_format": None, "random_vocab_size": None}
_READ = {"dataset_path": None, "disable_shuffle": False, "no_oversample": False}
_FLAGS: dict[str, dict[str, Any]] = {
    "random": _MADE
    | {
        "random_input_len": 1024,
        "random_output_len": 128,
        "random_range_ratio": 0.0,
        "random_prefix_len": 0,
    },
    "prefix_repetition": _MADE
    | {
        "prefix_repetition_prefix_len": 256,
        "prefix_repetition_suffix_len": 256,
        "prefix_repetition_num_prefixes": 10,
        "prefix_repetition_output_len": 128,
        "disable_shuffle": False,
    },
    "sharegpt": _READ | {"sharegpt_output_len": None},
    "custom": _READ | {"custom_output_len": 256, "skip_chat_template": False},
}
# What --input-len and --output-len stand for.
_INPUT_LEN = {"random": "random_input_len"}
_OUTPUT_LEN = {
    "random": "random_output_len",
    "prefix_repetition": "prefix_repetition_output_len",
    "sharegpt": "sharegpt_output_len",
    "custom": "custom_output_len",
}


def add_dataset_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--dataset-name",
        choices=_FLAGS,
        default="random",
        help="random: random tokens; prefix_repetition: the same after prefixes that many prompts "
        "share; sharegpt: conversations of --dataset-path; custom: prompts of --dataset-path, a "
        'JSON object a line: {"prompt": "..."}. Default: %(default)s.',
    )
    group.add_argument("--dataset-path", metavar="FILE", help="For sharegpt and custom.")
    group.add_argument(
        "--tokenizer",
        metavar="FOLDER_OR_NAME",
        help="For prompts that are counted or made as text. Default: that of the model, as the "
        "server names it. Random prompts of completions are token ids and need none.",
    )
    group.add_argument(
        "--trust-remote-code", action="store_true", help="The tokenizer may be Python code."
    )
    group.add_argument("--input-len", type=at_least(1), help="For random: --random-input-len.")
    group.add_argument("--output-len", type=at_least(1), help="For all: --NAME-output-len.")
    _add_random_flags(group)
    _add_file_flags(group)


def _add_random_flags(group: argparse._ArgumentGroup) -> None:
    length = at_least(1)
    group.add_argument("--random-input-len", type=length, help="Tokens of a prompt. Default: 1024.")
    group.add_argument("--random-output-len", type=length, help="Default: 128.")
    group.add_argument(
        "--random-range-ratio",
        type=_ratio,
        metavar="R",
        help="Lengths are drawn evenly from LEN * (1 - R) to LEN * (1 + R). Default: 0.",
    )
    group.add_argument(
        "--random-prefix-len",
        type=at_least(0),
        help="Tokens before each prompt that all share. Default: 0.",
    )
    group.add_argument(
        "--random-prompt-format",
        choices=("token_ids", "text"),
        help="How random and prefix_repetition send prompts. text: the server has to tokenize. "
        "Default: token_ids for completions; chats are text.",
    )
    group.add_argument(
        "--random-vocab-size",
        type=length,
        help=f"Random token ids are below this. Default: the tokenizer's, or {_VOCAB_SIZE} "
        "without --tokenizer.",
    )
    for name, default in (("prefix", 256), ("suffix", 256), ("output", 128)):
        group.add_argument(
            f"--prefix-repetition-{name}-len", type=length, help=f"Default: {default}."
        )
    group.add_argument("--prefix-repetition-num-prefixes", type=length, help="Default: 10.")


def _add_file_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--sharegpt-output-len", type=at_least(1), help="Default: that of the file's answer."
    )
    group.add_argument(
        "--custom-output-len",
        type=_custom_len,
        help="-1: output_tokens of each line. Default: 256.",
    )
    group.add_argument(
        "--skip-chat-template",
        "--custom-skip-chat-template",
        action="store_true",
        default=None,
        help="For custom with completions: send the prompt as it is, not as a chat's text.",
    )
    group.add_argument(
        "--disable-shuffle", action="store_true", default=None, help="Keep the order of prompts."
    )
    group.add_argument(
        "--no-oversample",
        action="store_true",
        default=None,
        help="Where a file has too few prompts, send fewer rather than some again.",
    )


def _ratio(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to below 1")
    return value


def _custom_len(text: str) -> int:
    return -1 if text == "-1" else int(at_least(1)(text))


def check_dataset_flags(args: argparse.Namespace) -> None:
    """Fills in the defaults of the dataset. Raises ValueError for flags of others."""
    dataset = args.dataset_name
    for short, long in (("input_len", _INPUT_LEN), ("output_len", _OUTPUT_LEN)):
        value = getattr(args, short)
        if value is None:
            continue
        if dataset not in long:
            raise ValueError(f"--{_flag(short)} is given, but {dataset} has lengths of its own")
        if getattr(args, long[dataset]) is not None:
            raise ValueError(f"--{_flag(short)} and --{_flag(long[dataset])} are the same")
        setattr(args, long[dataset], value)
    for name in sorted({name for flags in _FLAGS.values() for name in flags}):
        if name in _FLAGS[dataset]:
            if getattr(args, name) is None:
                setattr(args, name, _FLAGS[dataset][name])
        elif getattr(args, name) is not None:
            raise ValueError(
                f"--{_flag(name)} is given, but --dataset-name {dataset} does not use it"
            )
    if "dataset_path" in _FLAGS[dataset] and not args.dataset_path:
        raise ValueError(f"--dataset-name {dataset} needs a --dataset-path")
    is_random = "random_prompt_format" in _FLAGS[dataset]
    if args.ignore_eos is None:
        args.ignore_eos = is_random
    if not is_random:
        return
    if args.random_prompt_format is None:
        args.random_prompt_format = "text" if is_chat(args) else "token_ids"
    if is_chat(args) and args.random_prompt_format == "token_ids":
        raise ValueError("--random-prompt-format is token_ids, but a chat's messages are text")


def is_chat(args: argparse.Namespace) -> bool:
    return bool(args.endpoint.endswith("/chat/completions"))


def needs_tokenizer(args: argparse.Namespace) -> bool:
    if args.dataset_name == "custom":
        return not (args.skip_chat_template or is_chat(args))
    return bool(args.dataset_name == "sharegpt" or args.random_prompt_format == "text")


def open_dataset(args: argparse.Namespace, tokenizer: Tokenizer | None) -> Dataset:
    """The dataset of flags that were checked. tokenizer: given where one is needed.

    Raises ValueError for a file that is no such dataset, OSError for one that cannot be read.
    """
    order = FileOrder(shuffle=not args.disable_shuffle, oversample=not args.no_oversample)
    if args.dataset_name == "random":
        return RandomPrompts(
            _vocabulary(args, tokenizer),
            args.random_input_len,
            args.random_output_len,
            args.random_range_ratio,
            args.random_prefix_len,
        )
    if args.dataset_name == "prefix_repetition":
        return PrefixRepetition(
            _vocabulary(args, tokenizer),
            args.prefix_repetition_prefix_len,
            args.prefix_repetition_suffix_len,
            args.prefix_repetition_num_prefixes,
            args.prefix_repetition_output_len,
            shuffle=order.shuffle,
        )
    if args.dataset_name == "sharegpt":
        assert tokenizer is not None
        return ShareGpt(args.dataset_path, args.sharegpt_output_len, order, tokenizer.encode)
    output_len = None if args.custom_output_len == -1 else args.custom_output_len
    if not needs_tokenizer(args):
        return CustomPrompts(args.dataset_path, output_len, order)
    assert tokenizer is not None
    templated = tokenizer

    def encode(prompt: str) -> list[int]:
        # As ids: read as text, its control tokens would get a BOS before them once more.
        return templated.render_chat([{"role": "user", "content": prompt}])[1]

    return CustomPrompts(args.dataset_path, output_len, order, encode)


def _vocabulary(args: argparse.Namespace, tokenizer: Tokenizer | None) -> Vocabulary:
    if tokenizer is None:
        return Vocabulary(range(args.random_vocab_size or _VOCAB_SIZE))
    size = min(args.random_vocab_size or tokenizer.vocab_size, tokenizer.vocab_size)
    added = tokenizer.backend.get_added_tokens_decoder()
    special = {token_id for token_id, token in added.items() if token.special}
    token_ids = [i for i in range(size) if i not in special and tokenizer.token_name(i)]
    if not token_ids:
        raise ValueError(f"--random-vocab-size is {size}, which leaves no tokens that are text")
    if args.random_prompt_format == "token_ids":
        return Vocabulary(token_ids)
    return Vocabulary(token_ids, tokenizer, 0 if is_chat(args) else len(tokenizer.encode("")))


def _flag(name: str) -> str:
    return name.replace("_", "-")
