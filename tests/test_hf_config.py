"""Reading config.json and generation_config.json: both styles of RoPE, dtypes, end tokens, and that
odd values are refused with one sentence that names field and value."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoints import IM_END, ROPES
from llmserve.hf_config import (
    ConfigReader,
    Rope,
    load_config,
    load_generation_config,
    read_json_object,
    read_rope,
    resolve_dtype,
)

BASE = {"max_position_embeddings": 256, "hidden_size": 48, "num_attention_heads": 8}
HEAD_DIM = 20


def rope_of(**fields: Any) -> Rope:
    return read_rope({**BASE, **fields}, HEAD_DIM)


@pytest.mark.parametrize("kind", ROPES)
def test_both_styles_give_the_same_rope(kind: str) -> None:
    new = {**BASE, **ROPES[kind]}
    values = dict(new["rope_parameters"])
    theta, type_ = values.pop("rope_theta"), values.pop("rope_type")
    common = {k: v for k, v in new.items() if k != "rope_parameters"}
    rope = read_rope(new, HEAD_DIM)
    for key in ("type", "rope_type"):
        old = {**common, "rope_theta": theta, "rope_scaling": {key: type_, **values}}
        assert read_rope(old, HEAD_DIM) == rope
    assert (rope.type, rope.theta, rope.rotary_dim) == (type_, theta, HEAD_DIM)


@pytest.mark.parametrize("kind", ROPES)
def test_rope_agrees_with_transformers(kind: str, checkpoint_factory: Callable[..., Path]) -> None:
    """The file that transformers writes, and the values that it reads back itself."""
    import transformers

    folder = checkpoint_factory("llama", **ROPES[kind])
    theirs = transformers.AutoConfig.from_pretrained(folder)
    ours = read_rope(load_config(folder), theirs.head_dim)
    names = {
        "rope_type": "type",
        "rope_theta": "theta",
        "original_max_position_embeddings": "original_max_position",
    }
    for name, value in theirs.rope_parameters.items():
        assert getattr(ours, names.get(name, name)) == value, name
    assert ours.max_position == theirs.max_position_embeddings


@pytest.mark.parametrize(
    ("rope", "longest"),
    [
        ({}, 256),
        ({"rope_type": "linear", "factor": 4}, 1024),
        ({"rope_type": "dynamic", "factor": 2.5}, 640),
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 100}, 400),
        ({"rope_type": "yarn", "factor": 4.0}, 1024),
        ({"rope_type": "yarn", "original_max_position_embeddings": 64}, 256),
        (
            {
                "rope_type": "llama3",
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
            },
            256,
        ),
        (
            {
                "rope_type": "longrope",
                "short_factor": [1.0] * 10,
                "long_factor": [2.0] * 10,
                "original_max_position_embeddings": 64,
            },
            256,
        ),
    ],
)
def test_scaling_stretches_the_context(rope: dict[str, Any], longest: int) -> None:
    assert rope_of(rope_parameters=rope).longest_context == longest


def test_defaults_of_rope() -> None:
    assert rope_of() == Rope("default", 10000.0, HEAD_DIM, 256)
    assert rope_of(rope_theta=5e5, rope_scaling=None).theta == 5e5
    yarn = rope_of(rope_scaling={"type": "yarn", "original_max_position_embeddings": 64})
    assert (yarn.factor, yarn.beta_fast, yarn.beta_slow, yarn.truncate) == (4.0, 32.0, 1.0, True)
    assert yarn.attention_factor is None and yarn.mscale is None
    # Zero means "not given" for these two, as in transformers.
    zero = rope_of(rope_parameters={"rope_type": "yarn", "beta_fast": 0, "beta_slow": 0})
    assert (zero.beta_fast, zero.beta_slow) == (32.0, 1.0)


def test_an_original_length_beside_the_rope_values_wins() -> None:
    scaling = {
        "type": "longrope",
        "short_factor": [1.0] * 10,
        "long_factor": [2.0] * 10,
        "original_max_position_embeddings": 128,
    }
    rope = rope_of(rope_scaling=scaling, original_max_position_embeddings=32)
    assert (rope.original_max_position, rope.factor) == (32, 8.0)


def test_partial_rotation() -> None:
    assert rope_of(partial_rotary_factor=0.5).rotary_dim == 10
    assert rope_of(rope_parameters={"partial_rotary_factor": 0.4}).rotary_dim == 8


YARN = {"rope_type": "yarn", "factor": 4.0}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
LONG = {"rope_type": "longrope", "short_factor": [1.0] * 10, "long_factor": [1.0] * 10}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rope_scaling": {"type": "ntk"}}, "type is 'ntk'; supported: default, linear"),
        ({"rope_scaling": {"type": ["yarn"]}}, "type is ['yarn']; supported"),
        ({"rope_scaling": "yarn"}, "rope_scaling is 'yarn'; it must be an object"),
        ({"rope_parameters": {"llama_4_scaling_beta": 0.1}}, "has 'llama_4_scaling_beta'"),
        ({"rope_parameters": {"full_attention": {}}}, "has 'full_attention'"),
        ({"rope_theta": "10000"}, "rope_theta is '10000'"),
        ({"rope_theta": 0}, "rope_theta is 0"),
        ({"rope_theta": float("nan")}, "rope_theta is nan"),
        ({"rope_theta": 1e300}, "rope_theta is 1e+300"),
        ({"rope_scaling": {"type": "linear"}}, "factor is missing"),
        ({"rope_scaling": {"type": "linear", "factor": -1}}, "factor is -1"),
        ({"rope_scaling": {"type": "linear", "factor": 0}}, "factor is 0"),
        ({"rope_scaling": {"type": "linear", "factor": True}}, "factor is True"),
        ({"rope_scaling": {"type": "dynamic", "factor": float("inf")}}, "factor is inf"),
        ({"rope_scaling": {**LLAMA3, "high_freq_factor": 1.0}}, "above low_freq_factor, 1"),
        ({"rope_scaling": {**LLAMA3, "low_freq_factor": None}}, "low_freq_factor is missing"),
        ({"rope_scaling": {**YARN, "original_max_position_embeddings": 0}}, "is 0"),
        ({"rope_scaling": {**YARN, "truncate": 1}}, "truncate is 1; it must be true or false"),
        ({"rope_scaling": {**YARN, "mscale": "1"}}, "mscale is '1'"),
        ({"rope_scaling": {**LONG, "short_factor": [1.0]}}, "list of 10 numbers"),
        ({"rope_scaling": {**LONG, "long_factor": [1.0] * 9 + [0.0]}}, "long_factor holds 0.0"),
        ({"rope_scaling": {**LONG, "long_factor": [1.0] * 9 + ["x"]}}, "long_factor holds 'x'"),
        ({"partial_rotary_factor": 0.0}, "gives 0 rotated dimensions"),
        ({"partial_rotary_factor": 0.25}, "gives 5 rotated dimensions"),
        ({"partial_rotary_factor": 1.5}, "partial_rotary_factor is 1.5"),
        ({"max_position_embeddings": None}, "max_position_embeddings is missing"),
        ({"max_position_embeddings": 1 << 40}, "max_position_embeddings is 1099511627776"),
        (
            {"partial_rotary_factor": 0.1, "rope_scaling": {"type": "dynamic", "factor": 2}},
            "more than 2 rotated",
        ),
    ],
)
def test_odd_rope_values_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:
        rope_of(**fields)
    assert message in str(error.value)
    assert str(error.value).startswith("config.json: ")


@pytest.mark.parametrize("value", ["7", 7.0, True, [], {}, -1, 0, 11, 10**400, float("nan")])
def test_integers_must_be_whole_numbers_in_range(value: Any) -> None:
    with pytest.raises(ValueError, match=r"config\.json: x is .*; it must be a whole number") as e:
        ConfigReader({"x": value}).integer("x", 1, 10)
    assert len(str(e.value)) < 250


@pytest.mark.parametrize("value", ["0.5", True, [], float("nan"), float("inf"), 2.0, -0.1])
def test_numbers_must_be_finite_and_in_range(value: Any) -> None:
    with pytest.raises(ValueError, match=r"config\.json: x is .*; it must be a number from 0 to 1"):
        ConfigReader({"x": value}).number("x", 0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[1]", "must hold a JSON object, not list"),
        (b'{"a": "\xff"}', "not valid JSON"),
        (b'{"a":' * 100000, "nested too deeply"),
        (b'{"a": ' + b"1" * 10000 + b"}", "not valid JSON"),
        (b" " * ((16 << 20) + 1), "allowed: up to"),
    ],
)
def test_files_that_are_no_config(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(text)
    with pytest.raises(ValueError, match=message) as error:
        load_config(tmp_path)
    assert "\n" not in str(error.value) and str(path) in str(error.value)


def test_config_and_overrides(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no config\.json"):
        load_config(tmp_path)
    (tmp_path / "config.json").write_text('{"a": 1, "b": 2}')
    assert load_config(tmp_path, {"b": 3, "c": 4}) == {"a": 1, "b": 3, "c": 4}
    assert read_json_object(tmp_path / "config.json") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("requested", "config", "stored", "expected"),
    [
        ("auto", {"dtype": "bfloat16"}, "float32", "bfloat16"),
        ("auto", {"torch_dtype": "float16"}, None, "float16"),
        ("auto", {"torch_dtype": "torch.float32"}, None, "float32"),
        ("auto", {"dtype": "bfloat16", "torch_dtype": "float32"}, None, "bfloat16"),
        ("auto", {}, "float16", "float16"),
        ("auto", {"torch_dtype": None}, None, "float32"),
        ("half", {"dtype": "bfloat16"}, None, "float16"),
        ("float", {"dtype": "bfloat16"}, None, "float32"),
        ("bfloat16", {"dtype": "float8_e4m3fn"}, None, "bfloat16"),
    ],
)
def test_dtype(requested: str, config: dict[str, Any], stored: str | None, expected: str) -> None:
    assert resolve_dtype(requested, config, stored) == expected


def test_dtypes_that_are_refused() -> None:
    with pytest.raises(ValueError, match="dtype is 'int8'; allowed: auto, float32"):
        resolve_dtype("int8", {})
    with pytest.raises(ValueError, match=r"config\.json: torch_dtype is 'float64'; supported"):
        resolve_dtype("auto", {"torch_dtype": "float64"})
    with pytest.raises(ValueError, match=r"config\.json: dtype is 3; it must be a string"):
        resolve_dtype("auto", {"dtype": 3})
    with pytest.raises(ValueError, match="the weights are 'F8_E4M3'; supported: float32"):
        resolve_dtype("auto", {}, "F8_E4M3")


def generation(tmp_path: Path, config: dict[str, Any], **values: Any) -> Any:
    (tmp_path / "generation_config.json").write_text(json.dumps(values))
    return load_generation_config(tmp_path, config)


def test_generation_config_of_a_checkpoint(tiny_llama: Path) -> None:
    loaded = load_generation_config(tiny_llama, load_config(tiny_llama))
    assert loaded.eos_token_ids == (IM_END, 0)
    assert loaded.sampling_defaults == {"temperature": 0.7, "top_k": 50, "top_p": 0.95}


def test_end_tokens(tmp_path: Path) -> None:
    config = {"eos_token_id": [9, 8]}
    assert load_generation_config(tmp_path, config).eos_token_ids == (9, 8)
    assert load_generation_config(tmp_path, {}).eos_token_ids == ()
    assert generation(tmp_path, config).eos_token_ids == (9, 8)
    assert generation(tmp_path, config, eos_token_id=None).eos_token_ids == (9, 8)
    assert generation(tmp_path, config, eos_token_id=5).eos_token_ids == (5,)
    assert generation(tmp_path, config, eos_token_id=[7, 5, 7]).eos_token_ids == (7, 5)


def test_all_sampling_defaults(tmp_path: Path) -> None:
    values = {"temperature": 1, "top_p": 0.8, "top_k": 20, "min_p": 0.1, "repetition_penalty": 1.1}
    loaded = generation(tmp_path, {}, **values, max_new_tokens=77, do_sample=True, num_beams=1)
    assert loaded.sampling_defaults == {**values, "max_tokens": 77}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eos_token_id", "2"),
        ("eos_token_id", -1),
        ("eos_token_id", 1 << 31),
        ("eos_token_id", True),
        ("eos_token_id", [1, [2]]),
        ("eos_token_id", list(range(2000))),
        ("temperature", "0.7"),
        ("temperature", -1),
        ("top_p", 0.0),
        ("top_p", float("nan")),
        ("top_k", 1.5),
        ("max_new_tokens", 0),
        ("repetition_penalty", 0),
    ],
)
def test_odd_generation_values_are_refused(tmp_path: Path, field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"generation_config\.json: {field} is "):
        generation(tmp_path, {}, **{field: value})
