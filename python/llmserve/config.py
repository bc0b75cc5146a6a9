"""EngineArgs: every setting of an engine, once. The fields of the dataclass are the keywords of
LLM(), the flags of the command line, their defaults, ranges and help at the same time.

What a setting means for memory and scheduling is decided by the core, which checks it again.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .hub import DEFAULT_MODEL

__all__ = ["EngineArgs"]

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)(i?)([bB]?)\s*")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_size(text: str, *, binary: bool = False) -> int:
    """A whole number with a unit: 32k is 32000, 32K and 32Ki are 32768, 4GiB is 2**32.

    binary: small letters count in powers of 1024 too, as people mean it for memory.
    Raises ValueError.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with an optional unit, such as 32k or 4GiB")
    number, unit, binary_mark, _ = match.groups()
    decimal = unit.islower() and not binary_mark and not binary
    base = 1000 if decimal else 1024
    value = float(number) * base ** _POWERS[unit.lower()]
    if value != int(value):
        raise ValueError(f"{text!r} is not a whole number")
    return int(value)


class _Rule:
    """How one setting is read, from a keyword or from the command line."""

    def __init__(
        self,
        help: str,
        read: Callable[[Any], Any],
        shape: str,
        choices: Sequence[str] | None = None,
    ) -> None:
        self.help = help
        self.read = read  # raises ValueError or TypeError: the rest of "NAME is VALUE; it must be"
        self.shape = shape  # for --help: N, BYTES, ...
        self.choices = choices


def _setting(default: Any, rule: _Rule) -> Any:
    return field(default=default, metadata={"rule": rule})


def _bool(default: bool | None, help: str) -> Any:
    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise TypeError("True or False")
        return value

    return _setting(default, _Rule(help, read, ""))


def _parsed(text: str, bounds: str) -> int:
    try:
        return parse_size(text)
    except ValueError:
        raise ValueError(bounds) from None


def _int(default: int | None, low: int, high: int, help: str) -> Any:
    bounds = f"a whole number of at least {low}"
    if high < 2**31 - 1:
        bounds = f"a whole number from {low} to {high}"

    def read(value: Any) -> int:
        if isinstance(value, str):
            value = _parsed(value, bounds)
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(bounds)
        if not low <= value <= high:
            raise ValueError(bounds)
        return value

    return _setting(default, _Rule(help, read, "N"))


def _text(default: str | None, help: str, choices: Sequence[str] | None = None) -> Any:
    def read(value: Any) -> str:
        if isinstance(value, Path):
            value = str(value)
        if not isinstance(value, str):
            raise TypeError("a string" if choices is None else _one_of(choices))
        if choices is not None and value not in choices:
            raise ValueError(_one_of(choices))
        if not value:
            raise ValueError("a string that is not empty")
        return value

    return _setting(default, _Rule(help, read, "TEXT", choices))


def _json_rule(help: str) -> dict[str, _Rule]:
    def read(value: Any) -> dict[str, Any]:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except json.JSONDecodeError as error:
                raise ValueError(f"a JSON object ({error})") from None
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise TypeError("a dict with text keys, on the command line a JSON object")
        return dict(value)

    return {"rule": _Rule(help, read, "JSON")}


def _one_of(choices: Sequence[str]) -> str:
    return "one of " + ", ".join(choices)


def _read_fraction(value: Any) -> float:
    bounds = "a number over 0 and at most 1"
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise ValueError(bounds) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(bounds)
    if math.isnan(value) or not 0 < value <= 1:
        raise ValueError(bounds)
    return float(value)


def _read_bytes(value: Any) -> int:
    bounds = "a number of bytes over 0, such as 4GiB"
    if isinstance(value, str):
        try:
            value = parse_size(value, binary=True)
        except ValueError:
            raise ValueError(bounds) from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(bounds)
    if not 0 < value < 2**63:
        raise ValueError(bounds)
    return value


def _read_max_model_len(value: Any) -> int | None:
    bounds = "a whole number over 0, such as 8192 or 32k, or 'auto'"
    if value == "auto" or (value == -1 and not isinstance(value, bool)):
        return None
    if isinstance(value, str):
        try:
            value = -1 if value == "-1" else parse_size(value)
        except ValueError:
            raise ValueError(bounds) from None
        if value == -1:
            return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(bounds)
    if not 0 < value < 2**31:
        raise ValueError(bounds)
    return value


_MAX_INT32 = 2**31 - 1


@dataclass(kw_only=True)
class EngineArgs:
    """The settings of an engine. Names and meanings are vLLM's; None means "as fits".

    Raises TypeError or ValueError with one sentence that names the field, its value and what is
    allowed.
    """

    model: str = _text(
        DEFAULT_MODEL,
        "The model: a folder, or the name of a repository on the Hugging Face hub. llmserve-mini "
        "is a small chat model inside llmserve, for first steps and tests.",
    )
    tokenizer: str | None = _text(
        None, "Folder or name of the tokenizer, where it is not that of the model."
    )
    skip_tokenizer_init: bool = _bool(
        False, "Load no tokenizer: prompts are token ids, and outputs have no text."
    )
    revision: str | None = _text(None, "Branch, tag or commit of the model on the hub.")
    download_dir: str | None = _text(
        None, "Where files from the hub are kept. Default: the cache of huggingface_hub."
    )
    load_format: str = _text(
        "auto",
        "Where weights come from. auto: safetensors files, else PyTorch ones; dummy: random "
        "numbers, for measurements.",
        ("auto", "safetensors", "pt", "dummy"),
    )
    trust_remote_code: bool = _bool(
        False, "Allow a tokenizer or configuration that needs Python code of the model's folder."
    )
    hf_overrides: dict[str, Any] | None = field(
        default=None, metadata=_json_rule("Values that replace those of config.json.")
    )
    dtype: str = _text(
        "auto",
        "Number format of weights and activations. auto: that of the checkpoint, as far as the "
        "device has it.",
        ("auto", "float32", "float", "bfloat16", "float16", "half"),
    )
    seed: int = _setting(
        0,
        _Rule(
            "Seed of requests that bring none.",
            lambda value: _read_seed(value),
            "N",
        ),
    )
    max_model_len: int | None = _setting(
        None,
        _Rule(
            "Longest prompt and output together, in tokens: 8192, 32k (32000), 32K (32768) or "
            "auto, which is what the model and the memory allow. Default: auto.",
            _read_max_model_len,
            "N",
        ),
    )
    device: str = _text(
        "auto",
        "What to run on. auto: cuda where this build and machine have it, else cpu.",
        ("auto", "cpu", "cuda"),
    )
    tensor_parallel_size: int = _int(1, 1, 1024, "Devices that share each layer.")
    num_threads: int = _int(0, 0, 4096, "CPU threads of the engine. 0: one per physical core.")
    gpu_memory_utilization: float = _setting(
        0.92,
        _Rule(
            "Share of a GPU's memory, or of a machine's free memory, over 0 to 1.",
            _read_fraction,
            "SHARE",
        ),
    )
    kv_cache_memory_bytes: int | None = _setting(
        None,
        _Rule(
            "Size of the KV cache, for example 4GiB. Default: fits itself to the memory.",
            _read_bytes,
            "BYTES",
        ),
    )
    block_size: int = _int(16, 1, 256, "Tokens in a page of the KV cache.")
    num_gpu_blocks_override: int | None = _int(
        None, 1, _MAX_INT32, "Pages of the KV cache, instead of as many as fit."
    )
    max_num_seqs: int = _int(256, 1, 65536, "Sequences that may run at once.")
    max_num_batched_tokens: int = _int(2048, 1, 1 << 20, "Tokens computed in one step, at most.")
    enable_prefix_caching: bool = _bool(
        True, "Keep the KV cache of prompts and reuse it for prompts that begin alike."
    )
    enable_chunked_prefill: bool = _bool(
        True, "Compute long prompts over several steps, so that other requests go on meanwhile."
    )
    enforce_eager: bool = _bool(
        False, "Launch the kernels of each step one by one: on a GPU, record no CUDA graphs."
    )
    long_prefill_token_threshold: int = _int(
        0, 0, _MAX_INT32, "Tokens of one prompt computed in one step, at most. 0: no such limit."
    )
    scheduling_policy: str = _text(
        "fcfs",
        "Which request goes first. fcfs: the oldest; priority: the one with the lowest priority "
        "value.",
        ("fcfs", "priority"),
    )
    max_num_queued_reqs: int = _int(
        0, 0, _MAX_INT32, "Requests that may wait; more are refused. 0: no limit."
    )
    max_num_queued_tokens: int = _int(
        0, 0, 2**62, "Prompt tokens that may wait; requests over it are refused. 0: no limit."
    )
    max_logprobs: int = _setting(
        20,
        _Rule(
            "Log probabilities that a request may ask for, per token. -1: the whole vocabulary.",
            lambda value: _read_max_logprobs(value),
            "N",
        ),
    )
    generation_config: str = _text(
        "auto",
        "Where default sampling parameters come from. auto: generation_config.json of the model; "
        "vllm: none, the defaults of SamplingParams hold; else a folder with such a file.",
    )
    override_generation_config: dict[str, Any] | None = field(
        default=None,
        metadata=_json_rule("Sampling parameters that replace those of generation_config."),
    )
    disable_log_stats: bool | None = _bool(
        None,
        "Log no line of throughput and load every ten seconds. Default: such lines are logged by "
        "AsyncLLM and the server, not by LLM.",
    )

    def __post_init__(self) -> None:
        for f in fields(self):
            setattr(self, f.name, read_setting(f.name, getattr(self, f.name)))
        if self.skip_tokenizer_init and self.tokenizer is not None:
            raise ValueError(
                f"tokenizer is {self.tokenizer!r} while skip_tokenizer_init is True; give one of "
                "the two"
            )
        if not self.enable_chunked_prefill and self.long_prefill_token_threshold:
            raise ValueError(
                f"long_prefill_token_threshold is {self.long_prefill_token_threshold} while "
                "enable_chunked_prefill is False; it must be 0 then"
            )

    @classmethod
    def from_kwargs(cls, **given: Any) -> EngineArgs:
        """EngineArgs of keywords. Raises TypeError that suggests the nearest name."""
        known = [f.name for f in fields(cls)]
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise TypeError(f"there is no engine setting {name!r}{hint}")
        return cls(**given)

    @staticmethod
    def add_cli_args(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        """Adds the model and a flag for every field: --max-model-len, also --max_model_len.

        Values are read by from_cli_args(); what the parser holds before is text or None.
        """
        parser.add_argument("model_tag", nargs="?", metavar="MODEL", help="The same as --model.")
        group = parser.add_argument_group("engine")
        for f in fields(EngineArgs):
            _add_flag(group, f.name, f.default, f.metadata["rule"])
        return parser

    @classmethod
    def from_cli_args(cls, namespace: argparse.Namespace) -> EngineArgs:
        """EngineArgs of what add_cli_args() parsed. Raises ValueError or TypeError as the class."""
        given = {f.name: getattr(namespace, f.name, None) for f in fields(cls)}
        tag = getattr(namespace, "model_tag", None)
        if tag is not None:
            if given["model"] not in (None, tag):
                raise ValueError(
                    f"the model is given twice, as {tag!r} and as --model {given['model']!r}"
                )
            given["model"] = tag
        return cls(**{name: value for name, value in given.items() if value is not None})


def _read_seed(value: Any) -> int:
    bounds = "a whole number from 0 to 2**64 - 1"
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(bounds)
    if not 0 <= value < 2**64:
        raise ValueError(bounds)
    return value


def _read_max_logprobs(value: Any) -> int:
    bounds = "a whole number of at least 0, or -1 for the whole vocabulary"
    if isinstance(value, str):
        value = -1 if value == "-1" else _parsed(value, bounds)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(bounds)
    if not -1 <= value <= _MAX_INT32:
        raise ValueError(bounds)
    return value


def _rule_of(name: str) -> _Rule:
    rule = EngineArgs.__dataclass_fields__[name].metadata["rule"]
    assert isinstance(rule, _Rule)
    return rule


def read_setting(name: str, value: Any) -> Any:
    """The final form of a value of EngineArgs.name. Raises TypeError or ValueError."""
    default = EngineArgs.__dataclass_fields__[name].default
    if value is None and default is None:
        return None
    try:
        return _rule_of(name).read(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} is {value!r}; it must be {error}") from None


def _add_flag(group: Any, name: str, default: Any, rule: _Rule) -> None:
    kebab = "--" + name.replace("_", "-")
    options: dict[str, Any] = {"dest": name, "default": None}
    if rule.shape:  # all but booleans
        shown = default
        options["choices"] = rule.choices
        options["metavar"] = None if rule.choices else rule.shape
    else:
        shown = None if default is None else ("on" if default else "off")
        options["action"] = argparse.BooleanOptionalAction
    text = rule.help.replace("%", "%%")
    if shown is not None:
        text += f" Default: {shown}."
    group.add_argument(kebab, help=text, **options)
    if "_" not in name:
        return
    # The spelling of the keyword works too, without a place in --help.
    group.add_argument("--" + name, help=argparse.SUPPRESS, **options)
    if not rule.shape:
        options["action"] = "store_false"
        group.add_argument("--no_" + name, help=argparse.SUPPRESS, **options)
