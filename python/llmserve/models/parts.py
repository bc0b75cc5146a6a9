"""What families share: the parts of a decoder from their usual config fields, and the tensor names
of the usual checkpoint layout.

A family says how it differs from this; a field that would change the model's numbers and is not
understood is refused here, never skipped.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .. import _core
from ..hf_config import MAX_LAYERS, MAX_SIZE, ConfigReader, Rope, read_rope, shown

_ACTIVATIONS = {
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}


@dataclass
class Placements:
    """Which tensor of a checkpoint fills which weight slot of the core.

    slots: tensor name -> slot name. ignored: endings of names that carry no weights of ours.
    """

    slots: dict[str, str]
    ignored: tuple[str, ...] = ("rotary_emb.inv_freq",)  # written by old versions; recomputed

    def ignores(self, name: str) -> bool:
        """Whether a tensor may be left out."""
        return name.endswith(self.ignored)


@dataclass
class DecoderOptions:
    """How a family differs from the plain decoder block."""

    qkv_bias: bool = False
    o_bias: bool = False
    ffn_bias: bool = False
    qk_norm: bool = False
    default_head_dim: int | None = None  # of a config without one; None: hidden size / heads
    windows: list[int] = field(default_factory=list)  # per layer, 0: all; empty: none has any


@dataclass(frozen=True)
class Sizes:
    """The dimensions of a decoder, checked."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int


def decoder_spec(config: Mapping[str, Any], dtype: str, options: DecoderOptions) -> _core.ModelSpec:
    """The spec of a decoder of equal layers: RMS norm, attention, RMS norm, gated feed-forward.

    Raises ValueError with one sentence that names the field and its value.
    """
    refuse_unsupported(config)
    reader = ConfigReader(config)
    sizes = read_sizes(reader, options.default_head_dim)
    rope = read_rope(config, sizes.head_dim)
    eps = reader.number("rms_norm_eps", 0.0, 1.0, 1e-6)
    windows = options.windows or [0] * sizes.num_layers
    # Layers alike share one description, whatever their number.
    layer_of = {
        window: _core.LayerSpec(
            attention_norm=_rms(eps),
            attention=_attention(sizes, rope, options, window, eps),
            ffn_norm=_rms(eps),
            ffn=_core.FfnSpec(
                intermediate_size=sizes.intermediate_size,
                activation=_ACTIVATIONS[reader.text("hidden_act", tuple(_ACTIVATIONS), "silu")],
                gated=True,
                bias=options.ffn_bias,
            ),
        )
        for window in set(windows)
    }
    spec = _core.ModelSpec(
        vocab_size=sizes.vocab_size,
        hidden_size=sizes.hidden_size,
        max_position=rope.longest_context,
        tied_head=is_tied(config),
        dtype=dtype,
        final_norm=_rms(eps),
        layers=[layer_of[window] for window in windows],
    )
    spec.validate()
    return spec


def _rms(eps: float) -> _core.NormSpec:
    return _core.NormSpec(type="rms", eps=eps)


def _attention(
    sizes: Sizes, rope: Rope, options: DecoderOptions, window: int, eps: float
) -> _core.AttentionSpec:
    return _core.AttentionSpec(
        num_heads=sizes.num_heads,
        num_kv_heads=sizes.num_kv_heads,
        head_dim=sizes.head_dim,
        qkv_bias=options.qkv_bias,
        o_bias=options.o_bias,
        qk_norm=_rms(eps) if options.qk_norm else None,
        scale=sizes.head_dim**-0.5,
        sliding_window=window,
        rope=_core.RopeSpec(interleaved=False, **asdict(rope)),
    )


def decoder_placements(config: Mapping[str, Any], options: DecoderOptions) -> Placements:
    """Where the tensors go, under the names that transformers gives to this kind of decoder."""
    parts = {
        "input_layernorm.weight": "attention_norm",
        "self_attn.q_proj.weight": "attention.q",
        "self_attn.k_proj.weight": "attention.k",
        "self_attn.v_proj.weight": "attention.v",
        "self_attn.o_proj.weight": "attention.o",
        "post_attention_layernorm.weight": "ffn_norm",
        "mlp.gate_proj.weight": "ffn.gate",
        "mlp.up_proj.weight": "ffn.up",
        "mlp.down_proj.weight": "ffn.down",
    }
    if options.qkv_bias:
        parts |= {f"self_attn.{x}_proj.bias": f"attention.{x}_bias" for x in "qkv"}
    if options.o_bias:
        parts["self_attn.o_proj.bias"] = "attention.o_bias"
    if options.ffn_bias:
        parts |= {f"mlp.{x}_proj.bias": f"ffn.{x}_bias" for x in ("gate", "up", "down")}
    if options.qk_norm:
        parts |= {f"self_attn.{x}_norm.weight": f"attention.{x}_norm" for x in "qk"}
    slots = {"model.embed_tokens.weight": "embedding", "model.norm.weight": "final_norm"}
    if not is_tied(config):
        slots["lm_head.weight"] = "head"
    for layer in range(num_layers(config)):
        slots |= {
            f"model.layers.{layer}.{name}": f"layers.{layer}.{slot}" for name, slot in parts.items()
        }
    return Placements(slots)


def is_tied(config: Mapping[str, Any]) -> bool:
    """Whether the output head is the embedding."""
    tied: bool = ConfigReader(config).boolean("tie_word_embeddings", False)
    return tied


def num_layers(config: Mapping[str, Any]) -> int:
    count: int = ConfigReader(config).integer("num_hidden_layers", 1, MAX_LAYERS)
    return count


def read_sizes(reader: ConfigReader, default_head_dim: int | None) -> Sizes:
    """The dimensions in a config. Raises ValueError where they are missing or do not fit."""
    hidden_size = reader.integer("hidden_size", 1, MAX_SIZE)
    num_heads = reader.integer("num_attention_heads", 1, MAX_SIZE)
    num_kv_heads = reader.integer("num_key_value_heads", 1, num_heads, num_heads)
    if num_heads % num_kv_heads:
        raise reader.fail("num_key_value_heads", f"it must divide num_attention_heads, {num_heads}")
    if default_head_dim is None and not reader.has("head_dim") and hidden_size % num_heads:
        raise reader.fail(
            "hidden_size",
            f"it must be a multiple of num_attention_heads, {num_heads}, where head_dim is missing",
        )
    return Sizes(
        vocab_size=reader.integer("vocab_size", 1, MAX_SIZE),
        hidden_size=hidden_size,
        intermediate_size=reader.integer("intermediate_size", 1, MAX_SIZE),
        num_layers=num_layers(reader.values),
        num_heads=num_heads,
        num_kv_heads=num_kv_heads,
        head_dim=reader.integer("head_dim", 1, 1024, default_head_dim or hidden_size // num_heads),
    )


def layer_windows(config: Mapping[str, Any]) -> list[int]:
    """The sliding window of each layer where a config mixes windowed and full layers; 0: none.

    layer_types decides; without it the layers from max_window_layers on have the window.
    """
    reader = ConfigReader(config)
    count = num_layers(config)
    used = reader.boolean("use_sliding_window", False) and reader.has("sliding_window")
    window = reader.integer("sliding_window", 1, MAX_SIZE) if used else 0
    if not reader.has("layer_types"):
        first = reader.integer("max_window_layers", 0, MAX_LAYERS, 28) if window else count
        return [window if layer >= first else 0 for layer in range(count)]
    types = config["layer_types"]
    if not isinstance(types, list) or len(types) != count:
        raise reader.fail("layer_types", f"it must be a list of {count} names, one per layer")
    for name in types:
        if name not in ("full_attention", "sliding_attention"):
            raise ValueError(
                f"config.json: layer_types holds {shown(name)}; supported: full_attention, "
                "sliding_attention"
            )
    if "sliding_attention" in types and not window:
        raise ValueError(
            "config.json: layer_types has sliding_attention, but use_sliding_window or "
            "sliding_window is not set"
        )
    return [window if name == "sliding_attention" else 0 for name in types]


def refuse_unsupported(config: Mapping[str, Any]) -> None:
    """Raises ValueError for what would make the plain decoder compute something else."""
    reader = ConfigReader(config)
    for name in ("quantization_config", "compression_config"):
        value = config.get(name)
        if value is not None:
            method = value.get("quant_method", value) if isinstance(value, dict) else value
            raise ValueError(
                f"config.json: {name} is {shown(method)}; quantized checkpoints are not supported"
            )
    if reader.boolean("alibi", False):
        raise reader.fail("alibi", "only rotary positions are supported")
    reader.text("position_embedding_type", ("rope", "rotary"), "rope")
    if not reader.boolean("is_causal", True):
        raise reader.fail("is_causal", "only causal attention is supported")
