"""EngineArgs: one table behind keywords, flags, defaults and help."""

import argparse
import math
from dataclasses import fields
from typing import Any

import pytest
from llmserve import EngineArgs, _core
from llmserve.config import parse_size
from llmserve.hf_config import GenerationConfig
from llmserve.startup import core_config, default_params


def parse(*arguments: str) -> EngineArgs:
    parser = EngineArgs.add_cli_args(argparse.ArgumentParser(exit_on_error=False))
    return EngineArgs.from_cli_args(parser.parse_args(arguments))


@pytest.mark.parametrize(
    ("text", "binary", "value"),
    [
        ("8192", False, 8192),
        ("32k", False, 32000),
        ("32K", False, 32768),
        ("32Ki", False, 32768),
        ("1.5k", False, 1500),
        ("4GiB", True, 4 << 30),
        ("4g", True, 4 << 30),
        ("4 GB", True, 4 << 30),
        ("0.5m", True, 1 << 19),
    ],
)
def test_sizes(text: str, binary: bool, value: int) -> None:
    assert parse_size(text, binary=binary) == value


@pytest.mark.parametrize("text", ["", "k", "-5", "1e3", "4 GB RAM", "1.2", "nan", "0x10"])
def test_texts_that_are_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_size(text)


def test_keywords() -> None:
    args = EngineArgs(model="m", max_model_len="4k", kv_cache_memory_bytes="1GiB")  # type: ignore[arg-type]
    assert (args.max_model_len, args.kv_cache_memory_bytes) == (4000, 1 << 30)
    for automatic in (None, "auto", -1, "-1"):
        assert EngineArgs(max_model_len=automatic).max_model_len is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_model_len", 0),
        ("max_model_len", "long"),
        ("max_num_seqs", 0),
        ("max_num_batched_tokens", 0),
        ("block_size", 0),
        ("tensor_parallel_size", 0),
        ("gpu_memory_utilization", 0),
        ("gpu_memory_utilization", 1.1),
        ("gpu_memory_utilization", math.nan),
        ("kv_cache_memory_bytes", "lots"),
        ("kv_cache_memory_bytes", 0),
        ("num_gpu_blocks_override", 0),
        ("seed", -1),
        ("max_logprobs", -2),
        ("dtype", "int8"),
        ("device", "tpu"),
        ("load_format", "gguf"),
        ("scheduling_policy", "lifo"),
        ("model", ""),
        ("hf_overrides", "{"),
    ],
)
def test_values_that_are_not_allowed(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{field} is .*; it must be") as error:
        EngineArgs(**{field: value})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_num_seqs", True),
        ("max_num_seqs", 1.5),
        ("enable_prefix_caching", 1),
        ("gpu_memory_utilization", True),
        ("model", 7),
        ("hf_overrides", [1]),
        ("seed", None),
    ],
)
def test_values_of_a_wrong_type(field: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{field} is .*; it must be"):
        EngineArgs(**{field: value})


def test_unknown_keywords_suggest_the_nearest() -> None:
    with pytest.raises(TypeError, match="did you mean 'max_model_len'"):
        EngineArgs.from_kwargs(model="m", max_model_length=5)


def test_settings_that_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="skip_tokenizer_init"):
        EngineArgs(tokenizer="t", skip_tokenizer_init=True)
    with pytest.raises(ValueError, match="enable_chunked_prefill"):
        EngineArgs(enable_chunked_prefill=False, long_prefill_token_threshold=5)


def test_both_spellings_of_a_flag() -> None:
    for flag in ("--max-model-len", "--max_model_len"):
        assert parse("m", flag, "32k").max_model_len == 32000
    for flag in ("--no-enable-prefix-caching", "--no_enable_prefix_caching"):
        assert parse("m", flag).enable_prefix_caching is False
    for flag in ("--enable-prefix-caching", "--enable_prefix_caching"):
        assert parse("m", flag).enable_prefix_caching is True
    assert parse("m", "--max-logprobs", "-1").max_logprobs == -1
    assert parse("m", "--seed", str(2**64 - 1)).seed == 2**64 - 1
    assert parse("m", "--hf-overrides", '{"a": 1}').hf_overrides == {"a": 1}


def test_no_flag_leaves_every_default() -> None:
    assert parse("m") == EngineArgs(model="m")


def test_every_field_is_a_flag_with_help() -> None:
    parser = EngineArgs.add_cli_args(argparse.ArgumentParser(prog="llmserve"))
    shown = parser.format_help()
    for field in fields(EngineArgs):
        assert "--" + field.name.replace("_", "-") in shown, field.name
        assert "--" + field.name in parser._option_string_actions, field.name
        assert field.metadata["rule"].help.endswith("."), field.name


def test_the_model_by_place_or_by_flag() -> None:
    assert parse("m").model == parse("--model", "m").model == parse("m", "--model", "m").model
    with pytest.raises(ValueError, match="given twice"):
        parse("m", "--model", "other")


def test_a_bad_flag_reads_like_a_bad_keyword() -> None:
    with pytest.raises(ValueError, match="max_num_seqs is '0'; it must be a whole number"):
        parse("m", "--max-num-seqs", "0")


def test_the_core_gets_every_setting() -> None:
    config: Any = core_config(
        EngineArgs(device="cpu", max_num_seqs=7, num_gpu_blocks_override=9, seed=2**64 - 1)
    )
    assert (config.device, config.max_num_seqs, config.num_blocks_override) == ("cpu", 7, 9)
    assert (config.max_model_len, config.seed) == (0, 2**64 - 1)


def test_defaults_are_those_of_the_core() -> None:
    ours: Any = core_config(EngineArgs(device="cpu"))
    theirs: Any = _core.EngineConfig()
    names = [name for name in dir(theirs) if not name.startswith("_") and name != "validate"]
    assert len(names) == 19
    for name in names:
        assert getattr(ours, name) == getattr(theirs, name), name


def test_default_sampling_params_and_who_wins(tmp_path: Any) -> None:
    model = GenerationConfig((), {"temperature": 0.6, "top_p": 0.9})
    assert default_params(EngineArgs(), {}, model) == {"temperature": 0.6, "top_p": 0.9}
    assert default_params(EngineArgs(generation_config="vllm"), {}, model) == {}
    args = EngineArgs(override_generation_config={"temperature": 0.1, "max_new_tokens": 5})
    expected = {"temperature": 0.1, "top_p": 0.9, "max_tokens": 5}
    assert default_params(args, {}, model) == expected

    (tmp_path / "generation_config.json").write_text('{"top_k": 7}')
    assert default_params(EngineArgs(generation_config=str(tmp_path)), {}, model) == {"top_k": 7}
    with pytest.raises(ValueError, match="generation_config is '/nowhere'"):
        default_params(EngineArgs(generation_config="/nowhere"), {}, model)
    for bad in ({"temperatur": 1}, {"temperature": -1}):
        with pytest.raises(ValueError, match="default sampling parameters"):
            default_params(EngineArgs(override_generation_config=bad), {}, model)
