"""The families: what they make of a config, where tensors go, and what they refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoints import FAMILIES
from llmserve import models
from llmserve.hf_config import load_config
from weight_slots import expected_slots

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 128256,
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "hidden_act": "silu",
    "max_position_embeddings": 131072,
    "rms_norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "rope_scaling": {
        "factor": 32.0,
        "high_freq_factor": 4.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "llama3",
    },
    "tie_word_embeddings": True,
    "attention_bias": False,
    "mlp_bias": False,
}


def spec_of(base: dict[str, Any] | None = None, /, **changes: Any) -> Any:
    config = {**(base or LLAMA), **changes}
    config = {name: value for name, value in config.items() if value != "absent"}
    return models.find_family(config).spec(config, "bfloat16")


def as_family(architecture: str, **changes: Any) -> dict[str, Any]:
    return {**LLAMA, "architectures": [architecture], **changes}


def test_the_folder_is_the_registry() -> None:
    names = set(models.families())
    assert names >= {
        "LlamaForCausalLM",
        "MistralForCausalLM",
        "Qwen2ForCausalLM",
        "Qwen3ForCausalLM",
    }


@pytest.mark.parametrize("names", [None, [], "LlamaForCausalLM", [1], {"a": 1}])
def test_architectures_must_be_a_list_of_names(names: Any) -> None:
    with pytest.raises(ValueError, match=r"config\.json: architectures is .*; it must be a list"):
        models.find_family({"architectures": names})


def test_an_unknown_architecture_is_named_with_those_supported() -> None:
    with pytest.raises(ValueError) as error:
        models.find_family({"architectures": ["GPT2LMHeadModel"]})
    assert "'GPT2LMHeadModel' is not supported" in str(error.value)
    assert "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM" in str(error.value)


def test_llama_3_2() -> None:
    spec = spec_of()
    assert (spec.vocab_size, spec.hidden_size, spec.max_position) == (128256, 2048, 131072)
    assert (spec.tied_head, spec.dtype, len(spec.layers)) == (True, "bfloat16", 16)
    layer = spec.layers[15]
    assert (layer.attention.num_heads, layer.attention.num_kv_heads) == (32, 8)
    assert (layer.attention.head_dim, layer.attention.sliding_window) == (64, 0)
    assert layer.attention.scale == pytest.approx(0.125)
    assert not layer.attention.qkv_bias and not layer.attention.o_bias
    assert layer.attention.qk_norm is None
    assert (layer.ffn.intermediate_size, layer.ffn.activation) == (8192, "silu")
    assert layer.ffn.gated and not layer.ffn.bias
    for norm in (layer.attention_norm, layer.ffn_norm, spec.final_norm):
        assert norm.type == "rms" and norm.eps == pytest.approx(1e-5)
    rope = layer.attention.rope
    assert (rope.type, rope.theta, rope.rotary_dim, rope.factor) == ("llama3", 500000.0, 64, 32.0)
    assert (rope.original_max_position, rope.max_position) == (8192, 131072)
    assert (rope.low_freq_factor, rope.high_freq_factor, rope.interleaved) == (1.0, 4.0, False)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tied", [False, True])
def test_spec_and_placements_match_a_real_checkpoint(
    family: str, tied: bool, checkpoint_factory: Callable[..., Path]
) -> None:
    """Every tensor that transformers writes has a slot of its shape, and every slot a tensor."""
    from safetensors import safe_open

    folder = checkpoint_factory(family, tie_word_embeddings=tied)
    config = load_config(folder)
    module = models.find_family(config)
    spec, placements = module.spec(config, "float32"), module.placements(config)
    with safe_open(folder / "model.safetensors", "np") as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}
    assert spec.tied_head == tied and ("lm_head.weight" in shapes) != tied
    assert {placements.slots[name]: shape for name, shape in shapes.items()} == expected_slots(spec)
    assert len(placements.slots) == len(shapes)


@pytest.mark.parametrize(
    ("family", "options"),
    [
        ("llama", {"attention_bias": True}),
        ("llama", {"mlp_bias": True}),
        ("qwen3", {"attention_bias": True}),
    ],
)
def test_biases_by_config(
    family: str, options: dict[str, Any], checkpoint_factory: Callable[..., Path]
) -> None:
    from safetensors import safe_open

    folder = checkpoint_factory(family, **options)
    config = load_config(folder)
    module = models.find_family(config)
    with safe_open(folder / "model.safetensors", "np") as file:
        names = set(file.keys())
    assert any(name.endswith("bias") for name in names)
    assert set(module.placements(config).slots) == names
    spec = module.spec(config, "float32")
    assert set(module.placements(config).slots.values()) == set(expected_slots(spec))


def test_fields_that_a_config_may_leave_out() -> None:
    spec = spec_of(
        head_dim="absent",
        num_key_value_heads="absent",
        rms_norm_eps="absent",
        hidden_act="absent",
        rope_scaling=None,
        tie_word_embeddings="absent",
        attention_bias=None,
        mlp_bias="absent",
    )
    attention = spec.layers[0].attention
    assert (attention.head_dim, attention.num_kv_heads, attention.rope.type) == (64, 32, "default")
    assert spec.final_norm.eps == pytest.approx(1e-6) and not spec.tied_head
    qwen3 = spec_of(as_family("Qwen3ForCausalLM"), head_dim="absent")
    assert qwen3.layers[0].attention.head_dim == 128  # not hidden size / heads


@pytest.mark.parametrize(
    ("name", "activation"),
    [("silu", "silu"), ("gelu", "gelu"), ("gelu_pytorch_tanh", "gelu_tanh"), ("relu", "relu")],
)
def test_activations(name: str, activation: str) -> None:
    assert spec_of(hidden_act=name).layers[0].ffn.activation == activation


def windows(config: dict[str, Any], **changes: Any) -> list[int]:
    return [layer.attention.sliding_window for layer in spec_of(config, **changes).layers]


def test_windows_of_mistral() -> None:
    mistral = as_family("MistralForCausalLM", num_hidden_layers=3)
    assert windows(mistral) == [4096] * 3  # the field is younger than the first release
    assert windows(mistral, sliding_window=None) == [0] * 3
    assert windows(mistral, sliding_window=512) == [512] * 3
    with pytest.raises(ValueError, match="sliding_window is 0"):
        windows(mistral, sliding_window=0)


@pytest.mark.parametrize("architecture", ["Qwen2ForCausalLM", "Qwen3ForCausalLM"])
def test_windows_of_qwen(architecture: str) -> None:
    qwen = as_family(architecture, num_hidden_layers=4)
    on = {"use_sliding_window": True, "sliding_window": 64}
    mixed = ["full_attention", "sliding_attention"] * 2
    assert windows(qwen) == [0] * 4
    assert windows(qwen, sliding_window=64, max_window_layers=2) == [0] * 4
    assert windows(qwen, **on, max_window_layers=2) == [0, 0, 64, 64]
    assert windows(qwen, **on) == [0] * 4  # max_window_layers is 28 by default
    assert windows(qwen, **on, max_window_layers=0, layer_types=mixed) == [0, 64, 0, 64]
    assert windows(qwen, layer_types=["full_attention"] * 4, sliding_window=None) == [0] * 4
    for changes, message in [
        ({"layer_types": mixed[:3]}, "layer_types is .* list of 4 names"),
        ({"layer_types": "full"}, "layer_types is 'full'"),
        ({"layer_types": [*mixed[:3], "chunked_attention"]}, "holds 'chunked_attention'"),
        ({"layer_types": [*mixed[:3], ["x"]]}, "holds"),
        ({"layer_types": mixed}, "has sliding_attention, but"),
        ({**on, "sliding_window": -1}, "sliding_window is -1"),
        ({**on, "max_window_layers": "all"}, "max_window_layers is 'all'"),
    ]:
        with pytest.raises(ValueError, match=message):
            windows(qwen, **changes)


def test_windows_match_transformers(checkpoint_factory: Callable[..., Path]) -> None:
    import transformers

    options = {"use_sliding_window": True, "sliding_window": 8, "max_window_layers": 1}
    folder = checkpoint_factory("qwen2", **options)
    theirs = transformers.AutoConfig.from_pretrained(folder)
    ours = windows(load_config(folder))
    assert [8 if t == "sliding_attention" else 0 for t in theirs.layer_types] == ours == [0, 8, 8]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"quantization_config": {"quant_method": "awq", "bits": 4}},
            "quantization_config is 'awq'",
        ),
        ({"quantization_config": {}}, "quantized checkpoints are not supported"),
        ({"alibi": True}, "alibi is True"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type is 'relative_key'"),
        ({"is_causal": False}, "is_causal is False"),
        ({"hidden_act": "laplace"}, "hidden_act is 'laplace'; supported: silu"),
        ({"hidden_act": 3}, "hidden_act is 3"),
        ({"attention_bias": "yes"}, "attention_bias is 'yes'; it must be true or false"),
        ({"tie_word_embeddings": 1}, "tie_word_embeddings is 1"),
        ({"rms_norm_eps": "1e-5"}, "rms_norm_eps is '1e-5'"),
        ({"rms_norm_eps": float("nan")}, "rms_norm_eps is nan"),
        ({"num_key_value_heads": 5}, "num_key_value_heads is 5; it must divide"),
        ({"num_key_value_heads": 64}, "num_key_value_heads is 64"),
        ({"hidden_size": 2047, "head_dim": None}, "hidden_size is 2047; it must be a multiple"),
        ({"head_dim": 63}, "gives 63 rotated dimensions"),
        ({"head_dim": 2048}, "head_dim is 2048"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers is 1000000000"),
        ({"vocab_size": -5}, "vocab_size is -5"),
        ({"vocab_size": 1 << 62}, "vocab_size is 4611686018427387904"),
        ({"intermediate_size": 8192.0}, "intermediate_size is 8192.0"),
        ({"hidden_size": "2048"}, "hidden_size is '2048'"),
        ({"num_attention_heads": [32]}, "num_attention_heads is [32]"),
    ],
)
def test_what_is_not_understood_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:
        spec_of(**changes)
    assert str(error.value).startswith("config.json: ") and message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        "vocab_size",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "max_position_embeddings",
    ],
)
@pytest.mark.parametrize("value", ["absent", None])
def test_a_missing_field_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"config\.json: {name} is missing"):
        spec_of(**{name: value})


def test_old_buffers_are_ignored_and_nothing_else_is() -> None:
    placements = models.find_family(LLAMA).placements(LLAMA)
    assert placements.ignores("model.layers.3.self_attn.rotary_emb.inv_freq")
    assert not placements.ignores("model.layers.3.self_attn.q_proj.weight_scale")
